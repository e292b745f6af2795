#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include <quis/base/value.hpp>

/// The names of the schema language: what may be one, and which are taken.
namespace quis::schema_names {

/// An identifier that is not a reserved word of the language. `__cedar` is one: it may be mentioned, just not declared.
[[nodiscard]] bool is_identifier(std::string_view text) noexcept;

/// Identifiers joined by `::`, no spaces.
[[nodiscard]] bool is_path(std::string_view text) noexcept;

/// Whether a part of the path is `__cedar`, the namespace of the built-in types, in which nothing may be declared.
[[nodiscard]] bool mentions_cedar(std::string_view path) noexcept;

/// Names that the JSON form gives a meaning of their own, so that no common type may have them: `Set`, `Record`, …
[[nodiscard]] bool is_common_type_keyword(std::string_view name) noexcept;

/// The kind of the built-in type of that name (`Long`, `ipaddr`, …); null when there is none.
[[nodiscard]] std::optional<Value::Kind> builtin_type(std::string_view name) noexcept;

/// As above, extension types only.
[[nodiscard]] std::optional<Value::Kind> extension_type(std::string_view name) noexcept;

/// The names of all built-in types.
[[nodiscard]] const std::array<std::string_view, 7>& builtin_type_names() noexcept;

/// `space::name`, or `name` when `space` is empty.
[[nodiscard]] std::string qualified(std::string_view space, std::string_view name);

}  // namespace quis::schema_names
