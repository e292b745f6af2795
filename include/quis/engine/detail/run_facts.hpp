#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <quis/base/value.hpp>
#include <quis/engine/request.hpp>
#include <quis/model/entities.hpp>
#include <quis/policy/ast.hpp>

namespace quis::detail {

/// What instructions read and write while they run for one request, which policies may decide (see `Request`).
struct RunFacts {
  static constexpr std::size_t kEntityVariables = 3;  ///< all but the context

  RunFacts(const Entities& store, const Request& asked, const Value* first_constant, Value* first_slot) noexcept
      : entities(store),
        request(asked),
        ids{asked.principal, asked.action, asked.resource},
        slots(first_slot),
        constants(first_constant) {}

  const Entities& entities;
  const Request& request;
  EntityId ids[kEntityVariables];                      ///< by `Variable`, as the next
  const RecordData* attributes[kEntityVariables + 1];  ///< of an entity, in its record
  Value* slots;
  const Value* constants;
  ValueArena* scratch = nullptr;  ///< where the program makes sets and addresses

  /// Finds what instructions read of a variable besides its id.
  void look_up(Variable variable) noexcept {
    const RecordData*& fields = attributes[static_cast<std::size_t>(variable)];
    if (variable == Variable::context) {
      fields = &request.context.as_record();
    } else {
      fields = &entities.facts_of(id_of(variable)).attributes;
    }
  }

  [[nodiscard]] EntityId id_of(Variable variable) const noexcept { return ids[static_cast<std::size_t>(variable)]; }
  [[nodiscard]] Value value_of(Variable variable) const noexcept {
    return variable == Variable::context ? request.context : Value::entity(id_of(variable));
  }
  /// REQUIRES: an entity, looked up.
  [[nodiscard]] const EntityRecord& record_of(Variable variable) const noexcept {
    static_assert(std::is_standard_layout_v<EntityRecord> && offsetof(EntityRecord, attributes) == 0);
    return *reinterpret_cast<const EntityRecord*>(attributes[static_cast<std::size_t>(variable)]);
  }
};

}  // namespace quis::detail
