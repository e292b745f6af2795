#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace quis::bench {

/// SplitMix64: small, good enough, and the same in every language that a peer is written in.
class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) noexcept : state_(seed) {}

  constexpr std::uint64_t next() noexcept {
    state_ += 0x9e37'79b9'7f4a'7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58'476d'1ce4'e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d0'49bb'1331'11ebULL;
    return z ^ (z >> 31U);
  }

  /// Below `bound`, which must be positive and fit 32 bits.
  constexpr std::size_t below(std::size_t bound) noexcept {
    return static_cast<std::size_t>(((next() >> 32U) * bound) >> 32U);
  }

 private:
  std::uint64_t state_;
};

/// The order in which requests are asked. Long, because a branch predictor learns a few hundred requests in a row by
/// heart and then shows a speed that no server ever sees.
class RequestStream {
 public:
  static constexpr std::size_t kLength = 65'536;

  explicit RequestStream(std::size_t requests) : order_(kLength) {
    Random random(0x5155'4953);  // "QUIS"
    for (std::uint32_t& index : order_) index = static_cast<std::uint32_t>(random.below(requests));
  }

  [[nodiscard]] std::size_t next() noexcept { return order_[position_++ % kLength]; }

 private:
  std::vector<std::uint32_t> order_;
  std::size_t position_ = 0;
};

}  // namespace quis::bench
