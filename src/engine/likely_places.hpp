#pragma once

#include <vector>

#include <quis/model/entities.hpp>

#include "engine/program.hpp"

namespace quis {

/// Notes in each instruction that reads an attribute where among the fields of a record that attribute most often is,
/// judging by some of the entities (`Instruction::place`). A wrong guess costs a search, and nothing else depends on
/// it: entities may change as they like. Linear in the code.
void note_likely_places(std::vector<Instruction>& code, const Entities& entities);

}  // namespace quis
