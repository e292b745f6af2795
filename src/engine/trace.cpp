// What decided a policy.
//
// The conditions are evaluated once, by the reference interpreter, with a recorder beside it; everything said here is
// read off the recording, so it is what the decision met and not a second opinion. A condition is then walked from the
// top for the parts that decided it (see `DecidingPart`): `&&`, `||`, `!` and `if` are seen through, everything else
// is a part, told by its text, its outcome and the values that it read. Reading stops at what evaluation did not reach.
//
// The longest chain of attributes is one fact (`resource.owner.team`), and so is each entity on the way, because a
// reader must know whose team it is. Records on the way are not: their fields are what is asked about.

#include "engine/trace.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include <quis/base/vocabulary.hpp>

#include "engine/membership.hpp"
#include "engine/recording.hpp"
#include "engine/scope_match.hpp"
#include "engine/shown.hpp"
#include "model/unread_entity.hpp"

namespace quis {
namespace {

std::string_view name_of(ExplainedClause::Kind kind) noexcept {
  return kind == ExplainedClause::Kind::principal ? "principal"
         : kind == ExplainedClause::Kind::action  ? "action"
                                                  : "resource";
}

class Tracer {
  auto is_in() const {
    return [this](EntityId entity, EntityId ancestor) { return entities_.is_in(entity, ancestor); };
  }

 public:
  Tracer(const Request& request, const Entities& entities) noexcept
      : request_(request), entities_(entities), recording_(request, entities) {}

  // the scope

  ExplainedClause scope(ExplainedClause::Kind kind, const ScopeConstraint& constraint, EntityId entity) {
    using Kind = ScopeConstraint::Kind;
    std::string text(name_of(kind));
    if (constraint.kind == Kind::is || constraint.kind == Kind::is_in)
      text.append(" is ").append(text_of(constraint.type));
    if (constraint.kind == Kind::equal) text.append(" == ").append(to_text(constraint.entity));
    const bool by_group = constraint.kind == Kind::in || constraint.kind == Kind::is_in;
    if (by_group) text.append(" in ").append(to_text(constraint.entity));
    const bool holds = matches(constraint, entity, request_.names, is_in());
    return scope_clause(kind, std::move(text), entity, holds,
                        by_group ? std::vector{constraint.entity} : std::vector<EntityId>());
  }

  ExplainedClause actions(const ActionConstraint& constraint) {
    std::string text = constraint.kind == ActionConstraint::Kind::equal ? "action == " : "action in ";
    if (constraint.is_list) text += '[';
    for (std::size_t i = 0; i < constraint.entities.size() && text.size() <= limits::kMaxShownText; ++i) {
      if (i != 0) text += ", ";
      text += to_text(constraint.entities[i]);
    }
    if (constraint.is_list) text += ']';
    const bool by_group = constraint.kind == ActionConstraint::Kind::in;
    return scope_clause(ExplainedClause::Kind::action, std::move(text), request_.action,
                        matches(constraint, request_.action, is_in()),
                        by_group ? constraint.entities : std::vector<EntityId>());
  }

  // the conditions

  ExplainedClause condition(const Condition& condition) {
    const Expr& body = *condition.body;
    (void)recording_.evaluate(body);
    ExplainedClause clause;
    clause.kind = condition.negated ? ExplainedClause::Kind::unless : ExplainedClause::Kind::when;
    clause.text = shown(body);
    clause.span = body.span;
    clause.finding = recording_.finding(body);
    if (condition.negated && clause.finding != Finding::error)
      clause.finding = clause.finding == Finding::holds ? Finding::fails : Finding::holds;
    clause_ = &clause;
    boolean(body);
    return clause;
  }

 private:
  [[nodiscard]] std::string named(EntityId entity) const { return shortened(to_text(entity, request_.names)); }

  /// `groups`: what the entity was to be in.
  ExplainedClause scope_clause(ExplainedClause::Kind kind, std::string text, EntityId entity, bool holds,
                               const std::vector<EntityId>& groups) {
    ExplainedClause clause;
    clause.kind = kind;
    clause.text = shortened(std::move(text));
    clause.finding = holds ? Finding::holds : Finding::fails;
    DecidingPart part;
    part.expression = clause.text;
    part.finding = clause.finding;
    part.facts.push_back({std::string(name_of(kind)), named(entity)});
    membership(part, entity, groups);
    clause.parts.push_back(std::move(part));
    return clause;
  }

  void membership(DecidingPart& part, EntityId entity, const std::vector<EntityId>& groups) const {
    if (groups.empty()) return;
    if (part.finding != Finding::holds) {
      part.note = groups_note(entities_, entity, request_.names);
      return;
    }
    const auto reached =
        std::find_if(groups.begin(), groups.end(), [&](EntityId group) { return entities_.is_in(entity, group); });
    if (reached != groups.end()) part.path = membership_path(entities_, entity, *reached, request_.names);
  }

  /// Finds the parts that decided an expression in a boolean position.
  void boolean(const Expr& e) {
    const Finding finding = recording_.finding(e);
    if (finding == Finding::not_reached) return;
    if (finding == Finding::error && *recording_.at(e)) return part(e, finding);  // a value, but no boolean
    switch (e.op) {
      case Op::and_: return junction(e, finding, Finding::fails);
      case Op::or_: return junction(e, finding, Finding::holds);
      case Op::not_: return boolean(*e.operands[0]);
      case Op::if_:
        boolean(*e.operands[0]);
        boolean(*e.operands[1]);  // of the branches, only the one that was taken is reached
        boolean(*e.operands[2]);
        return;
      default: return part(e, finding);
    }
  }

  void junction(const Expr& e, Finding finding, Finding stop) {
    if (finding != stop && finding != Finding::error) {
      for (const Expr* operand : e.operands) boolean(*operand);
      return;
    }
    const Expr* last = e.operands[0];
    for (const Expr* operand : e.operands) {
      if (recording_.at(*operand) != nullptr) last = operand;
    }
    boolean(*last);
  }

  void part(const Expr& e, Finding finding) {
    if (clause_->parts.size() >= limits::kMaxExplainedParts) {
      ++clause_->more_parts;
      return;
    }
    DecidingPart part;
    part.finding = finding;
    const Expr& told = finding == Finding::error ? culprit(e) : e;
    part.expression = shown(told);
    part.span = told.span;
    if (finding == Finding::error) part.note = reason(told);
    const bool asks_variable =
        (told.op == Op::has_attribute || told.op == Op::get_attribute) && told.operands[0]->op == Op::variable;
    if (!asks_variable) {
      for (const Expr* operand : told.operands) facts(*operand, part);
    }
    if (finding == Finding::error) add_fact(told, part);
    if (finding != Finding::error && (told.op == Op::in || told.op == Op::is_in)) membership(part, told);
    if (told.op == Op::has_attribute && finding == Finding::fails) missing_entity(part, *told.operands[0]);
    if (finding != Finding::holds) unread_entities(part, told);
    clause_->parts.push_back(std::move(part));
  }

  /// The innermost expression that has no value, or not the wanted one.
  [[nodiscard]] const Expr& culprit(const Expr& e) const {
    const auto failed = [&](const Expr* operand) {
      const Evaluated* value = recording_.at(*operand);
      return value != nullptr && !*value;
    };
    const Expr* at = &e;
    while (true) {
      const auto inner = std::find_if(at->operands.begin(), at->operands.end(), failed);
      if (inner == at->operands.end()) return *at;
      at = *inner;
    }
  }

  [[nodiscard]] std::string reason(const Expr& e) const {
    const Evaluated& value = *recording_.at(e);
    const EvaluationError error =
        value ? EvaluationError::mismatch(value->kind(), Value::Kind::boolean) : value.error();
    return shortened(to_text(error, request_.names));
  }

  void membership(DecidingPart& part, const Expr& e) const {
    const Evaluated* left = recording_.at(*e.operands[0]);
    const Evaluated* right = recording_.at(*e.operands[1]);
    if (left == nullptr || right == nullptr || !*left || !*right || !(*left)->is(Value::Kind::entity)) return;
    std::vector<EntityId> groups;
    if ((*right)->is(Value::Kind::entity)) {
      groups.push_back((*right)->as_entity());
    } else if ((*right)->is(Value::Kind::set)) {
      for (const Value& group : (*right)->as_set().span()) {
        if (group.is(Value::Kind::entity)) groups.push_back(group.as_entity());
      }
    }
    membership(part, (*left)->as_entity(), groups);
  }

  void missing_entity(DecidingPart& part, const Expr& subject) const {
    const Evaluated* value = recording_.at(subject);
    if (value == nullptr || !*value || !(*value)->is(Value::Kind::entity)) return;
    if (entities_.find((*value)->as_entity()) == nullptr)
      part.note = "the entities do not hold " + named((*value)->as_entity());
  }

  /// JSON that was read without a schema has records where its author meant entities, and no policy says so by itself.
  void unread_entities(DecidingPart& part, const Expr& e) const {
    const bool about_entity = e.operands.size() == 1 || std::any_of(e.operands.begin(), e.operands.end(),
                                                                    [&](const Expr* side) { return is_entity(*side); });
    for (const Expr* operand : e.operands) {
      const Evaluated* value = recording_.at(*operand);
      const bool written = operand->op == Op::record || operand->op == Op::set || operand->op == Op::literal;
      if (!about_entity || written || value == nullptr || !*value) continue;
      const bool set = (*value)->is(Value::Kind::set) && (*value)->as_set().size != 0;
      if (!reads_like_entity(set ? (*value)->as_set().span().front() : **value)) continue;
      if (!part.note.empty()) part.note += "; ";
      part.note += "`" + shown(*operand) + (set ? "` holds records, not entities" : "` is a record, not an entity") +
                   R"(: read the JSON with a schema, or write {"__entity": …} there)";
      return;
    }
  }

  // what a part read

  /// True when the expression reads anything, so that its value is news.
  bool facts(const Expr& e, DecidingPart& part) {
    if (recording_.at(e) == nullptr) return false;
    bool reads = false;
    switch (e.op) {
      case Op::literal: return false;
      case Op::variable:
        if (e.variable != Variable::context) add_fact(e, part);
        return true;
      case Op::get_attribute:
        if (e.operands[0]->op == Op::variable) {
          add_fact(e, part);
          return true;
        }
        if (is_entity(*e.operands[0]) || e.operands[0]->op != Op::get_attribute) (void)facts(*e.operands[0], part);
        add_fact(e, part);
        return true;
      default: break;
    }
    for (const Expr* operand : e.operands) reads = facts(*operand, part) || reads;
    const bool computed = e.op == Op::get_tag || e.op == Op::add || e.op == Op::subtract || e.op == Op::multiply ||
                          e.op == Op::negate || e.op == Op::call;
    if (reads && computed) add_fact(e, part);
    return reads;
  }

  [[nodiscard]] bool is_entity(const Expr& e) const {
    const Evaluated* value = recording_.at(e);
    return value != nullptr && *value && (*value)->is(Value::Kind::entity);
  }

  void add_fact(const Expr& e, DecidingPart& part) const {
    const Evaluated* value = recording_.at(e);
    if (value == nullptr || !*value || e.op == Op::literal || part.facts.size() >= limits::kMaxExplainedFacts) return;
    Fact fact{shown(e), shown(**value, request_.names)};
    if (std::find(part.facts.begin(), part.facts.end(), fact) == part.facts.end())
      part.facts.push_back(std::move(fact));
  }

  const Request& request_;
  const Entities& entities_;
  Recording recording_;
  ExplainedClause* clause_ = nullptr;  // being filled
};

}  // namespace

std::vector<ExplainedClause> trace(const Policy& policy, const Request& request, const Entities& entities) {
  using Kind = ExplainedClause::Kind;
  Tracer tracer(request, entities);
  std::vector<ExplainedClause> clauses;
  const auto holds = [&] { return clauses.empty() || clauses.back().finding == Finding::holds; };
  // The cheapest to tell comes first: a policy about another action is not near, whoever asks.
  if (policy.body->action.kind != ActionConstraint::Kind::any) clauses.push_back(tracer.actions(policy.body->action));
  for (const auto& [kind, constraint, entity] : {std::tuple(Kind::principal, policy.principal(), request.principal),
                                                 std::tuple(Kind::resource, policy.resource(), request.resource)}) {
    if (holds() && constraint.kind != ScopeConstraint::Kind::any)
      clauses.push_back(tracer.scope(kind, constraint, entity));
  }
  for (const Condition& condition : policy.body->conditions) {
    if (holds()) clauses.push_back(tracer.condition(condition));
  }
  return clauses;
}

ExplainedPolicy describe(const Policy& policy) {
  const PolicyBody& body = *policy.body;
  return {policy.id,
          policy.template_id.value_or(std::string()),
          body.effect,
          body.annotations,
          body.source_name ? *body.source_name : std::string(),
          body.span,
          {}};
}

}  // namespace quis
