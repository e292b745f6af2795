#pragma once

#include <cstddef>
#include <vector>

#include "engine/program.hpp"

namespace quis {

/// Makes one instruction of `x has a && …` and the reading of `x.a` that follows it (see `Instruction::may_be_absent`),
/// and of `x.hasTag("t") && …` and `x.getTag("t")`, in the policy whose code begins at `begin` and ends the program.
/// Other guards and loads may stand between the two. Linear.
void merge_guards(std::vector<Instruction>& code, std::size_t begin);

}  // namespace quis
