#include "generator/policy_generator.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "generator/corruption.hpp"
#include "generator/expression_generator.hpp"
#include "generator/literals.hpp"

namespace quis::test {
namespace {

class PolicyGenerator {
 public:
  PolicyGenerator(Choices& choices, const SchemaModel& schema, std::size_t errors)
      : choices_(choices),
        schema_(schema),
        errors_(errors),
        environment_(any_environment(choices, schema, errors)),
        expressions_(choices, schema, environment_, errors) {}

  GeneratedPolicy generate(bool may_be_corrupted) {
    GeneratedPolicy policy;
    policy.environment = environment_;
    const bool is_template = choices_.chance(15);
    policy.principal_slot = is_template;
    policy.resource_slot = is_template && choices_.chance(60);
    const bool forbids = choices_.chance(30);
    policy.text = annotations(forbids) + (forbids ? "forbid(" : "permit(");
    policy.text += scope("principal", environment_.principal, policy.principal_slot) + ", " + action_scope() + ", ";
    policy.text += scope("resource", environment_.resource, policy.resource_slot) + (choices_.chance(3) ? ",)" : ")");
    constexpr std::array<std::size_t, 6> kConditions = {0, 1, 1, 1, 2, 3};
    for (std::size_t count = choices_.pick(kConditions); count > 0; --count) {
      const Choices::Part part(choices_);
      policy.text += choices_.chance(25) ? "\nunless { " : "\nwhen { ";
      policy.text += expressions_.condition() + " }";
      if (choices_.chance(3)) policy.text += " // then ]\n";
    }
    policy.text += ';';
    if (may_be_corrupted && choices_.chance(errors_ > 0 ? 6 : 1))
      policy.text = corrupted(choices_, std::move(policy.text));
    return policy;
  }

 private:
  std::string annotations(bool forbids) {
    constexpr std::array<std::string_view, 4> kStepUps = {"@step_up(\"aal2\") ", "@step_up(\"approval\")\n",
                                                          "@step_up ", "@step_up(\"\") "};
    std::string text;
    if (choices_.chance(15)) text += "@id(" + cedar_string(choices_, any_string(choices_)) + ") ";
    if (choices_.chance(5)) text += "@if ";
    if (choices_.chance(forbids ? 50 : 5)) text += choices_.pick(kStepUps);
    return text;
  }

  std::string type_name(std::size_t type) { return schema_.entity_types[type].name.full(); }
  std::size_t any_type() { return choices_.below(schema_.entity_types.size()); }
  bool fault() { return choices_.chance(errors_); }

  /// `principal …` or `resource …`; with a slot when `slot` is set and it turns up.
  std::string scope(const std::string& variable, std::size_t type, bool& slot) {
    const bool may_slot = slot;
    const auto target = [&](std::size_t of_type) {
      slot = may_slot && !choices_.chance(20);
      return slot ? '?' + variable : expressions_.entity_literal(of_type);
    };
    slot = false;
    if (fault()) type = any_type();
    const auto& parents = schema_.entity_types[type].parents;
    const std::size_t group =
        parents.empty() || fault() ? (choices_.chance(80) ? type : any_type()) : choices_.pick(parents);
    const std::string is = variable + " is " + type_name(type);
    switch (may_slot ? choices_.between(3, 5) : choices_.below(6)) {
      case 1:
      case 2: return is;
      case 3: return variable + " == " + target(type);
      case 4: return variable + " in " + target(group);
      case 5: return is + " in " + target(group);
      default: return variable;
    }
  }

  std::string action_scope() {
    const auto exactly = [&] {
      const ActionModel& action = schema_.actions[environment_.action];
      return action.type() + "::" + cedar_string(action.id);
    };
    switch (choices_.below(6)) {
      case 1:
      case 2: return "action == " + exactly();
      case 3: return "action in " + (choices_.chance(50) ? exactly() : expressions_.action_literal());
      case 4: {
        std::string text;
        if (choices_.chance(60)) text = exactly();
        while (choices_.chance(50)) text += (text.empty() ? "" : ", ") + expressions_.action_literal();
        return "action in [" + text + ']';
      }
      default: return "action";
    }
  }

  Choices& choices_;
  const SchemaModel& schema_;
  std::size_t errors_;
  Environment environment_;
  ExpressionGenerator expressions_;
};

}  // namespace

Environment any_environment(Choices& choices, const SchemaModel& schema, std::size_t errors) {
  Environment environment;
  environment.action = choices.below(schema.actions.size());
  // The first action always applies to something.
  if (!schema.actions[environment.action].applies() && !choices.chance(errors)) environment.action = 0;
  const ActionModel& action = schema.actions[environment.action];
  const auto pick = [&](const std::vector<std::size_t>& allowed) {
    if (allowed.empty() || choices.chance(errors)) return choices.below(schema.entity_types.size());
    return static_cast<std::size_t>(choices.pick(allowed));
  };
  environment.principal = pick(action.principals);
  environment.resource = pick(action.resources);
  return environment;
}

GeneratedPolicy generate_policy(Choices& choices, const SchemaModel& schema, std::size_t errors,
                                bool may_be_corrupted) {
  return PolicyGenerator(choices, schema, errors).generate(may_be_corrupted);
}

}  // namespace quis::test
