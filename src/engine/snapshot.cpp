#include "engine/snapshot.hpp"

#include <limits>
#include <optional>

namespace quis {
namespace {

/// Decisions that may look at no more syntax nodes and policies than this are evaluated in less time than a look-up
/// takes (benchmarks/live_bench.cpp).
constexpr std::uint32_t kCheap = 4;

/// Only what the vocabulary knows may be part of a key: a local id means something else in the next request.
bool has_local_names(const Request& request) noexcept {
  if (((request.principal.value | request.action.value | request.resource.value) & EntityId::kLocalBit) != 0) {
    return true;
  }
  return request.names != nullptr && request.names->generation() != std::numeric_limits<std::uint64_t>::max();
}

}  // namespace

AnswerCache::AnswerCache(const World& world, std::uint64_t version, std::size_t bytes)
    : begin(version), situations(reads_by_action(world.policies(), world.entities()), kCheap), table(bytes, clock) {}

Decision Snapshot::decide(const Request& request, ReaderSlot& slot) const noexcept {
  std::optional<Situations::Situation> situation;
  if (cache != nullptr && !has_local_names(request)) situation = cache->situations.of(request);
  if (!situation) {
    slot.count(Counter::bypasses);
    return engine.authorize(request);
  }
  const CacheKey key{request.principal, request.resource, situation->number};
  if (const VerdictNumber verdict = cache->table.find(key, situation->reach, stamp); verdict != 0) {
    slot.count(Counter::hits);
    return cache->verdicts[verdict];
  }
  slot.count(Counter::misses);
  const Decision decision = engine.authorize(request);
  const VerdictNumber verdict = cache->verdicts.number(decision);
  if (verdict != 0 && cache->table.put(key, situation->reach, verdict, stamp)) slot.count(Counter::evictions);
  return decision;
}

}  // namespace quis
