#include "engine/filing.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <tuple>

namespace quis {
namespace {

using Attribute = std::pair<Variable, SymbolId>;
Attribute attribute_of(const AttributeTest& test) { return {test.variable, test.name}; }

/// Those that many policies begin with; at most `kMostAttributes`.
std::set<Attribute> worth_a_look(std::span<const Policy> policies) {
  std::map<Attribute, std::size_t> uses;
  for (const Policy& policy : policies) {
    const FirstTests tests = first_tests(*policy.body);
    for (const auto& test : {tests.first, tests.second}) {
      if (test) ++uses[attribute_of(*test)];
    }
  }
  std::vector<std::pair<std::size_t, Attribute>> many;
  for (const auto& [attribute, count] : uses) {
    if (count >= Filing::kManyTests) many.emplace_back(count, attribute);
  }
  std::ranges::sort(many, std::greater<>());
  many.resize(std::min(many.size(), Filing::kMostAttributes));
  std::set<Attribute> worth;
  for (const auto& [count, attribute] : many) worth.insert(attribute);
  return worth;
}

}  // namespace

std::uint32_t KeyNumbering::number(const ScopeConstraint& constraint) {
  switch (constraint.kind) {
    case ScopeConstraint::Kind::any: return 0;
    case ScopeConstraint::Kind::is: return assign(types_[constraint.type]);
    case ScopeConstraint::Kind::equal: return assign(entities_[constraint.entity].equal);
    case ScopeConstraint::Kind::in:
    case ScopeConstraint::Kind::is_in: return assign(entities_[constraint.entity].in);
  }
  return 0;
}

std::uint32_t KeyNumbering::number(const AttributeTest& test, TypeId type) {
  return assign(attributes_[attribute_of(test, type)].constants[test.constant]);
}

std::uint32_t KeyNumbering::number_without(const AttributeTest& test, TypeId type) {
  return assign(attributes_[attribute_of(test, type)].absent);
}

bool KeyNumbering::takes(const AttributeTest& test, TypeId type) const {
  return attributes_.size() < Filing::kMostAttributes || attributes_.contains(attribute_of(test, type));
}

std::uint32_t KeyNumbering::assign(std::uint32_t& key) {
  if (key == 0) key = ++last_;
  return key;
}

detail::KeyDirectory KeyNumbering::directory() const {
  detail::KeyDirectory directory;
  std::vector<detail::EntityKeys> entities;
  for (const auto& [entity, keys] : entities_) {
    entities.push_back({entity, keys.equal, keys.in});
    directory.has_ancestor_keys |= keys.in != 0;
  }
  directory.entities.build(entities);
  std::vector<detail::TypeKey> types;
  for (const auto& [type, key] : types_) types.push_back({type, key});
  directory.types.build(types);
  for (const auto& [attribute, numbers] : attributes_) {
    detail::AttributeKeys& keys = directory.attributes.emplace_back();
    std::tie(keys.type, keys.variable, keys.name) = attribute;
    keys.absent = numbers.absent;
    keys.constants.build(std::vector<ValueTable::Entry>(numbers.constants.begin(), numbers.constants.end()));
  }
  return directory;
}

Filing::Filing(std::span<const Policy> policies) : attributes_(worth_a_look(policies)) {}

void Filing::file(const Policy& policy, PolicyIndex index, std::vector<Filed>& filed) {
  struct Side {
    KeyNumbering& numbering;
    std::uint32_t Filed::*key;
    ScopeConstraint scope;
    bool may_have_test = true;
  };
  Side principal{principals_, &Filed::principal, policy.principal()};
  Side resource{resources_, &Filed::resource, policy.resource()};
  Filed found{0, 0, index};
  for (Side* side : {&principal, &resource}) {
    found.*side->key = side->numbering.number(side->scope);
    side->may_have_test =
        side->scope.kind == ScopeConstraint::Kind::any || side->scope.kind == ScopeConstraint::Kind::is;
  }
  const FirstTests tests = attributes_.empty() ? FirstTests() : first_tests(*policy.body);
  for (const std::optional<AttributeTest>& test : {tests.first, tests.second}) {
    if (!test || !attributes_.contains({test->variable, test->name})) break;
    const bool is_principals =
        test->variable == Variable::principal || (test->variable == Variable::context && principal.may_have_test);
    Side& side = is_principals ? principal : resource;
    if (!side.may_have_test || !side.numbering.takes(*test, side.scope.type)) break;
    side.may_have_test = false;
    if (!test->guarded) {
      Filed without = found;
      without.*side.key = side.numbering.number_without(*test, side.scope.type);
      filed.push_back(without);
    }
    found.*side.key = side.numbering.number(*test, side.scope.type);
  }
  filed.push_back(found);
}

}  // namespace quis
