#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "governed_world.hpp"
#include "progress.hpp"

namespace access_history {

/// Nanoseconds a decision at the percentiles of `kPercentiles`; the last is the slowest.
struct Distribution {
  static constexpr std::array<double, 5> kPercentiles = {50, 90, 99, 99.9, 100};
  std::array<double, 5> nanoseconds = {};
};

/// How fast decisions come, on one thread, with ids resolved beforehand. Each pass decides every request once:
///
/// 1. *Rate*: the clock is read twice, before the first decision and after the last.
/// 2. *Batches*: it is read every 64 decisions, so that reading it costs next to nothing; what is ranked is the mean of
/// a batch.
/// 3. *Single*: it is read around every decision, and the median cost of reading it, measured first, is taken off.
/// Shows
///    the tail that means hide; figures near the clock's own cost are coarse.
struct Measurement {
  std::size_t requests = 0;
  std::size_t permitted = 0;
  double per_second = 0;
  double clock_nanoseconds = 0;
  Distribution batches;
  Distribution single;
};

/// Draws requests from the history and decides them. A request is the person of a random membership event and a
/// privilege of a random sudo rule event, so people and privileges come as often as the history speaks of them, whether
/// or not they are still there. Equal seeds draw equal requests.
[[nodiscard]] Measurement measure(const GovernedWorld& world, const History& history, std::size_t requests,
                                  std::uint64_t seed, Progress& progress);

}  // namespace access_history
