#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace quis {

/// One character of UTF-8 text. Bytes that are none come one by one as U+FFFD, so that a walk always ends.
struct CodePoint {
  std::uint32_t value = 0;
  std::uint32_t bytes = 1;
  bool valid = true;
};

inline constexpr std::uint32_t kReplacementCharacter = 0xfffd;

/// The character that starts at `at`. REQUIRES: `at < text.size()`.
[[nodiscard]] CodePoint code_point_at(std::string_view text, std::size_t at) noexcept;

/// False for controls, format characters (bidirectional overrides among them), private use, non-characters, and every
/// space but U+0020: what a reader would not see, or not see for what it is.
[[nodiscard]] bool is_visible(std::uint32_t code_point) noexcept;

/// True for marks that draw over the character before them.
[[nodiscard]] bool is_combining(std::uint32_t code_point) noexcept;

/// Terminal columns that a visible character takes: 0, 1 or 2.
[[nodiscard]] std::uint32_t columns_of(std::uint32_t code_point) noexcept;

/// The text with what cannot be seen replaced by U+FFFD, so that it can play no tricks on a terminal. Tabs stay.
[[nodiscard]] std::string visible(std::string_view text);

}  // namespace quis
