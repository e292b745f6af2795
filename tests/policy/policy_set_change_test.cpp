// Adding, removing, linking, unlinking: whatever order they come in, look-ups, links and order agree with a plain
// model.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/policy/policy_set.hpp>

#include "policy/sets.hpp"

namespace {

using quis::EntityId;
using quis::ErrorCode;
using quis::intern_entity;
using quis::Policy;
using quis::PolicySet;
using quis::Template;
using quis::test::code_of;
using quis::test::ids;
using quis::test::Ids;
using quis::test::parsed;

constexpr std::string_view kPermit = "permit(principal, action, resource);";
constexpr std::string_view kTemplate = "permit(principal == ?principal, action, resource);";

EntityId user(std::string_view id) { return intern_entity("User", id); }

/// What a set should hold, in order of addition.
struct Model {
  struct Entry {
    std::string id;
    std::optional<std::string> template_id;  // of a link
    bool is_template = false;
  };
  std::vector<Entry> entries;

  [[nodiscard]] const Entry* find(const std::string& id) const {
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.id == id; });
    return found == entries.end() ? nullptr : &*found;
  }
  [[nodiscard]] Ids links_of(const std::string& id) const {
    Ids links;
    for (const Entry& entry : entries) {
      if (entry.template_id == id) links.push_back(entry.id);
    }
    return links;
  }
  void erase(const std::string& id) {
    std::erase_if(entries, [&](const Entry& entry) { return entry.id == id; });
  }
};

/// The ids of static policies and templates in the order of the JSON form, links behind them.
Ids written_order(const PolicySet& set) {
  const auto again = PolicySet::from_json(set.to_json());
  REQUIRE(again.has_value());
  Ids order;
  for (const Policy& policy : again->policies()) order.push_back(policy.id);
  for (const Template& each : again->templates()) order.push_back(each.id);
  return order;
}

Ids expected_order(const Model& model) {
  Ids order;
  const auto append = [&](auto wanted) {
    for (const Model::Entry& entry : model.entries) {
      if (wanted(entry)) order.push_back(entry.id);
    }
  };
  append([](const Model::Entry& e) { return !e.is_template && !e.template_id; });
  append([](const Model::Entry& e) { return e.template_id.has_value(); });
  append([](const Model::Entry& e) { return e.is_template; });
  return order;
}

void check_same(const PolicySet& set, const Model& model, const std::vector<std::string>& names) {
  REQUIRE(set.size() == model.entries.size());
  for (const std::string& name : names) {
    const Model::Entry* expected = model.find(name);
    const Policy* policy = set.find(name);
    const Template* found = set.find_template(name);
    REQUIRE((policy != nullptr) == (expected != nullptr && !expected->is_template));
    REQUIRE((found != nullptr) == (expected != nullptr && expected->is_template));
    if (policy != nullptr) {
      CHECK(policy->id == name);
      CHECK(policy->template_id == expected->template_id);
    }
    Ids links;
    for (const Policy* link : set.links_of(name)) links.push_back(link->id);
    CHECK(links == model.links_of(name));
  }
}

}  // namespace

TEST_CASE("a thousand random changes leave a set as a plain list of what was added and removed") {
  const PolicySet bodies = parsed(std::string(kPermit) + std::string(kTemplate));
  const auto plain = bodies.policies()[0].body;
  const auto slotted = bodies.templates()[0].body;
  std::vector<std::string> names;
  for (int i = 0; i < 24; ++i) names.push_back("a name of some length " + std::to_string(i));

  std::minstd_rand dice(7);
  PolicySet set;
  Model model;
  for (int step = 0; step < 1000; ++step) {
    const std::string& name = names[dice() % names.size()];
    const std::string& other = names[dice() % names.size()];
    const Model::Entry* known = model.find(name);
    const Model::Entry* from = model.find(other);
    switch (dice() % 5) {
      case 0:
        REQUIRE(set.add(Policy{name, plain, {}, {}, {}}).has_value() == (known == nullptr));
        if (known == nullptr) model.entries.push_back({name, {}, false});
        break;
      case 1:
        REQUIRE(set.add(Template{name, slotted}).has_value() == (known == nullptr));
        if (known == nullptr) model.entries.push_back({name, {}, true});
        break;
      case 2: {
        const bool possible = known == nullptr && from != nullptr && from->is_template;
        REQUIRE(set.link(other, name, user("u"), {}).has_value() == possible);
        if (possible) model.entries.push_back({name, other, false});
        break;
      }
      case 3: {
        const bool possible = known != nullptr && !known->template_id && model.links_of(name).empty();
        REQUIRE(set.remove(name).has_value() == possible);
        if (possible) model.erase(name);
        break;
      }
      default: {
        const bool possible = known != nullptr && known->template_id;
        REQUIRE(set.unlink(name).has_value() == possible);
        if (possible) model.erase(name);
        break;
      }
    }
    check_same(set, model, names);
    if (step % 50 == 0) CHECK(written_order(set) == expected_order(model));
  }
}

TEST_CASE("what cannot be removed is refused with its reason, and stays") {
  PolicySet set = parsed(std::string(kPermit) + std::string(kTemplate));
  REQUIRE(set.link("policy1", "l", user("a"), {}).has_value());
  const quis::Digest before = set.digest();
  CHECK(code_of(set.remove("nobody")) == ErrorCode::unknown_policy);
  CHECK(code_of(set.remove("policy1")) == ErrorCode::template_in_use);
  CHECK(code_of(set.remove("l")) == ErrorCode::unknown_policy);
  CHECK(code_of(set.unlink("nobody")) == ErrorCode::unknown_policy);
  CHECK(code_of(set.unlink("policy0")) == ErrorCode::unknown_policy);
  CHECK(code_of(set.unlink("policy1")) == ErrorCode::unknown_policy);
  CHECK(set.digest() == before);

  const auto in_use = set.remove("policy1");
  CHECK(in_use.error().front().message.find("`l`") != std::string::npos);
  REQUIRE(set.unlink("l").has_value());
  CHECK(set.links_of("policy1").empty());
  REQUIRE(set.remove("policy1").has_value());
  CHECK(set.find_template("policy1") == nullptr);
  CHECK(ids(set.policies()) == Ids{"policy0"});
}

TEST_CASE("removing a policy moves the last one to its place, and text keeps the order of addition") {
  PolicySet set = parsed(
      "@n(\"0\") permit(principal, action, resource);"
      "@n(\"1\") permit(principal, action, resource);"
      "@n(\"2\") permit(principal, action, resource);"
      "@n(\"3\") permit(principal, action, resource);");
  REQUIRE(set.remove("policy0").has_value());
  CHECK(ids(set.policies()) == Ids{"policy3", "policy1", "policy2"});
  const PolicySet again = parsed(set.to_text());
  Ids numbers;
  for (const Policy& policy : again.policies()) numbers.push_back(*policy.body->annotation("n"));
  CHECK(numbers == Ids{"1", "2", "3"});
}

TEST_CASE("a link can be added only beside its template, and a policy with slots only as a template") {
  PolicySet set = parsed(kTemplate);
  PolicySet other = parsed("forbid(principal == ?principal, action, resource);");
  REQUIRE(set.link("policy0", "l", user("a"), {}).has_value());
  const Policy link = *set.find("l");

  PolicySet empty;
  CHECK(code_of(empty.add(link)) == ErrorCode::unknown_template);
  CHECK(code_of(other.add(link)) == ErrorCode::invalid_link);
  Policy bare = link;
  bare.principal_slot = {};
  bare.id = "m";
  CHECK(code_of(set.add(bare)) == ErrorCode::invalid_link);
  CHECK(code_of(set.add(Policy{"s", link.body, {}, {}, {}})) == ErrorCode::invalid_slot);
  CHECK(empty.empty());
  CHECK(other.size() == 1);

  PolicySet equal = parsed(" permit ( principal == ?principal , action , resource ) ; // the same");
  REQUIRE(equal.add(link).has_value());
  CHECK(equal.links_of("policy0").size() == 1);
  CHECK(equal.find("l")->body == equal.find_template("policy0")->body);
}

TEST_CASE("a slot cannot be filled with an entity that only a request knows") {
  PolicySet set = parsed(kTemplate);
  quis::LocalNames names;
  const EntityId stranger = names.entity(quis::intern_type("User"), "nobody has heard of this user");
  REQUIRE(stranger.local());
  CHECK(code_of(set.link("policy0", "l", stranger, {})) == ErrorCode::invalid_link);
  CHECK(set.policies().empty());
}

TEST_CASE("policies and templates are found by annotation, with or without a value") {
  PolicySet set = parsed(
      "@team(\"red\") permit(principal, action, resource);"
      "@team(\"blue\") permit(principal, action, resource);"
      "@team permit(principal, action, resource);"
      "@other(\"red\") permit(principal, action, resource);"
      "@team(\"red\") permit(principal == ?principal, action, resource);");
  REQUIRE(set.link("policy4", "l", user("a"), {}).has_value());
  const auto found = [](const auto& all) {
    Ids result;
    for (const auto* each : all) result.push_back(each->id);
    return result;
  };
  CHECK(found(set.policies_annotated("team")) == Ids{"policy0", "policy1", "policy2", "l"});
  CHECK(found(set.policies_annotated("team", "red")) == Ids{"policy0", "l"});
  CHECK(found(set.policies_annotated("team", "")) == Ids{"policy2"});
  CHECK(found(set.policies_annotated("nothing")).empty());
  CHECK(found(set.templates_annotated("team", "red")) == Ids{"policy4"});
  CHECK(found(set.templates_annotated("team", "blue")).empty());
}

TEST_CASE("changes in a set of a hundred thousand cost the same as in a small one") {
  const auto body = parsed(kPermit).policies()[0].body;
  PolicySet set;
  constexpr int kMany = 100'000;
  for (int i = 0; i < kMany; ++i) REQUIRE(set.add(Policy{"p" + std::to_string(i), body, {}, {}, {}}).has_value());
  // From the front: a set that closed the gap by moving the rest would move 5·10⁹ policies.
  for (int i = 0; i < kMany; ++i) REQUIRE(set.remove("p" + std::to_string(i)).has_value());
  CHECK(set.empty());
}
