// The expressions of type Bool: nearly all of Cedar's operators make one.

#include <algorithm>
#include <array>
#include <utility>

#include "generator/expression_generator.hpp"
#include "generator/literals.hpp"

namespace quis::test {
namespace {

using Kind = Shape::Kind;

std::string bracketed(const std::string& text) { return '(' + text + ')'; }

std::string call(const std::string& receiver, std::string_view method, const std::string& argument = {}) {
  return receiver + '.' + std::string(method) + '(' + argument + ')';
}

}  // namespace

std::string ExpressionGenerator::condition() {
  constant_ = choices_.chance(5);
  std::string text;
  switch (choices_.below(30)) {
    case 24: text = chain("&&", choices_.between(3, 40), Kind::boolean); break;
    case 25: text = chain("||", choices_.between(3, 40), Kind::boolean); break;
    case 26: {
      const std::string sum = chain("+", choices_.between(3, 30), Kind::integer);
      text = bracketed(sum) + " < " + of(Kind::integer, 1);
      break;
    }
    case 27: text = wide_record(); break;
    case 28: text = wide_set(); break;
    case 29: text = deep(); break;
    default: text = of(Kind::boolean, static_cast<int>(choices_.between(1, 4))); break;
  }
  constant_ = false;
  return text;
}

std::string ExpressionGenerator::boolean(int depth) {
  const int d = depth - 1;
  switch (choices_.below(21)) {
    case 0:
    case 1:
    case 2: return comparison(d);
    case 18:
    case 19: return constant_ ? equality(d) : tagged(d);
    case 3:
    case 4: {
      const std::string left = of(Kind::boolean, d);
      return bracketed(left + " && " + of(Kind::boolean, d));
    }
    case 5:
    case 6: {
      const std::string left = of(Kind::boolean, d);
      return bracketed(left + " || " + of(Kind::boolean, d));
    }
    case 7: return "(!" + of(Kind::boolean, d) + ')';
    case 8:
    case 9: return equality(d);
    case 10:
    case 11: return hierarchy(d);
    case 12:
    case 13: return membership(d);
    case 14: return presence(d);
    case 15:
    case 16: return constant_ ? comparison(d) : guarded(d);
    case 17: {
      const std::string subject = of(Kind::string, d);
      return bracketed(subject + " like \"" + any_pattern(choices_) + '"');
    }
    default: return address(d);
  }
}

std::string ExpressionGenerator::comparison(int depth) {
  constexpr std::array<std::string_view, 4> kOrders = {" < ", " <= ", " > ", " >= "};
  constexpr std::array kOrdered = {Kind::integer, Kind::integer, Kind::datetime, Kind::duration};
  constexpr std::array<std::string_view, 4> kDecimalOrders = {"lessThan", "lessThanOrEqual", "greaterThan",
                                                              "greaterThanOrEqual"};
  if (choices_.chance(25)) {
    const std::string left = of(Kind::decimal, depth);
    const std::string_view order = choices_.pick(kDecimalOrders);
    return call(left, order, of(Kind::decimal, depth));
  }
  const Kind kind = choices_.pick(kOrdered);
  const std::string left = of(kind, depth);
  const std::string_view order = choices_.pick(kOrders);
  return bracketed(left + std::string(order) + of(kind, depth));
}

std::string ExpressionGenerator::equality(int depth) {
  const std::string op = choices_.chance(40) ? " != " : " == ";
  if (fault()) {
    // `(true && 3) == 3` fails where only the value of the whole is looked at.
    const std::string left = of(Kind::boolean, depth);
    const std::string junction = left + (choices_.chance(50) ? " && " : " || ") + of(*any_shape(), depth);
    return bracketed(bracketed(junction) + op + of(*any_shape(), depth));
  }
  if (!constant_ && choices_.chance(30)) return about(choices_.pick(paths_), depth);
  const ShapePtr shape = any_shape();
  const std::string left = of(*shape, depth);
  // Entities of two types may be compared; they are never equal.
  if (shape->kind == Kind::entity && choices_.chance(15)) return bracketed(left + op + of_entity(depth));
  return bracketed(left + op + of(*shape, depth));
}

/// `in`, `is` and `is … in`.
std::string ExpressionGenerator::hierarchy(int depth) {
  const auto ancestors = [&](std::size_t type) {
    const auto& parents = schema_.entity_types[type].parents;
    const std::size_t of_type = !parents.empty() && choices_.chance(70) ? choices_.pick(parents) : any_type();
    const Shape entity{.kind = Kind::entity, .entity = of_type};
    return choices_.chance(40) ? of(*Shape::set_of(Shape::of_entity(of_type)), depth) : of(entity, depth);
  };
  if (!constant_ && choices_.chance(15)) {
    if (choices_.chance(50)) return bracketed("action in " + action_literal());
    const std::string first = action_literal();
    return bracketed("action in [" + first + ", " + action_literal() + ']');
  }
  std::size_t type = any_type();
  if (choices_.chance(60)) type = paths_[choices_.below(2)].shape->entity;
  const std::string subject = of(Shape{.kind = Kind::entity, .entity = type}, depth);
  std::size_t tested = choices_.chance(70) ? type : any_type();
  std::string name = schema_.entity_types[tested].name.full();
  if (fault()) name = choices_.chance(30) ? "Action" : name + "X";
  switch (choices_.below(5)) {
    case 0:
    case 1: return bracketed(subject + " is " + name);
    case 2: return bracketed(subject + " is " + name + " in " + ancestors(tested));
    default: return bracketed(subject + " in " + ancestors(type));
  }
}

std::string ExpressionGenerator::membership(int depth) {
  const ShapePtr sets = any_set();
  const std::string set = of(*sets, depth);
  switch (choices_.below(5)) {
    case 0:
    case 1: return call(set, "contains", of(*sets->element, depth));
    case 2: return call(set, "containsAll", of(*sets, depth));
    case 3: return call(set, "containsAny", of(*sets, depth));
    default: return call(set, "isEmpty", fault() && choices_.chance(10) ? "1" : "");
  }
}

/// `has` and `hasTag`.
std::string ExpressionGenerator::presence(int depth) {
  if (choices_.chance(30)) {
    const std::string entity = of_entity(depth);
    return call(entity, "hasTag", choices_.chance(70) ? cedar_string(any_tag_key(choices_)) : of(Kind::string, depth));
  }
  std::vector<const Path*> subjects;
  for (const Path& path : paths_) {
    if (path.shape->kind == Kind::entity || path.shape->kind == Kind::record) subjects.push_back(&path);
  }
  const Path& path = *choices_.pick(subjects);
  const auto& fields =
      path.shape->kind == Kind::record ? path.shape->fields : schema_.entity_types[path.shape->entity].attributes;
  std::string key = fields.empty() || choices_.chance(10) ? "missing" : key_text(choices_.pick(fields).name);
  if (choices_.chance(15) && key.front() != '"') key += choices_.chance(50) ? ".a" : ".rec.n";
  const std::string subject = path.guards.empty() || fault() ? path.text : of(*path.shape, depth);
  return bracketed(subject + " has " + key);
}

std::string ExpressionGenerator::address(int depth) {
  constexpr std::array<std::string_view, 4> kTests = {"isIpv4", "isIpv6", "isLoopback", "isMulticast"};
  const std::string ip = of(Kind::ip, depth);
  if (choices_.chance(50)) return call(ip, "isInRange", of(Kind::ip, depth));
  return call(ip, choices_.pick(kTests), fault() ? "1" : "");
}

/// The guard, said in a way from which the validator may or may not still see that it holds.
std::string ExpressionGenerator::disguised(const std::string& guard, int depth) {
  if (!choices_.chance(30)) return guard;
  const std::string test = bracketed(guard);
  switch (choices_.below(14)) {
    case 0: return bracketed(guard + " && true");
    case 1: return bracketed("true && " + guard);
    case 2: return bracketed(guard + " || " + guard);
    case 3: return bracketed("false || " + guard);
    case 4: return "(if " + guard + " then true else false)";
    case 5: return "(if true then " + guard + " else false)";
    case 6: return "(if " + of(Kind::boolean, depth) + " then " + guard + " else " + guard + ')';
    case 7: return "(if " + guard + " then " + of(Kind::boolean, depth) + " else false)";
    case 8: return bracketed(of(Kind::boolean, depth) + " && " + guard);
    case 9: return "(!(!" + test + "))";
    case 10: return bracketed(test + " == true");
    case 11:
    case 12: return "(if " + guard + " then true else " + guard + ')';
    default: return bracketed(guard + " || " + of(Kind::boolean, depth));
  }
}

/// An optional path behind its guards: what is known on the left of `&&` may be used on the right.
std::string ExpressionGenerator::guarded(int depth) {
  std::vector<const Path*> optional;
  for (const Path& path : paths_) {
    if (!path.guards.empty()) optional.push_back(&path);
  }
  if (optional.empty()) return comparison(depth);
  const Path& path = *choices_.pick(optional);
  const std::size_t before = known_.size();
  std::string text;
  for (const std::string& guard : path.guards) {
    text += disguised(guard, depth) + (fault() ? " || " : " && ");
    known_.push_back(guard);
  }
  text += about(path, depth);
  if (choices_.chance(40)) text += " && " + of(Kind::boolean, depth);
  known_.resize(before);
  return bracketed(text);
}

/// A question about a tag, mostly behind `hasTag`.
std::string ExpressionGenerator::tagged(int depth) {
  std::vector<std::size_t> types;
  for (std::size_t type = 0; type < schema_.entity_types.size(); ++type) {
    if (schema_.entity_types[type].tags != nullptr) types.push_back(type);
  }
  if (types.empty()) return hierarchy(depth);
  const std::size_t type = choices_.pick(types);
  const std::string entity = of(Shape{.kind = Kind::entity, .entity = type}, 0);
  const std::string key = choices_.chance(20) ? of(Kind::string, depth) : cedar_string(any_tag_key(choices_));
  const Path tag{call(entity, "getTag", key), schema_.entity_types[type].tags};
  if (fault() || choices_.chance(20)) return about(tag, depth);
  return bracketed(disguised(call(entity, "hasTag", key), depth) + " && " + about(tag, depth));
}

/// A question about the value at the path, whose guards hold.
std::string ExpressionGenerator::about(const Path& path, int depth) {
  const Shape& shape = *path.shape;
  std::string subject = path.text;
  for (const std::string& guard : path.guards) {
    if (std::ranges::find(known_, guard) == known_.end() && !fault()) subject = of(shape, depth);
  }
  if (shape.kind == Kind::boolean && choices_.chance(60)) return subject;
  if (shape.kind == Kind::set && choices_.chance(60)) return call(subject, "contains", of(*shape.element, depth));
  if (shape.kind == Kind::string && choices_.chance(40))
    return bracketed(subject + " like \"" + any_pattern(choices_) + '"');
  if (shape.kind == Kind::integer && choices_.chance(60)) return bracketed(subject + " <= " + of(shape, depth));
  return bracketed(subject + " == " + of(shape, depth));
}

std::string ExpressionGenerator::chain(std::string_view op, std::size_t length, Kind kind) {
  std::string text;
  for (std::size_t i = 0; i < length; ++i) {
    if (i != 0) text.append(" ").append(op).append(" ");
    // Mostly neutral operands: the chain is to be walked to its end now and then.
    if (choices_.chance(75)) {
      text += kind == Kind::integer ? "1 * 0" : op == "&&" ? "principal == principal" : "resource != resource";
    } else {
      text += of(kind, static_cast<int>(choices_.below(2)));
    }
  }
  return text;
}

std::string ExpressionGenerator::wide_record() {
  const std::size_t size = choices_.between(25, 40);
  std::string text = "{";
  for (std::size_t i = 0; i < size; ++i) {
    text += (i == 0 ? "f" : ", f") + std::to_string((i * 7) % 41) + ": " +
            (choices_.chance(20) ? of(Kind::integer, 1) : std::to_string(i));
  }
  const std::string field = "f" + std::to_string(choices_.below(41));
  return text + "} has " + field + " && " + text + "}." + field + " < " + of(Kind::integer, 1);
}

std::string ExpressionGenerator::wide_set() {
  const std::size_t size = choices_.between(5, 40);
  if (choices_.chance(50)) {
    // More targets than the entity has ancestors, and mostly without the entity itself.
    const std::size_t type = any_type();
    std::string text = (choices_.chance(50) ? "resource in [" : "principal in [") + entity_literal(type);
    for (std::size_t i = 1; i < size; ++i) text += ", " + entity_literal(type);
    return text + ']';
  }
  const Shape element =
      choices_.chance(50) ? Shape{.kind = Kind::entity, .entity = any_type()} : Shape{.kind = Kind::integer};
  const std::string elements = set(element, size, static_cast<int>(choices_.below(2)));
  return call(elements, "contains", of(element, 1));
}

std::string ExpressionGenerator::deep() {
  std::string text = of(Kind::boolean, 1);
  for (std::size_t i = choices_.between(5, 30); i > 0; --i) {
    switch (choices_.below(4)) {
      case 0: text = "!(" + text + ')'; break;
      case 1: {
        const std::string yes = leaf(Shape{.kind = Kind::boolean});
        text = "if (" + text + ") then " + yes + " else " + leaf(Shape{.kind = Kind::boolean});
        break;
      }
      case 2: text = "[" + text + "].contains(" + leaf(Shape{.kind = Kind::boolean}) + ')'; break;
      default: text = "{flag: " + text + "}.flag == true"; break;
    }
  }
  return text;
}

}  // namespace quis::test
