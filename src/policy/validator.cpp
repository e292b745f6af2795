// The order of work for one policy: the names in it, its scope, its types in each request environment, its texts.
//
// A link is checked for what it adds to its template, which was checked with its slots open: the types of the entities
// that fill them, and whether any action still applies.

#include <quis/policy/validator.hpp>

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include <quis/base/vocabulary.hpp>

#include "policy/declared_names.hpp"
#include "policy/level_checker.hpp"
#include "policy/text_safety.hpp"
#include "policy/type_checker.hpp"

namespace quis {

namespace {

class Validation {
 public:
  Validation(const Schema& schema, const ValidationOptions& options)
      : schema_(schema), options_(options), rules_(schema, options.mode == ValidationMode::strict) {}

  void check_body(const std::string& id, const PolicyBody& body) {
    report_.begin(id, body);
    check_names(body, schema_, report_);
    const PolicyScope scope = PolicyScope::of(body);
    check_applicability(scope);
    check_types(body, scope);
    check_texts(body, report_);
  }

  void check_link(const Policy& link) {
    report_.begin(link.id, *link.body);
    for (const EntityId entity : {link.principal_slot, link.resource_slot}) {
      if (entity.valid()) check_type_name(type_of(entity), report_.place(), schema_, report_);
    }
    check_applicability(PolicyScope::of(link));
  }

  [[nodiscard]] ValidationResult take() { return report_.take(); }

 private:
  void check_types(const PolicyBody& body, PolicyScope scope) {
    TypeChecker checker(rules_, report_);
    LevelChecker levels(rules_, report_, options_.level);
    bool impossible = true;
    const bool broken_action = !action_has_type(scope);
    if (broken_action) scope.action = {};
    levels.check_excluded(body, scope);
    for_each_environment(
        scope, schema_,
        [&](const RequestEnvironment& environment, ScopeAnswer principal, ScopeAnswer action, ScopeAnswer resource) {
          if (report_.full()) {
            impossible = false;
            return;
          }
          TypedNodes nodes;
          const TypeAnswer answer = checker.check(body.conditions, environment, options_.level ? &nodes : nullptr);
          const bool is_false = answer.type == rules_.types.constant(false);
          impossible = impossible && is_false;
          const bool ok = answer.ok && principal.known && action.known && resource.known && !broken_action;
          if (options_.level && (ok || is_false)) levels.check(body, environment, nodes);
        });
    if (impossible) {
      report_.warning(ErrorCode::impossible_policy, report_.place(), "no valid request satisfies this policy",
                      "correct its scope or conditions, or remove it");
    }
  }

  /// In strict mode the list of `action in […]` needs a type as any set does. False, and an error if there is any
  /// request that gets as far as the action, when it has none.
  bool action_has_type(const PolicyScope& scope) {
    const auto& wanted = scope.action.entities;
    if (!rules_.strict || scope.action.kind != ActionConstraint::Kind::in) return true;
    std::vector<TypeRef> types;
    types.reserve(wanted.size());
    for (const EntityId action : wanted) types.push_back(rules_.declared.type_of_literal(action));
    if (std::find(types.begin(), types.end(), nullptr) != types.end()) return true;
    const bool alike =
        !types.empty() && std::all_of(types.begin(), types.end(), [&](TypeRef type) { return type == types.front(); });
    if (alike) return true;
    const bool reached = std::ranges::any_of(schema_.actions(), [&](const ActionDeclaration& action) {
      return !action.resources.empty() && std::ranges::any_of(action.principals, [&](TypeId type) {
        return answer(scope.principal, type, schema_).kind != ScopeAnswer::Kind::never;
      });
    });
    if (!reached) return false;
    if (types.empty()) {
      report_.empty_set(report_.place());
    } else {
      report_.incompatible_types(report_.place(), types, "the actions of a list", LubProblem::entity_types);
    }
    return false;
  }

  /// What requests with an action may have for principal and resource.
  static std::string applicants_of(const ActionDeclaration& action) {
    if (action.principals.empty() || action.resources.empty()) {
      return fmt::format("`{}` is only a group: it applies to nothing itself, write `action in`", to_text(action.uid));
    }
    const auto types = [](const std::vector<TypeId>& all) {
      constexpr std::size_t kShown = 5;
      std::string list;
      for (std::size_t i = 0; i < all.size() && i < kShown; ++i) {
        list += fmt::format("{}`{}`", i == 0 ? "" : ", ", text_of(all[i]));
      }
      return all.size() > kShown ? list + ", …" : list;
    };
    return fmt::format("`{}` has principals of {} and resources of {}", to_text(action.uid), types(action.principals),
                       types(action.resources));
  }

  /// Warns when no action applies to a principal and a resource of the scope.
  void check_applicability(const PolicyScope& scope) {
    bool principal_in_helps = false;
    bool resource_in_helps = false;
    if (has_applicable_action(scope, schema_, principal_in_helps, resource_in_helps)) return;
    std::string help = "no request that the schema allows gets past the policy's scope";
    const ActionDeclaration* only =
        scope.action.kind == ActionConstraint::Kind::equal ? schema_.find(scope.action.entities.front()) : nullptr;
    if (only != nullptr) help = applicants_of(*only);
    if (principal_in_helps || resource_in_helps) {
      help = fmt::format("write `in` instead of `==` for the {}", !resource_in_helps   ? "principal"
                                                                  : principal_in_helps ? "principal and the resource"
                                                                                       : "resource");
    }
    report_.warning(ErrorCode::inapplicable_action, report_.place(),
                    "no action applies to the principals and resources of this policy", std::move(help));
  }

  const Schema& schema_;
  ValidationOptions options_;
  TypeRules rules_;
  ValidationReport report_;
};

}  // namespace

ValidationResult validate(const PolicySet& policies, const Schema& schema, const ValidationOptions& options) {
  Validation validation(schema, options);
  for (const Template& each : policies.templates()) validation.check_body(each.id, *each.body);
  for (const Policy& each : policies.policies()) {
    if (each.template_id) {
      validation.check_link(each);
    } else {
      validation.check_body(each.id, *each.body);
    }
  }
  return validation.take();
}

}  // namespace quis
