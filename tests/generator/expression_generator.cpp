#include "generator/expression_generator.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "generator/literals.hpp"

namespace quis::test {
namespace {

using Kind = Shape::Kind;

std::string bracketed(const std::string& text) { return '(' + text + ')'; }

std::string joined(const std::vector<std::string>& texts, std::string_view separator) {
  std::string result;
  for (const std::string& text : texts) result.append(result.empty() ? "" : separator).append(text);
  return result;
}

std::string call(const std::string& receiver, std::string_view method, const std::string& argument = {}) {
  return receiver + '.' + std::string(method) + '(' + argument + ')';
}

}  // namespace

ExpressionGenerator::ExpressionGenerator(Choices& choices, const SchemaModel& schema, const Environment& environment,
                                         std::size_t errors)
    : choices_(choices),
      schema_(schema),
      action_(environment.action),
      errors_(errors),
      paths_(paths_of(schema, environment)) {}

std::size_t ExpressionGenerator::any_type() { return choices_.below(schema_.entity_types.size()); }

/// Mostly a type that something in the environment has.
ShapePtr ExpressionGenerator::any_shape() {
  if (choices_.chance(70)) return choices_.pick(paths_).shape;
  const Kind kind = static_cast<Kind>(choices_.below(Shape::kKinds));
  if (kind == Kind::entity) return Shape::of_entity(any_type());
  if (kind == Kind::set) return any_set();
  return Shape::of(kind);
}

ShapePtr ExpressionGenerator::any_set() {
  std::vector<ShapePtr> sets;
  for (const Path& path : paths_) {
    if (path.shape->kind == Kind::set) sets.push_back(path.shape);
  }
  if (!sets.empty() && choices_.chance(70)) return choices_.pick(sets);
  if (choices_.chance(30)) return Shape::set_of(Shape::of_entity(any_type()));
  constexpr std::array kElements = {Kind::integer, Kind::string, Kind::boolean,
                                    Kind::decimal, Kind::ip,     Kind::duration};
  return Shape::set_of(Shape::of(choices_.pick(kElements)));
}

std::string ExpressionGenerator::of(const Shape& asked, int depth) {
  const Choices::Part part(choices_);
  const ShapePtr other = fault() ? any_shape() : nullptr;
  const Shape& shape = other != nullptr ? *other : asked;
  if (depth <= 0) return leaf(shape);
  switch (choices_.below(11)) {
    case 0:
    case 1: return leaf(shape);
    case 2: return conditional(shape, depth - 1);
    case 3: return constant_ ? leaf(shape) : tag_of(shape, depth - 1);
    case 4: return "{\"x\": " + of(shape, depth - 1) + ", y: " + of(*any_shape(), 0) + "}.x";
    default: return specific(shape, depth);
  }
}

std::string ExpressionGenerator::conditional(const Shape& shape, int depth) {
  const std::string condition = of(Kind::boolean, depth);
  return "(if " + condition + " then " + of(shape, depth) + " else " + of(shape, depth) + ')';
}

std::string ExpressionGenerator::leaf(const Shape& shape) {
  if (constant_ || choices_.chance(25)) return literal(shape, 0);
  if (shape.kind == Kind::entity && choices_.chance(4)) return "action";
  std::vector<const Path*> fitting;
  for (const Path& path : paths_) {
    if (same(*path.shape, shape)) fitting.push_back(&path);
  }
  if (fitting.empty()) return literal(shape, 0);
  const Path& path = *choices_.pick(fitting);
  std::vector<std::string> open;
  for (const std::string& guard : path.guards) {
    if (std::ranges::find(known_, guard) == known_.end()) open.push_back(guard);
  }
  if (open.empty() || fault()) return path.text;
  return "(if " + joined(open, " && ") + " then " + path.text + " else " + literal(shape, 0) + ')';
}

std::string ExpressionGenerator::entity_literal(std::size_t type) {
  const EntityTypeModel& declared = schema_.entity_types[type];
  std::string name = declared.name.full();
  if (fault() && choices_.chance(30)) name += "X";
  const bool listed = !declared.choices.empty() && !fault();
  const std::string id = listed                ? choices_.pick(declared.choices)
                         : choices_.chance(10) ? "w" + std::to_string(choices_.below(40))
                                               : any_entity_id(choices_);
  return name + "::" + cedar_string(choices_, id);
}

std::string ExpressionGenerator::action_literal() {
  const ActionModel& action = schema_.actions[choices_.chance(50) ? choices_.below(schema_.actions.size()) : action_];
  const std::string id = fault() && choices_.chance(30) ? "nothing" : action.id;
  return action.type() + "::" + cedar_string(choices_, id);
}

/// Of literals alone when `depth` is 0.
std::string ExpressionGenerator::literal(const Shape& shape, int depth) {
  switch (shape.kind) {
    case Kind::boolean: return choices_.chance(50) ? "true" : "false";
    case Kind::integer: {
      std::string number = any_long(choices_);
      return number.starts_with('-') ? bracketed(number) : number;
    }
    case Kind::string: return cedar_string(choices_, any_string(choices_));
    case Kind::entity: return choices_.chance(4) ? action_literal() : entity_literal(shape.entity);
    case Kind::set:
      return set(shape.element != nullptr ? *shape.element : Shape(),
                 choices_.chance(errors_ / 2) ? 0 : choices_.between(1, 3), depth);
    case Kind::record: return record(shape.fields, depth);
    case Kind::decimal:
    case Kind::ip:
    case Kind::datetime:
    case Kind::duration: break;
  }
  return std::string(constructor_of(shape.kind)) + '(' +
         cedar_string(any_extension_text(choices_, shape.kind, fault() || choices_.chance(8))) + ')';
}

std::string ExpressionGenerator::record(const std::vector<Field>& fields, int depth) {
  std::string text;
  for (const Field& field : fields) {
    if (!field.required && !choices_.chance(40)) continue;
    if (fault()) continue;
    text += (text.empty() ? "" : ", ") + key_text(field.name) + ": " +
            (depth > 0 ? of(*field.shape, depth) : literal(*field.shape, 0));
  }
  if (fault()) text += (text.empty() ? "" : ", ") + std::string("extra: 1");
  return '{' + text + '}';
}

std::string ExpressionGenerator::set(const Shape& element, std::size_t size, int depth) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += (i == 0 ? "" : ", ") + (depth > 0 ? of(element, depth - 1) : literal(element, 0));
  }
  return '[' + text + (size > 0 && choices_.chance(3) ? ",]" : "]");
}

/// A tag of some entity whose type has tags of this type, mostly behind `hasTag`.
std::string ExpressionGenerator::tag_of(const Shape& shape, int depth) {
  std::vector<std::size_t> tagged;
  for (std::size_t type = 0; type < schema_.entity_types.size(); ++type) {
    const ShapePtr& tags = schema_.entity_types[type].tags;
    if (tags != nullptr && (same(*tags, shape) || fault())) tagged.push_back(type);
  }
  if (tagged.empty()) return specific(shape, depth);
  const std::string entity = of(Shape{.kind = Kind::entity, .entity = choices_.pick(tagged)}, 0);
  const std::string key = choices_.chance(80) ? cedar_string(any_tag_key(choices_)) : of(Kind::string, depth);
  const std::string tag = call(entity, "getTag", key);
  if (fault() || choices_.chance(20)) return tag;
  return "(if " + call(entity, "hasTag", key) + " then " + tag + " else " + literal(shape, 0) + ')';
}

/// `decimal`, `ip`, …: by fault of any string, and of too many arguments.
std::string ExpressionGenerator::constructor(Kind kind, int depth) {
  if (!fault()) return literal(Shape{.kind = kind}, 0);
  return std::string(constructor_of(kind)) + '(' + of(Kind::string, depth) + (choices_.chance(20) ? ", \"1.0\")" : ")");
}

std::string ExpressionGenerator::integer(int depth) {
  constexpr std::array<std::string_view, 5> kUnits = {"toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"};
  constexpr std::array<std::string_view, 3> kOperators = {" + ", " - ", " * "};
  switch (choices_.below(6)) {
    case 0: return "(-" + of(Kind::integer, depth - 1) + ')';
    case 1: return call(of(Kind::duration, depth - 1), choices_.pick(kUnits), fault() ? "1" : "");
    default: {
      const std::string left = of(Kind::integer, depth - 1);
      const std::string_view op = choices_.pick(kOperators);
      return bracketed(left + std::string(op) + of(Kind::integer, depth - 1));
    }
  }
}

std::string ExpressionGenerator::specific(const Shape& shape, int depth) {
  const int d = depth - 1;
  switch (shape.kind) {
    case Kind::boolean: return boolean(depth);
    case Kind::integer: return integer(depth);
    case Kind::string: return leaf(shape);
    case Kind::entity: return leaf(shape);
    case Kind::set:
      return set(shape.element != nullptr ? *shape.element : Shape(), choices_.between(fault() ? 0 : 1, 4), depth);
    case Kind::record: return record(shape.fields, d);
    case Kind::decimal:
    case Kind::ip: return constructor(shape.kind, d);
    case Kind::datetime:
      switch (choices_.below(4)) {
        case 0: return constructor(shape.kind, d);
        case 1: return call(of(shape, d), "toDate");
        default: {
          const std::string start = of(shape, d);
          return call(start, "offset", of(Kind::duration, d));
        }
      }
    case Kind::duration:
      switch (choices_.below(4)) {
        case 0: return constructor(shape.kind, d);
        case 1: return call(of(Kind::datetime, d), "toTime");
        default: {
          const std::string end = of(Kind::datetime, d);
          return call(end, "durationSince", of(Kind::datetime, d));
        }
      }
  }
  return leaf(shape);
}

}  // namespace quis::test
