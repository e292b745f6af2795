#include "engine/snapshot.hpp"

#include <optional>

namespace quis {
namespace {

/// Decisions that may look at no more syntax nodes and policies than this are evaluated in less time than a look-up
/// takes (benchmarks/live_bench.cpp).
constexpr std::uint32_t kCheap = 4;

}  // namespace

AnswerCache::AnswerCache(const World& world, std::uint64_t version, std::size_t bytes)
    : begin(version), situations(reads_by_action(world.policies(), world.entities()), kCheap), table(bytes, clock) {}

Decision Snapshot::decide(const Request& request, ReaderSlot& slot) const noexcept {
  std::optional<Situations::Situation> situation;
  const bool may_be_kept = !request.has_local_names() && request.context.is(Value::Kind::record);
  if (cache != nullptr && may_be_kept) situation = cache->situations.of(request);
  if (!situation) return evaluate(request, slot);
  const CacheKey key(request.principal, request.resource, situation->number, situation->spread);
  const VerdictNumber verdict = cache->table.find(key, situation->reach, stamp);
  if (verdict == 0) return evaluate_and_keep(request, key, situation->reach, slot);
  slot.count(Counter::hits);
  return cache->verdicts[verdict];
}

Decision Snapshot::evaluate(const Request& request, ReaderSlot& slot) const noexcept {
  slot.count(Counter::bypasses);
  return engine.authorize(request);
}

Decision Snapshot::evaluate_and_keep(const Request& request, CacheKey key, Reach reach,
                                     ReaderSlot& slot) const noexcept {
  slot.count(Counter::misses);
  const Decision decision = engine.authorize(request);
  const VerdictNumber verdict = cache->verdicts.number(decision);
  if (verdict != 0 && cache->table.put(key, reach, verdict, stamp)) slot.count(Counter::evictions);
  return decision;
}

}  // namespace quis
