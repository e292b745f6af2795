// A multiply-and-fold hash in the manner of wyhash, with one change: its constants are random bits too.
//
// Folding the 128-bit product of (a ^ k) and (b ^ state) loses b when a = k. With published constants anyone can choose
// such an a and so build collisions for every seed; with random ones nobody outside the process can. The salt is
// multiplied before it meets text for a like reason: plain `salt ^ text` would let a known pair of salts cancel a known
// pair of texts.

#include "base/hash.hpp"

#include <cstddef>
#include <cstring>
#include <random>

namespace quis {
namespace {

struct Key {
  std::uint64_t words[4];
};

Key random_key() {
  std::random_device device;
  Key key{};
  for (std::uint64_t& word : key.words) {
    word = (std::uint64_t{device()} << 32U) | device();
  }
  return key;
}

const Key& process_key() noexcept {
  static const Key key = random_key();
  return key;
}

struct Product {
  std::uint64_t low;
  std::uint64_t high;
};

Product multiply(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return {static_cast<std::uint64_t>(product), static_cast<std::uint64_t>(product >> 64U)};
}

std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
  const Product product = multiply(a, b);
  return product.low ^ product.high;
}

template <class Word>
std::uint64_t read(const char* from) noexcept {
  Word word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

}  // namespace

std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t salt) noexcept {
  const auto& [k0, k1, k2, k3] = process_key().words;
  std::uint64_t state = fold(salt ^ k0, k3);
  const std::size_t size = bytes.size();
  const char* at = bytes.data();
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  if (size > 16) {
    const char* const last = at + size - 16;
    for (; at < last; at += 16) {
      state = fold(read<std::uint64_t>(at) ^ k1, read<std::uint64_t>(at + 8) ^ state);
    }
    a = read<std::uint64_t>(last);
    b = read<std::uint64_t>(last + 8);
  } else if (size >= 8) {
    a = read<std::uint64_t>(at);
    b = read<std::uint64_t>(at + size - 8);
  } else if (size >= 4) {
    a = read<std::uint32_t>(at);
    b = read<std::uint32_t>(at + size - 4);
  } else if (size > 0) {
    a = read<std::uint8_t>(at) << 16U | read<std::uint8_t>(at + size / 2) << 8U | read<std::uint8_t>(at + size - 1);
  }
  const Product product = multiply(a ^ k1, b ^ state);
  return fold(product.low ^ k2 ^ size, product.high ^ k3);
}

}  // namespace quis
