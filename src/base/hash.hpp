#pragma once

// A multiply-and-fold hash in the manner of wyhash, with one change: its constants are random bits too.
//
// Folding the 128-bit product of (a ^ k) and (b ^ state) loses b when a = k. With published constants anyone can choose
// such an a and so build collisions for every seed; with random ones nobody outside the process can. The salt is
// multiplied before it meets text for a like reason: plain `salt ^ text` would let a known pair of salts cancel a known
// pair of texts.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/text_tail.hpp"

namespace quis {

namespace detail {

struct HashKey {
  std::uint64_t words[4];
};

/// Null until the first text is hashed. Inlined code that leaves the first time to others needs no guard.
extern constinit std::atomic<const HashKey*> process_key;
/// Makes it, once.
[[nodiscard]] const HashKey& make_process_key() noexcept;
[[nodiscard]] inline const HashKey& hash_key() noexcept {
  const HashKey* const key = process_key.load(std::memory_order_acquire);
  return key != nullptr ? *key : make_process_key();
}

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

/// REQUIRES: `tail` is that of the bytes.
[[nodiscard]] inline std::uint64_t hash_with(const HashKey& key, std::string_view bytes, const TextTail& tail,
                                             std::uint64_t salt) noexcept {
  const auto& [k0, k1, k2, k3] = key.words;
  std::uint64_t state = fold(salt ^ k0, k3);
  const std::size_t size = bytes.size();
  if (size > TextTail::kSize) {
    const char* at = bytes.data();
    const char* const last = at + size - TextTail::kSize;
    for (; at < last; at += 16) {
      state = fold(read_word<std::uint64_t>(at) ^ k1, read_word<std::uint64_t>(at + 8) ^ state);
    }
  }
  const Product product = multiply(tail.before ^ k1, tail.last ^ state);
  return fold(product.low ^ k2 ^ size, product.high ^ k3);
}

}  // namespace detail

/// A hash for tables in memory, keyed by random bits of this process: whoever writes a document or a request cannot
/// know which names collide, so cannot make a table slow. Different in each process: never store or print it.
/// `salt` is hashed along with the bytes. A few ns for the length of a name.
[[nodiscard]] inline std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t salt = 0) noexcept {
  return detail::hash_with(detail::hash_key(), bytes, tail_of(bytes), salt);
}

/// For standard containers keyed by text.
struct TextHash {
  [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept { return hash_bytes(text); }
};

}  // namespace quis
