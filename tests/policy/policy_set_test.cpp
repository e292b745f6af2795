#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <boost/json/parse.hpp>

#include <quis/base/vocabulary.hpp>
#include <quis/policy/policy_set.hpp>

#include "policy/sets.hpp"

namespace {

using quis::EntityId;
using quis::ErrorCode;
using quis::intern_entity;
using quis::PolicySet;
using quis::test::code_of;
using quis::test::Folder;
using quis::test::ids;
using quis::test::Ids;
using quis::test::parsed;

constexpr std::string_view kPermit = "permit(principal, action, resource);";
constexpr std::string_view kTemplate = "permit(principal == ?principal, action, resource in ?resource);";

}  // namespace

TEST_CASE("an id that is taken is reported with both places") {
  PolicySet set = PolicySet::from_text("permit(principal, action, resource);", "a.cedar").value();
  const PolicySet other = PolicySet::from_text("\n  forbid(principal, action, resource);", "b.cedar").value();
  const auto added = set.add(*other.find("policy0"));
  REQUIRE_FALSE(added.has_value());
  CHECK(added.error().front().message == "the id `policy0` is already taken, at a.cedar:1:1");
  CHECK(added.error().front().source == "b.cedar");
  CHECK(added.error().front().span.line == 2);
}

TEST_CASE("an id that a link has is reported with its template, not with the template's place") {
  PolicySet set = PolicySet::from_text(kTemplate, "t.cedar").value();
  const EntityId user = intern_entity("User", "a");
  REQUIRE(set.link("policy0", "mine", user, user));
  const auto again = set.link("policy0", "mine", user, user);
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().front().message == "the id `mine` is already taken, by a link of the template `policy0`");
  CHECK(again.error().front().span.line == 0);
}

TEST_CASE("a template that is asked for by its annotation is told by its id") {
  PolicySet set = PolicySet::from_text("@id(\"viewers\") " + std::string(kTemplate)).value();
  const EntityId user = intern_entity("User", "a");
  const auto linked = set.link("viewers", "mine", user, user);
  REQUIRE_FALSE(linked.has_value());
  CHECK(linked.error().front().code == ErrorCode::unknown_template);
  CHECK(linked.error().front().help == "the template with this `@id` is called `policy0` here");
}

TEST_CASE("text policies are named by their position, templates counted") {
  const PolicySet set = parsed(std::string(kPermit) + std::string(kTemplate) + "@id(\"x\")" + std::string(kPermit));
  CHECK(ids(set.policies()) == Ids{"policy0", "policy2"});
  CHECK(ids(set.templates()) == Ids{"policy1"});
  CHECK(set.find("policy2")->body->annotation("id") != nullptr);
  CHECK(set.find("policy1") == nullptr);
  CHECK(set.find("x") == nullptr);
  CHECK(set.find_template("policy1") != nullptr);
}

TEST_CASE("an id is taken by policies, templates and links alike, and a refused addition changes nothing") {
  PolicySet set = parsed(std::string(kPermit) + std::string(kTemplate));
  const EntityId alice = intern_entity("User", "alice");
  REQUIRE(set.link("policy1", "link", alice, alice).has_value());
  const std::string before = set.to_json();

  for (const std::string id : {"policy0", "policy1", "link"}) {
    CHECK(code_of(set.add(quis::Policy{id, set.find("policy0")->body, {}, {}, {}})) == ErrorCode::duplicate_policy_id);
    CHECK(code_of(set.add(quis::Template{id, set.find_template("policy1")->body})) == ErrorCode::duplicate_policy_id);
    CHECK(code_of(set.link("policy1", id, alice, alice)) == ErrorCode::duplicate_policy_id);
  }
  CHECK(set.to_json() == before);
  CHECK(set.policies().size() == 2);
  CHECK(set.templates().size() == 1);
}

TEST_CASE("a link fills exactly the slots of its template") {
  PolicySet set =
      parsed("permit(principal == ?principal, action, resource);" + std::string(kTemplate) + std::string(kPermit));
  const EntityId alice = intern_entity("User", "alice");
  const EntityId photo = intern_entity("Photo", "cat.jpg");
  CHECK(code_of(set.link("nobody", "l", alice, {})) == ErrorCode::unknown_template);
  CHECK(code_of(set.link("policy2", "l", {}, {})) == ErrorCode::unknown_template);
  CHECK(code_of(set.link("policy0", "l", {}, {})) == ErrorCode::invalid_link);
  CHECK(code_of(set.link("policy0", "l", alice, photo)) == ErrorCode::invalid_link);
  CHECK(code_of(set.link("policy1", "l", alice, {})) == ErrorCode::invalid_link);
  CHECK(ids(set.policies()) == Ids{"policy2"});

  REQUIRE(set.link("policy1", "l", alice, photo).has_value());
  const quis::Policy* link = set.find("l");
  REQUIRE(link != nullptr);
  CHECK(link->template_id == "policy1");
  CHECK(link->principal().entity == alice);
  CHECK(link->resource().entity == photo);
  CHECK(link->resource().kind == quis::ScopeConstraint::Kind::in);
  CHECK_FALSE(link->principal().slot);
  CHECK(code_of(set.link("l", "m", alice, photo)) == ErrorCode::unknown_template);
}

TEST_CASE("a set with templates and links keeps them from JSON to JSON") {
  PolicySet set = parsed(std::string(kPermit) + std::string(kTemplate));
  REQUIRE(set.link("policy1", "l", intern_entity("User", "a"), intern_entity("N::Photo", "p\"q")).has_value());
  const std::string json = set.to_json();
  const auto again = PolicySet::from_json(json);
  REQUIRE(again.has_value());
  CHECK(again->to_json() == json);
  CHECK(ids(again->policies()) == Ids{"policy0", "l"});
  CHECK(again->find("l")->resource_slot == intern_entity("N::Photo", "p\"q"));
  const auto document = boost::json::parse(json);
  CHECK(document.at("templateLinks").at(0).at("values").at("?principal") ==
        boost::json::parse(R"({"__entity": {"type": "User", "id": "a"}})"));
}

TEST_CASE("a JSON set that Cedar refuses is refused") {
  const std::string any = R"({"effect": "permit", "principal": {"op": "All"}, "action": {"op": "All"},
                              "resource": {"op": "All"}, "conditions": []})";
  const std::string slot = R"({"effect": "permit", "principal": {"op": "==", "slot": "?principal"},
                               "action": {"op": "All"}, "resource": {"op": "All"}, "conditions": []})";
  const auto set = [](const std::string& policies, const std::string& templates, const std::string& links) {
    return R"({"staticPolicies": {)" + policies + R"(}, "templates": {)" + templates + R"(}, "templateLinks": [)" +
           links + "]}";
  };
  const auto link = [](std::string_view values, std::string_view new_id = "l", std::string_view template_id = "t") {
    return R"({"templateId": ")" + std::string(template_id) + R"(", "newId": ")" + std::string(new_id) +
           R"(", "values": {)" + std::string(values) + "}}";
  };
  const std::string value = R"("?principal": {"type": "A", "id": "b"})";
  const std::string t = R"("t": )" + slot;
  const std::string s = R"("s": )" + any;

  CHECK(PolicySet::from_json(set(s, t, link(value))).has_value());
  CHECK(PolicySet::from_json(set(s, R"("t": )" + any, "")).has_value());

  struct Case {
    std::string json;
    ErrorCode code;
    std::string_view path;
  };
  for (const Case& each : {
           Case{"{}", ErrorCode::invalid_json, ""},
           Case{"[]", ErrorCode::invalid_json, ""},
           Case{R"({"staticPolicies": {}, "templates": {}})", ErrorCode::invalid_json, ""},
           Case{R"({"staticPolicies": {}, "templates": {}, "templateLinks": [], "x": 1})", ErrorCode::invalid_json,
                "/x"},
           Case{R"({"staticPolicies": [], "templates": {}, "templateLinks": []})", ErrorCode::invalid_json,
                "/staticPolicies"},
           Case{R"({"staticPolicies": {}, "templates": {}, "templateLinks": null})", ErrorCode::invalid_json,
                "/templateLinks"},
           Case{set(s + "," + s, "", ""), ErrorCode::duplicate_key, "/staticPolicies/s"},
           Case{set(R"("t": )" + any, t, ""), ErrorCode::duplicate_policy_id, "/templates/t"},
           Case{set(R"("t": )" + slot, "", ""), ErrorCode::invalid_slot, "/staticPolicies/t"},
           Case{set(s, t, link(value) + "," + link(value)), ErrorCode::duplicate_policy_id, "/templateLinks/1"},
           Case{set(s, t, link(value, "t")), ErrorCode::duplicate_policy_id, "/templateLinks/0"},
           Case{set(s, t, link(value, "s")), ErrorCode::duplicate_policy_id, "/templateLinks/0"},
           Case{set(s, t, link(value, "l", "z")), ErrorCode::unknown_template, "/templateLinks/0"},
           Case{set(s, t, link("", "l", "s")), ErrorCode::unknown_template, "/templateLinks/0"},
           Case{set(s, t, link("")), ErrorCode::invalid_link, "/templateLinks/0"},
           Case{set(s, t, link(value + R"(, "?resource": {"type": "A", "id": "b"})")), ErrorCode::invalid_link,
                "/templateLinks/0"},
           Case{set(s, t, link(value + R"(, "?foo": {"type": "A", "id": "b"})")), ErrorCode::invalid_json,
                "/templateLinks/0/values/?foo"},
           Case{set(s, t, R"({"templateId": "t", "newId": "l"})"), ErrorCode::invalid_json, "/templateLinks/0"},
           Case{set(s, t, link(R"("?principal": "A")")), ErrorCode::invalid_entity_uid,
                "/templateLinks/0/values/?principal"},
       }) {
    INFO(each.json);
    const auto refused = PolicySet::from_json(each.json);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().front().code == each.code);
    CHECK(refused.error().front().path == each.path);
  }
}

TEST_CASE("text keeps the order of policies and templates, and leaves out what has no text form") {
  const std::string text =
      std::string(kTemplate) + std::string(kPermit) + "forbid(principal, action, resource == ?resource);";
  PolicySet set = parsed(text);
  REQUIRE(set.link("policy0", "l", intern_entity("A", "b"), intern_entity("A", "b")).has_value());
  const PolicySet again = parsed(set.to_text());
  CHECK(ids(again.policies()) == Ids{"policy1"});
  CHECK(ids(again.templates()) == Ids{"policy0", "policy2"});
  CHECK(parsed("").to_text().empty());

  // As text it would be a policy that permits everything.
  PolicySet slotless;
  REQUIRE(slotless.add(quis::Template{"t", set.find("policy1")->body}).has_value());
  CHECK(slotless.to_text().empty());
}

TEST_CASE("a copy of a set does not follow its original") {
  PolicySet set = parsed(kPermit);
  const PolicySet copy = set;
  REQUIRE(set.add(quis::Policy{"other", set.policies()[0].body, {}, {}, {}}).has_value());
  CHECK(copy.policies().size() == 1);
  CHECK(copy.find("other") == nullptr);
  CHECK(copy.find("policy0")->body == set.find("policy0")->body);
}

TEST_CASE("a file is read by its name") {
  const Folder folder;
  folder.write("a.cedar", kPermit);
  folder.write("a.json", parsed(kPermit).to_json());
  folder.write("a.txt", kPermit);
  CHECK(PolicySet::from_file(folder.path("a.cedar"))->policies().size() == 1);
  CHECK(PolicySet::from_file(folder.path("a.json"))->policies().size() == 1);
  CHECK(PolicySet::from_file(folder.path("a.txt"))->policies().size() == 1);
  CHECK(PolicySet::from_file(folder.path("missing.cedar")).error().front().code == ErrorCode::io);
}
