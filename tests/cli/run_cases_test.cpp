#include "cli/run_tool.hpp"
#include "shared_data.hpp"

namespace quis::test {
namespace {

/// Runs all cases below a folder by both evaluators and requires every answer to be Cedar's.
void all_agree(const std::filesystem::path& folder, const std::string& totals) {
  for (const bool reference : {false, true}) {
    std::vector<std::string> line = {"run-cases", folder.string()};
    if (reference) line.emplace_back("--reference");
    const Run run = run_tool(line);
    CAPTURE(run.err);
    CHECK(run.exit == 0);
    CHECK(run.out == totals);
  }
}

/// A case about two requests; `second` is what the second one is expected to give.
std::string write_case(const Folder& files, const std::string& second) {
  files.write(
      "cases/p.cedar",
      "permit(principal == User::\"a\", action, resource); forbid(principal, action, resource) when { context.x };");
  files.write("cases/entities.json", "[]");
  const std::string request = R"({"principal": {"type": "User", "id": "a"}, "action": {"type": "Action", "id": "v"},
                                  "resource": {"type": "R", "id": "r"}, )";
  return files.write("cases/deep/below/case.json",
                     R"({"policies": "cases/p.cedar", "entities": "cases/entities.json", "requests": [)" + request +
                         R"("decision": "allow", "reason": ["policy0"], "errors": ["policy1"]},)" + request + second +
                         "}]}");
}

}  // namespace

TEST_CASE("the sample of Cedar's own cases gets Cedar's answers") {
  all_agree(data("cedar"),
            "13 cases, 89 requests: 0 differ, 0 could not be run\n"
            "13 validated: 0 differ, 0 were invalid only before Cedar 4.13\n");
}

TEST_CASE("Cedar's hand-written cases get Cedar's answers") {
  const auto folder = vectors("handwritten");
  if (folder)
    all_agree(*folder,
              "22 cases, 74 requests: 0 differ, 0 could not be run\n"
              "22 validated: 0 differ, 0 were invalid only before Cedar 4.13\n");
}

TEST_CASE("Cedar's generated corpus gets Cedar's answers") {
  const auto folder = vectors("corpus-tests");
  if (folder)
    all_agree(*folder,
              "3957 cases, 31656 requests: 0 differ, 0 could not be run\n"
              "3957 validated: 0 differ, 21 were invalid only before Cedar 4.13\n");
}

TEST_CASE("the workloads of the OOPSLA paper get Cedar's answers") {
  const auto folder = vectors("oopsla");
  if (folder)
    all_agree(*folder,
              "15 cases, 7500 requests: 0 differ, 0 could not be run\n"
              "15 validated: 0 differ, 0 were invalid only before Cedar 4.13\n");
}

TEST_CASE("in JSON every request is a line with its answer") {
  const Folder files;
  const std::string test = write_case(files, R"("decision": "allow")");
  const Run run = run_tool({"run-cases", "--json", test});
  CHECK(run.exit == 0);
  const boost::json::object line = run.json(1);
  CHECK(line.at("file") == boost::json::string(test));
  CHECK(line.at("index") == 1);
  CHECK(line.at("decision") == "allow");
  CHECK(line.at("reason") == boost::json::array{"policy0"});
  CHECK(line.at("errors") == boost::json::array{"policy1"});
}

TEST_CASE("in JSON a case with a schema also has a line with the verdicts of validation") {
  const Folder files;
  write_case(files, R"("decision": "allow")");
  files.write("cases/s.cedarschema",
              "entity User, R; action v appliesTo { principal: User, resource: R, context: { x?: Bool } };");
  const auto verdict = [&files](std::string_view expected) {
    const std::string test = files.write(
        "cases/validated.json",
        R"({"policies": "cases/p.cedar", "entities": "cases/entities.json", "schema": "cases/s.cedarschema", )" +
            std::string(expected) + R"("requests": []})");
    return run_tool({"run-cases", "--json", test});
  };
  const Run right = verdict(R"("shouldValidate": false, )");
  CHECK(right.exit == 0);
  const boost::json::object line = right.json();
  CHECK(line.at("valid") == false);
  CHECK(line.at("permissive_valid") == false);
  CHECK(line.at("warnings").as_array().empty());
  CHECK(verdict("").exit == 0);
  CHECK(verdict(R"("shouldValidate": true, )").exit == 2);
}

TEST_CASE("a policy that only Cedar before 4.13 called invalid is told apart, and told") {
  const Folder files;
  files.write("p.cedar", "permit(principal is R, action, resource);");
  files.write("e.json", "[]");
  files.write("s.cedarschema", "entity User, R; action v appliesTo { principal: User, resource: R };");
  const std::string test =
      files.write("case.json",
                  R"({"policies": "p.cedar", "entities": "e.json", "schema": "s.cedarschema", "shouldValidate": false,
                      "requests": []})");
  const Run run = run_tool({"run-cases", test});
  CHECK(run.exit == 0);
  CHECK(run.says("1 validated: 0 differ, 1 was invalid only before Cedar 4.13"));
  CHECK(run.complains("case.json: expected to be invalid, as it was before Cedar 4.13"));
  const boost::json::object line = run_tool({"run-cases", "--json", test}).json();
  CHECK(line.at("valid") == true);
  CHECK(line.at("warnings") == boost::json::array{"policy0: inapplicable-action", "policy0: impossible-policy"});
}

TEST_CASE("an answer that differs in decision, reason or errors is counted and exits with 2") {
  for (const char* wrong : {R"("decision": "deny")", R"("reason": [])", R"("errors": ["policy0"])"}) {
    const Folder files;
    const Run run = run_tool({"run-cases", write_case(files, wrong)});
    CAPTURE(wrong);
    CHECK(run.exit == 2);
    CHECK(run.complains("request 1 ("));
    CHECK_FALSE(run.complains("request 0"));
    CHECK(run.says("1 case, 2 requests: 1 differs, 0 could not be run"));
  }
}

TEST_CASE("a request whose answer differs is told with what was expected and what came") {
  const Folder files;
  const std::string test = write_case(files, R"("decision": "deny", "reason": [], "errors": ["policy1"])");
  const Run run = run_tool({"run-cases", test});
  CHECK(run.complains("request 1 (User::\"a\" does Action::\"v\" on R::\"r\"): "));
  CHECK(run.complains("expected deny, got allow\n"));
  CHECK(run.complains("expected reasons none, got `policy0`\n"));
  CHECK_FALSE(run.complains("expected errors"));
  const Run json = run_tool({"run-cases", "--json", test});
  CHECK(json.err.empty());
  CHECK_FALSE(json.json(0).contains("expected"));
  CHECK(json.json(1).at("expected").at("decision") == "deny");
}

TEST_CASE("a folder without cases is a mistake") {
  const Folder files;
  files.write("cases/entities.json", "[]");
  const Run run = run_tool({"run-cases", files.path("cases")});
  CHECK(run.exit == 1);
  CHECK(run.complains("there are no cases below"));
}

TEST_CASE("the path of a case reaches the terminal without its control characters") {
  const Folder files;
  const Run run = run_tool({"run-cases", files.write("a\x1b[2J/x.json", "{")});
  CHECK(run.exit == 1);
  CHECK(run.err.find('\x1b') == std::string::npos);
}

TEST_CASE("a case that cannot be run is reported with its place, the others run, and the exit code is 1") {
  const Folder files;
  write_case(files, R"("decision": "allow")");
  const std::string broken =
      files.write("cases/broken.json", R"({"policies": "cases/p.cedar", "entities": "cases/entities.json"})");
  const std::string missing =
      files.write("cases/missing.json", R"({"policies": "nowhere.cedar", "entities": "x.json", "requests": []})");
  const Run run = run_tool({"run-cases", files.path("cases")});
  CHECK(run.exit == 1);
  CHECK(run.says("3 cases, 2 requests: 0 differ, 2 could not be run"));
  CHECK(run.complains(broken));
  CHECK(run.complains("nowhere.cedar"));
  const Run json = run_tool({"run-cases", "--json", missing});
  CHECK(json.exit == 1);
  CHECK(json.json().at("errors").at(0).at("code") == "io");
}

TEST_CASE("a request that cannot be read is reported with its number, and the others of the case run") {
  const Folder files;
  const Run run = run_tool({"run-cases", write_case(files, R"("context": {"a": 1.5}, "decision": "allow")")});
  CHECK(run.exit == 1);
  CHECK(run.complains("invalid-value"));
}

}  // namespace quis::test
