// Data that was built without a schema, and with the very mistakes that loading with one finds.

#include <doctest/doctest.h>

#include <string>

#include <quis/model/conformance.hpp>

namespace quis::test {
namespace {

TypePtr of(Value::Kind kind) { return Type::of(kind); }

/// User in Team {level: Long, nick?: String, friends: Set<User>} tags Long; Team; Color enum ["red"]; action view in
/// all.
const Schema& schema() {
  static const Schema built = [] {
    const TypeId user = intern_type("User");
    const TypeId team = intern_type("Team");
    const TypeId color = intern_type("Color");
    const auto type = [](TypeId name, std::vector<TypeId> member_of, std::vector<AttributeType> attributes) {
      EntityTypeDeclaration made;
      made.name = name;
      made.member_of = std::move(member_of);
      made.attributes = Type::record(std::move(attributes));
      return made;
    };
    EntityTypeDeclaration users = type(user, {team},
                                       {{intern_symbol("level"), of(Value::Kind::integer), true},
                                        {intern_symbol("nick"), of(Value::Kind::string), false},
                                        {intern_symbol("hue"), Type::entity(color), false},
                                        {intern_symbol("friends"), Type::set_of(Type::entity(user)), true}});
    users.tags = of(Value::Kind::integer);
    EntityTypeDeclaration colors = type(color, {}, {});
    colors.choices = {"red"};
    ActionDeclaration all{intern_entity("Action", "all"), {}, {}, {}, {}, Type::record({})};
    ActionDeclaration view{intern_entity("Action", "view"),
                           {all.uid},
                           {},
                           {user},
                           {team},
                           Type::record({{intern_symbol("mfa"), of(Value::Kind::boolean), true}})};
    auto made = Schema::build({users, type(team, {}, {}), colors}, {all, view});
    REQUIRE(made);
    return *made;
  }();
  return built;
}

/// `code path` of everything that is wrong, each followed by a semicolon.
std::string wrong_with(std::string_view entities_json) {
  const auto entities = Entities::from_json(entities_json);
  REQUIRE_MESSAGE(entities, entities_json);
  const auto checked = validate(*entities, schema());
  std::string all;
  if (!checked) {
    for (const Diagnostic& error : checked.error()) all += std::string(to_string(error.code)) + " " + error.path + ";";
  }
  return all;
}

std::string user(std::string_view attributes, std::string_view rest = R"("parents": [])") {
  return R"([{"uid": {"type": "User", "id": "a"}, "attrs": )" + std::string(attributes) + ", " + std::string(rest) +
         "}]";
}

}  // namespace

TEST_CASE("entities that fit their declarations conform") {
  CHECK(wrong_with("[]").empty());
  CHECK(wrong_with(user(R"({"level": 1, "friends": [{"__entity": {"type": "User", "id": "b"}}]})",
                        R"("parents": [{"type": "Team", "id": "t"}], "tags": {"x": 1})"))
            .empty());
  CHECK(wrong_with(R"([{"uid": {"type": "Color", "id": "red"}, "attrs": {}, "parents": []}])").empty());
  CHECK(wrong_with(R"([{"uid": {"type": "Action", "id": "view"}, "attrs": {},
                        "parents": [{"type": "Action", "id": "all"}]}])")
            .empty());
}

TEST_CASE("everything that does not fit is found, with its place") {
  CHECK(wrong_with(user(R"({"level": "x", "friends": []})")) == "type-mismatch /attrs/level;");
  CHECK(wrong_with(user(R"({"level": 1})")) == "missing-attribute /attrs;");
  CHECK(wrong_with(user(R"({"level": 1, "friends": [], "age": 3})")) == "unexpected-attribute /attrs/age;");
  CHECK(wrong_with(user(R"({"level": 1, "friends": [1]})")) == "type-mismatch /attrs/friends/0;");
  CHECK(wrong_with(user(R"({"level": 1, "friends": [{"__entity": {"type": "Team", "id": "b"}}]})")) ==
        "type-mismatch /attrs/friends/0;");
  CHECK(wrong_with(user(R"({"level": 1, "friends": [], "hue": {"__entity": {"type": "Color", "id": "blue"}}})")) ==
        "invalid-entity-uid /attrs/hue;");
  CHECK(wrong_with(user(R"({"level": 1, "friends": []})", R"("parents": [{"type": "User", "id": "b"}])")) ==
        "type-mismatch /parents;");
  CHECK(wrong_with(user(R"({"level": 1, "friends": []})", R"("parents": [], "tags": {"x": "y"})")) ==
        "type-mismatch /tags/x;");
  CHECK(wrong_with(R"([{"uid": {"type": "Team", "id": "t"}, "attrs": {}, "parents": [], "tags": {"x": 1}}])") ==
        "unexpected-attribute /tags/x;");
  CHECK(wrong_with(R"([{"uid": {"type": "Color", "id": "blue"}, "attrs": {}, "parents": []}])") ==
        "invalid-entity-uid ;");
  CHECK(wrong_with(R"([{"uid": {"type": "Nope", "id": "t"}, "attrs": {}, "parents": []}])") == "unknown-entity-type ;");
  CHECK(wrong_with(R"([{"uid": {"type": "Action", "id": "nope"}, "attrs": {}, "parents": []}])") == "unknown-action ;");
  CHECK(wrong_with(R"([{"uid": {"type": "Action", "id": "view"}, "attrs": {}, "parents": []}])") == "type-mismatch ;");
}

TEST_CASE("a context conforms when it is of the declared type") {
  const ActionDeclaration& view = *schema().find(intern_entity("Action", "view"));
  ValueArena arena;
  const auto context = [&arena](Value value) {
    const std::pair<SymbolId, Value> fields[] = {{intern_symbol("mfa"), value}};
    return *arena.record(fields);
  };
  CHECK(validate_context(context(Value::boolean(true)), view, schema()));
  const auto wrong = validate_context(context(Value::integer(1)), view, schema());
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().front().path == "/mfa");
  CHECK(wrong.error().front().message == "expected `Bool`, found `1`");
  CHECK_FALSE(validate_context(Value::empty_record(), view, schema()));
}

}  // namespace quis::test
