#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <random>
#include <vector>

namespace quis::test {

/// Where a generator gets its random choices from, and the record of them.
///
/// Everything that is random about a generated thing is a sequence of small numbers. Drawn from a seed they are the
/// same on every platform; replayed from a record they make the same thing again; replayed from a record that was cut
/// or lowered they make a smaller thing, so that no generator needs a shrinker of its own (shrink.hpp). A replay that
/// runs out of numbers draws zeros. A generator keeps its half of the bargain when zero is its simplest choice: no
/// further element, no fault, a literal.
class Choices {
 public:
  /// Longest sequence: whatever is drawn beyond is zero, so that every generator ends.
  static constexpr std::size_t kLongest = 200'000;

  /// A stretch of the sequence that one part of the thing was made of; parts nest.
  struct Stretch {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  /// Marks a stretch for as long as it lives.
  class Part {
   public:
    explicit Part(Choices& choices) : choices_(choices), begin_(choices.drawn_.size()) {}
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;
    ~Part() {
      if (choices_.drawn_.size() > begin_) choices_.parts_.push_back({begin_, choices_.drawn_.size()});
    }

   private:
    Choices& choices_;
    std::size_t begin_;
  };

  explicit Choices(std::uint64_t seed) : engine_(seed) {}
  [[nodiscard]] static Choices replay(std::vector<std::uint32_t> recorded) {
    Choices choices(0);
    choices.recorded_ = std::move(recorded);
    choices.replaying_ = true;
    return choices;
  }

  /// 0 … n - 1. REQUIRES: n > 0.
  [[nodiscard]] std::size_t below(std::size_t n) {
    std::size_t value = 0;
    if (drawn_.size() < kLongest) {
      const std::size_t position = drawn_.size();
      if (!replaying_) {
        value = static_cast<std::size_t>(engine_() % n);
      } else if (position < recorded_.size()) {
        value = recorded_[position] < n ? recorded_[position] : n - 1;
      }
      drawn_.push_back(static_cast<std::uint32_t>(value));
    }
    return value;
  }
  [[nodiscard]] std::size_t between(std::size_t low, std::size_t high) { return low + below(high - low + 1); }
  /// False is the simpler answer.
  [[nodiscard]] bool chance(std::size_t percent) { return below(100) >= 100 - percent; }
  template <class List>
  [[nodiscard]] const auto& pick(const List& list) {
    return std::begin(list)[static_cast<std::ptrdiff_t>(below(std::size(list)))];
  }

  /// What was drawn so far, and the parts that have ended.
  [[nodiscard]] const std::vector<std::uint32_t>& drawn() const noexcept { return drawn_; }
  [[nodiscard]] const std::vector<Stretch>& parts() const noexcept { return parts_; }

 private:
  std::mt19937_64 engine_;
  bool replaying_ = false;
  std::vector<std::uint32_t> recorded_;
  std::vector<std::uint32_t> drawn_;
  std::vector<Stretch> parts_;
};

}  // namespace quis::test
