#include "engine/expression_generator.hpp"

#include <array>
#include <utility>

namespace quis::test {
namespace {

constexpr std::array<std::string_view, 4> kVariables = {"context", "principal", "resource", "action"};

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }
std::string bracketed(const std::string& text) { return '(' + text + ')'; }

std::string access(const std::string& subject, const AttributeName& attribute) {
  if (attribute.needs_quotes) return subject + '[' + quoted(attribute.name) + ']';
  return subject + '.' + std::string(attribute.name);
}

std::string key(const AttributeName& attribute) {
  return attribute.needs_quotes ? quoted(attribute.name) : std::string(attribute.name);
}

}  // namespace

std::string ExpressionGenerator::condition() {
  constant_ = dice_.chance(6);
  std::string text;
  switch (dice_.below(24)) {
    case 0: text = chain("&&", dice_.between(3, 60), Kind::boolean); break;
    case 1: text = chain("||", dice_.between(3, 60), Kind::boolean); break;
    case 2: text = bracketed(chain("+", dice_.between(3, 40), Kind::integer)) + " < " + of(Kind::integer, 1); break;
    case 3: text = wide_record(); break;
    case 4: text = wide_set(); break;
    case 5: text = deep(); break;
    default: text = of(Kind::boolean, static_cast<int>(dice_.between(1, 4))); break;
  }
  constant_ = false;
  return text;
}

std::string ExpressionGenerator::of(Kind kind, int depth) {
  if (dice_.chance(errors_)) kind = static_cast<Kind>(dice_.below(kKinds));
  if (depth <= 0) return leaf(kind);
  switch (dice_.below(12)) {
    case 0: return leaf(kind);
    case 1: return conditional(kind, depth - 1);
    case 2: return guarded(subject(depth - 1), attribute(kind));
    case 3:
      if (constant_) return leaf(kind);
      if (dice_.chance(50)) return method(of(Kind::entity, depth - 1), "getTag", of(Kind::string, 0));
      return method(leaf(Kind::entity), "getTag", quoted(attribute(kind).name));
    case 4: return "{\"x\": " + of(kind, depth - 1) + ", y: " + of(static_cast<Kind>(dice_.below(kKinds)), 0) + "}.x";
    default: return specific(kind, depth);
  }
}

std::string ExpressionGenerator::literal(Kind kind) {
  switch (kind) {
    case Kind::boolean: return dice_.chance(50) ? "true" : "false";
    case Kind::integer: return bracketed(std::string(dice_.pick(kLongs)));
    case Kind::string: return quoted(dice_.pick(kStrings));
    case Kind::entity:
      return (dice_.chance(15) ? any_group(dice_) : dice_.chance(10) ? any_action(dice_) : any_uid(dice_)).text();
    case Kind::long_set: return set(Kind::integer, dice_.below(4), 0);
    case Kind::string_set: return set(Kind::string, dice_.below(4), 0);
    case Kind::entity_set: return set(Kind::entity, dice_.below(4), 0);
    case Kind::mixed_set: return "[1, " + literal(Kind::entity) + ", \"a\", [2, []]]";
    case Kind::record: return record(dice_.below(kAttributes.size()), dice_.below(3), 0);
    case Kind::decimal: return "decimal(" + quoted(dice_.pick(kDecimals)) + ')';
    case Kind::ip: return "ip(" + quoted(dice_.pick(kIps)) + ')';
    case Kind::datetime: return "datetime(" + quoted(dice_.pick(kDatetimes)) + ')';
    case Kind::duration: return "duration(" + quoted(dice_.pick(kDurations)) + ')';
  }
  return "true";
}

std::string ExpressionGenerator::leaf(Kind kind) {
  if (constant_ || dice_.chance(35)) {
    const bool was = std::exchange(constant_, true);
    std::string text = literal(kind);
    constant_ = was;
    return text;
  }
  if (kind == Kind::entity && dice_.chance(60)) return std::string(kVariables[dice_.between(1, 3)]);
  if (kind == Kind::record && dice_.chance(40)) return "context";
  return guarded(std::string(dice_.pick(kVariables)), attribute(kind));
}

/// Access, mostly behind the question whether the attribute is there.
std::string ExpressionGenerator::guarded(const std::string& subject, const AttributeName& attribute) {
  if (dice_.chance(25)) return access(subject, attribute);
  const bool was = std::exchange(constant_, true);
  const std::string otherwise = literal(attribute.kind);
  constant_ = was;
  return "(if " + subject + " has " + key(attribute) + " then " + access(subject, attribute) + " else " + otherwise +
         ')';
}

const AttributeName& ExpressionGenerator::attribute(Kind kind) {
  for (std::size_t i = dice_.below(kAttributes.size());; i = (i + 1) % kAttributes.size()) {
    if (kAttributes[i].kind == kind) return kAttributes[i];
  }
}

std::string ExpressionGenerator::subject(int depth) {
  return of(dice_.chance(60) ? Kind::entity : Kind::record, depth);
}

std::string ExpressionGenerator::conditional(Kind kind, int depth) {
  return "(if " + of(Kind::boolean, depth) + " then " + of(kind, depth) + " else " + of(kind, depth) + ')';
}

std::string ExpressionGenerator::method(const std::string& receiver, std::string_view name,
                                        const std::string& argument) {
  return receiver + '.' + std::string(name) + '(' + argument + ')';
}

/// `decimal`, `ip`, …: of a literal, of any string, and now and then of too many arguments.
std::string ExpressionGenerator::constructor(std::string_view name, int depth) {
  const std::string call = std::string(name) + '(' + of(Kind::string, depth);
  return call + (dice_.chance(4) ? ", \"1.0\")" : ")");
}

std::string ExpressionGenerator::specific(Kind kind, int depth) {
  switch (kind) {
    case Kind::boolean: return boolean(depth);
    case Kind::integer: return integer(depth);
    case Kind::long_set: return set(Kind::integer, dice_.below(5), depth - 1);
    case Kind::string_set: return set(Kind::string, dice_.below(5), depth - 1);
    case Kind::entity_set: return set(Kind::entity, dice_.below(30) == 0 ? 30 : dice_.below(5), depth - 1);
    case Kind::mixed_set: {
      std::string text = "[";
      for (std::size_t i = dice_.below(5); i > 0; --i)
        text += of(static_cast<Kind>(dice_.below(kKinds)), depth - 1) + ", ";
      return text + of(Kind::entity, depth - 1) + ']';
    }
    case Kind::record: return record(dice_.below(kAttributes.size()), dice_.below(6), depth - 1);
    case Kind::decimal: return dice_.chance(70) ? literal(kind) : constructor("decimal", depth - 1);
    case Kind::ip: return dice_.chance(70) ? literal(kind) : constructor("ip", depth - 1);
    case Kind::datetime:
      switch (dice_.below(4)) {
        case 0: return method(of(kind, depth - 1), "offset", of(Kind::duration, depth - 1));
        case 1: return method(of(kind, depth - 1), "toDate");
        case 2: return constructor("datetime", depth - 1);
        default: return literal(kind);
      }
    case Kind::duration:
      switch (dice_.below(4)) {
        case 0: return method(of(Kind::datetime, depth - 1), "durationSince", of(Kind::datetime, depth - 1));
        case 1: return method(of(Kind::datetime, depth - 1), "toTime");
        case 2: return constructor("duration", depth - 1);
        default: return literal(kind);
      }
    case Kind::string:
    case Kind::entity: break;
  }
  return leaf(kind);
}

std::string ExpressionGenerator::integer(int depth) {
  constexpr std::array<std::string_view, 5> kUnits = {"toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"};
  switch (dice_.below(6)) {
    case 0: return "(-" + of(Kind::integer, depth - 1) + ')';
    case 1: return method(of(Kind::duration, depth - 1), dice_.pick(kUnits), dice_.chance(4) ? "1" : "");
    default: {
      constexpr std::array<std::string_view, 3> kOperators = {" + ", " - ", " * "};
      return bracketed(of(Kind::integer, depth - 1) + std::string(dice_.pick(kOperators)) +
                       of(Kind::integer, depth - 1));
    }
  }
}

std::string ExpressionGenerator::comparison(int depth) {
  constexpr std::array<std::string_view, 4> kOrders = {" < ", " <= ", " > ", " >= "};
  constexpr std::array<Kind, 4> kOrdered = {Kind::integer, Kind::integer, Kind::datetime, Kind::duration};
  constexpr std::array<std::string_view, 4> kDecimalOrders = {"lessThan", "lessThanOrEqual", "greaterThan",
                                                              "greaterThanOrEqual"};
  const auto any_kind = [&] { return static_cast<Kind>(dice_.below(kKinds)); };
  const std::string equality = dice_.chance(60) ? " == " : " != ";
  if (!constant_ && dice_.chance(8))
    return bracketed(std::string(dice_.pick(kVariables)) + equality + of(any_kind(), depth));
  if (dice_.chance(8)) {
    // `(true && 3) == 3` fails where only the value of the whole is looked at.
    const std::string junction =
        of(Kind::boolean, depth) + (dice_.chance(50) ? " && " : " || ") + of(any_kind(), depth);
    return bracketed(bracketed(junction) + equality + of(any_kind(), depth));
  }
  if (dice_.chance(20)) return method(of(Kind::decimal, depth), dice_.pick(kDecimalOrders), of(Kind::decimal, depth));
  if (dice_.chance(50)) {
    const Kind kind = dice_.pick(kOrdered);
    return bracketed(of(kind, depth) + std::string(dice_.pick(kOrders)) + of(kind, depth));
  }
  const Kind kind = any_kind();
  return bracketed(of(kind, depth) + equality + of(kind, depth));
}

std::string ExpressionGenerator::boolean(int depth) {
  constexpr std::array<Kind, 4> kSets = {Kind::long_set, Kind::string_set, Kind::entity_set, Kind::mixed_set};
  constexpr std::array<Kind, 4> kElements = {Kind::integer, Kind::string, Kind::entity, Kind::record};
  constexpr std::array<std::string_view, 4> kIpTests = {"isIpv4", "isIpv6", "isLoopback", "isMulticast"};
  const int d = depth - 1;
  const auto type = [&] { return dice_.chance(4) ? std::string("Action") : std::string(dice_.pick(kEntityTypes)); };
  switch (dice_.below(19)) {
    case 0:
    case 1: return bracketed(of(Kind::boolean, d) + " && " + of(Kind::boolean, d));
    case 2:
    case 3: return bracketed(of(Kind::boolean, d) + " || " + of(Kind::boolean, d));
    case 4: return "(!" + of(Kind::boolean, d) + ')';
    case 5:
    case 6:
    case 7: return comparison(d);
    case 8: return bracketed(of(Kind::entity, d) + " in " + of(Kind::entity, d));
    case 9:
      return bracketed(of(Kind::entity, d) + " in " + of(dice_.chance(90) ? Kind::entity_set : Kind::mixed_set, d));
    case 10: {
      const std::size_t which = dice_.below(4);
      return method(of(kSets[which], d), "contains", of(kElements[which], d));
    }
    case 11: {
      const Kind kind = dice_.pick(kSets);
      return method(of(kind, d), dice_.chance(50) ? "containsAll" : "containsAny", of(kind, d));
    }
    case 12: return method(of(dice_.pick(kSets), d), "isEmpty");
    case 13: {
      std::string path = key(dice_.pick(kAttributes));
      if (dice_.chance(30)) path = "rec.rec.n";
      return bracketed(subject(d) + " has " + path);
    }
    case 14:
      return method(of(Kind::entity, d), "hasTag",
                    dice_.chance(50) ? quoted(dice_.pick(kAttributes).name) : of(Kind::string, d));
    case 15: return bracketed(of(Kind::entity, d) + " is " + type());
    case 16:
      return bracketed(of(Kind::entity, d) + " is " + type() + " in " +
                       of(dice_.chance(50) ? Kind::entity : Kind::entity_set, d));
    case 17: return bracketed(of(Kind::string, d) + " like " + quoted(dice_.pick(kPatterns)));
    default:
      if (dice_.chance(50)) return method(of(Kind::ip, d), "isInRange", of(Kind::ip, d));
      return method(of(Kind::ip, d), dice_.pick(kIpTests), dice_.chance(4) ? "1" : "");
  }
}

std::string ExpressionGenerator::set(Kind element, std::size_t size, int depth) {
  std::string text = "[";
  for (std::size_t i = 0; i < size; ++i) text += (i == 0 ? "" : ", ") + of(element, depth);
  return text + ']';
}

/// Fields with the names of `size` attributes from the `first` on, around the table.
std::string ExpressionGenerator::record(std::size_t first, std::size_t size, int depth) {
  std::string text = "{";
  for (std::size_t i = 0; i < size; ++i) {
    const AttributeName& attribute = kAttributes[(first + i) % kAttributes.size()];
    text += (i == 0 ? "" : ", ") + key(attribute) + ": " +
            of(attribute.kind == Kind::record && depth <= 0 ? Kind::integer : attribute.kind, depth);
  }
  return text + '}';
}

std::string ExpressionGenerator::chain(std::string_view op, std::size_t length, Kind kind) {
  std::string text;
  for (std::size_t i = 0; i < length; ++i) {
    if (i != 0) text += ' ' + std::string(op) + ' ';
    // Mostly neutral operands: the chain is to be walked to its end now and then.
    if (dice_.chance(75)) {
      text += kind == Kind::integer ? "context.n * 0" : op == "&&" ? "context == context" : "context != context";
    } else {
      text += of(kind, static_cast<int>(dice_.below(2)));
    }
  }
  return text;
}

std::string ExpressionGenerator::wide_record() {
  const std::size_t size = dice_.between(25, 40);
  std::string text = "{";
  for (std::size_t i = 0; i < size; ++i) {
    text += (i == 0 ? "f" : ", f") + std::to_string((i * 7) % 41) + ": " +
            (dice_.chance(80) ? std::to_string(i) : of(Kind::integer, 1));
  }
  const std::string field = "f" + std::to_string(dice_.below(41));
  return text + "} has " + field + " && " + text + "}." + field + " < " + of(Kind::integer, 1);
}

std::string ExpressionGenerator::wide_set() {
  const std::size_t size = dice_.between(5, 40);
  if (dice_.chance(50)) {
    // More targets than the entity has ancestors, and mostly without the entity itself.
    std::string text = std::string(kVariables[dice_.between(1, 3)]) + " in [" + literal(Kind::entity);
    for (std::size_t i = 1; i < size; ++i) text += ", " + literal(Kind::entity);
    return text + ']';
  }
  const Kind kind = dice_.chance(50) ? Kind::entity : Kind::integer;
  return method(set(kind, size, static_cast<int>(dice_.below(2))), "contains", of(kind, 1));
}

std::string ExpressionGenerator::deep() {
  std::string text = of(Kind::boolean, 1);
  for (std::size_t i = dice_.between(5, 30); i > 0; --i) {
    switch (dice_.below(4)) {
      case 0: text = "!(" + text + ')'; break;
      case 1: text = "if (" + text + ") then " + leaf(Kind::boolean) + " else " + leaf(Kind::boolean); break;
      case 2: text = "[" + text + "].contains(" + leaf(Kind::boolean) + ')'; break;
      default: text = "{flag: " + text + "}.flag == true"; break;
    }
  }
  return text;
}

}  // namespace quis::test
