// Merging keeps Cedar's rules: what is identical is shared, what conflicts is refused or renamed, and nothing is lost.

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <string_view>

#include <quis/base/vocabulary.hpp>
#include <quis/policy/policy_set.hpp>

#include "policy/sets.hpp"

namespace {

using quis::EntityId;
using quis::ErrorCode;
using quis::IdConflict;
using quis::intern_entity;
using quis::Policy;
using quis::PolicySet;
using quis::Template;
using quis::test::code_of;
using quis::test::ids;
using quis::test::Ids;
using quis::test::parsed;
using Renaming = std::map<std::string, std::string>;

constexpr std::string_view kPermit = "permit(principal, action, resource);";
constexpr std::string_view kForbid = "forbid(principal, action, resource);";
constexpr std::string_view kPermitTemplate = "permit(principal == ?principal, action, resource);";
constexpr std::string_view kForbidTemplate = "forbid(principal == ?principal, action, resource);";

EntityId user(std::string_view id) { return intern_entity("User", id); }

/// A set written as text, with the ids given.
PolicySet named(std::initializer_list<std::pair<std::string_view, std::string_view>> policies) {
  PolicySet set;
  for (const auto& [id, text] : policies) {
    const PolicySet one = parsed(text);
    const auto added = one.policies().empty() ? set.add(Template{std::string(id), one.templates()[0].body})
                                              : set.add(Policy{std::string(id), one.policies()[0].body, {}, {}, {}});
    REQUIRE(added.has_value());
  }
  return set;
}

void link(PolicySet& set, std::string_view template_id, std::string_view id, std::string_view principal) {
  REQUIRE(set.link(template_id, std::string(id), user(principal), {}).has_value());
}

Renaming merged(PolicySet& set, const PolicySet& other) {
  const auto renamed = set.merge(other, IdConflict::rename);
  REQUIRE(renamed.has_value());
  return *renamed;
}

}  // namespace

TEST_CASE("sets without an id in common are put together in order") {
  PolicySet set = named({{"a", kPermit}, {"t", kPermitTemplate}});
  PolicySet other = named({{"b", kForbid}, {"u", kForbidTemplate}});
  link(other, "u", "l", "alice");
  const auto renamed = set.merge(other);
  REQUIRE(renamed.has_value());
  CHECK(renamed->empty());
  CHECK(ids(set.policies()) == Ids{"a", "b", "l"});
  CHECK(ids(set.templates()) == Ids{"t", "u"});
  CHECK(set.links_of("u").size() == 1);
  CHECK(set.find("l")->body == set.find_template("u")->body);
}

TEST_CASE("what both sets have, identical but for layout, is kept once") {
  PolicySet set = named({{"a", kPermit}, {"t", kPermitTemplate}});
  link(set, "t", "l", "alice");
  PolicySet other = named({{"t", " permit ( principal == ?principal,action,resource ) ; // same"}, {"a", kPermit}});
  link(other, "t", "l", "alice");
  link(other, "t", "m", "bob");
  const auto renamed = set.merge(other);
  REQUIRE(renamed.has_value());
  CHECK(renamed->empty());
  CHECK(ids(set.policies()) == Ids{"a", "l", "m"});
  CHECK(set.find("m")->body == set.find_template("t")->body);
  CHECK(set.links_of("t").size() == 2);
  REQUIRE(set.merge(set).has_value());
  CHECK(set.size() == 4);
}

TEST_CASE("conflicts are refused all at once, and change nothing") {
  PolicySet set = named({{"a", kPermit}, {"b", kPermit}, {"t", kPermitTemplate}});
  const PolicySet other = named({{"a", kForbid}, {"c", kForbid}, {"t", kForbidTemplate}, {"b", kPermit}});
  const quis::Digest before = set.digest();
  const auto refused = set.merge(other);
  REQUIRE_FALSE(refused.has_value());
  REQUIRE(refused.error().size() == 2);
  CHECK(refused.error()[0].code == ErrorCode::duplicate_policy_id);
  CHECK(refused.error()[0].policy == "a");
  CHECK(refused.error()[1].policy == "t");
  CHECK(set.digest() == before);
  CHECK(set.find("c") == nullptr);
}

TEST_CASE("a conflict is renamed to the first number that neither set uses") {
  PolicySet set = named({{"policy0", kPermit}, {"policy2", kPermit}});
  const PolicySet other = named({{"policy0", kForbid}, {"policy1", kPermit}, {"policy2", kForbid}});
  CHECK(merged(set, other) == Renaming{{"policy0", "policy3"}, {"policy2", "policy4"}});
  CHECK(set.size() == 5);
  CHECK(set.find("policy0")->body->effect == quis::Effect::permit);
  CHECK(set.find("policy3")->body->effect == quis::Effect::forbid);
  CHECK(set.find("policy3")->body == other.find("policy0")->body);
}

TEST_CASE("the links of a renamed template follow it") {
  PolicySet set = named({{"t", kPermitTemplate}});
  link(set, "t", "l", "alice");
  PolicySet other = named({{"t", kForbidTemplate}});
  link(other, "t", "l", "alice");
  link(other, "t", "m", "bob");
  // The two `l` look alike, and are not: one permits and one forbids.
  CHECK(merged(set, other) == Renaming{{"t", "policy0"}, {"l", "policy1"}});
  CHECK(ids(set.policies()) == Ids{"l", "policy1", "m"});
  CHECK(set.find("policy1")->template_id == "policy0");
  CHECK(set.find("policy1")->body->effect == quis::Effect::forbid);
  CHECK(set.find("m")->template_id == "policy0");
  CHECK(set.links_of("policy0").size() == 2);
  CHECK(set.links_of("t").size() == 1);
}

TEST_CASE("links to other entities conflict") {
  PolicySet set = named({{"t", kPermitTemplate}});
  PolicySet other = set;
  link(set, "t", "l", "alice");
  link(other, "t", "l", "bob");
  CHECK(code_of(set.merge(other)) == ErrorCode::duplicate_policy_id);
  CHECK(merged(set, other) == Renaming{{"l", "policy0"}});
  CHECK(set.find("policy0")->principal_slot == user("bob"));
  CHECK(set.links_of("t").size() == 2);
}

TEST_CASE("a policy, a template and a link of one id conflict in every pairing") {
  const auto kinds = [](std::string_view id) {
    std::vector<PolicySet> sets = {named({{id, kPermit}}), named({{id, kPermitTemplate}}),
                                   named({{"a template", kPermitTemplate}})};
    link(sets[2], "a template", id, "alice");
    return sets;
  };
  const std::vector<PolicySet> all = kinds("x");
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < all.size(); ++j) {
      INFO("into ", i, " from ", j);
      PolicySet set = all[i];
      CHECK(set.merge(all[j]).has_value() == (i == j));
      set = all[i];
      CHECK(merged(set, all[j]) == (i == j ? Renaming{} : Renaming{{"x", "policy0"}}));
      CHECK((set.find("policy0") != nullptr || set.find_template("policy0") != nullptr) == (i != j));
    }
  }
}

TEST_CASE("names are given to policies and templates first, then to links, as Cedar does") {
  PolicySet set = named({{"a", kPermit}, {"t", kPermitTemplate}, {"u", kPermitTemplate}, {"z", kPermitTemplate}});
  link(set, "t", "l", "alice");
  link(set, "t", "m", "alice");
  link(set, "t", "n", "alice");
  PolicySet other = named({{"v", kPermitTemplate}});
  link(other, "v", "u", "alice");  // a link where there is a template: the last pass
  link(other, "v", "l", "bob");    // a link where there is a link: the second
  REQUIRE(other.add(Template{"m", named({{"m", kForbidTemplate}}).templates()[0].body}).has_value());   // the third
  REQUIRE(other.add(Policy{"n", named({{"n", kForbid}}).policies()[0].body, {}, {}, {}}).has_value());  // the second
  REQUIRE(other.add(Policy{"a", named({{"a", kForbid}}).policies()[0].body, {}, {}, {}}).has_value());  // the first
  CHECK(merged(set, other) ==
        Renaming{{"a", "policy0"}, {"l", "policy1"}, {"n", "policy2"}, {"m", "policy3"}, {"u", "policy4"}});
}
