#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What a generated schema says, for the generators that follow it: which entities there may be, and of which type an
/// expression is.
namespace quis::test {

struct Shape;
using ShapePtr = std::shared_ptr<const Shape>;

struct Field {
  std::string name;
  ShapePtr shape;
  bool required = true;
};

/// A type of the schema.
struct Shape {
  enum class Kind : std::uint8_t { boolean, integer, string, entity, set, record, decimal, ip, datetime, duration };
  static constexpr std::size_t kKinds = 10;

  Kind kind = Kind::boolean;
  std::size_t entity = 0;  ///< position in `SchemaModel::entity_types`
  ShapePtr element = {};   ///< of a set
  std::vector<Field> fields = {};
  std::optional<std::size_t> common = {};  ///< written as this common type

  [[nodiscard]] static ShapePtr of(Kind kind) { return std::make_shared<Shape>(Shape{.kind = kind}); }
  [[nodiscard]] static ShapePtr of_entity(std::size_t type) {
    return std::make_shared<Shape>(Shape{.kind = Kind::entity, .entity = type});
  }
  [[nodiscard]] static ShapePtr set_of(ShapePtr element) {
    return std::make_shared<Shape>(Shape{.kind = Kind::set, .element = std::move(element)});
  }
};

/// The same type, however it is written.
[[nodiscard]] bool same(const Shape& a, const Shape& b);

struct DeclaredName {
  std::string name_space;  ///< empty for none
  std::string name;

  [[nodiscard]] std::string full() const { return name_space.empty() ? name : name_space + "::" + name; }
};

struct CommonTypeModel {
  DeclaredName name;
  ShapePtr shape;
};

struct EntityTypeModel {
  DeclaredName name;
  std::vector<std::size_t> parents;  ///< positions of entity types
  std::vector<Field> attributes;
  ShapePtr tags;                     ///< null for none
  std::vector<std::string> choices;  ///< of an enumerated type; else empty
};

struct ActionModel {
  std::string name_space;
  std::string id;
  std::vector<std::size_t> parents;  ///< positions of actions
  std::vector<std::size_t> principals;
  std::vector<std::size_t> resources;
  std::vector<Field> context;

  [[nodiscard]] std::string type() const { return name_space.empty() ? "Action" : name_space + "::Action"; }
  [[nodiscard]] bool applies() const { return !principals.empty(); }
};

struct SchemaModel {
  std::vector<CommonTypeModel> common_types;
  std::vector<EntityTypeModel> entity_types;  ///< at least one
  std::vector<ActionModel> actions;           ///< at least one
};

}  // namespace quis::test
