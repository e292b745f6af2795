#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace quis {

/// The last sixteen bytes of a text as two numbers, with zeros before a shorter one. Texts of one size, sixteen at
/// most, are equal if their tails are: most names are that short, and comparing them takes no branch on their size,
/// which no processor can guess.
struct TextTail {
  static constexpr std::size_t kSize = 16;

  std::uint64_t before = 0;  ///< the last eight bytes but eight
  std::uint64_t last = 0;    ///< the last eight; the text's last byte is the highest

  friend bool operator==(const TextTail&, const TextTail&) = default;
};

namespace detail {

/// The first byte is the lowest of the word, on every machine.
template <class Word>
[[nodiscard]] inline Word read_word(const char* from) noexcept {
  Word word;
  std::memcpy(&word, from, sizeof(word));
  if constexpr (std::endian::native == std::endian::big) {
    word = sizeof(word) == 8 ? __builtin_bswap64(word) : static_cast<Word>(__builtin_bswap32(word));
  }
  return word;
}

/// Moved up by so many bytes, or all of them.
[[nodiscard]] inline std::uint64_t moved_up(std::uint64_t word, std::size_t bytes) noexcept {
  return word << (4 * bytes) << (4 * bytes);
}

/// Zeros and then ones: of the sixteen bytes from `size` on, the last `size` are ones.
inline constexpr auto kTailBytes = [] {
  std::array<char, 2 * TextTail::kSize> bytes = {};
  std::fill(bytes.begin() + TextTail::kSize, bytes.end(), '\xff');
  return bytes;
}();

}  // namespace detail

[[nodiscard]] inline TextTail tail_of(std::string_view text) noexcept {
  const std::size_t size = text.size();
  const char* const at = text.data();
  if (size >= TextTail::kSize) {
    return {detail::read_word<std::uint64_t>(at + size - 16), detail::read_word<std::uint64_t>(at + size - 8)};
  }
  if (size >= 8) {
    return {detail::moved_up(detail::read_word<std::uint64_t>(at), 16 - size),
            detail::read_word<std::uint64_t>(at + size - 8)};
  }
  if (size >= 4) {  // what is read twice is the same twice
    return {0, std::uint64_t{detail::read_word<std::uint32_t>(at)} << (8 * (8 - size)) |
                   std::uint64_t{detail::read_word<std::uint32_t>(at + size - 4)} << 32U};
  }
  TextTail tail;
  for (std::size_t i = 0; i < size; ++i)
    tail.last = tail.last >> 8U | std::uint64_t{static_cast<unsigned char>(at[i])} << 56U;
  return tail;
}

/// The same for a text that has others before it, which may be read too: without a branch. REQUIRES: `from` is where
/// memory that may be read begins, not behind the text's beginning and eight bytes or more before its end.
[[nodiscard]] inline TextTail tail_of(std::string_view text, const char* from) noexcept {
  const char* const end = text.data() + text.size();
  const auto readable = static_cast<std::size_t>(end - from);
  const std::size_t read = std::min(readable, TextTail::kSize);
  const char* const ones = detail::kTailBytes.data() + std::min(text.size(), TextTail::kSize);
  return {detail::moved_up(detail::read_word<std::uint64_t>(end - read), 16 - read) &
              detail::read_word<std::uint64_t>(ones),
          detail::read_word<std::uint64_t>(end - 8) & detail::read_word<std::uint64_t>(ones + 8)};
}

}  // namespace quis
