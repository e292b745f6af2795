#include "engine/set_operations.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace quis {
namespace {

/// `detail::is_in_any`, by the smaller side.
[[gnu::noinline]] bool is_in_any_of_many(EntityId entity, const EntityRecord& record, const SetData& targets) noexcept {
  if (targets.size > record.ancestors.size()) {
    bool found = targets.contains_entity(entity);
    record.ancestors.for_each([&](EntityId ancestor) { found = found || targets.contains_entity(ancestor); });
    return found;
  }
  bool found = false;  // no way out of the loop: where one is found cannot be predicted
  for (std::uint32_t i = 0; i < targets.size; ++i) found |= is_in(entity, record, targets.ids()[i]);
  return found;
}

#ifdef __x86_64__
/// Whether the processor has AVX2. False until statics are initialised, which costs time and nothing else.
const bool kHasWideVectors = __builtin_cpu_supports("avx2");

/// The same for few targets, four at a time; what fills the last four up is a target too. Nothing but their number
/// makes a branch, for what is found cannot be predicted. REQUIRES: AVX2, and `targets.all_valid`.
[[gnu::target("avx2")]] bool is_in_any_of_few(EntityId entity, const EntityRecord& record,
                                              const SetData& targets) noexcept {
  constexpr std::size_t kFour = 4;
  static_assert(SetData::kStep == 2 * kFour && AncestorSet::kLine == 4 * kFour);
  const EntityId* const ids = targets.ids();
  const EntityId* const end = ids + targets.size;
  const std::span<const EntityId> slots = record.ancestors.slots();
  const auto mask = static_cast<std::uint32_t>(slots.size() - AncestorSet::kLine);
  const __m256i self = _mm256_set1_epi32(static_cast<int>(entity.value));
  const __m256i nobody = _mm256_set1_epi32(static_cast<int>(EntityId::kNone));
  __m256i found = _mm256_setzero_si256();
  __m256i has_room = nobody;  // all bits; in the last slot, whether each line has room
  for (const EntityId* eight = ids; eight < end; eight += SetData::kStep) {
    const __m256i wanted = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(eight));
    found = _mm256_or_si256(found, _mm256_cmpeq_epi32(wanted, self));
  }
  for (const EntityId* four = ids; four < end; four += kFour) {
    for (std::size_t i = 0; i < kFour; ++i) {
      const auto* const line = reinterpret_cast<const __m256i*>(slots.data() + (AncestorSet::home(four[i]) & mask));
      const __m256i wanted = _mm256_set1_epi32(static_cast<int>(four[i].value));
      const __m256i last = _mm256_load_si256(line + 1);
      found = _mm256_or_si256(found, _mm256_cmpeq_epi32(_mm256_load_si256(line), wanted));
      found = _mm256_or_si256(found, _mm256_cmpeq_epi32(last, wanted));
      has_room = _mm256_and_si256(has_room, _mm256_cmpeq_epi32(last, nobody));
    }
  }
  // Behind a full line an ancestor may lie elsewhere than where it belongs.
  if (_mm256_movemask_epi8(has_room) >= 0) [[unlikely]]
    return is_in_any_of_many(entity, record, targets);
  return _mm256_movemask_epi8(found) != 0;
}
#endif

}  // namespace

bool detail::is_in_any(EntityId entity, const EntityRecord& record, const SetData& targets) noexcept {
#ifdef __x86_64__
  constexpr std::uint32_t kFew = 16;
  if (kHasWideVectors && targets.size <= kFew && targets.all_valid) [[likely]]
    return is_in_any_of_few(entity, record, targets);
#endif
  return is_in_any_of_many(entity, record, targets);
}

bool has_all(const SetData& set, const SetData& others) noexcept {
  if (others.size > set.size) return false;
  return std::ranges::all_of(others.span(), [&](const Value& v) { return set.contains(v); });
}

bool has_any(const SetData& set, const SetData& others) noexcept {
  const bool smaller = others.size < set.size;
  const SetData& fewer = smaller ? others : set;
  const SetData& more = smaller ? set : others;
  return std::ranges::any_of(fewer.span(), [&](const Value& v) { return more.contains(v); });
}

Evaluated boolean(const Value& value) noexcept {
  if (!value.is(Value::Kind::boolean)) return mismatch(value, Value::Kind::boolean);
  return value;
}

Evaluated in(const Entities& entities, const Value& entity, const Value& target) noexcept {
  if (!entity.is(Value::Kind::entity)) return mismatch(entity, Value::Kind::entity);
  const EntityId id = entity.as_entity();
  const EntityRecord& record = entities.facts_of(id);
  if (target.is(Value::Kind::entity)) return Value::boolean(is_in(id, record, target.as_entity()));
  if (!target.is(Value::Kind::set)) return mismatch(target, Value::Kind::set);
  if (target.as_set().entities_only) return Value::boolean(is_in_any(id, record, target.as_set()));
  const auto elements = target.as_set().span();
  const auto other =
      std::find_if(elements.begin(), elements.end(), [](const Value& v) { return !v.is(Value::Kind::entity); });
  return mismatch(*other, Value::Kind::entity);
}

Evaluated contains(const Value& set, const Value& element) noexcept {
  if (!set.is(Value::Kind::set)) return mismatch(set, Value::Kind::set);
  return Value::boolean(set.as_set().contains(element));
}

Evaluated contains_all(const Value& set, const Value& others) noexcept {
  if (!set.is(Value::Kind::set)) return mismatch(set, Value::Kind::set);
  if (!others.is(Value::Kind::set)) return mismatch(others, Value::Kind::set);
  return Value::boolean(has_all(set.as_set(), others.as_set()));
}

Evaluated contains_any(const Value& set, const Value& others) noexcept {
  if (!set.is(Value::Kind::set)) return mismatch(set, Value::Kind::set);
  if (!others.is(Value::Kind::set)) return mismatch(others, Value::Kind::set);
  return Value::boolean(has_any(set.as_set(), others.as_set()));
}

}  // namespace quis
