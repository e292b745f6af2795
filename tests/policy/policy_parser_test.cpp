#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "reading.hpp"

namespace {

using quis::ActionConstraint;
using quis::Effect;
using quis::ScopeConstraint;
using quis::test::only_policy;
using quis::test::reprinted_policies;

bool refused(std::string_view text) { return !quis::parse_policies(text, "policies").has_value(); }

quis::ScopeConstraint principal(std::string_view constraint) {
  return only_policy("permit(" + std::string(constraint) + ", action, resource);").principal;
}

quis::ActionConstraint action(std::string_view constraint) {
  return only_policy("permit(principal, " + std::string(constraint) + ", resource);").action;
}

bool principal_refused(std::string_view constraint) {
  return refused("permit(" + std::string(constraint) + ", action, resource);");
}

bool action_refused(std::string_view constraint) {
  return refused("permit(principal, " + std::string(constraint) + ", resource);");
}

}  // namespace

TEST_CASE("a text without policies is a text of no policies") {
  CHECK(quis::parse_policies("", "p")->empty());
  CHECK(quis::parse_policies(" \n// nothing\n", "p")->empty());
  CHECK(refused(";"));
}

TEST_CASE("a policy has an effect, three scope variables in order, and a semicolon") {
  CHECK(only_policy("permit(principal, action, resource);").effect == Effect::permit);
  CHECK(only_policy("forbid(principal,action,resource,);").effect == Effect::forbid);
  for (const char* text : {"permit(principal, action, resource)", "permit(principal, action, resource);;",
                           "permit(principal, action);", "permit();", "permit(action, principal, resource);",
                           "permit(principal, action, resource, context);", "permit(principal action resource);",
                           "permit(principal, action, resource,,);", "Permit(principal, action, resource);",
                           "permit(principal, action, resource); x", "permit principal, action, resource;"}) {
    CAPTURE(text);
    CHECK(refused(text));
  }
}

TEST_CASE("principal and resource take ==, in, is, and is with in") {
  const quis::EntityId ann = quis::intern_entity("User", "ann");
  const quis::TypeId user = quis::intern_type("User");
  using Kind = ScopeConstraint::Kind;
  CHECK(principal("principal") == ScopeConstraint{});
  CHECK(principal(R"(principal == User::"ann")") == ScopeConstraint{Kind::equal, {}, ann, false});
  CHECK(principal(R"(principal == ((User::"ann")))") == ScopeConstraint{Kind::equal, {}, ann, false});
  CHECK(principal(R"(principal in User::"ann")") == ScopeConstraint{Kind::in, {}, ann, false});
  CHECK(principal("principal is User") == ScopeConstraint{Kind::is, user, {}, false});
  CHECK(principal(R"(principal is User in User::"ann")") == ScopeConstraint{Kind::is_in, user, ann, false});
  for (const char* constraint :
       {R"(principal = User::"ann")", R"(principal != User::"ann")", R"(principal in [User::"ann"])",
        "principal == User", R"(principal == "ann")", "principal: User", R"(principal is User == User::"ann")",
        R"(principal in User::"ann" is User)", "principal is (User)", R"(principal is "User")",
        R"(principal is User::"ann")", "principal has a", R"(principal == User::"ann" && true)",
        R"(principal == __cedar::"ann")", "principal == principal", "principle"}) {
    CAPTURE(constraint);
    CHECK(principal_refused(constraint));
  }
}

TEST_CASE("action takes == and in, one or a list, of actions only") {
  using Kind = ActionConstraint::Kind;
  const quis::EntityId view = quis::intern_entity("Action", "view");
  const quis::EntityId edit = quis::intern_entity("NS::Action", "edit");
  CHECK(action("action") == ActionConstraint{});
  CHECK(action(R"(action == Action::"view")") == ActionConstraint{Kind::equal, {view}, false});
  CHECK(action(R"(action in Action::"view")") == ActionConstraint{Kind::in, {view}, false});
  CHECK(action(R"(action in [Action::"view"])") == ActionConstraint{Kind::in, {view}, true});
  CHECK(action(R"(action in ([(Action::"view"), NS::Action::"edit",]))") ==
        ActionConstraint{Kind::in, {view, edit}, true});
  CHECK(action("action in []") == ActionConstraint{Kind::in, {}, true});
  for (const char* constraint :
       {R"(action == User::"view")", R"(action in [Action::"view", User::"ann"])", R"(action == [Action::"view"])",
        R"(action in [[Action::"view"]])", "action is Action", "action == ?action", "action in ?principal",
        "action in [,]", R"(action == Action::X::"view")"}) {
    CAPTURE(constraint);
    CHECK(action_refused(constraint));
  }
}

TEST_CASE("a template has slots in the scope, each on its own variable") {
  CHECK(principal("principal == ?principal").slot);
  CHECK(principal("principal in (?principal)").slot);
  CHECK(principal("principal is User in ?principal").slot);
  CHECK(only_policy("permit(principal, action, resource == ?resource);").is_template());
  CHECK_FALSE(only_policy("permit(principal, action, resource);").is_template());
  CHECK(reprinted_policies("permit(principal == ?resource, action, resource);") == "error: invalid-slot");
  CHECK(reprinted_policies("permit(principal == ?who, action, resource);") == "error: invalid-slot");
  CHECK(reprinted_policies("permit(principal, action, resource) when { principal == ?principal };") ==
        "error: invalid-slot");
}

TEST_CASE("annotations have any word for a key, each once, and perhaps a value") {
  const auto body = only_policy(R"(@id("a\u{e9}") @if @permit("") permit(principal, action, resource);)");
  REQUIRE(body.annotations.size() == 3);
  CHECK(*body.annotation("id") == "a\xc3\xa9");
  CHECK(body.annotation("if")->empty());
  CHECK(body.annotation("nothing") == nullptr);
  for (const char* annotations :
       {R"(@id("a") @id("b"))", "@id()", R"(@id("a",))", "@id(a)", R"(@"id"("a"))", R"(@id("\*"))"}) {
    CAPTURE(annotations);
    CHECK(refused(std::string(annotations) + "permit(principal, action, resource);"));
  }
}

TEST_CASE("conditions are kept in order, with their polarity") {
  const auto body = only_policy("permit(principal, action, resource) when { true } unless { 1 == 2 } when { false };");
  REQUIRE(body.conditions.size() == 3);
  CHECK_FALSE(body.conditions[0].negated);
  CHECK(body.conditions[1].negated);
  CHECK(quis::to_text(*body.conditions[1].body) == "1 == 2");
  CHECK(refused("permit(principal, action, resource) when { };"));
  CHECK(refused("permit(principal, action, resource) if { true };"));
  CHECK(refused("permit(principal, action, resource) when (true);"));
  CHECK(refused("permit(principal, action, resource) when { true }, when { true };"));
}

TEST_CASE("bodies know where they come from") {
  const auto policies =
      quis::parse_policies("permit(principal, action, resource);\n\n forbid(principal, action, resource) ;", "x");
  REQUIRE(policies.has_value());
  CHECK(policies->at(0).span == quis::SourceSpan{0, 36, 1, 1});
  CHECK(policies->at(1).span == quis::SourceSpan{39, 37, 3, 2});
  CHECK(*policies->at(1).source_name == "x");
}

TEST_CASE("text that is not UTF-8 is refused") {
  CHECK(reprinted_policies("// \xff\npermit(principal, action, resource);") == "error: invalid-utf8");
  CHECK(reprinted_policies("// \xed\xa0\x80") == "error: invalid-utf8");
}

TEST_CASE("a link fills the slots of its template") {
  const auto body = std::make_shared<const quis::PolicyBody>(
      only_policy("permit(principal == ?principal, action, resource in ?resource);"));
  const quis::EntityId ann = quis::intern_entity("User", "ann");
  const quis::EntityId album = quis::intern_entity("Album", "a");
  const quis::Policy link{"l", body, "t", ann, album};
  CHECK(link.principal() == ScopeConstraint{ScopeConstraint::Kind::equal, {}, ann, false});
  CHECK(link.resource() == ScopeConstraint{ScopeConstraint::Kind::in, {}, album, false});
}

TEST_CASE("policies are accepted when Cedar accepts them, and print to what reads the same") {
  for (const auto& trap : quis::test::traps("policies.jsonl")) {
    const std::string text(trap.at("policies").as_string());
    CAPTURE(text);
    CHECK(refused(text) == trap.at("expect").as_object().contains("error"));
    if (refused(text)) continue;
    const std::string printed = reprinted_policies(text);
    CHECK(reprinted_policies(printed) == printed);
  }
}
