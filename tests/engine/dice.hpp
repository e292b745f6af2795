#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace quis::test {

/// Random choices that are the same on every platform for the same seed; the standard library's distributions are not.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// 0 … n - 1. REQUIRES: n > 0.
  [[nodiscard]] std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  [[nodiscard]] std::size_t between(std::size_t low, std::size_t high) { return low + below(high - low + 1); }
  [[nodiscard]] bool chance(std::size_t percent) { return below(100) < percent; }
  template <class List>
  [[nodiscard]] const auto& pick(const List& list) {
    return list[below(std::size(list))];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace quis::test
