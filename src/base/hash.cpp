#include "base/hash.hpp"

#include <random>

namespace quis::detail {
namespace {

HashKey random_key() {
  std::random_device device;
  HashKey key{};
  for (std::uint64_t& word : key.words) {
    word = (std::uint64_t{device()} << 32U) | device();
  }
  return key;
}

}  // namespace

constinit std::atomic<const HashKey*> process_key = nullptr;

const HashKey& make_process_key() noexcept {
  static const HashKey key = random_key();
  process_key.store(&key, std::memory_order_release);
  return key;
}

}  // namespace quis::detail
