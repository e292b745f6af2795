#include "cli/run_tool.hpp"

namespace quis::test {
namespace {

constexpr std::string_view kSchema = R"(
entity Group;
entity User in [Group] { level: Long, boss?: User };
entity Doc;
action view appliesTo { principal: [User], resource: [Doc], context: { mfa?: Bool } };
)";

struct Input {
  Folder files;
  std::string schema = files.write("s.cedarschema", kSchema);

  [[nodiscard]] Run validate(std::string_view policies, std::vector<std::string> more = {}) const {
    std::vector<std::string> line = {"validate", "-s", schema, "-p", files.write("p.cedar", policies)};
    line.insert(line.end(), more.begin(), more.end());
    return run_tool(line);
  }
};

}  // namespace

TEST_CASE("the first line is the answer, and a valid set exits with 0") {
  const Run run = Input().validate("permit(principal, action, resource) when { principal.level > 3 };");
  CHECK(run.exit == 0);
  CHECK(run.out == "VALID: 1 policy, 0 errors, 0 warnings\n");
  CHECK(run.err.empty());
}

TEST_CASE("an invalid set exits with 3 and shows each error in its line of the source") {
  const Input input;
  const Run run = input.validate("permit(principal, action, resource)\n  when { principal.level == \"3\" };");
  CHECK(run.exit == 3);
  CHECK(run.out.starts_with("INVALID: 1 policy, 1 error, 0 warnings\n"));
  CHECK(run.says(
      "p.cedar:2:10: error[incompatible-types]: policy `policy0`: the types `Long` and `String` are not compatible\n"));
  CHECK(run.says("    2 |   when { principal.level == \"3\" };\n"));
  CHECK(run.says("      |          ^^^^^^^^^^^^^^^^^^^^^^"));
}

TEST_CASE("in JSON the findings are one object") {
  const Input input;
  const Run run = input.validate("permit(principal, action, resource) when { principal.nope };", {"--json"});
  CHECK(run.exit == 3);
  const boost::json::object answer = run.json();
  CHECK(answer.at("valid") == false);
  CHECK(answer.at("policies") == 1);
  CHECK(answer.at("warnings").as_array().empty());
  const boost::json::object& error = answer.at("errors").at(0).as_object();
  CHECK(error.at("code") == "unsafe-attribute-access");
  CHECK(error.at("policy") == "policy0");
  CHECK(error.at("line") == 1);
  CHECK(error.at("column") == 44);
}

TEST_CASE("templates are counted apart from policies, as `check-parse` counts them") {
  const Input input;
  const std::string_view policies =
      "permit(principal, action, resource); permit(principal == ?principal, action, resource);";
  CHECK(input.validate(policies).out == "VALID: 1 policy, 1 template, 0 errors, 0 warnings\n");
  const boost::json::object answer = input.validate(policies, {"--json"}).json();
  CHECK(answer.at("policies") == 1);
  CHECK(answer.at("templates") == 1);
}

TEST_CASE("permissive validation allows what strict validation refuses") {
  const Input input;
  constexpr std::string_view kMixed = "permit(principal, action, resource) when { [1, \"a\"].contains(1) };";
  CHECK(input.validate(kMixed).exit == 3);
  CHECK(input.validate(kMixed, {"--validation-mode", "strict"}).exit == 3);
  // Even permissively, a set needs a type for its elements.
  CHECK(input.validate(kMixed, {"--validation-mode", "permissive"}).exit == 3);
  constexpr std::string_view kCompared = "permit(principal, action, resource) when { principal.level == \"3\" };";
  CHECK(input.validate(kCompared, {"--validation-mode", "permissive"}).exit == 0);
  CHECK(input.validate(kCompared, {"--validation-mode", "loose"}).exit == 1);
}

TEST_CASE("warnings are shown, and deny only on demand") {
  const Input input;
  constexpr std::string_view kImpossible = "permit(principal is Group, action, resource);";
  const Run shown = input.validate(kImpossible);
  CHECK(shown.exit == 0);
  CHECK(shown.out.starts_with("VALID: 1 policy, 0 errors, 1 warning\n"));
  CHECK(shown.says("warning[inapplicable-action]: policy `policy0`: no action applies"));
  CHECK_FALSE(shown.says("warning[impossible-policy]"));  // it says no more
  CHECK(input.validate(kImpossible, {"--json"}).json().at("warnings").as_array().size() == 2);
  const Run denied = input.validate(kImpossible, {"--deny-warnings"});
  CHECK(denied.exit == 3);
  CHECK(denied.out.starts_with("INVALID: 1 policy, 0 errors, 1 warning\n"));
}

TEST_CASE("what is wrong names the policy by its `@id`") {
  const Input input;
  const Run run = input.validate("@id(\"low\") permit(principal, action, resource) when { principal.level == \"3\" };");
  CHECK(run.says(": policy `low`: "));
}

TEST_CASE("a policy with a name that the schema does not know is not also said to apply to nothing, but in JSON") {
  const Input input;
  constexpr std::string_view kUnknown = "permit(principal, action == Action::\"veiw\", resource);";
  const Run shown = input.validate(kUnknown);
  CHECK(shown.out.starts_with("INVALID: 1 policy, 1 error, 0 warnings\n"));
  CHECK(input.validate(kUnknown, {"--json"}).json().at("warnings").as_array().size() == 2);
}

TEST_CASE("a step-up that does nothing is hinted at: on a permit, or misspelt") {
  const Input input;
  const auto hint = [&](std::string_view policy) {
    const Run run = input.validate(policy);
    CHECK(run.exit == 0);
    return run.out;
  };
  CHECK(hint("@step_up(\"x\") permit(principal, action, resource);").find("`@step_up` on a permit does nothing") !=
        std::string::npos);
  constexpr std::string_view kMisspelt = "@stepup(\"x\") forbid(principal, action, resource);";
  CHECK(hint(kMisspelt).find("p.cedar:1:1: warning[ineffective-annotation]: policy `policy0`: ") != std::string::npos);
  CHECK(input.validate(kMisspelt, {"--deny-warnings"}).exit == 3);
  for (const std::string key : {"stepup", "Step_Up", "stepUp", "step_op"}) {
    CAPTURE(key);
    CHECK(hint("@" + key + "(\"x\") forbid(principal, action, resource);").find("did you mean `@step_up`?") !=
          std::string::npos);
  }
  for (const std::string key : {"step_up", "id", "step", "setup_by"}) {
    CAPTURE(key);
    CHECK(hint("@" + key + "(\"x\") forbid(principal, action, resource);") ==
          "VALID: 1 policy, 0 errors, 0 warnings\n");
  }
  const Run dashed = input.validate("@step-up(\"x\") forbid(principal, action, resource);");
  CHECK(dashed.exit == 1);
  CHECK(dashed.complains("as in `@step_up("));
}

TEST_CASE("a level limits the references that a policy may follow") {
  const Input input;
  constexpr std::string_view kFar =
      "permit(principal, action, resource) when { principal has boss && principal.boss.level > 3 };";
  CHECK(input.validate(kFar).exit == 0);
  CHECK(input.validate(kFar, {"--level", "2"}).exit == 0);
  const Run run = input.validate(kFar, {"--level", "1"});
  CHECK(run.exit == 3);
  CHECK(run.says("error[level-violation]: policy `policy0`: this needs level 2, and level 1 is allowed"));
}

TEST_CASE("entities and a request are validated when they are given") {
  const Input input;
  constexpr std::string_view kAny = "permit(principal, action, resource);";
  const std::string good =
      input.files.write("good.json", R"([{"uid": {"type": "User", "id": "a"}, "attrs": {"level": 1}, "parents": []}])");
  const std::string bad = input.files.write(
      "bad.json", R"([{"uid": {"type": "User", "id": "a"}, "attrs": {"level": "x"}, "parents": []}])");
  const std::string broken = input.files.write("broken.json", "[{]");
  CHECK(input.validate(kAny, {"--entities", good}).exit == 0);
  const Run run = input.validate(kAny, {"--entities", bad});
  CHECK(run.exit == 3);
  CHECK(run.says("error[type-mismatch] at /0/attrs/level"));
  CHECK(input.validate(kAny, {"--entities", broken}).exit == 1);
  const std::vector<std::string> request = {"-l", "User::\"a\"", "-a", "Action::\"view\"", "-r", "Doc::\"d\""};
  CHECK(input.validate(kAny, request).exit == 0);
  const std::vector<std::string> wrong = {"-l", "Doc::\"a\"", "-a", "Action::\"view\"", "-r", "Doc::\"d\""};
  CHECK(input.validate(kAny, wrong).exit == 3);
}

TEST_CASE("links are validated with their templates") {
  const Input input;
  constexpr std::string_view kTemplate = "permit(principal in ?principal, action, resource);";
  const std::string good = input.files.write(
      "good.json", R"([{"template_id": "policy0", "link_id": "l", "args": {"?principal": "Group::\"g\""}}])");
  const std::string bad = input.files.write(
      "bad.json", R"([{"template_id": "policy0", "link_id": "l", "args": {"?principal": "Nobody::\"g\""}}])");
  CHECK(input.validate(kTemplate, {"-k", good}).exit == 0);
  const Run run = input.validate(kTemplate, {"-k", bad});
  CHECK(run.exit == 3);
  CHECK(run.says("the schema declares no entity type `Nobody`"));
}

TEST_CASE("a schema is required, and input that cannot be read exits with 1") {
  const Folder files;
  const std::string policies = files.write("p.cedar", "permit(principal, action, resource)");
  CHECK(run_tool({"validate", "-p", policies}).exit == 1);
  const Run run = run_tool({"validate", "-p", policies, "-s", files.write("s.cedarschema", kSchema)});
  CHECK(run.exit == 1);
  CHECK(run.complains("error[unexpected-token]"));
}

}  // namespace quis::test
