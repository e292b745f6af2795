#pragma once

#include <span>
#include <string>
#include <string_view>

/// Words that people bring along from other languages, and what Cedar has in their place. Empty: nothing comes to mind.
namespace quis {

[[nodiscard]] std::string instead_of_operator(std::string_view word);
/// Between the scope of a policy and its condition.
[[nodiscard]] std::string instead_of_when(std::string_view word);
/// `known`: the methods or functions that there are.
[[nodiscard]] std::string instead_of_method(std::string_view name, std::span<const std::string_view> known);
[[nodiscard]] std::string instead_of_function(std::string_view name, std::span<const std::string_view> known);

}  // namespace quis
