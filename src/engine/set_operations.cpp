#include "engine/set_operations.hpp"

#include <cstring>

namespace quis {
namespace {

/// The same where all ancestors are in one line, which stays in registers while the targets go by.
bool line_has_any(EntityId entity, std::span<const EntityId> line, const SetData& targets) noexcept {
  using Ids [[gnu::vector_size(16)]] = std::uint32_t;
  using Equal [[gnu::vector_size(16)]] = std::int32_t;
  const auto all = [](EntityId id) { return Ids{id.value, id.value, id.value, id.value}; };
  Ids quarters[4];
  static_assert(sizeof quarters == AncestorSet::kLine * sizeof(EntityId));
  std::memcpy(quarters, line.data(), sizeof quarters);
  const Ids self = all(entity);
  const Ids nobody = all(EntityId{});  // in the slots that have no ancestor
  Equal found = {};                    // no way out of the loop: where one is found cannot be predicted
  for (const Value& target : targets.span()) {
    const Ids wanted = all(target.as_entity());
    const Equal is_ancestor =
        (quarters[0] == wanted) | (quarters[1] == wanted) | (quarters[2] == wanted) | (quarters[3] == wanted);
    found |= (is_ancestor & (wanted != nobody)) | (self == wanted);
  }
  std::uint64_t halves[2];
  std::memcpy(halves, &found, sizeof found);
  return (halves[0] | halves[1]) != 0;
}

}  // namespace

bool detail::is_in_any(EntityId entity, const EntityRecord& record, const SetData& targets) noexcept {
  constexpr std::uint32_t kFew = 16;  // targets: less than ancestors would take, each to be looked for among them
  if (record.ancestors.slots().size() == AncestorSet::kLine && targets.size <= kFew) {
    return line_has_any(entity, record.ancestors.slots(), targets);
  }
  if (targets.size > record.ancestors.size()) {
    bool found = targets.contains_entity(entity);
    record.ancestors.for_each([&](EntityId ancestor) { found = found || targets.contains_entity(ancestor); });
    return found;
  }
  bool found = false;  // no way out of the loop: where one is found cannot be predicted
  for (const Value& target : targets.span()) {
    found |= is_in(entity, record, target.as_entity());
  }
  return found;
}

Evaluated boolean(const Value& value) noexcept {
  if (!value.is(Value::Kind::boolean)) return mismatch(value, Value::Kind::boolean);
  return value;
}

Evaluated in(const Entities& entities, const Value& entity, const Value& target) noexcept {
  if (!entity.is(Value::Kind::entity)) return mismatch(entity, Value::Kind::entity);
  const EntityId id = entity.as_entity();
  static constexpr EntityRecord kNoEntity = {};
  const EntityRecord* const found = entities.find(id);
  const EntityRecord& record = found != nullptr ? *found : kNoEntity;
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
