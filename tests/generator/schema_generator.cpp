#include "generator/schema_generator.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "generator/literals.hpp"

namespace quis::test {
namespace {

using Kind = Shape::Kind;

constexpr std::array<std::string_view, 10> kEntityNames = {"User", "Doc",  "Team",   "Org",   "Folder",
                                                           "Job",  "Role", "Tenant", "Thing", "_x9"};
constexpr std::array<std::string_view, 4> kNamespaces = {"", "NS", "NS::Inner", "Other"};
constexpr std::array<std::string_view, 5> kCommonNames = {"Address", "Level", "Meta", "Names", "Money"};
constexpr std::array<std::string_view, 24> kFieldNames = {
    "flag", "n",  "s",         "owner", "rec", "tags",    "addr", "at",        "span", "dec",         "a",    "b",
    "on",   "in", "weird key", "",      "é",   "q\"uote", "if",   "principal", "x1",   "back\\slash", "type", "__type"};
constexpr std::array<std::string_view, 8> kActionIds = {"view", "edit", "read", "list", "all", "odd id", "ü\"", ""};

class SchemaGenerator {
 public:
  SchemaGenerator(Choices& choices, bool faults) : choices_(choices), faults_(faults && choices.chance(10)) {}

  SchemaModel generate() {
    declare_entity_types();
    add_common_types();
    for (EntityTypeModel& type : schema_.entity_types) complete(type);
    add_actions();
    return std::move(schema_);
  }

 private:
  std::string any_namespace() {
    return std::string(kNamespaces[choices_.chance(35) ? choices_.below(kNamespaces.size()) : 0]);
  }
  std::size_t any_type() { return choices_.below(schema_.entity_types.size()); }

  /// By fault a name that something else has already, here or in every schema.
  std::string_view clashing(std::string_view name) {
    constexpr std::array<std::string_view, 14> kTaken = {"User",   "Doc",    "Address", "Level",   "Long",
                                                         "String", "Bool",   "Set",     "Record",  "ipaddr",
                                                         "Entity", "Action", "Boolean", "duration"};
    return faults_ && choices_.chance(12) ? choices_.pick(kTaken) : name;
  }

  void declare_entity_types() {
    const std::size_t count = choices_.between(1, 7);
    for (std::size_t i = 0; i < count; ++i) {
      const Choices::Part part(choices_);
      EntityTypeModel type;
      // Names differ but for faults: one that stands in two namespaces may shadow another.
      const std::size_t name = faults_ && choices_.chance(5) ? choices_.below(kEntityNames.size()) : i;
      type.name = {any_namespace(), std::string(clashing(kEntityNames[name]))};
      schema_.entity_types.push_back(std::move(type));
    }
  }

  void add_common_types() {
    while (schema_.common_types.size() < kCommonNames.size() && choices_.chance(35)) {
      const Choices::Part part(choices_);
      const std::string name(clashing(kCommonNames[schema_.common_types.size()]));
      // A common type may speak of those before it, never of itself.
      ShapePtr body = shape(2);
      schema_.common_types.push_back({{any_namespace(), name}, std::move(body)});
    }
  }

  void complete(EntityTypeModel& type) {
    const Choices::Part part(choices_);
    while (choices_.chance(40) && type.parents.size() < 4) {
      const std::size_t parent = any_type();
      if (std::ranges::find(type.parents, parent) == type.parents.end()) type.parents.push_back(parent);
    }
    if (choices_.chance(12)) {
      type.parents.clear();
      type.choices.emplace_back("e0");
      while (choices_.chance(60)) {
        std::string id = any_entity_id(choices_);
        if (std::ranges::find(type.choices, id) == type.choices.end() || faults_) type.choices.push_back(std::move(id));
      }
      return;
    }
    type.attributes = fields(6, 2);
    if (choices_.chance(35)) type.tags = shape(1);
  }

  void add_actions() {
    const std::size_t count = choices_.between(1, 6);
    for (std::size_t i = 0; i < count; ++i) {
      const Choices::Part part(choices_);
      ActionModel action;
      action.name_space = any_namespace();
      action.id = std::string(kActionIds[i]);
      while (choices_.chance(35) && action.parents.size() < 3) {
        // Groups come later in the list, so there are no cycles but by fault.
        if (i + 1 >= count && !faults_) break;
        const std::size_t parent = faults_ ? choices_.below(count) : choices_.between(i + 1, count - 1);
        if (std::ranges::find(action.parents, parent) == action.parents.end()) action.parents.push_back(parent);
      }
      if (i == 0 || !choices_.chance(15)) {
        action.principals = some_types();
        action.resources = some_types();
        if (choices_.chance(70)) action.context = fields(5, 2);
      }
      schema_.actions.push_back(std::move(action));
    }
  }

  std::vector<std::size_t> some_types() {
    std::vector<std::size_t> types = {any_type()};
    while (choices_.chance(35)) {
      const std::size_t type = any_type();
      if (std::ranges::find(types, type) == types.end()) types.push_back(type);
    }
    return types;
  }

  std::vector<Field> fields(std::size_t most, int depth) {
    std::vector<Field> result;
    for (std::size_t i = 0; i < most && choices_.chance(80); ++i) {
      const Choices::Part part(choices_);
      std::string name(choices_.pick(kFieldNames));
      const bool taken = std::ranges::any_of(result, [&](const Field& field) { return field.name == name; });
      if (taken && !(faults_ && choices_.chance(1))) continue;
      const bool required = !choices_.chance(35);
      result.push_back({std::move(name), shape(depth), required});
    }
    return result;
  }

  ShapePtr shape(int depth) {
    if (!schema_.common_types.empty() && choices_.chance(15)) {
      const std::size_t common = choices_.below(schema_.common_types.size());
      Shape named = *schema_.common_types[common].shape;
      named.common = common;
      return std::make_shared<Shape>(std::move(named));
    }
    constexpr std::array kKinds = {Kind::boolean, Kind::integer, Kind::string,   Kind::entity,  Kind::set,
                                   Kind::entity,  Kind::integer, Kind::string,   Kind::record,  Kind::set,
                                   Kind::decimal, Kind::ip,      Kind::datetime, Kind::duration};
    const Kind kind = choices_.pick(kKinds);
    if (kind == Kind::entity) return Shape::of_entity(any_type());
    if (kind == Kind::set) return Shape::set_of(depth > 0 ? shape(depth - 1) : Shape::of(Kind::string));
    if (kind == Kind::record)
      return std::make_shared<Shape>(Shape{.kind = kind, .fields = fields(depth > 0 ? 4 : 0, depth - 1)});
    return Shape::of(kind);
  }

  Choices& choices_;
  bool faults_;
  SchemaModel schema_;
};

bool same(const ShapePtr& a, const ShapePtr& b) { return a == b || (a != nullptr && b != nullptr && same(*a, *b)); }

}  // namespace

bool same(const Shape& a, const Shape& b) {
  const auto by_name = [](const Field& x, const Field& y) { return x.name < y.name; };
  if (a.kind != b.kind) return false;
  if (a.kind == Kind::entity) return a.entity == b.entity;
  if (a.kind == Kind::set) return same(a.element, b.element);
  if (a.fields.size() != b.fields.size()) return false;
  std::vector<Field> x = a.fields;
  std::vector<Field> y = b.fields;
  std::ranges::sort(x, by_name);
  std::ranges::sort(y, by_name);
  return std::ranges::equal(x, y, [](const Field& f, const Field& g) {
    return f.name == g.name && f.required == g.required && same(f.shape, g.shape);
  });
}

SchemaModel generate_schema(Choices& choices, bool faults) { return SchemaGenerator(choices, faults).generate(); }

}  // namespace quis::test
