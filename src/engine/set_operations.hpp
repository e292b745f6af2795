#pragma once

#include <algorithm>

#include <quis/base/value.hpp>
#include <quis/engine/detail/entity_facts.hpp>
#include <quis/model/entities.hpp>

#include "engine/operations.hpp"

/// Memberships and sets as the compiled evaluator goes about them, errors included; see `entity_facts.hpp`.
namespace quis {

using detail::contains;
using detail::is_in;
using detail::is_in_any;

[[nodiscard]] bool has_all(const SetData& set, const SetData& others) noexcept;
[[nodiscard]] bool has_any(const SetData& set, const SetData& others) noexcept;

/// The value itself, if it is a boolean.
[[nodiscard]] Evaluated boolean(const Value& value) noexcept;
[[nodiscard]] Evaluated in(const Entities& entities, const Value& entity, const Value& target) noexcept;
[[nodiscard]] Evaluated contains(const Value& set, const Value& element) noexcept;
[[nodiscard]] Evaluated contains_all(const Value& set, const Value& others) noexcept;
[[nodiscard]] Evaluated contains_any(const Value& set, const Value& others) noexcept;

}  // namespace quis
