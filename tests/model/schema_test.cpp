#include <quis/model/schema.hpp>

#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <quis/base/vocabulary.hpp>

using quis::ActionDeclaration;
using quis::EntityId;
using quis::EntityTypeDeclaration;
using quis::Schema;
using quis::Type;
using quis::TypeId;

namespace {

TypeId type(std::string_view name) { return quis::intern_type(name); }
EntityId action(std::string_view id) { return quis::intern_entity("Action", id); }

EntityTypeDeclaration declare(std::string_view name, std::vector<std::string> member_of = {}) {
  EntityTypeDeclaration declaration;
  declaration.name = type(name);
  for (const std::string& parent : member_of) declaration.member_of.push_back(type(parent));
  declaration.attributes = Type::record({});
  return declaration;
}

ActionDeclaration declare_action(std::string_view id, std::vector<std::string> parents = {}) {
  ActionDeclaration declaration;
  declaration.uid = action(id);
  for (const std::string& parent : parents) declaration.parents.push_back(action(parent));
  declaration.context = Type::record({});
  return declaration;
}

}  // namespace

TEST_CASE("a thousand entity types may all be in one another") {
  std::vector<std::string> names;
  for (int i = 0; i < 1000; ++i) names.push_back("Crowd" + std::to_string(i));
  std::vector<EntityTypeDeclaration> types;
  for (const std::string& name : names) types.push_back(declare(name, names));
  const auto schema = Schema::build(std::move(types), {});
  REQUIRE(schema);
  for (const std::string& name : names) {
    REQUIRE(schema->find(type(name))->may_have_ancestor(type("Crowd0")));
    REQUIRE(schema->find(type(name))->may_have_ancestor(type("Crowd999")));
  }
}

TEST_CASE("an entity type may have every ancestor of its parents") {
  const auto schema = Schema::build({declare("User", {"Team"}), declare("Team", {"Org"}), declare("Org")}, {});
  REQUIRE(schema.has_value());
  const auto* user = schema->find(type("User"));
  REQUIRE(user != nullptr);
  CHECK(user->may_have_ancestor(type("Team")));
  CHECK(user->may_have_ancestor(type("Org")));
  CHECK_FALSE(user->may_have_ancestor(type("User")));
  CHECK(schema->find(type("Org"))->ancestors.empty());
  CHECK(schema->find(type("Nobody")) == nullptr);
}

TEST_CASE("entity types may be members of each other and of themselves") {
  const auto schema = Schema::build({declare("A", {"B"}), declare("B", {"A"}), declare("C", {"C"})}, {});
  REQUIRE(schema.has_value());
  CHECK(schema->find(type("A"))->may_have_ancestor(type("A")));
  CHECK(schema->find(type("A"))->may_have_ancestor(type("B")));
  CHECK(schema->find(type("C"))->ancestors == std::vector{type("C")});
}

TEST_CASE("an action has the groups of its groups as ancestors") {
  const auto schema =
      Schema::build({}, {declare_action("view", {"read"}), declare_action("read", {"all"}), declare_action("all")});
  REQUIRE(schema.has_value());
  CHECK(schema->find(action("view"))->ancestors.size() == 2);
  CHECK(schema->find(action("view"))->parents.size() == 1);
  CHECK(schema->find(action("none")) == nullptr);
}

TEST_CASE("actions that are in each other are refused by name") {
  const auto schema =
      Schema::build({}, {declare_action("a", {"b"}), declare_action("b", {"c"}), declare_action("c", {"a"})});
  REQUIRE_FALSE(schema.has_value());
  REQUIRE(schema.error().size() == 1);
  CHECK(schema.error().front().code == quis::ErrorCode::cycle);
  CHECK(
      schema.error().front().message ==
      R"(action `Action::"a"` is its own ancestor: `Action::"a"` in `Action::"b"` in `Action::"c"` in `Action::"a"`)");
}

TEST_CASE("an action in itself is refused") {
  const auto schema = Schema::build({}, {declare_action("a", {"a"})});
  REQUIRE_FALSE(schema.has_value());
  CHECK(schema.error().front().code == quis::ErrorCode::cycle);
}

TEST_CASE("what is declared twice is refused") {
  const auto schema = Schema::build({declare("A"), declare("A")}, {declare_action("x"), declare_action("x")});
  REQUIRE_FALSE(schema.has_value());
  REQUIRE(schema.error().size() == 2);
  CHECK(schema.error()[0].code == quis::ErrorCode::duplicate_type);
  CHECK(schema.error()[1].message == R"(action `Action::"x"` is declared twice)");
}

TEST_CASE("declarations keep their order") {
  const auto schema = Schema::build({declare("Z"), declare("A"), declare("M")}, {});
  REQUIRE(schema.has_value());
  CHECK(schema->entity_types()[0].name == type("Z"));
  CHECK(schema->entity_types()[1].name == type("A"));
  CHECK(schema->entity_types()[2].name == type("M"));
}

TEST_CASE("a hierarchy with too many ancestors is refused instead of filling the memory") {
  std::vector<EntityTypeDeclaration> chain;
  for (int i = 0; i < 8000; ++i) chain.push_back(declare("T" + std::to_string(i), {"T" + std::to_string(i + 1)}));
  const auto schema = Schema::build(std::move(chain), {});
  REQUIRE_FALSE(schema.has_value());
  CHECK(schema.error().front().code == quis::ErrorCode::limit_exceeded);
}

TEST_CASE("a long chain of actions does not exhaust the stack") {
  std::vector<ActionDeclaration> chain;
  for (int i = 0; i < 5000; ++i) chain.push_back(declare_action(std::to_string(i), {std::to_string(i + 1)}));
  chain.push_back(declare_action("5000"));
  const auto schema = Schema::build({}, std::move(chain));
  REQUIRE(schema.has_value());
  CHECK(schema->find(action("0"))->ancestors.size() == 5000);
}
