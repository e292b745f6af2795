#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <quis/engine/live_engine.hpp>

#include "engine/cache.hpp"
#include "engine/readers.hpp"
#include "engine/situations.hpp"
#include "engine/verdicts.hpp"

namespace quis {

/// The cached answers of one policy set, with all that their keys and numbers mean.
class AnswerCache {
 public:
  /// Begins with the snapshot of this version.
  AnswerCache(const World& world, std::uint64_t version, std::size_t bytes);

  /// The stamp of a later version. REQUIRES: it fits.
  [[nodiscard]] std::uint32_t stamp(std::uint64_t version) const noexcept {
    return static_cast<std::uint32_t>(version - begin);
  }
  /// False when it is time for a new cache. `most_stamps` is less than 2^32 in tests only.
  [[nodiscard]] bool fits(std::uint64_t version, std::uint64_t most_stamps) const noexcept {
    return version - begin < most_stamps;
  }

  const std::uint64_t begin;
  Situations situations;
  Verdicts verdicts;
  ChangeClock clock;
  DecisionCache<> table;
};

/// Where most answers are found that are known, in one cache line: each level of pointers between a request and its
/// answer is time that nothing else fills. Borrows from the cache, which the snapshot that has this keeps alive.
class alignas(64) QuickAnswers {
 public:
  /// Finds nothing.
  QuickAnswers() noexcept = default;
  /// Finds what holds in the snapshot of this stamp.
  QuickAnswers(const AnswerCache& cache, std::uint32_t stamp) noexcept
      : actions_(cache.situations.actions()),
        homes_(cache.table.homes()),
        answers_(cache.verdicts.answers()),
        stamp_(stamp) {}

  /// The answer, or null when it is not to be found quickly; `Snapshot::decide` may still find it. Writes nothing. Only
  /// what the vocabulary knows is part of a key (see there), so a local id finds nothing.
  [[nodiscard]] const Decision* find(const Request& request) const noexcept {
    if (request.names != nullptr || !request.context.is(Value::Kind::record)) return nullptr;
    const Situations::Situation situation = actions_.of(request.action);
    if (situation.number == 0) return nullptr;
    const CacheKey key(request.principal, request.resource, situation.number, situation.spread);
    const VerdictNumber verdict = homes_.find(key, situation.reach, stamp_);
    return verdict != 0 ? &answers_[verdict].decision : nullptr;
  }

 private:
  Situations::Actions actions_;
  DecisionCache<>::Homes homes_;
  const Verdicts::Answer* answers_ = nullptr;
  std::uint32_t stamp_ = 0;
};
static_assert(sizeof(QuickAnswers) == 64);

/// What readers find by one load, and what never changes.
struct Snapshot {
  Engine engine;
  std::shared_ptr<AnswerCache> cache;  ///< null when there is none
  std::uint64_t version = 0;
  std::uint32_t stamp = 0;                 ///< of the version, in the cache
  Time until = TimedMembership::kForever;  ///< when the first membership ends

  /// Finds nothing where there is no cache, and where memberships end, for then a call must read the clock. Made from
  /// the members above.
  QuickAnswers quick =
      cache != nullptr && until == TimedMembership::kForever ? QuickAnswers(*cache, stamp) : QuickAnswers();

  /// The decision that evaluating gives. A request with local names is not looked up: a local id means something else
  /// in the next request.
  [[nodiscard]] Decision decide(const Request& request, ReaderSlot& slot) const noexcept;

 private:
  [[nodiscard]] Decision evaluate(const Request& request, ReaderSlot& slot) const noexcept;
  [[nodiscard]] Decision evaluate_and_keep(const Request& request, CacheKey key, Reach reach,
                                           ReaderSlot& slot) const noexcept;
};

}  // namespace quis
