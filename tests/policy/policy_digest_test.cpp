// The digest names a policy set: it sees all that a set means, nothing else, and is what the documented bytes hash to.

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/policy/canonical_form.hpp>
#include <quis/policy/policy_set.hpp>

#include "policy/json_emitter.hpp"
#include "policy/sets.hpp"

namespace {

using quis::Digest;
using quis::EntityId;
using quis::intern_entity;
using quis::Policy;
using quis::PolicySet;
using quis::Template;
using quis::test::parsed;

PolicySet from_json(std::string_view json) {
  auto set = PolicySet::from_json(json);
  REQUIRE_MESSAGE(set.has_value(), quis::render(set.error()));
  return *std::move(set);
}

std::string digest_of(std::string_view text) { return parsed(text).digest().to_hex(); }

/// Every kind of thing that a document can hold: names outside ASCII, escapes, nested records, all literals, a link.
constexpr std::string_view kEverything =
    R"({"staticPolicies":{"é1":{"effect":"permit","principal":{"op":"==","entity":{"type":"N::User","id":"al\"ice\n\u0001"}},"action":{"op":"in","entities":[{"type":"Action","id":"view"},{"type":"Action","id":"edit"}]},"resource":{"op":"is","entity_type":"Photo","in":{"entity":{"type":"Album","id":"a\u007f/😀"}}},"conditions":[{"kind":"when","body":{"&&":{"left":{"has":{"left":{"Var":"context"},"attr":["a","b"]}},"right":{"==":{"left":{".":{"left":{".":{"left":{"Var":"context"},"attr":"a"}},"attr":"b"}},"right":{"Value":9223372036854775807}}}}}},{"kind":"unless","body":{"if-then-else":{"if":{"like":{"left":{".":{"left":{"Var":"resource"},"attr":"name"}},"pattern":[{"Literal":"x"},"Wildcard",{"Literal":"é"}]}},"then":{"contains":{"left":{"Set":[{"Value":1},{"Value":"two"}]},"right":{"Record":{"z":{"Value":true},"a":{"Value":-5},"é":{"ip":[{"Value":"10.0.0.1"}]}}}}},"else":{"Value":{"__entity":{"type":"A","id":"b"}}}}}}],"annotations":{"z":"last","id":"first","bare":null}},"forbid":{"effect":"forbid","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[]}},"templates":{"t":{"effect":"permit","principal":{"op":"==","slot":"?principal"},"action":{"op":"==","entity":{"type":"Action","id":"view"}},"resource":{"op":"in","slot":"?resource"},"conditions":[]}},"templateLinks":[{"templateId":"t","newId":"l","values":{"?resource":{"__entity":{"type":"Album","id":"x"}},"?principal":{"__entity":{"type":"N::User","id":"bob"}}}}]})";

}  // namespace

// Computed with the program in canonical_form.hpp from the JSON above. They never change.
TEST_CASE("digests are those that the documented program computes") {
  CHECK(PolicySet().digest().to_hex() == "12e362294beb16709d44b814ac092ec2cf8ca61cccdd737a0af0d71887461cf1");
  CHECK(digest_of("permit(principal, action, resource);") ==
        "193afc2fb7acce9fb39042330c78f8584a1b90165f36763ae8cf32193c29ddb7");
  CHECK(from_json(kEverything).digest().to_hex() == "600fd7a603b12b05b9e63d2d02ee14e885f21b8cf906b262a58ecac6fccaaaff");
}

TEST_CASE("the canonical JSON of a policy has sorted members and no spaces") {
  const PolicySet set = parsed(R"(@z @a("x") permit(principal == U::"a", action in [Action::"v"], resource is P)
                                  when { {b: 1, a: context.c.d}.b == 1 };)");
  CHECK(quis::canonical_json(*set.policies()[0].body) ==
        R"({"action":{"entity":{"id":"v","type":"Action"},"op":"in"},"annotations":{"a":"x","z":""},)"
        R"("conditions":[{"body":{"==":{"left":{".":{"attr":"b","left":{"Record":{"a":{".":{"attr":"d",)"
        R"("left":{".":{"attr":"c","left":{"Var":"context"}}}}},"b":{"Value":1}}}}},"right":{"Value":1}}},)"
        R"("kind":"when"}],"effect":"permit","principal":{"entity":{"id":"a","type":"U"},"op":"=="},)"
        R"("resource":{"entity_type":"P","op":"is"}})");
}

TEST_CASE("members are sorted by the bytes of their keys, not of their escapes") {
  quis::JsonEmitter out(quis::JsonLayout::canonical);
  out.begin_object();
  for (const std::string_view key : {"é", "b", "[", "\"", "a", "\n", ""}) {
    out.key(key);
    out.begin_array();
    out.begin_object();
    out.end_object();
    out.integer(1);
    out.end_array();
  }
  out.end_object();
  CHECK(std::move(out).take() == R"({"":[{},1],"\n":[{},1],"\"":[{},1],"[":[{},1],"a":[{},1],"b":[{},1],"é":[{},1]})");
}

TEST_CASE("layout, comments, names of files, order and bare annotations do not count") {
  const std::string one = "@k permit(principal, action, resource) when { context.a && context.b };";
  const std::string two = "forbid(principal == U::\"a\", action, resource);";
  const PolicySet set = parsed(one + two);
  const auto spaced = PolicySet::from_text(
      "// a comment\n@k(\"\")\npermit ( principal,action , resource )\nwhen { (context.a && (context[\"b\"])) }\n; " +
          two,
      "elsewhere.cedar");
  REQUIRE(spaced.has_value());
  CHECK(spaced->digest() == set.digest());
  CHECK(*spaced == set);

  PolicySet turned;
  REQUIRE(turned.add(set.policies()[1]).has_value());
  REQUIRE(turned.add(set.policies()[0]).has_value());
  CHECK(turned.digest() == set.digest());
  CHECK(turned == set);
  CHECK(from_json(set.to_json()).digest() == set.digest());
  CHECK(from_json(set.to_json()) == set);
}

TEST_CASE("what a set means counts, each part of it") {
  const std::vector<std::string_view> texts = {
      "",
      "permit(principal, action, resource);",
      "forbid(principal, action, resource);",
      "permit(principal, action, resource); permit(principal, action, resource);",
      "permit(principal == U::\"a\", action, resource);",
      "permit(principal == U::\"b\", action, resource);",
      "permit(principal == V::\"a\", action, resource);",
      "permit(principal in U::\"a\", action, resource);",
      "permit(principal is U, action, resource);",
      "permit(principal is U in U::\"a\", action, resource);",
      "permit(principal, action, resource == U::\"a\");",
      "permit(principal, action == Action::\"a\", resource);",
      "permit(principal, action in Action::\"a\", resource);",
      "permit(principal, action in [], resource);",
      "permit(principal, action in [Action::\"a\", Action::\"b\"], resource);",
      "@a permit(principal, action, resource);",
      "@a(\"x\") permit(principal, action, resource);",
      "@b(\"x\") permit(principal, action, resource);",
      "permit(principal, action, resource) when { true };",
      "permit(principal, action, resource) unless { true };",
      "permit(principal, action, resource) when { false };",
      "permit(principal, action, resource) when { true } when { true };",
      "permit(principal, action, resource) when { true && true };",
      "permit(principal, action, resource) when { 1 == 2 };",
      "permit(principal, action, resource) when { 2 == 1 };",
      "permit(principal, action, resource) when { 1 != 2 };",
      "permit(principal, action, resource) when { \"1\" == 2 };",
      "permit(principal, action, resource) when { [1, 2] == 2 };",
      "permit(principal, action, resource) when { [[1], 2] == 2 };",
      "permit(principal, action, resource) when { context has a.b };",
      "permit(principal, action, resource) when { context has a && context.a has b };",
      "permit(principal, action, resource) when { context has \"a.b\" };",
      "permit(principal, action, resource) when { \"*\" like \"*\" };",
      "permit(principal, action, resource) when { \"*\" like \"\\*\" };",
      "permit(principal == ?principal, action, resource);",
      "permit(principal in ?principal, action, resource);",
      "permit(principal, action, resource == ?resource);",
  };
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const PolicySet a = parsed(texts[i]);
    for (std::size_t j = 0; j < texts.size(); ++j) {
      INFO(texts[i], " and ", texts[j]);
      const PolicySet b = parsed(texts[j]);
      CHECK((a.digest() == b.digest()) == (i == j));
      CHECK((a == b) == (i == j));
    }
  }
}

TEST_CASE("ids, kinds, links and slot values count") {
  const PolicySet source =
      parsed("permit(principal, action, resource); permit(principal == ?principal, action, resource);");
  const auto plain = source.policies()[0].body;
  const auto slotted = source.templates()[0].body;
  const EntityId alice = intern_entity("User", "alice");
  const EntityId bob = intern_entity("User", "bob");
  std::vector<PolicySet> sets(8);
  REQUIRE(sets[0].add(Policy{"a", plain, {}, {}, {}}).has_value());
  REQUIRE(sets[1].add(Policy{"b", plain, {}, {}, {}}).has_value());
  REQUIRE(sets[2].add(Template{"a", plain}).has_value());
  for (std::size_t i = 3; i < sets.size(); ++i) {
    REQUIRE(sets[i].add(Template{"t", slotted}).has_value());
    REQUIRE(sets[i].add(Template{"u", slotted}).has_value());
  }
  REQUIRE(sets[4].link("t", "l", alice, {}).has_value());
  REQUIRE(sets[5].link("t", "l", bob, {}).has_value());
  REQUIRE(sets[6].link("u", "l", alice, {}).has_value());
  REQUIRE(sets[7].link("t", "m", alice, {}).has_value());
  for (std::size_t i = 0; i < sets.size(); ++i) {
    for (std::size_t j = 0; j < sets.size(); ++j) {
      INFO(i, " and ", j);
      CHECK((sets[i].digest() == sets[j].digest()) == (i == j));
      CHECK((sets[i] == sets[j]) == (i == j));
    }
  }
}

TEST_CASE("the digest of a set follows its changes and comes back with them") {
  PolicySet set = parsed("permit(principal, action, resource); forbid(principal, action, resource);");
  const Digest before = set.digest();
  const Policy first = set.policies()[0];
  REQUIRE(set.remove("policy0").has_value());
  CHECK(set.digest() != before);
  REQUIRE(set.add(first).has_value());
  CHECK(set.digest() == before);
}

TEST_CASE("a copy of a body may be changed, and has then a digest of its own") {
  const PolicySet set = parsed("permit(principal, action, resource);");
  const Digest before = set.digest();
  quis::PolicyBody changed = *set.policies()[0].body;
  changed.effect = quis::Effect::forbid;
  PolicySet other;
  REQUIRE(other.add(Policy{"policy0", std::make_shared<const quis::PolicyBody>(changed), {}, {}, {}}).has_value());
  CHECK(other.digest().to_hex() == digest_of("forbid(principal, action, resource);"));
  CHECK(set.digest() == before);
}

TEST_CASE("many threads may ask one set for its digest") {
  std::string text;
  for (int i = 0; i < 200; ++i)
    text += "permit(principal, action, resource) when { context.n == " + std::to_string(i) + " };";
  const PolicySet set = parsed(text);
  std::vector<Digest> digests(8);
  std::vector<std::thread> threads;
  for (Digest& digest : digests) threads.emplace_back([&] { digest = set.digest(); });
  for (std::thread& thread : threads) thread.join();
  for (const Digest& digest : digests) CHECK(digest == parsed(text).digest());
}

TEST_CASE("the deepest expression and the longest chain have digests, in time linear in their size") {
  std::string path = "context";
  for (int i = 0; i < 2000; ++i) path += ".a_rather_long_name_of_an_attribute";
  std::string chain = "context.a";
  for (int i = 0; i < 20'000; ++i) chain += " && context.a";
  CHECK(digest_of("permit(principal, action, resource) when { " + path + " };") !=
        digest_of("permit(principal, action, resource) when { " + chain + " };"));
}
