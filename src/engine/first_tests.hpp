#pragma once

#include <optional>

#include <quis/policy/policy.hpp>

namespace quis {

/// The test `variable.name == constant`, the constant a string, a long or an entity.
struct AttributeTest {
  Variable variable = Variable::principal;  ///< principal, resource or context
  SymbolId name;
  Value constant;
  bool guarded = false;  ///< `variable has name` stands before it, so where there is no such attribute it does not
                         ///< hold; else that is an error
};

/// The tests that the conditions of a policy begin with: `second` is made where `first` holds and never else.
struct FirstTests {
  std::optional<AttributeTest> first;
  std::optional<AttributeTest> second;
};
[[nodiscard]] FirstTests first_tests(const PolicyBody& body);

}  // namespace quis
