#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <quis/engine/decision.hpp>
#include <quis/policy/policy.hpp>

#include "engine/first_tests.hpp"
#include "engine/scope_keys.hpp"

/// Under which keys the scope index files a policy.
///
/// What a scope asks of principal or resource is one key. Where it asks nothing, or for a type, and many policies begin
/// by comparing the same attribute with constants (`principal.department == "sales"`), the comparison is the key: one
/// look at the department, instead of one at each policy.
///
/// That is exact because of where the test stands. It is the first that the policy makes, so a request whose
/// department is another is not satisfied, and cannot err. Where the attribute is missing the policy does err, and must
/// be found: so it is filed under *there is no such attribute* as well, unless `has` stands before the test. Of these
/// keys of an attribute one request has exactly one. A second test counts where the first holds; a policy that has
/// both is filed under the pair, under the first with the second's attribute missing, and under the first's attribute
/// missing whatever the second's is. No two of these can hold for one request, so no policy is met twice.
namespace quis {

/// A policy, and its keys. In the order in which tables are made.
struct Filed {
  detail::ScopeKey principal = detail::ScopeKey::nothing();
  detail::ScopeKey resource = detail::ScopeKey::nothing();
  PolicyIndex policy = 0;

  [[nodiscard]] bool asks_nothing() const noexcept { return same_pair({}); }

  [[nodiscard]] bool same_pair(const Filed& other) const noexcept {
    return principal == other.principal && resource == other.resource;
  }
  friend auto operator<=>(const Filed&, const Filed&) = default;
};

/// Makes the keys of one side, and numbers types and attributes as they turn up.
class KeyNumbering {
 public:
  [[nodiscard]] detail::ScopeKey key_of(const ScopeConstraint& constraint);
  /// Of a test where this side's entity is of the type or, when that is invalid, of any.
  [[nodiscard]] detail::ScopeKey key_of(const AttributeTest& test, TypeId type);
  /// Of *there is no such attribute*.
  [[nodiscard]] detail::ScopeKey key_without(const AttributeTest& test, TypeId type);
  /// Whether the test may be a key: attributes are looked at by each request, so there are few.
  [[nodiscard]] bool takes(const AttributeTest& test, TypeId type) const;

  /// What requests look their keys up in. Borrows the constants from the policies.
  [[nodiscard]] detail::KeyDirectory directory() const;

 private:
  using Attribute = std::tuple<TypeId, Variable, SymbolId>;
  struct Less {
    bool operator()(const Value& a, const Value& b) const noexcept { return Value::compare(a, b) < 0; }
  };
  struct AttributeNumbers {
    std::map<Value, std::uint32_t, Less> constants;
    std::uint32_t absent = 0;
  };

  static Attribute attribute_of(const AttributeTest& test, TypeId type) { return {type, test.variable, test.name}; }
  [[nodiscard]] detail::ScopeKey assign(std::uint32_t& number);

  std::unordered_set<EntityId> groups_;
  std::unordered_map<TypeId, std::uint32_t> types_;
  std::map<Attribute, AttributeNumbers> attributes_;
  std::uint32_t last_ = 0;
};

class Filing {
 public:
  /// Attributes that so many policies begin with are worth a look at each request.
  static constexpr std::size_t kManyTests = 128;
  /// At most so many attributes are, those that most policies begin with, and so many on a side, by type.
  static constexpr std::size_t kMostAttributes = 8;

  explicit Filing(std::span<const Policy> policies);

  /// Adds every pair of keys that the policy is to be found by.
  void file(const Policy& policy, PolicyIndex index, std::vector<Filed>& filed);

  [[nodiscard]] detail::KeyDirectory principals() const { return principals_.directory(); }
  [[nodiscard]] detail::KeyDirectory resources() const { return resources_.directory(); }

 private:
  std::set<std::pair<Variable, SymbolId>> attributes_;  ///< that are keys
  KeyNumbering principals_;
  KeyNumbering resources_;
};

}  // namespace quis
