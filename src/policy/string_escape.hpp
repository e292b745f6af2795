#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace quis {

/// An escape sequence that the language does not have, and where in the body it stands.
struct EscapeError {
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string message;
  std::string help;
};

/// The text that a string literal stands for. `body` is what is between the quotes, as the lexer found it.
///
/// `\n \r \t \\ \0 \' \"`, `\x00` to `\x7F`, and `\u{1F600}` with one to six hex digits and underscores anywhere but at
/// the front. A line feed may stand as it is; a carriage return may not, not even before a line feed, for then one
/// policy would mean different things in files that a reader cannot tell apart.
[[nodiscard]] tl::expected<std::string, EscapeError> unescape(std::string_view body);

/// The same for the right side of `like`: the texts between the wildcards, as in `Pattern`. Here `\*` is a star and
/// every other star is a wildcard, also one written `\x2a` or `\u{2a}`, as Cedar has it.
[[nodiscard]] tl::expected<std::vector<std::string>, EscapeError> unescape_pattern(std::string_view body);

}  // namespace quis
