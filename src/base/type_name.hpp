#pragma once

#include <string_view>

#include <quis/base/ids.hpp>

namespace quis {

/// Letters, digits and `_`, not starting with a digit; ASCII only.
[[nodiscard]] bool is_identifier(std::string_view text) noexcept;

/// Whether the language keeps this identifier for itself, so that it names no type, namespace or bare attribute.
[[nodiscard]] bool is_reserved(std::string_view identifier) noexcept;

/// A type name as JSON must have it, `A::B`: identifiers that are not reserved, without spaces.
[[nodiscard]] bool is_normalized_name(std::string_view text) noexcept;
/// The same of a known type, which was looked at when it became known.
[[nodiscard]] bool is_normalized_name(TypeId type) noexcept;

}  // namespace quis
