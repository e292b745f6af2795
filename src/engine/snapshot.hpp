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

  /// The decision that evaluating gives. Only what the vocabulary knows may be part of a key: a local id means
  /// something else in the next request.
  [[nodiscard]] Decision decide(const Request& request, ReaderSlot& slot) const noexcept {
    std::optional<Situations::Situation> situation;
    if (cache != nullptr && !request.has_local_names()) situation = cache->situations.of(request);
    if (!situation) return evaluate(request, slot);
    const CacheKey key{request.principal, request.resource, situation->number};
    const VerdictNumber verdict = cache->table.find(key, situation->reach, stamp);
    if (verdict == 0) [[unlikely]]
      return evaluate_and_keep(request, key, situation->reach, slot);
    slot.count(Counter::hits);
    return cache->verdicts[verdict];
  }

 private:
  [[nodiscard]] Decision evaluate(const Request& request, ReaderSlot& slot) const noexcept;
  [[nodiscard]] Decision evaluate_and_keep(const Request& request, const CacheKey& key, Reach reach,
                                           ReaderSlot& slot) const noexcept;
};

}  // namespace quis
