#include "base/hash.hpp"

#include <random>

namespace quis::detail {

HashKey HashKey::random() {
  std::random_device device;
  HashKey key{};
  for (std::uint64_t& word : key.words) {
    word = (std::uint64_t{device()} << 32U) | device();
  }
  return key;
}

}  // namespace quis::detail
