#pragma once

#include <unordered_map>

#include <quis/engine/explanation.hpp>
#include <quis/engine/request.hpp>
#include <quis/model/entities.hpp>
#include <quis/policy/ast.hpp>
#include <quis/policy/policy.hpp>

#include "engine/interpreter.hpp"

namespace quis {

/// What evaluating some expressions for one request met: every node that was reached, with its value or error.
class Recording {
 public:
  Recording(const Request& request, const Entities& entities) noexcept : request_(request), entities_(entities) {}

  /// Evaluates, and remembers.
  const Evaluated& evaluate(const Expr& expression) {
    Interpreter<Observer>(request_, entities_, arena_, Observer{&values_}).evaluate(expression);
    return values_.at(&expression);
  }

  /// Null where evaluation did not come.
  [[nodiscard]] const Evaluated* at(const Expr& expression) const {
    const auto found = values_.find(&expression);
    return found == values_.end() ? nullptr : &found->second;
  }

  /// What a boolean position made of the expression: a value of another kind is an error there.
  [[nodiscard]] Finding finding(const Expr& expression) const {
    const Evaluated* value = at(expression);
    if (value == nullptr) return Finding::not_reached;
    if (!*value || !(*value)->is(Value::Kind::boolean)) return Finding::error;
    return (*value)->as_boolean() ? Finding::holds : Finding::fails;
  }

 private:
  using Values = std::unordered_map<const Expr*, Evaluated>;

  struct Observer {
    Values* values = nullptr;
    void operator()(const Expr& expression, const Evaluated& value) const {
      values->insert_or_assign(&expression, value);
    }
  };

  const Request& request_;
  const Entities& entities_;
  ValueArena arena_;
  Values values_;
};

}  // namespace quis
