#pragma once

#include <cstdint>

#include <boost/json/object.hpp>

#include <quis/model/schema.hpp>
#include <quis/policy/policy_set.hpp>

#include "generator/coverage.hpp"

namespace quis::test {

/// Adds the verdicts of validation to an answer, in Cedar's words: `strict`, `permissive`, `level` and `warnings`, each
/// the kinds of what was found by policy id.
void validate(boost::json::object& answer, const Schema& schema, const PolicySet& policies, std::uint32_t level,
              Coverage* coverage);

}  // namespace quis::test
