#include "engine/set_operations.hpp"

#include <cstring>
#include <memory>
#include <optional>

namespace quis {
namespace {

/// `detail::is_in_any` for few targets, four at a time; what fills the last four up is a target too. Nothing depends on
/// what is found, for that cannot be predicted. Null when an ancestor may lie beyond the line where it belongs.
/// REQUIRES: `targets.all_valid`.
std::optional<bool> has_any(EntityId entity, const AncestorSet& ancestors, const SetData& targets) noexcept {
  constexpr std::uint32_t kFour = 4;
  static_assert(SetData::kStep % kFour == 0 && AncestorSet::kLine == 4 * kFour);
  using Ids [[gnu::vector_size(16)]] = std::uint32_t;
  using Equal [[gnu::vector_size(16)]] = std::int32_t;
  const auto all = [](EntityId id) { return Ids{id.value, id.value, id.value, id.value}; };
  const auto load = [](const EntityId* ids) {
    Ids four;
    std::memcpy(&four, std::assume_aligned<sizeof four>(ids), sizeof four);
    return four;
  };
  const EntityId* const slots = ancestors.slots().data();
  const auto mask = static_cast<std::uint32_t>(ancestors.slots().size() - AncestorSet::kLine);
  const Ids self = all(entity);
  const Ids nobody = all(EntityId{});
  Equal found = {};
  Equal has_room = nobody == nobody;  // the last slot of each line
  for (std::uint32_t at = 0; at < targets.size; at += kFour) {
    const EntityId* const four = targets.ids() + at;
    found |= load(four) == self;
    for (std::uint32_t i = 0; i < kFour; ++i) {
      const EntityId* const line = slots + (AncestorSet::home(four[i]) & mask);
      const Ids wanted = all(four[i]);
      const Ids last = load(line + 3 * kFour);
      has_room &= last == nobody;
      found |= (load(line) == wanted) | (load(line + kFour) == wanted) | (load(line + 2 * kFour) == wanted) |
               (last == wanted);
    }
  }
  if (has_room[kFour - 1] == 0) return std::nullopt;
  std::uint64_t halves[2];
  std::memcpy(halves, &found, sizeof found);
  return (halves[0] | halves[1]) != 0;
}

}  // namespace

bool detail::is_in_any(EntityId entity, const EntityRecord& record, const SetData& targets) noexcept {
  constexpr std::uint32_t kFew = 16;
  if (targets.size <= kFew && targets.all_valid) {
    if (const std::optional<bool> found = has_any(entity, record.ancestors, targets)) return *found;
  }
  if (targets.size > record.ancestors.size()) {
    bool found = targets.contains_entity(entity);
    record.ancestors.for_each([&](EntityId ancestor) { found = found || targets.contains_entity(ancestor); });
    return found;
  }
  bool found = false;  // no way out of the loop: where one is found cannot be predicted
  for (std::uint32_t i = 0; i < targets.size; ++i) found |= is_in(entity, record, targets.ids()[i]);
  return found;
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
  const SetData& elements = set.as_set();
  if (others.as_set().size > elements.size) return Value::boolean(false);
  const auto all = others.as_set().span();
  return Value::boolean(std::all_of(all.begin(), all.end(), [&](const Value& v) { return elements.contains(v); }));
}

Evaluated contains_any(const Value& set, const Value& others) noexcept {
  if (!set.is(Value::Kind::set)) return mismatch(set, Value::Kind::set);
  if (!others.is(Value::Kind::set)) return mismatch(others, Value::Kind::set);
  const bool smaller = others.as_set().size < set.as_set().size;
  const SetData& fewer = smaller ? others.as_set() : set.as_set();
  const SetData& more = smaller ? set.as_set() : others.as_set();
  const auto any = fewer.span();
  return Value::boolean(std::any_of(any.begin(), any.end(), [&](const Value& v) { return more.contains(v); }));
}

}  // namespace quis
