// Cedar text from syntax trees, such that reading the text gives the tree back.
//
// Every expression has a level, as in the grammar at the head of expression_parser.cpp; one that stands where a tighter
// level is wanted gets brackets. Negative literals are the trap: `-5` is a literal but `-(5)` is a negation, `(-5).a`
// is an attribute of the literal but `-5.a` a negated attribute.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <quis/base/vocabulary.hpp>
#include <quis/policy/expression.hpp>

#include "base/type_name.hpp"

namespace quis {

namespace {

enum class Level : std::uint8_t { expression, disjunction, conjunction, relation, sum, product, unary, member };

constexpr int kMostUnary = 4;

bool is_integer(const Expr& expr) noexcept { return expr.op == Op::literal && expr.value.is(Value::Kind::integer); }
bool is_negative_literal(const Expr& expr) noexcept { return is_integer(expr) && expr.value.as_integer() < 0; }

Level level_of(const Expr& expr) noexcept {
  switch (expr.op) {
    case Op::if_: return Level::expression;
    case Op::or_: return Level::disjunction;
    case Op::and_: return Level::conjunction;
    case Op::equal:
    case Op::not_equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::in:
    case Op::has_attribute:
    case Op::is:
    case Op::is_in:
    case Op::like: return Level::relation;
    case Op::add:
    case Op::subtract: return Level::sum;
    case Op::multiply: return Level::product;
    case Op::not_:
    case Op::negate: return Level::unary;
    default: return is_negative_literal(expr) ? Level::unary : Level::member;
  }
}

/// The sign of a binary operator, or the name of a method.
std::string_view sign_of(Op op) noexcept {
  switch (op) {
    case Op::equal: return "==";
    case Op::not_equal: return "!=";
    case Op::less: return "<";
    case Op::less_equal: return "<=";
    case Op::greater: return ">";
    case Op::greater_equal: return ">=";
    case Op::in: return "in";
    case Op::add: return "+";
    case Op::subtract: return "-";
    case Op::multiply: return "*";
    case Op::and_: return "&&";
    case Op::or_: return "||";
    case Op::contains: return "contains";
    case Op::contains_all: return "containsAll";
    case Op::contains_any: return "containsAny";
    case Op::get_tag: return "getTag";
    case Op::has_tag: return "hasTag";
    case Op::is_empty: return "isEmpty";
    default: return "";
  }
}

std::string_view word_of(Variable variable) noexcept {
  switch (variable) {
    case Variable::principal: return "principal";
    case Variable::action: return "action";
    case Variable::resource: return "resource";
    case Variable::context: return "context";
  }
  return "";
}

/// Whether the name can stand without quotes.
bool is_plain_name(std::string_view text) noexcept { return is_identifier(text) && !is_reserved(text); }

std::string name_or_quoted(SymbolId name) {
  const std::string_view text = text_of(name);
  return is_plain_name(text) ? std::string(text) : quoted(text);
}

class ExpressionPrinter {
 public:
  explicit ExpressionPrinter(std::string& out) noexcept : out_(out) {}

  void print(const Expr& expr, Level wanted = Level::expression) {
    const bool brackets = level_of(expr) < wanted;
    if (brackets) out_ += '(';
    print_bare(expr);
    if (brackets) out_ += ')';
  }

 private:
  void print_bare(const Expr& expr) {
    switch (expr.op) {
      case Op::literal: out_ += to_text(expr.value); break;
      case Op::variable: out_ += word_of(expr.variable); break;
      case Op::if_:
        out_ += "if ";
        print(*expr.operands[0]);
        out_ += " then ";
        print(*expr.operands[1]);
        out_ += " else ";
        print(*expr.operands[2]);
        break;
      case Op::or_: binary(expr, Level::conjunction, Level::conjunction); break;
      case Op::and_: binary(expr, Level::relation, Level::relation); break;
      case Op::equal:
      case Op::not_equal:
      case Op::less:
      case Op::less_equal:
      case Op::greater:
      case Op::greater_equal:
      case Op::in: binary(expr, Level::sum, Level::sum); break;
      case Op::add:
      case Op::subtract: binary(expr, Level::sum, Level::product); break;
      case Op::multiply: binary(expr, Level::product, Level::unary); break;
      case Op::not_:
      case Op::negate: unary(expr); break;
      case Op::get_attribute: attribute(expr); break;
      case Op::has_attribute:
        print(*expr.operands[0], Level::sum);
        out_ += " has " + name_or_quoted(expr.name);
        break;
      case Op::is:
      case Op::is_in:
        print(*expr.operands[0], Level::sum);
        out_ += " is ";
        out_ += text_of(expr.type);
        if (expr.op == Op::is) break;
        out_ += " in ";
        print(*expr.operands[1], Level::sum);
        break;
      case Op::like:
        print(*expr.operands[0], Level::sum);
        out_ += " like ";
        pattern(expr.pattern);
        break;
      case Op::contains:
      case Op::contains_all:
      case Op::contains_any:
      case Op::get_tag:
      case Op::has_tag:
      case Op::is_empty: method(expr, sign_of(expr.op)); break;
      case Op::call: call(expr); break;
      case Op::set:
        out_ += '[';
        list(expr.operands);
        out_ += ']';
        break;
      case Op::record: record(expr); break;
    }
  }

  void binary(const Expr& expr, Level first, Level others) {
    print(*expr.operands.front(), first);
    for (const Expr* operand : expr.operands.subspan(1)) {
      out_ += ' ';
      out_ += sign_of(expr.op);
      out_ += ' ';
      print(*operand, others);
    }
  }

  // At most four signs may stand in a row, and the minus of a literal is one of them.
  void unary(const Expr& expr) {
    const Expr* operand = &expr;
    int signs = 0;
    for (; operand->op == expr.op && signs < kMostUnary; ++signs) {
      out_ += expr.op == Op::not_ ? '!' : '-';
      operand = operand->operands[0];
    }
    if (expr.op == Op::negate && is_integer(*operand)) {
      const bool brackets = !is_negative_literal(*operand) || signs == kMostUnary;
      if (brackets) out_ += '(';
      print_bare(*operand);
      if (brackets) out_ += ')';
    } else {
      print(*operand, Level::member);
    }
  }

  void attribute(const Expr& expr) {
    print(*expr.operands[0], Level::member);
    const std::string_view name = text_of(expr.name);
    if (is_plain_name(name)) {
      out_ += '.';
      out_ += name;
    } else {
      out_ += '[' + quoted(name) + ']';
    }
  }

  void call(const Expr& expr) {
    const ExtensionSignature& signature = signature_of(expr.function);
    if (!signature.is_constructor && !expr.operands.empty()) return method(expr, signature.name);
    out_ += signature.name;
    out_ += '(';
    list(expr.operands);
    out_ += ')';
  }

  void method(const Expr& expr, std::string_view name) {
    print(*expr.operands[0], Level::member);
    out_ += '.';
    out_ += name;
    out_ += '(';
    list(expr.operands.subspan(1));
    out_ += ')';
  }

  void list(std::span<const Expr* const> items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out_ += ", ";
      print(*items[i]);
    }
  }

  void record(const Expr& expr) {
    out_ += '{';
    for (std::size_t i = 0; i < expr.keys.size(); ++i) {
      if (i > 0) out_ += ", ";
      out_ += name_or_quoted(expr.keys[i]) + ": ";
      print(*expr.operands[i]);
    }
    out_ += '}';
  }

  void pattern(Pattern pieces) {
    out_ += '"';
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (i > 0) out_ += '*';
      const std::string escaped = quoted(pieces[i]);
      for (std::size_t at = 1; at + 1 < escaped.size(); ++at) {
        if (escaped[at] == '*') out_ += '\\';
        out_ += escaped[at];
      }
    }
    out_ += '"';
  }

  std::string& out_;
};

}  // namespace

std::string to_text(const Expr& expression) {
  std::string out;
  ExpressionPrinter(out).print(expression);
  return out;
}

}  // namespace quis
