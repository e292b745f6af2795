#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/base/value.hpp>
#include <quis/policy/ast.hpp>
#include <quis/policy/detail/digest_cache.hpp>

namespace quis {

enum class Effect : std::uint8_t { permit, forbid };

/// `@key("value")`; `@key` alone has the empty value.
struct Annotation {
  std::string key;
  std::string value;
  bool bare = false;  ///< written without a value
};

/// What the head of a policy asks of the principal or of the resource.
struct ScopeConstraint {
  enum class Kind : std::uint8_t { any, equal, in, is, is_in };

  Kind kind = Kind::any;
  TypeId type;           ///< of `is` and `is_in`
  EntityId entity;       ///< of `equal`, `in`, `is_in`; invalid where a template has its slot
  bool slot = false;     ///< the entity is `?principal` or `?resource`, filled by a link
  SourceSpan span = {};  ///< of the type and the entity in the policy's text; all zero when there is none

  /// The same demand, wherever it was written.
  friend bool operator==(const ScopeConstraint& a, const ScopeConstraint& b) noexcept {
    return a.kind == b.kind && a.type == b.type && a.entity == b.entity && a.slot == b.slot;
  }
};

/// What the head of a policy asks of the action.
struct ActionConstraint {
  enum class Kind : std::uint8_t { any, equal, in };

  Kind kind = Kind::any;
  std::vector<EntityId> entities;      ///< one for `equal`; any number for `in`
  bool is_list = false;                ///< written with brackets: `in [a]` is not printed as `in a`
  std::vector<SourceSpan> spans = {};  ///< of each entity in the policy's text; empty when it came from JSON

  /// The same demand, wherever it was written.
  friend bool operator==(const ActionConstraint& a, const ActionConstraint& b) noexcept {
    return a.kind == b.kind && a.entities == b.entities && a.is_list == b.is_list;
  }
};

/// A `when` or `unless` clause.
struct Condition {
  bool negated = false;  ///< `unless`
  const Expr* body = nullptr;
};

/// A policy as written, without its id: a static policy, or a template when its scope has slots.
struct PolicyBody {
  Effect effect = Effect::forbid;
  std::vector<Annotation> annotations;  ///< in source order, each key once
  ScopeConstraint principal;
  ActionConstraint action;
  ScopeConstraint resource;
  std::vector<Condition> conditions;               ///< in source order; all must hold
  SourceSpan span;                                 ///< of the whole policy; all zero when it came from JSON
  std::shared_ptr<const std::string> source_name;  ///< file or other name; may be null
  std::shared_ptr<const ValueArena> arena;         ///< owns every node and literal
  detail::DigestCache digest_cache;                ///< for policy sets; see canonical_form.hpp

  [[nodiscard]] bool is_template() const noexcept { return principal.slot || resource.slot; }
  /// The value of the annotation, or null.
  [[nodiscard]] const std::string* annotation(std::string_view key) const noexcept;
};

/// A policy that can be evaluated: a static policy, or a template with its slots filled. Cheap to copy; shares its
/// body.
struct Policy {
  std::string id;
  std::shared_ptr<const PolicyBody> body;
  std::optional<std::string> template_id;  ///< of a link
  EntityId principal_slot;                 ///< of a link: the value of `?principal`, or invalid
  EntityId resource_slot;

  /// The scope with slots filled.
  [[nodiscard]] ScopeConstraint principal() const noexcept;
  [[nodiscard]] ScopeConstraint resource() const noexcept;
};

/// A policy with slots; it decides nothing until it is linked.
struct Template {
  std::string id;
  std::shared_ptr<const PolicyBody> body;
};

}  // namespace quis
