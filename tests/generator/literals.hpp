#pragma once

#include <string>
#include <string_view>

#include "generator/choices.hpp"
#include "generator/schema_model.hpp"

/// The texts that generated schemas, entities, policies and requests are made of: few, so that what one mentions the
/// others often have, and odd, so that escapes and boundaries matter.
namespace quis::test {

/// Any text that Cedar's strings can hold, not escaped.
[[nodiscard]] std::string any_string(Choices& choices);
/// A key for tags, from a small pool.
[[nodiscard]] std::string any_tag_key(Choices& choices);
/// The id of an entity; `e0` … `e4` mostly.
[[nodiscard]] std::string any_entity_id(Choices& choices);
/// `0`, `-1`, `9223372036854775807` …
[[nodiscard]] std::string any_long(Choices& choices);
/// The inside of a `like` pattern, escaped.
[[nodiscard]] std::string any_pattern(Choices& choices);
/// A text that the constructor of the extension type reads; with `faulty` mostly one that it does not.
[[nodiscard]] std::string any_extension_text(Choices& choices, Shape::Kind kind, bool faulty);
/// `decimal`, `ip`, `datetime` or `duration`. REQUIRES: one of these kinds.
[[nodiscard]] std::string_view constructor_of(Shape::Kind kind);

/// In quotes, with escapes as policies and schemas write them; now and then with more escapes than are needed.
[[nodiscard]] std::string cedar_string(Choices& choices, std::string_view text);
/// In quotes, with the escapes that must be.
[[nodiscard]] std::string cedar_string(std::string_view text);
[[nodiscard]] std::string json_string(std::string_view text);

/// Whether the text may stand after a dot, or as a key without quotes.
[[nodiscard]] bool is_identifier(std::string_view text);

}  // namespace quis::test
