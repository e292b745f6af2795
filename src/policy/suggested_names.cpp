#include "policy/suggested_names.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include <fmt/format.h>

#include <quis/base/vocabulary.hpp>

#include "policy/spelling.hpp"

namespace quis {

namespace {

// Beyond this many names, a suggestion is not worth the search.
constexpr std::size_t kMostChoices = 1000;

std::string suggestion(std::string_view name, std::span<const std::string_view> choices, std::string_view otherwise) {
  const std::string unqualified = fmt::format("::{}", name);
  const auto namesake =
      std::ranges::find_if(choices, [&](std::string_view choice) { return choice.ends_with(unqualified); });
  if (namesake != choices.end()) return fmt::format("did you mean {}?", shown(*namesake));
  return did_you_mean(name, choices, otherwise);
}

}  // namespace

std::string suggested_action(std::string_view name, const Schema& schema, std::string_view otherwise) {
  if (schema.actions().size() > kMostChoices) return std::string(otherwise);
  std::vector<std::string> names;
  names.reserve(schema.actions().size());
  for (const ActionDeclaration& declared : schema.actions()) names.push_back(to_text(declared.uid));
  const std::vector<std::string_view> choices(names.begin(), names.end());
  return suggestion(name, choices, otherwise);
}

std::string suggested_type(std::string_view name, const Schema& schema, std::string_view otherwise) {
  if (schema.entity_types().size() > kMostChoices) return std::string(otherwise);
  std::vector<std::string_view> choices;
  choices.reserve(schema.entity_types().size());
  for (const EntityTypeDeclaration& declared : schema.entity_types()) choices.push_back(text_of(declared.name));
  return suggestion(name, choices, otherwise);
}

}  // namespace quis
