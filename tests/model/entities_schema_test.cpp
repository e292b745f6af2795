#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entities.hpp>
#include <quis/model/schema.hpp>

using namespace quis;

namespace {

TypePtr record(std::vector<AttributeType> attributes) { return Type::record(std::move(attributes)); }
EntityId action(std::string_view id) { return intern_entity("Action", id); }

/// entity Department; entity Group in Department; entity Colour enum ["red", "blue"];
/// entity User in Group { name: String, age?: Long, from?: ipaddr, boss?: User, likes?: Set<Colour>, home?: {zip: Long}
/// } tags Set<String>; action all; action view in all; action edit in view;
Schema company() {
  const auto key = [](std::string_view text) { return intern_symbol(text); };
  const TypePtr none = record({});
  const TypeId user = intern_type("User");
  const TypeId group = intern_type("Group");
  const TypeId department = intern_type("Department");
  const TypeId colour = intern_type("Colour");
  const TypePtr attributes =
      record({{key("name"), Type::of(Value::Kind::string), true},
              {key("age"), Type::of(Value::Kind::integer), false},
              {key("from"), Type::of(Value::Kind::ip), false},
              {key("boss"), Type::entity(user), false},
              {key("likes"), Type::set_of(Type::entity(colour)), false},
              {key("home"), record({{key("zip"), Type::of(Value::Kind::integer), true}}), false}});
  auto schema =
      Schema::build({{department, {}, {}, none, nullptr, std::nullopt},
                     {group, {department}, {}, none, nullptr, std::nullopt},
                     {colour, {}, {}, none, nullptr, std::vector<std::string>{"red", "blue"}},
                     {user, {group}, {}, attributes, Type::set_of(Type::of(Value::Kind::string)), std::nullopt}},
                    {{action("all"), {}, {}, {}, {}, none},
                     {action("view"), {action("all")}, {}, {user}, {group}, none},
                     {action("edit"), {action("view")}, {}, {user}, {group}, none}});
  REQUIRE(schema);
  return *schema;
}

std::string user(std::string_view attributes, std::string_view parents = "", std::string_view tags = "") {
  return R"([{"uid": {"type": "User", "id": "alice"}, "attrs": {)" + std::string(attributes) + R"(}, "parents": [)" +
         std::string(parents) + R"(], "tags": {)" + std::string(tags) + "}}]";
}

struct Refusal {
  ErrorCode code;
  std::string path;
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

std::vector<Refusal> refusals(const std::string& json) {
  const Schema schema = company();
  const auto read = Entities::from_json(json, &schema);
  std::vector<Refusal> found;
  if (!read) {
    for (const Diagnostic& error : read.error()) found.push_back({error.code, error.path});
  }
  return found;
}

}  // namespace

TEST_CASE("values are read by their declared types") {
  const Schema schema = company();
  const auto entities = Entities::from_json(
      user(R"("name": "10.0.0.1", "from": "10.0.0.1", "boss": {"type": "User", "id": "bob"}, "home": {"zip": 1},
              "likes": [{"type": "Colour", "id": "red"}, {"__entity": {"type": "Colour", "id": "blue"}}])",
           R"({"type": "Department", "id": "d"})", R"("t": ["x"])"),
      &schema);
  REQUIRE_MESSAGE(entities, render(entities.error()));
  const EntityRecord* alice = entities->find(intern_entity("User", "alice"));
  REQUIRE(alice != nullptr);
  const auto kind = [&](std::string_view key) { return alice->attributes.find(intern_symbol(key))->kind(); };
  CHECK(kind("name") == Value::Kind::string);
  CHECK(kind("from") == Value::Kind::ip);
  CHECK(kind("boss") == Value::Kind::entity);
  CHECK(kind("likes") == Value::Kind::set);
  CHECK(kind("home") == Value::Kind::record);
}

TEST_CASE("every departure from the schema is an error with its place") {
  CHECK(refusals(user(R"("name": "a", "age": 1, "from": {"fn": "ip", "arg": "::1"})")).empty());
  CHECK(refusals(user("")) == std::vector<Refusal>{{ErrorCode::missing_attribute, "/0/attrs"}});
  CHECK(refusals(user(R"("name": 1)")) == std::vector<Refusal>{{ErrorCode::type_mismatch, "/0/attrs/name"}});
  CHECK(refusals(user(R"("name": "a", "nick": 1)")) ==
        std::vector<Refusal>{{ErrorCode::unexpected_attribute, "/0/attrs/nick"}});
  CHECK(refusals(user(R"("name": "a", "boss": {"type": "Group", "id": "g"})")) ==
        std::vector<Refusal>{{ErrorCode::type_mismatch, "/0/attrs/boss"}});
  CHECK(refusals(user(R"("name": "a", "likes": [{"type": "Colour", "id": "green"}])")) ==
        std::vector<Refusal>{{ErrorCode::invalid_entity_uid, "/0/attrs/likes/0"}});
  CHECK(refusals(user(R"("name": "a", "home": {"zip": 1, "x": 2})")) ==
        std::vector<Refusal>{{ErrorCode::unexpected_attribute, "/0/attrs/home/x"}});
  CHECK(refusals(user(R"("name": "a")", "", R"("t": [1])")) ==
        std::vector<Refusal>{{ErrorCode::type_mismatch, "/0/tags/t/0"}});
  CHECK(refusals(user(R"("name": "a")", R"({"type": "Colour", "id": "red"})")) ==
        std::vector<Refusal>{{ErrorCode::type_mismatch, "/0/parents/0"}});
  CHECK(refusals(user(R"("name": "a")", R"({"type": "Action", "id": "all"})")) ==
        std::vector<Refusal>{{ErrorCode::type_mismatch, "/0/parents/0"}});
  CHECK(refusals(R"([{"uid": {"type": "Colour", "id": "green"}, "attrs": {}, "parents": []}])") ==
        std::vector<Refusal>{{ErrorCode::invalid_entity_uid, "/0/uid"}});
  CHECK(refusals(R"([{"uid": {"type": "Robot", "id": "r"}, "attrs": {}, "parents": []}])") ==
        std::vector<Refusal>{{ErrorCode::unknown_entity_type, "/0/uid"}});
  CHECK(refusals(R"([{"uid": {"type": "Group", "id": "g"}, "attrs": {}, "parents": [], "tags": {"t": 1}}])") ==
        std::vector<Refusal>{{ErrorCode::unexpected_attribute, "/0/tags/t"}});
}

TEST_CASE("errors of several entities and attributes come together") {
  CHECK(refusals(R"([{"uid": {"type": "User", "id": "a"}, "attrs": {"age": "1", "x": 1}, "parents": []},
                     {"uid": {"type": "User", "id": "b"}, "attrs": {"name": "b"}, "parents": [{"type": "User", "id": "a"}]}])") ==
        std::vector<Refusal>{{ErrorCode::type_mismatch, "/0/attrs/age"},
                             {ErrorCode::unexpected_attribute, "/0/attrs/x"},
                             {ErrorCode::missing_attribute, "/0/attrs"},
                             {ErrorCode::type_mismatch, "/1/parents/0"}});
}

TEST_CASE("a parent of a wrong type is told beside a wrong attribute, tag and uid of another parent") {
  const auto found =
      refusals(user(R"("name": 1)", R"({"type": "Colour", "id": "red"}, 7, {"type": "User", "id": "b"})", R"("t": 1)"));
  CHECK(found == std::vector<Refusal>{{ErrorCode::type_mismatch, "/0/attrs/name"},
                                      {ErrorCode::type_mismatch, "/0/parents/0"},
                                      {ErrorCode::invalid_entity_uid, "/0/parents/1"},
                                      {ErrorCode::type_mismatch, "/0/parents/2"},
                                      {ErrorCode::type_mismatch, "/0/tags/t"}});
}

TEST_CASE("the schema's actions and their hierarchy are added") {
  const Schema schema = company();
  const auto entities = Entities::from_json("[]", &schema);
  REQUIRE(entities);
  CHECK(entities->size() == 3);
  CHECK(entities->is_in(action("edit"), action("all")));
  CHECK_FALSE(entities->is_in(action("all"), action("edit")));
}

TEST_CASE("an action in the document must be exactly the declared one, with all its ancestors") {
  const auto given = [](std::string_view id, std::string_view parents, std::string_view attributes = "") {
    return R"({"uid": {"type": "Action", "id": ")" + std::string(id) + R"("}, "attrs": {)" + std::string(attributes) +
           R"(}, "parents": [)" + std::string(parents) + "]}";
  };
  const std::string all = R"({"type": "Action", "id": "all"})";
  const std::string view = R"({"type": "Action", "id": "view"})";
  const std::vector<Refusal> mismatch{{ErrorCode::type_mismatch, "/0"}};

  CHECK(refusals("[" + given("all", "") + "]").empty());
  CHECK(refusals("[" + given("view", all) + "," + given("view", all) + "]").empty());
  CHECK(refusals("[" + given("edit", view) + "," + given("view", all) + "]").empty());
  CHECK(refusals("[" + given("edit", view + "," + all) + "]").empty());
  CHECK(refusals("[" + given("edit", view) + "]") == mismatch);
  CHECK(refusals("[" + given("view", "") + "]") == mismatch);
  CHECK(refusals("[" + given("all", "", R"("a": 1)") + "]") == mismatch);
  CHECK(refusals("[" + given("drop", "") + "]") == std::vector<Refusal>{{ErrorCode::unknown_action, "/0/uid"}});
  CHECK(refusals("[" + given("all", view) + "," + given("view", all) + "]") ==
        std::vector<Refusal>{{ErrorCode::cycle, ""}});
}
