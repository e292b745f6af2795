#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include <quis/engine/decision.hpp>

#include "engine/cache.hpp"

namespace quis {

/// The distinct answers of a policy set, numbered, so that a cache entry can name one in fifteen bits. There are few:
/// an answer says which policies determine and which err, not who asked.
///
/// Thread safety: any thread may call anything. Look-ups are wait-free; a new answer is added only when no other thread
/// is adding one.
class Verdicts {
 public:
  static constexpr VerdictNumber kMost = 0x7fff;

  Verdicts();
  ~Verdicts();
  Verdicts(const Verdicts&) = delete;
  Verdicts& operator=(const Verdicts&) = delete;

  /// The number of an equal answer, which is added when it is new; 0 when it cannot be added now.
  [[nodiscard]] VerdictNumber number(const Decision& decision) noexcept;

  /// REQUIRES: a number that `number` gave, other than 0.
  [[nodiscard]] const Decision& operator[](VerdictNumber number) const noexcept { return answers_[number].decision; }

  /// In one cache line.
  struct alignas(64) Answer {
    Decision decision;
  };
  /// By number.
  [[nodiscard]] const Answer* answers() const noexcept { return answers_; }

 private:
  static constexpr std::uint32_t kSlots = 4U * (kMost + 1U);  // at most a quarter full

  std::atomic<VerdictNumber>* probe(const Decision& decision, VerdictNumber& found) noexcept;

  Answer* answers_;  // raw memory for all, of which only what is used is ever touched
  std::unique_ptr<std::atomic<VerdictNumber>[]> slots_;
  std::mutex adding_;
  VerdictNumber last_ = 0;
};

}  // namespace quis
