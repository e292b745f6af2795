#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <quis/base/extension.hpp>
#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/base/value.hpp>

/// The abstract syntax of Cedar expressions. One node type for all: a visitor is a switch over `Op`.
namespace quis {

enum class Variable : std::uint8_t { principal, action, resource, context };

/// What a node does. In brackets: its operands, in `Expr::operands`, and its other fields.
enum class Op : std::uint8_t {
  literal,   ///< `value`: a bool, long, string or entity
  variable,  ///< `variable`
  and_,      ///< [2 or more] flat: `a && b && c` is one node
  or_,       ///< [2 or more] flat
  not_,      ///< [operand]
  negate,    ///< [operand]
  if_,       ///< [condition, then, else]
  equal,     ///< [left, right], as all the binary ones that follow
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  add,
  subtract,
  multiply,
  in,             ///< [entity, entity or set]
  contains,       ///< [set, element]
  contains_all,   ///< [set, set]
  contains_any,   ///< [set, set]
  get_tag,        ///< [entity, string]
  has_tag,        ///< [entity, string]
  is_empty,       ///< [set]
  get_attribute,  ///< [entity or record] `name`
  has_attribute,  ///< [entity or record] `name`
  is,             ///< [entity] `type`
  is_in,          ///< [entity, entity or set] `type`: `a is T in b`
  like,           ///< [string] `pattern`
  set,            ///< [elements]
  record,         ///< [values] `keys`, in source order, each once
  call,  ///< [arguments, the receiver first] `function`; the number of arguments is not checked before evaluation
};

/// A `like` pattern: literal texts with a wildcard between each two. `"a*b"` is {"a", "b"}, `"*"` is {"", ""}.
/// Never empty. Matching bytes is matching code points, because all texts are UTF-8.
using Pattern = std::span<const std::string_view>;

/// True when the whole of `text` matches. Allocates nothing; O(|pattern| · |text|) at the worst.
[[nodiscard]] bool matches(Pattern pattern, std::string_view text) noexcept;

/// A node. Nodes are immutable, trivially destructible, and live in the arena of the policy (or expression) that owns
/// them; the height of a tree is at most `limits::kMaxExpressionDepth`, so walking one by recursion is safe.
struct Expr {
  Op op = Op::literal;
  Variable variable = Variable::principal;
  ExtensionFunction function = ExtensionFunction::decimal;
  SymbolId name;
  TypeId type;
  SourceSpan span;  ///< in the policy's source text; all zero for a policy that came from JSON
  Value value;
  std::span<const Expr* const> operands;
  std::span<const SymbolId> keys;
  Pattern pattern;
};

}  // namespace quis
