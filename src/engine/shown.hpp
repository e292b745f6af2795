#pragma once

#include <string>

#include <quis/base/value.hpp>
#include <quis/base/vocabulary.hpp>
#include <quis/policy/ast.hpp>

/// Expressions and values for explanations: as Cedar prints them, and never long. What is cut off ends with `…`.
namespace quis {

/// At most `limits::kMaxShownText` bytes and the mark; cut between characters.
[[nodiscard]] std::string shortened(std::string text);

[[nodiscard]] std::string shown(const Expr& expression);

/// Of a set or record at most `limits::kMaxShownElements`, and how many more there are.
[[nodiscard]] std::string shown(const Value& value, const LocalNames* names);

}  // namespace quis
