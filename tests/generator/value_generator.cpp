#include "generator/value_generator.hpp"

#include "generator/literals.hpp"

namespace quis::test {

using Kind = Shape::Kind;

std::string ValueGenerator::uid(const std::string& type, const std::string& id) {
  return "{\"type\":" + json_string(type) + ",\"id\":" + json_string(id) + '}';
}

std::string ValueGenerator::id_of(std::size_t type) {
  const auto& allowed = schema_.entity_types[type].choices;
  if (!allowed.empty() && !choices_.chance(faults_)) return choices_.pick(allowed);
  return any_entity_id(choices_);
}

std::string ValueGenerator::value(const Shape& asked) {
  const Choices::Part part(choices_);
  Shape other;
  if (choices_.chance(faults_)) {
    if (choices_.chance(10)) return choices_.chance(50) ? "null" : "1.5";
    other.kind = static_cast<Kind>(choices_.below(Shape::kKinds));
    other.entity = choices_.below(schema_.entity_types.size());
    other.element = Shape::of(Kind::integer);
  }
  const Shape& shape = other.element != nullptr ? other : asked;
  switch (shape.kind) {
    case Kind::boolean: return choices_.chance(50) ? "true" : "false";
    case Kind::integer: return any_long(choices_);
    case Kind::string: return json_string(any_string(choices_));
    case Kind::entity: {
      const std::string uid = ValueGenerator::uid(schema_.entity_types[shape.entity].name.full(), id_of(shape.entity));
      // The implicit form reads as an entity only with a schema.
      return choices_.chance(3) ? uid : "{\"__entity\":" + uid + '}';
    }
    case Kind::set: {
      std::string text;
      while (choices_.chance(65)) text += (text.empty() ? "" : ",") + value(*shape.element);
      return '[' + text + ']';
    }
    case Kind::record: return record(shape.fields);
    case Kind::decimal:
    case Kind::ip:
    case Kind::datetime:
    case Kind::duration: break;
  }
  const std::string text = json_string(any_extension_text(choices_, shape.kind, choices_.chance(faults_)));
  if (choices_.chance(3)) return text;
  return "{\"__extn\":{\"fn\":\"" + std::string(constructor_of(shape.kind)) + "\",\"arg\":" + text + "}}";
}

std::string ValueGenerator::record(const std::vector<Field>& fields) {
  std::string text;
  for (const Field& field : fields) {
    if (field.required ? choices_.chance(faults_) : !choices_.chance(55)) continue;
    text += (text.empty() ? "" : ",") + json_string(field.name) + ':' + value(*field.shape);
  }
  if (choices_.chance(faults_)) text += (text.empty() ? "" : ",") + std::string("\"undeclared\":1");
  return '{' + text + '}';
}

}  // namespace quis::test
