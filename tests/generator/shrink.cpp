#include "generator/shrink.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace quis::test {
namespace {

using Sequence = std::vector<std::uint32_t>;
using Stretch = Choices::Stretch;

class Shrinker {
 public:
  Shrinker(const Choices& found, const StillFails& still_fails, std::size_t trials)
      : best_(found), still_fails_(still_fails), trials_(trials) {}

  Choices shrink() {
    bool smaller = true;
    while (smaller && trials_ > 0) {
      smaller = without_parts();
      for (const std::size_t size : {64U, 16U, 4U, 2U, 1U}) smaller = without_blocks(size) || smaller;
      smaller = with_zeroed_parts() || smaller;
      smaller = lower_numbers() || smaller;
    }
    return best_;
  }

 private:
  /// Adopts a sequence that still fails and is smaller than the best. What counts is what was drawn, not what was
  /// offered: a generator may leave the tail unread.
  bool accept(Sequence sequence) {
    if (trials_ == 0) return false;
    --trials_;
    Choices attempt = Choices::replay(std::move(sequence));
    if (!still_fails_(attempt)) return false;
    const Sequence& drawn = attempt.drawn();
    const Sequence& best = best_.drawn();
    if (drawn.size() > best.size() || (drawn.size() == best.size() && drawn >= best)) return false;
    best_ = std::move(attempt);
    return true;
  }

  static Sequence without(const Sequence& sequence, Stretch stretch) {
    Sequence rest(sequence.begin(), sequence.begin() + static_cast<std::ptrdiff_t>(stretch.begin));
    rest.insert(rest.end(), sequence.begin() + static_cast<std::ptrdiff_t>(stretch.end), sequence.end());
    return rest;
  }

  [[nodiscard]] std::vector<Stretch> longest_parts_first() const {
    std::vector<Stretch> parts = best_.parts();
    std::ranges::stable_sort(parts, std::greater<>{}, [](const Stretch& part) { return part.end - part.begin; });
    return parts;
  }

  bool without_parts() {
    bool smaller = false;
    std::vector<Stretch> parts = longest_parts_first();
    for (std::size_t i = 0; i < parts.size() && trials_ > 0; ++i) {
      if (!accept(without(best_.drawn(), parts[i]))) continue;
      smaller = true;
      parts = longest_parts_first();
      if (i > parts.size()) break;
    }
    return smaller;
  }

  bool without_blocks(std::size_t size) {
    bool smaller = false;
    for (std::size_t end = best_.drawn().size(); end >= size && trials_ > 0;) {
      if (accept(without(best_.drawn(), {end - size, end}))) {
        smaller = true;
        end = std::min(end, best_.drawn().size());
      } else {
        end -= size;
      }
    }
    return smaller;
  }

  bool with_zeroed_parts() {
    bool smaller = false;
    for (const Stretch part : longest_parts_first()) {
      Sequence sequence = best_.drawn();
      if (part.end > sequence.size() || trials_ == 0) continue;
      std::fill(sequence.begin() + static_cast<std::ptrdiff_t>(part.begin),
                sequence.begin() + static_cast<std::ptrdiff_t>(part.end), 0U);
      if (sequence != best_.drawn()) smaller = accept(std::move(sequence)) || smaller;
    }
    return smaller;
  }

  bool lower_numbers() {
    bool smaller = false;
    for (std::size_t i = 0; i < best_.drawn().size() && trials_ > 0; ++i) {
      for (const auto& lower : {std::function<std::uint32_t(std::uint32_t)>([](std::uint32_t) { return 0U; }),
                                {[](std::uint32_t n) { return n / 2; }},
                                {[](std::uint32_t n) { return n - 1; }}}) {
        if (i >= best_.drawn().size() || best_.drawn()[i] == 0) break;
        Sequence sequence = best_.drawn();
        sequence[i] = lower(sequence[i]);
        smaller = accept(std::move(sequence)) || smaller;
      }
    }
    return smaller;
  }

  Choices best_;
  const StillFails& still_fails_;
  std::size_t trials_;
};

}  // namespace

Choices shrink(const Choices& found, const StillFails& still_fails, std::size_t trials) {
  return Shrinker(found, still_fails, trials).shrink();
}

}  // namespace quis::test
