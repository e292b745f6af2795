#pragma once

#include <array>
#include <string_view>

#include <quis/policy/ast.hpp>

/// How Cedar's JSON form names what an expression can be made of; the reader and the writer share these tables.
namespace quis {

struct JsonOperator {
  std::string_view name;
  Op op;
};

/// `{name: {"arg": …}}`
inline constexpr std::array kJsonUnary = {
    JsonOperator{"!", Op::not_},
    JsonOperator{"neg", Op::negate},
    JsonOperator{"isEmpty", Op::is_empty},
};

/// `{name: {"left": …, "right": …}}`
inline constexpr std::array kJsonBinary = {
    JsonOperator{"==", Op::equal},
    JsonOperator{"!=", Op::not_equal},
    JsonOperator{"<", Op::less},
    JsonOperator{"<=", Op::less_equal},
    JsonOperator{">", Op::greater},
    JsonOperator{">=", Op::greater_equal},
    JsonOperator{"&&", Op::and_},
    JsonOperator{"||", Op::or_},
    JsonOperator{"+", Op::add},
    JsonOperator{"-", Op::subtract},
    JsonOperator{"*", Op::multiply},
    JsonOperator{"in", Op::in},
    JsonOperator{"contains", Op::contains},
    JsonOperator{"containsAll", Op::contains_all},
    JsonOperator{"containsAny", Op::contains_any},
    JsonOperator{"getTag", Op::get_tag},
    JsonOperator{"hasTag", Op::has_tag},
};

struct JsonVariable {
  std::string_view name;
  Variable variable;
};

inline constexpr std::array kJsonVariables = {
    JsonVariable{"principal", Variable::principal},
    JsonVariable{"action", Variable::action},
    JsonVariable{"resource", Variable::resource},
    JsonVariable{"context", Variable::context},
};

}  // namespace quis
