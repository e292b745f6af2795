#include "engine/snapshot.hpp"

namespace quis {
namespace {

/// Decisions that may look at no more syntax nodes and policies than this are evaluated in less time than a look-up
/// takes (benchmarks/live_bench.cpp).
constexpr std::uint32_t kCheap = 4;

}  // namespace

AnswerCache::AnswerCache(const World& world, std::uint64_t version, std::size_t bytes)
    : begin(version), situations(reads_by_action(world.policies(), world.entities()), kCheap), table(bytes, clock) {}

Decision Snapshot::evaluate(const Request& request, ReaderSlot& slot) const noexcept {
  slot.count(Counter::bypasses);
  return engine.authorize(request);
}

Decision Snapshot::evaluate_and_keep(const Request& request, const CacheKey& key, Reach reach,
                                     ReaderSlot& slot) const noexcept {
  slot.count(Counter::misses);
  const Decision decision = engine.authorize(request);
  const VerdictNumber verdict = cache->verdicts.number(decision);
  if (verdict != 0 && cache->table.put(key, reach, verdict, stamp)) slot.count(Counter::evictions);
  return decision;
}

}  // namespace quis
