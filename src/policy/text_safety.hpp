#pragma once

#include <cstdint>
#include <string_view>

#include <quis/policy/policy.hpp>

#include "policy/validation_report.hpp"

namespace quis {

/// What may mislead a reader of a text, by Unicode's UTS 39.
struct TextFinding {
  enum class Kind : std::uint8_t {
    none,
    bidi,          ///< characters that reorder the text around them
    uncommon,      ///< not for identifiers: invisible, archaic, or easily mistaken for another
    mixed_script,  ///< letters of alphabets that no language writes together
  };

  Kind kind = Kind::none;
  std::uint32_t code_point = 0;  ///< the character, of `bidi` and `uncommon`
};

[[nodiscard]] TextFinding inspect_string(std::string_view text);
/// A name of any kind: of an attribute, type or namespace, or the id of an entity.
[[nodiscard]] TextFinding inspect_identifier(std::string_view text);

/// Warns of every string and name in a policy that may mislead a reader.
void check_texts(const PolicyBody& body, ValidationReport& report);

}  // namespace quis
