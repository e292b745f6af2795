#pragma once

// A multiply-and-fold hash in the manner of wyhash, with one change: its constants are random bits too.
//
// Folding the 128-bit product of (a ^ k) and (b ^ state) loses b when a = k. With published constants anyone can choose
// such an a and so build collisions for every seed; with random ones nobody outside the process can. The salt is
// multiplied before it meets text for a like reason: plain `salt ^ text` would let a known pair of salts cancel a known
// pair of texts.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace quis {

namespace detail {

struct HashKey {
  std::uint64_t words[4];

  [[nodiscard]] static HashKey random();
};

struct Product {
  std::uint64_t low;
  std::uint64_t high;
};

[[nodiscard]] inline Product multiply(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return {static_cast<std::uint64_t>(product), static_cast<std::uint64_t>(product >> 64U)};
}

[[nodiscard]] inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
  const Product product = multiply(a, b);
  return product.low ^ product.high;
}

template <class Word>
[[nodiscard]] inline Word read_word(const char* from) noexcept {
  Word word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

}  // namespace detail

/// A hash for tables in memory, keyed by random bits of this process: whoever writes a document or a request cannot
/// know which names collide, so cannot make a table slow. Different in each process: never store or print it.
/// `salt` is hashed along with the bytes. A few ns for the length of a name.
[[nodiscard]] inline std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t salt = 0) noexcept {
  static const detail::HashKey process_key = detail::HashKey::random();
  const auto& [k0, k1, k2, k3] = process_key.words;
  std::uint64_t state = detail::fold(salt ^ k0, k3);
  const std::size_t size = bytes.size();
  const char* at = bytes.data();
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  if (size > 16) {
    const char* const last = at + size - 16;
    for (; at < last; at += 16) {
      state = detail::fold(detail::read_word<std::uint64_t>(at) ^ k1, detail::read_word<std::uint64_t>(at + 8) ^ state);
    }
    a = detail::read_word<std::uint64_t>(last);
    b = detail::read_word<std::uint64_t>(last + 8);
  } else if (size >= 8) {
    a = detail::read_word<std::uint64_t>(at);
    b = detail::read_word<std::uint64_t>(at + size - 8);
  } else if (size >= 4) {
    a = detail::read_word<std::uint32_t>(at);
    b = detail::read_word<std::uint32_t>(at + size - 4);
  } else if (size > 0) {
    const auto byte = [at](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(at[i])}; };
    a = byte(0) << 16U | byte(size / 2) << 8U | byte(size - 1);
  }
  const detail::Product product = detail::multiply(a ^ k1, b ^ state);
  return detail::fold(product.low ^ k2 ^ size, product.high ^ k3);
}

/// For standard containers keyed by text.
struct TextHash {
  [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept { return hash_bytes(text); }
};

}  // namespace quis
