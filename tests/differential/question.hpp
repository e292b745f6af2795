#pragma once

#include <boost/json/object.hpp>

#include "generator/coverage.hpp"
#include "generator/world.hpp"

namespace quis::test {

/// What both implementations are asked about a world, as one JSON object; cedar/src/main.rs describes its members.
/// Policy texts that quis refuses are set apart, so that one of them does not hide the others. With `json_forms` also
/// about the JSON forms of policies and schema.
[[nodiscard]] boost::json::object question_of(const GeneratedWorld& world, bool json_forms);

/// What quis answers, in the form in which Cedar does. Messages begin with the code of the error in brackets.
/// `coverage`, when given, counts what was in the question.
[[nodiscard]] boost::json::object answer_of(const boost::json::object& question, Coverage* coverage = nullptr);

}  // namespace quis::test
