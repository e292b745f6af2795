#include "cli/run_tool.hpp"

namespace quis::test {
namespace {

constexpr std::string_view kPolicies = R"(@reason("friends may look")
permit(principal == User::"alice", action == Action::"view", resource) when { resource.owner == principal };
forbid(principal, action, resource) when { context.blocked };
permit(principal in ?principal, action, resource);
)";

constexpr std::string_view kEntities = R"([
  {"uid": {"type": "User", "id": "bob"}, "attrs": {}, "parents": [{"type": "Team", "id": "t"}]},
  {"uid": {"type": "Photo", "id": "cat"}, "attrs": {"owner": {"__entity": {"type": "User", "id": "alice"}}}, "parents": []}])";

constexpr std::string_view kSchema = R"(entity Team; entity User in [Team]; entity Photo = {owner: User};
action view appliesTo {principal: User, resource: Photo, context: {blocked: Bool}};)";

struct Files : Folder {
  std::string policies = write("policies.cedar", kPolicies);
  std::string entities = write("entities.json", kEntities);
  std::string schema = write("schema.cedarschema", kSchema);

  [[nodiscard]] std::vector<std::string> command(const std::string& user, std::vector<std::string> more = {}) const {
    std::vector<std::string> line = {
        "authorize",         "-p", policies,         "--entities", entities, "-l", "User::\"" + user + '"', "-a",
        R"(Action::"view")", "-r", R"(Photo::"cat")"};
    line.insert(line.end(), more.begin(), more.end());
    return line;
  }
};

}  // namespace

TEST_CASE("an allowed request exits with 0 and a denied one with 2") {
  const Files files;
  const Run allowed = run_tool(files.command("alice", {"-c", R"({"blocked": false})"}));
  CHECK(allowed.exit == 0);
  CHECK(allowed.out == "ALLOW\n");
  const Run denied = run_tool(files.command("bob", {"-c", R"({"blocked": false})"}));
  CHECK(denied.exit == 2);
  CHECK(denied.out == "DENY\n");
}

TEST_CASE("a step-up exits with 2, says DENY first, and then what would lift it") {
  const Files files;
  const std::string policies = files.write("step-up.cedar", R"(permit(principal, action, resource);
@step_up("aal2") forbid(principal, action, resource) when { !context.strong };
@step_up forbid(principal, action, resource) when { context.weak };)");
  std::vector<std::string> command = files.command("alice", {"-c", R"({"strong": false, "weak": false})"});
  command[2] = policies;
  const Run text = run_tool(command);
  CHECK(text.exit == 2);
  CHECK(text.out == "DENY\n  step-up: \"aal2\"\n");
  command.push_back("--json");
  const Run json = run_tool(command);
  CHECK(json.exit == 2);
  CHECK(json.json().at("decision") == "deny");
  CHECK(json.json().at("step_up") == boost::json::array{"aal2"});
  command[command.size() - 2] = R"({"strong": true, "weak": true})";
  command.pop_back();
  CHECK(run_tool(command).out == "DENY\n  step-up: required, no particular one is named\n");
  command.back() = R"({"strong": true, "weak": false})";
  CHECK(run_tool(command).out == "ALLOW\n");
}

TEST_CASE("a policy that errs is a warning with its name and its reason") {
  const Files files;
  const Run run = run_tool(files.command("alice"));
  CHECK(run.exit == 0);
  CHECK(run.complains(files.policies + ":3:44: warning: forbid `policy1` could not be evaluated: "));
  CHECK(run.complains("blocked"));
}

TEST_CASE("the JSON of a decision has decision, reason, errors, policies and messages") {
  const Files files;
  const Run run = run_tool(files.command("alice", {"--json"}));
  CHECK(run.exit == 0);
  const boost::json::object answer = run.json();
  CHECK(answer.at("decision") == "allow");
  CHECK(answer.at("reason") == boost::json::array{"policy0"});
  CHECK(answer.at("errors") == boost::json::array{"policy1"});
  const boost::json::value& policy = answer.at("policies").at(0);
  CHECK(policy.at("id") == "policy0");
  CHECK(policy.at("effect") == "permit");
  CHECK(policy.at("place") == boost::json::string(files.policies + ":1:1"));
  CHECK(policy.at("annotations").at("reason") == "friends may look");
  CHECK(answer.at("messages").at(0).at("id") == "policy1");
  CHECK(answer.at("messages").at(0).at("place") == boost::json::string(files.policies + ":3:44"));
}

TEST_CASE("the verbose answer says which policies decided, or that none did") {
  const Files files;
  CHECK(run_tool(files.command("alice", {"-v"})).says("permitted by `policy0`"));
  CHECK(run_tool(files.command("bob", {"-v", "-c", R"({"blocked": true})"})).says("forbidden by `policy1`"));
  CHECK(run_tool(files.command("bob", {"-v", "-c", R"({"blocked": false})"})).says("denied by default"));
}

TEST_CASE("colour is used only where it was asked for") {
  const Files files;
  CHECK(run_tool(files.command("alice"), true).says("\x1b["));
  CHECK_FALSE(run_tool(files.command("alice"), false).says("\x1b["));
}

TEST_CASE("links of templates are read from a file of their own") {
  const Files files;
  const std::string links = files.write(
      "links.json", R"([{"template_id": "policy2", "link_id": "l", "args": {"?principal": "Team::\"t\""}}])");
  const Run run = run_tool(files.command("bob", {"-k", links, "--json", "-c", R"({"blocked": false})"}));
  CHECK(run.exit == 0);
  CHECK(run.json().at("reason") == boost::json::array{"l"});
  CHECK(run_tool(files.command("bob", {"-k", files.write("bad.json", R"([{"template_id": 1}])")})).exit == 1);
  const std::string unknown = files.write(
      "unknown.json", R"([{"template_id": "nope", "link_id": "l", "args": {"?principal": "Team::\"t\""}}])");
  CHECK(run_tool(files.command("bob", {"-k", unknown})).complains("error[unknown-template]"));
}

TEST_CASE("the whole request, or its context, can be in a file") {
  const Files files;
  const std::string request =
      files.write("request.json", R"({"principal": "User::\"alice\"", "action": {"type": "Action", "id": "view"},
                                           "resource": {"__entity": {"type": "Photo", "id": "cat"}}, "context": {"blocked": true}})");
  const Run whole =
      run_tool({"authorize", "-p", files.policies, "--entities", files.entities, "--request-json", request, "--json"});
  CHECK(whole.exit == 2);
  CHECK(whole.json().at("reason") == boost::json::array{"policy1"});
  const std::string context = files.write("context.json", R"({"blocked": true})");
  CHECK(run_tool(files.command("alice", {"-c", context})).exit == 2);
}

TEST_CASE("with a schema the request must fit it, unless that check is turned off") {
  const Files files;
  CHECK(run_tool(files.command("alice", {"-s", files.schema, "-c", R"({"blocked": false})"})).exit == 0);
  const Run run = run_tool(files.command("alice", {"-s", files.schema, "-c", R"({"blocked": 1})"}));
  CHECK(run.exit == 1);
  CHECK(run.complains("error["));
  CHECK(run_tool(files.command("alice", {"-s", files.schema, "-c", "{}"})).exit == 1);
  CHECK(run_tool({"authorize", "-p", files.policies, "--entities", files.entities, "-s", files.schema, "-l",
                  R"(Team::"t")", "-a", R"(Action::"view")", "-r", R"(Photo::"cat")", "-c", R"({"blocked": false})",
                  "--request-validation", "false"})
            .exit == 2);
}

TEST_CASE("without that check a request may leave its context out, as for Cedar, and not give a wrong one") {
  const Files files;
  CHECK(run_tool(files.command("alice", {"-s", files.schema, "--request-validation", "false"})).exit == 0);
  CHECK(run_tool(files.command("alice", {"-s", files.schema})).exit == 1);
  CHECK(run_tool(files.command("alice", {"-s", files.schema, "--request-validation", "false", "-c", "{}"})).exit == 1);
}

TEST_CASE("every malformed input is an error with its place and code, and no answer") {
  const Files files;
  struct Case {
    std::vector<std::string> line;
    std::string place;
    std::string code;
  };
  const auto with = [&](const std::string& flag, const std::string& path) {
    auto line = files.command("alice");
    line.insert(line.end(), {flag, path});
    return line;
  };
  const auto instead = [&](std::size_t position, const std::string& value) {
    auto line = files.command("alice");
    line[position] = value;
    return line;
  };
  const std::string policy = files.write("bad.cedar", "permit(principal,\n  action resource);");
  const std::string entities = files.write("bad-entities.json", "[\n{]");
  const std::string attributes =
      files.write("null.json", R"([{"uid": {"type": "T", "id": "x"}, "attrs": {"a": null}, "parents": []}])");
  const std::string schema = files.write("bad.cedarschema", "entity User {\n  age: Lung };");
  const std::string bytes =
      files.write("latin1.cedar", "permit(principal, action, resource) when { \"\xe9\" == \"\" };");
  const std::vector<Case> cases = {
      {instead(2, policy), policy + ":2:10", "unexpected-token"},
      {instead(4, entities), entities + ":2:2", "invalid-json"},
      {instead(4, attributes), attributes, "invalid-value"},
      {with("-s", schema), schema + ":2:8", "unknown-type"},
      {instead(2, bytes), bytes + ":1:", "invalid-utf8"},
      {instead(6, "User::alice"), "principal:1:1", "invalid-entity-uid"},
      {with("-c", "{\"a\": 1.5}"), "context", "invalid-value"},
      {instead(2, files.path("nowhere.cedar")), files.path("nowhere.cedar"), "io"},
      {instead(4, files.path()), files.path(), "io"},
      {with("-c", files.path("nowhere.json")), files.path("nowhere.json"), "io"},
  };
  for (const Case& wrong : cases) {
    CAPTURE(wrong.place);
    const Run run = run_tool(wrong.line);
    CAPTURE(run.err);
    CHECK(run.exit == 1);
    CHECK(run.out.empty());
    CHECK(run.complains("error[" + wrong.code + "]"));
    CHECK(run.complains(wrong.place));
  }
}

TEST_CASE("an error in JSON has code, message, source, line and column") {
  const Files files;
  const std::string policy = files.write("bad.cedar", "permit(principal,\n  action resource);\nforbid(when);");
  const Run run = run_tool({"authorize", "--json", "-p", policy, "--entities", files.entities, "-l", R"(User::"a")",
                            "-a", R"(Action::"view")", "-r", R"(Photo::"cat")"});
  CHECK(run.exit == 1);
  CHECK(run.err.empty());
  const boost::json::value error = run.json().at("error");
  CHECK(error.at("code") == "unexpected-token");
  CHECK(error.at("source") == boost::json::string(policy));
  CHECK(error.at("line") == 2);
  CHECK(error.at("column") == 10);
  CHECK_FALSE(error.at("message").as_string().empty());
  CHECK(run.json(1).at("error").at("line") == 3);
}

TEST_CASE("a request that lacks a part is an error that names the flags") {
  const Files files;
  const Run run = run_tool({"authorize", "-p", files.policies, "--entities", files.entities, "-l", R"(User::"a")"});
  CHECK(run.exit == 1);
  CHECK(run.complains("--request-json"));
}

}  // namespace quis::test
