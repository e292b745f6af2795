#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/run_tool.hpp"

namespace quis::test {
namespace {

const std::string kSample = QUIS_TEST_DATA_DIR "/policy_tests";

constexpr std::string_view kPolicies =
    R"(permit(principal == User::"a", action, resource) when { context.n > 3 && context.m };
forbid(principal, action, resource) when { resource.locked };
)";

std::string test_case(const std::string& name, const std::string& user, const std::string& context,
                      const std::string& more) {
  return "  - name: " + name + "\n    principal: User::\"" + user +
         "\"\n    action: Action::\"x\"\n    resource: Photo::\"p\"\n    context: " + context + "\n" + more;
}

/// A folder with policies and one test file of these cases.
struct Tests : Folder {
  explicit Tests(const std::string& cases) {
    write("p.cedar", kPolicies);
    write("e.json", R"([{"uid": {"type": "Photo", "id": "p"}, "attrs": {"locked": false}, "parents": []}])");
    write("sub/t.test.yaml", "policies: ../p.cedar\nentities: ../e.json\ntests:\n" + cases);
  }
  [[nodiscard]] Run run(std::vector<std::string> more = {}) const {
    std::vector<std::string> line = {"test", path()};
    line.insert(line.end(), more.begin(), more.end());
    return run_tool(line);
  }
};

const std::string kPassing = test_case("allowed", "a", "{n: 4, m: true}", "    decision: allow\n");

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the sample passes, and its cases try every policy and every clause") {
  const Run run = run_tool({"test", kSample});
  CAPTURE(run.out);
  CAPTURE(run.err);
  CHECK(run.exit == 0);
  CHECK(run.says("PASS: 6 cases, 0 failed, coverage 100%"));
}

TEST_CASE("cases in the format of cedar run-tests run against the policies of the command line") {
  const Run run = run_tool({"test", kSample + "/cedar_format.json", "-p", kSample + "/photos.cedar"});
  CAPTURE(run.err);
  CHECK(run.exit == 0);
  CHECK(run.says("PASS: 1 case, 0 failed"));
  CHECK(run_tool({"test", kSample + "/cedar_format.json"}).complains("the file names no policies"));
}

TEST_CASE("a case that fails exits with 2, says what differs, and why the answer is what it is") {
  const Tests tests(kPassing + test_case("refused", "a", "{n: 4, m: true}", "    decision: deny\n"));
  const Run run = tests.run();
  CHECK(run.exit == 2);
  CHECK(run.says("✗ refused  (line 10)"));
  CHECK(run.says("expected deny, got allow"));
  CHECK(run.says("ALLOW because policy `policy0` permits it"));
  CHECK_FALSE(run.says("✓ allowed"));
  CHECK(tests.run({"-v"}).says("✓ allowed"));
  CHECK(run.says("FAIL: 2 cases, 1 failed"));
}

TEST_CASE("reasons, errors and step-ups are compared where the case names them, errors always") {
  const Tests reasons(test_case("r", "a", "{n: 4, m: true}", "    decision: allow\n    reasons: [policy1]\n"));
  CHECK(reasons.run().says("expected reasons `policy1`, got `policy0`"));
  const Tests errors(test_case("e", "a", "{n: 4}", "    decision: deny\n"));
  CHECK(errors.run().exit == 2);
  CHECK(errors.run().says("expected errors none, got `policy0`"));
  const Tests expected(test_case("e", "a", "{n: 4}", "    decision: deny\n    errors: [policy0]\n"));
  CHECK(expected.run().exit == 0);
}

TEST_CASE("a denial passes as deny whether it can be lifted or not, and as step-up only when it can") {
  Tests tests("");
  tests.write("p.cedar",
              "permit(principal, action, resource); @step_up(\"aal2\") forbid(principal, action, resource) when { "
              "context.weak };");
  const auto outcome = [&](const std::string& more, const std::string& context = "{weak: true}") {
    tests.write("sub/t.test.yaml", "policies: ../p.cedar\ntests:\n" + test_case("s", "a", context, more));
    return tests.run().exit;
  };
  CHECK(outcome("    decision: deny\n") == 0);
  CHECK(outcome("    decision: step-up\n") == 0);
  CHECK(outcome("    decision: deny\n    step_up: [aal2]\n") == 0);
  CHECK(outcome("    decision: deny\n    step_up: []\n") == 2);
  CHECK(outcome("    decision: step-up\n    step_up: [aal3]\n") == 2);
  CHECK(outcome("    decision: allow\n") == 2);
  CHECK(outcome("    decision: step-up\n", "{weak: false}") == 2);
}

TEST_CASE("coverage names the policies that decided nothing and the clauses that never failed or held") {
  const Tests tests(kPassing);
  const Run run = tests.run();
  CHECK(run.exit == 0);
  CHECK(run.says("untried: policy `policy0`: `context.n > 3` never failed"));
  CHECK(run.says("untried: policy `policy0`: `context.m` never failed"));
  CHECK(run.says("untried: policy `policy1` decided no case"));
  CHECK(run.says("untried: policy `policy1`: `resource.locked` never held"));
  // Met: policy0, its three clauses held, `resource.locked` failed. Goals: 2 policies and 2 for each of 4 clauses.
  CHECK(run.says("coverage 50% (5 of 10)"));
}

TEST_CASE("a clause that was evaluated but not reached counts for neither side") {
  const Tests tests(test_case("short", "a", "{n: 1, m: true}", "    decision: deny\n"));
  CHECK(tests.run().says("`context.m` was never reached"));
}

TEST_CASE("a clause that was reached and never had a value is told apart from one that was not reached") {
  const Tests tests(test_case("errs", "a", "{n: 4}", "    decision: deny\n    errors: [policy0]\n"));
  CHECK(tests.run().says("`context.m` only ever failed to evaluate"));
  CHECK_FALSE(tests.run().says("`context.m` was never reached"));
  bool told = false;
  const boost::json::object last = tests.run({"--json"}).json(1);
  for (const auto& gap : last.at("coverage").at("untried").as_array())
    told |= gap.as_object().contains("clause") && gap.at("clause") == "context.m" && gap.at("only_erred") == true;
  CHECK(told);
}

TEST_CASE("a template without links is counted and named, and one with links is a policy") {
  Tests tests("");
  tests.write("p.cedar", "permit(principal, action, resource);\npermit(principal == ?principal, action, resource);");
  tests.write("sub/t.test.yaml", "policies: ../p.cedar\ntests:\n" + test_case("c", "a", "{}", "    decision: allow\n"));
  const Run run = tests.run();
  CHECK(run.says("untried: template `policy1` has no links, so no case can try it"));
  CHECK(run.says("coverage 50% (1 of 2)"));
}

TEST_CASE("the answer is the first line, and coverage is told in whole percents, rounded down") {
  const Tests tests(kPassing + test_case("b", "b", "{n: 4, m: true}", "    decision: deny\n"));
  tests.write("p.cedar",
              "permit(principal, action, resource) when { context.n > 3 }; forbid(principal, action, resource) "
              "when { principal == User::\"b\" };");
  const Run run = tests.run();
  CHECK(run.out.starts_with("PASS: 2 cases, 0 failed, coverage 83%\n"));
  const Run json = tests.run({"--json"});
  CHECK(json.json(2).at("coverage").at("percent") == 83);
  CHECK(json.says("\"percent\":83,"));
  CHECK(tests.run({"--min-coverage", "83.3"}).exit == 0);
  CHECK(tests.run({"--min-coverage", "83.4"}).says("coverage 83%, less than the 83.4% asked for"));
}

TEST_CASE("a test that cannot be read is no pass: dangling links and pipes are named, nothing waits, the rest runs") {
  const Tests tests(kPassing);
  const std::string sample = kSample + "/photos.test.yaml";
  std::filesystem::create_symlink("nowhere", tests.path("sub/gone.test.yaml"));
  REQUIRE(::mkfifo(tests.path("sub/pipe.test.json").c_str(), 0600) == 0);
  std::filesystem::create_symlink(".", tests.path("sub/self"));
  const std::string xml = tests.path("j.xml");
  const Run run = run_tool({"test", tests.path(), sample, "--junit", xml});
  CHECK(run.exit == 1);
  CHECK(run.complains("gone.test.yaml` is a link that leads to no file"));
  CHECK(run.complains("pipe.test.json` is no regular file"));
  CHECK(run.says("FAIL: 6 cases, 0 failed, coverage 100%, 1 file could not be run"));
  CHECK(file_text(xml).find("errors=\"1\"") != std::string::npos);
  std::filesystem::remove(tests.path("sub/gone.test.yaml"));
  std::filesystem::remove(tests.path("sub/pipe.test.json"));
  CHECK(tests.run().exit == 0);
  std::filesystem::create_symlink("t.test.yaml", tests.path("sub/link.test.yaml"));
  CHECK(tests.run().says("PASS: 2 cases"));
}

TEST_CASE("where no file could be run there is no coverage to tell") {
  const Tests tests("");
  tests.write("sub/t.test.yaml", "policies: nowhere.cedar\ntests:\n" + kPassing);
  const Run run = tests.run();
  CHECK(run.exit == 1);
  CHECK(run.says("FAIL: 0 cases, 0 failed, 1 file could not be run"));
}

TEST_CASE("less coverage than asked for fails, and says so") {
  const Tests tests(kPassing);
  CHECK(tests.run({"--min-coverage", "50"}).exit == 0);
  const Run run = tests.run({"--min-coverage", "51"});
  CHECK(run.exit == 2);
  CHECK(run.says("FAIL: 1 case, 0 failed, coverage 50%, less than the 51% asked for"));
}

TEST_CASE("a file that cannot be run exits with 1 and stops no other file") {
  const Tests tests(kPassing);
  tests.write("sub/bad.test.yaml", "policies: nowhere.cedar\ntests:\n" + kPassing);
  tests.write("sub/worse.test.yaml",
              "policies: ../p.cedar\ntests:\n" + test_case("w", "a", "{n: 1.5}", "    decision: deny\n"));
  const Run run = tests.run();
  CHECK(run.exit == 1);
  CHECK(run.complains("nowhere.cedar"));
  CHECK(run.complains("worse.test.yaml:7:"));
  CHECK(run.says("FAIL: 1 case, 0 failed, coverage 50%, 2 files could not be run"));
  CHECK(run_tool({"test", tests.path("none")}).exit == 1);
}

TEST_CASE("a file that is not there is an error of the test file that names it") {
  const std::pair<std::string, std::string> lines[] = {{"policies", "policies: no.cedar\n"},
                                                       {"schema", "policies: ../p.cedar\nschema: no.cedarschema\n"},
                                                       {"links", "policies: ../p.cedar\nlinks: no.json\n"},
                                                       {"entities", "policies: ../p.cedar\nentities: no.json\n"}};
  for (const auto& [member, head] : lines) {
    CAPTURE(member);
    const Tests tests("");
    const std::string file = tests.write("sub/t.test.yaml", head + "tests:\n" + kPassing);
    const Run run = tests.run();
    CHECK(run.exit == 1);
    CHECK(run.complains(file + (member == "policies" ? ":1:" : ":2:")));
    CHECK(run.complains("error[io] at /" + member + ": cannot read"));
  }
  const Tests tests(test_case("other", "a", "{}", "    entities: no.json\n    decision: deny\n"));
  CHECK(tests.run().complains("error[io] at /tests/0/entities: cannot read"));
  const std::string bare = tests.write("sub/t.test.yaml", "tests:\n" + kPassing);
  CHECK(run_tool({"test", bare, "-p", "no.cedar"}).complains("error[io]: cannot read `no.cedar`"));
}

TEST_CASE("policies beside the folder of the tests are told without detours") {
  const Tests tests(kPassing);
  const Run run = tests.run();
  CHECK(run.says(tests.path() + "/p.cedar:1:"));
  CHECK_FALSE(run.says(".."));
}

TEST_CASE("an error in a request or in entities of the test file is told by its place there") {
  const Tests tests("");
  tests.write("s.cedarschema",
              "entity User; entity Photo; action x appliesTo {principal: User, resource: Photo, context: {n: Long}};");
  const std::string head = "policy_text: permit(principal, action, resource);\nschema: ../s.cedarschema\ntests:\n";
  tests.write("sub/t.test.yaml", head + test_case("c", "a", "{n: text}", "    decision: deny\n"));
  CHECK(tests.run().complains("t.test.yaml:8:18: error[type-mismatch] at /tests/0/context/n"));
  tests.write("sub/t.test.yaml", head + test_case("c", "a", "{n: 1}",
                                                  "    decision: deny\n    entities:\n      - uid: {type: Ghost, id: "
                                                  "g}\n        attrs: {}\n        parents: []\n"));
  const Run ghost = tests.run();
  CAPTURE(ghost.err);
  CHECK(ghost.complains("t.test.yaml:11:"));
  CHECK(ghost.complains("/tests/0/entities/0"));
}

TEST_CASE("the JSON of a run has a line for each case and one for its file with the coverage") {
  const Tests tests(kPassing + test_case("refused", "b", "{n: 4, m: true}", "    decision: allow\n"));
  const Run run = tests.run({"--json"});
  CHECK(run.exit == 2);
  CHECK(run.json(0).at("passed") == true);
  CHECK(run.json(1).at("passed") == false);
  CHECK(run.json(1).at("failures") == boost::json::array{"expected allow, got deny"});
  CHECK(std::string(run.json(1).at("because").as_string()).starts_with("DENY: no policy permits"));
  CHECK(run.json(2).at("cases") == 2);
  CHECK(run.json(2).at("failed") == 1);
  CHECK(run.json(2).at("coverage").at("goals") == 10);
  CHECK(run.json(2).at("coverage").at("untried").at(0).at("clause").is_string());
}

TEST_CASE("JUnit has a suite for each file, failures with their reason, and broken files as errors, all escaped") {
  const Tests tests(kPassing + test_case("'a < b & \"c\"'", "b", "{n: 4, m: true}", "    decision: allow\n"));
  tests.write("sub/bad.test.yaml", "tests: &a 1\n");
  const std::string path = tests.path("junit.xml");
  CHECK(tests.run({"--junit", path}).exit == 1);
  const std::string xml = file_text(path);
  CAPTURE(xml);
  const auto has = [&](const char* text) { return xml.find(text) != std::string::npos; };
  CHECK(has("<testsuites name=\"quis test\" tests=\"3\" failures=\"1\" errors=\"1\">"));
  CHECK(has("<testcase name=\"allowed\""));
  CHECK(has("<testcase name=\"a &lt; b &amp; &quot;c&quot;\""));
  CHECK(has("<failure message=\"expected allow, got deny\">DENY: no policy permits"));
  CHECK(has("<error message=\"anchors are not supported\">"));
  CHECK(xml.find('\x1b') == std::string::npos);
  const Run nowhere = tests.run({"--junit", tests.path("no/such/folder.xml")});
  CHECK(nowhere.exit == 1);
  CHECK(nowhere.complains("folder.xml`: No such file or directory"));
}

TEST_CASE("cases of one name in Cedar's format are told apart by their places") {
  const Folder files;
  const auto one = [](const std::string& name) {
    return "{" + name + R"("request": {"principal": "User::\"a\"", "action": "Action::\"x\"", "resource": "R::\"r\"",
        "context": {}}, "entities": [], "decision": "allow", "reason": [], "num_errors": 0})";
  };
  const std::string test = files.write("t.test.json", "[" + one("\"name\": \"a\", ") + "," + one("\"name\": \"a\", ") +
                                                          "," + one("") + "," + one("\"name\": \"case 3\", ") + "]");
  const std::string policies = files.write("p.cedar", "permit(principal, action, resource);");
  const std::string xml = files.path("j.xml");
  const Run run = run_tool({"test", test, "-p", policies, "--json", "--junit", xml});
  CHECK(run.exit == 0);
  CHECK(run.json(0).at("name") == "a");
  CHECK(run.json(1).at("name") == "a (case 2)");
  CHECK(run.json(2).at("name") == "case 3");
  CHECK(run.json(3).at("name") == "case 3 (case 4)");
  CHECK(file_text(xml).find("tests=\"4\" failures=\"0\"") != std::string::npos);
  CHECK(file_text(xml).find("<testcase name=\"a (case 2)\"") != std::string::npos);
}

TEST_CASE("a file, or the command line, names links of templates, and a bad one is named") {
  const Folder files;
  files.write("p.cedar", "@id(\"views\") permit(principal == ?principal, action, resource);");
  const std::string links = files.write(
      "links.json", R"([{"template_id": "views", "link_id": "ann", "args": {"?principal": "User::\"ann\""}}])");
  const std::string test = "tests:\n" + test_case("linked", "ann", "{}", "    decision: allow\n    reasons: [ann]\n");
  const std::string named = files.write("named.test.yaml", "policies: p.cedar\nlinks: links.json\n" + test);
  const std::string unnamed = files.write("unnamed.test.yaml", "policies: p.cedar\n" + test);
  const std::string text =
      files.write("text.test.yaml",
                  "policy_text: '@id(\"views\") permit(principal == ?principal, action, resource);'\n"
                  "links: links.json\n" +
                      test);
  CHECK(run_tool({"test", named}).exit == 0);
  CHECK(run_tool({"test", text}).exit == 0);
  CHECK(run_tool({"test", unnamed}).exit == 2);
  CHECK(run_tool({"test", unnamed, "-k", links}).exit == 0);
  files.write("links.json", R"([{"template_id": "veiws", "link_id": "ann", "args": {"?principal": "User::\"ann\""}}])");
  const Run misspelt = run_tool({"test", named});
  CHECK(misspelt.exit == 1);
  CHECK(misspelt.complains("links.json"));
  CHECK(misspelt.complains("did you mean `views`?"));
}

TEST_CASE("`run-tests` takes the flags of the cedar tool") {
  const Run run = run_tool({"run-tests", "--tests", kSample + "/cedar_format.json", "-p", kSample + "/photos.cedar"});
  CHECK(run.exit == 0);
  CHECK(run.says("PASS: 1 case, 0 failed"));
}

}  // namespace quis::test
