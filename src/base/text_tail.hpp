#pragma once

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

}  // namespace quis
