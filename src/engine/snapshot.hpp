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

/// What readers find by one load, and what never changes.
struct Snapshot {
  Engine engine;
  std::shared_ptr<AnswerCache> cache;  ///< null when there is none
  std::uint64_t version = 0;
  std::uint32_t stamp = 0;                 ///< of the version, in the cache
  Time until = TimedMembership::kForever;  ///< when the first membership ends

  AnswerCache* quick = until == TimedMembership::kForever ? cache.get() : nullptr;  ///< where no clock needs reading

  /// The cached answer, where it is found most often; else null. Only what the vocabulary knows is part of a key (see
  /// `decide`), so a local id finds nothing.
  [[nodiscard]] const Decision* known(const Request& request) const noexcept {
    if (quick == nullptr || request.names != nullptr || !request.context.is(Value::Kind::record)) return nullptr;
    const Situations::Situation situation = quick->situations.at_once(request.action);
    if (situation.number == 0) return nullptr;
    const CacheKey key(request.principal, request.resource, situation.number);
    const VerdictNumber verdict = quick->table.find_at_home(key, situation.reach, stamp);
    return verdict != 0 ? &quick->verdicts[verdict] : nullptr;
  }

  /// The decision that evaluating gives. A request with local names is not looked up: a local id means something else
  /// in the next request.
  [[nodiscard]] Decision decide(const Request& request, ReaderSlot& slot) const noexcept;

 private:
  [[nodiscard]] Decision evaluate(const Request& request, ReaderSlot& slot) const noexcept;
  [[nodiscard]] Decision evaluate_and_keep(const Request& request, CacheKey key, Reach reach,
                                           ReaderSlot& slot) const noexcept;
};

}  // namespace quis
