#include <algorithm>

#include "cli/run_tool.hpp"

namespace quis::test {
namespace {

constexpr std::string_view kPolicies = R"(@reason("friends may look")
permit(principal in Team::"friends", action == Action::"view", resource)
when { resource.owner == principal || resource.public };

@id("the vault")
@step_up("aal2")
forbid(principal, action, resource)
when { resource.vault }
unless { context has aal };
)";

constexpr std::string_view kEntities = R"([
  {"uid": {"type": "User", "id": "bob"}, "attrs": {}, "parents": [{"type": "Team", "id": "close"}]},
  {"uid": {"type": "Team", "id": "close"}, "attrs": {}, "parents": [{"type": "Team", "id": "friends"}]},
  {"uid": {"type": "Photo", "id": "cat"}, "attrs": {"owner": {"__entity": {"type": "User", "id": "bob"}}, "public": false, "vault": false}, "parents": []},
  {"uid": {"type": "Photo", "id": "gem"}, "attrs": {"owner": {"__entity": {"type": "User", "id": "bob"}}, "public": true, "vault": true}, "parents": []},
  {"uid": {"type": "Photo", "id": "odd"}, "attrs": {"vault": false}, "parents": []}])";

struct Files : Folder {
  std::string policies = write("policies.cedar", kPolicies);
  std::string entities = write("entities.json", kEntities);

  [[nodiscard]] Run why(const std::string& user, const std::string& photo, bool json = false, bool color = false,
                        bool all = false) const {
    std::vector<std::string> line = {"why",
                                     "-p",
                                     policies,
                                     "--entities",
                                     entities,
                                     "-l",
                                     "User::\"" + user + '"',
                                     "-a",
                                     R"(Action::"view")",
                                     "-r",
                                     "Photo::\"" + photo + '"'};
    if (json) line.emplace_back("--json");
    if (all) line.emplace_back("--all");
    return run_tool(line, color);
  }
};

std::string first_line(const Run& run) { return run.out.substr(0, run.out.find('\n')); }

}  // namespace

TEST_CASE("why an allow: the policy first, then its clauses with the line they stand on and the values") {
  const Files files;
  const Run run = files.why("bob", "cat");
  CHECK(run.exit == 0);
  CHECK(first_line(run) == "ALLOW because policy `policy0` permits it");
  CHECK(run.says("@reason(\"friends may look\")"));
  CHECK(run.says(R"(User::"bob" in Team::"close" in Team::"friends")"));
  CHECK(run.says("3 | when { resource.owner == principal || resource.public };"));
  CHECK(run.says("`resource.owner == principal` is true\n        resource.owner = User::\"bob\""));
  CHECK_FALSE(run.says("`resource.public`"));
}

TEST_CASE("why a default deny: the nearest policy and what it wanted, in the first line") {
  const Files files;
  const Run run = files.why("eve", "cat");
  CHECK(run.exit == 2);
  CHECK(
      first_line(run) ==
      R"(DENY: no policy permits User::"eve" to do Action::"view" on Photo::"cat"; nearest: policy `policy0`, but it wants )"
      R"(`principal in Team::"friends"` and the entities do not hold User::"eve")");
}

TEST_CASE("why a step-up: what would lift it, by which policy, and what would permit then") {
  const Files files;
  const Run run = files.why("bob", "gem");
  CHECK(run.exit == 2);
  CHECK(first_line(run) == "DENY until step-up to \"aal2\": policy `the vault` forbids it");
  CHECK(run.says("If `the vault` no longer forbade it, `policy0` would permit it."));
}

TEST_CASE("why behind several step-ups: every one of them must go, and the permits are named") {
  const Files files;
  files.write(
      "policies.cedar",
      "permit(principal, action, resource) unless { context has mfa };\n"
      "@step_up(\"a\") forbid(principal, action, resource); @step_up(\"b\") forbid(principal, action, resource);");
  const Run run = files.why("bob", "cat");
  CHECK(first_line(run) == "DENY until step-up to \"a\" and \"b\": policies `policy1` and `policy2` forbid it");
  CHECK(run.says("If `policy1` and `policy2` no longer forbade it, `policy0` would permit it."));
}

TEST_CASE("why behind a plain forbid: whether a permit stands, or which is nearest") {
  const Files files;
  files.write("policies.cedar", "permit(principal, action, resource); forbid(principal, action, resource);");
  CHECK(files.why("bob", "cat").says("If `policy1` no longer forbade it, `policy0` would permit it."));
  CHECK(files.why("bob", "cat", true).json().at("beneath") == boost::json::array{"policy0"});
  files.write("policies.cedar",
              "permit(principal, action, resource) when { resource.vault }; forbid(principal, action, resource);");
  const Run run = files.why("bob", "cat");
  CHECK(first_line(run) == "DENY because policy `policy1` forbids it");
  CHECK(run.says("Even if `policy1` no longer forbade it, it would be denied."));
  CHECK(run.says("near: permit `policy0`"));
}

TEST_CASE("why an allow beside forbids that err: the first line names them") {
  const Files files;
  const std::string permit = "permit(principal, action, resource);";
  const std::string err = "forbid(principal, action, resource) when { resource.nothing };";
  files.write("policies.cedar", permit + err);
  const Run run = files.why("bob", "cat");
  CHECK(run.exit == 0);
  CHECK(first_line(run) == "ALLOW because policy `policy0` permits it, though forbid `policy1` could not be evaluated");
  files.write("policies.cedar", permit + err + err);
  CHECK(
      first_line(files.why("bob", "cat")).ends_with(", though forbids `policy1` and `policy2` could not be evaluated"));
  files.write("policies.cedar", permit + "permit(principal, action, resource) when { resource.nothing };");
  CHECK(first_line(files.why("bob", "cat")) == "ALLOW because policy `policy0` permits it");
}

TEST_CASE("why without policies, or about an action that no permit is about, says so") {
  const Files files;
  files.write("policies.cedar", "");
  CHECK(first_line(files.why("bob", "cat")) ==
        "DENY: there are no policies, and without a permit everything is denied");
  files.write("policies.cedar", "permit(principal, action == Action::\"fly\", resource);");
  const Run run = files.why("bob", "cat");
  CHECK(first_line(run).ends_with("on Photo::\"cat\", and none is about this action"));
  CHECK_FALSE(run.says("is about this principal or this resource"));
}

TEST_CASE("why cuts the permits that come near and counts them, and --all lists them") {
  const Files files;
  std::string policies;
  for (int i = 0; i < 6; ++i) policies += "permit(principal, action, resource) when { resource.vault };\n";
  files.write("policies.cedar", policies);
  const Run cut = files.why("bob", "cat");
  CHECK_FALSE(cut.says("near: permit `policy5`"));
  CHECK(cut.says("… 1 more permit comes near; --all lists them"));
  const Run all = files.why("bob", "cat", false, false, true);
  CHECK(all.says("near: permit `policy5`"));
  CHECK_FALSE(all.says("more permit"));
  CHECK(files.why("bob", "cat", true).json().at("misses").as_array().size() == 5);
  CHECK(files.why("bob", "cat", true, false, true).json().at("misses").as_array().size() == 6);
}

TEST_CASE("why a permit that errs: the expression without a value, and the reason") {
  const Files files;
  const Run run = files.why("bob", "odd");
  CHECK(run.exit == 2);
  CHECK(first_line(run).find("nearest: policy `policy0`, which could not be evaluated: ") != std::string::npos);
  CHECK(run.says("`resource.owner` has no value"));
}

TEST_CASE("why as JSON has the sentence, the policies, their clauses and facts, on one line") {
  const Files files;
  const Run run = files.why("bob", "cat", true);
  CHECK(run.exit == 0);
  CHECK(std::count(run.out.begin(), run.out.end(), '\n') == 1);
  const auto answer = run.json();
  CHECK(answer.at("decision") == "allow");
  CHECK(answer.at("because") == "ALLOW because policy `policy0` permits it");
  const auto& clauses = answer.at("determining").at(0).at("clauses").as_array();
  REQUIRE(clauses.size() == 3);
  CHECK(clauses[1].at("parts").at(0).at("path").as_array().size() == 3);
  CHECK(clauses[2].at("line") == 3);
  CHECK(clauses[2].at("parts").at(0).at("facts").at(0).at("value") == "User::\"bob\"");
  const auto lifted = files.why("bob", "gem", true).json();
  CHECK(lifted.at("decision") == "deny");
  CHECK(lifted.at("step_up") == boost::json::array{"aal2"});
}

TEST_CASE("why uses colours on a terminal only") {
  const Files files;
  CHECK(files.why("bob", "cat", false, true).says("\x1b["));
  CHECK_FALSE(files.why("bob", "cat").says("\x1b["));
}

TEST_CASE("why prints no character that could play tricks on a terminal") {
  const Files files;
  files.write("policies.cedar",
              "@reason(\"a\x1b[2Jb\") permit(principal, action, resource) when { \"\x1b[31m\" != \"\" };");
  const Run run = files.why("bob", "cat");
  CHECK(run.exit == 0);
  CHECK_FALSE(run.says("\x1b"));
}

TEST_CASE("why explains policies from JSON, which have no lines, by their own print") {
  const Files files;
  const Run json = run_tool({"translate-policy", "--direction", "cedar-to-json", "-p", files.policies});
  const std::string policies = files.write("policies.json", json.out);
  const Run run = run_tool({"why", "-p", policies, "--entities", files.entities, "-l", R"(User::"bob")", "-a",
                            R"(Action::"view")", "-r", R"(Photo::"cat")"});
  CHECK(run.exit == 0);
  CHECK(run.says("resource.owner == principal || resource.public"));
  CHECK(run.says("resource.owner = User::\"bob\""));
}

}  // namespace quis::test
