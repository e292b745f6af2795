#include "cli/run_tool.hpp"

namespace quis::test {

TEST_CASE("well-formed input is counted in one line, and in JSON") {
  const Folder files;
  const std::string policies =
      files.write("p.cedar", "permit(principal, action, resource); permit(principal == ?principal, action, resource);");
  const std::string schema = files.write("s.cedarschema", "entity User; action view, edit;");
  const std::string entities =
      files.write("e.json", R"([{"uid": {"type": "User", "id": "a"}, "attrs": {}, "parents": []}])");
  const Run text = run_tool({"check-parse", "-p", policies, "-s", schema, "--entities", entities});
  CHECK(text.exit == 0);
  CHECK(text.out == "WELL-FORMED: 1 policy, 1 template, 1 entity type, 2 actions, 1 entity\n");
  CHECK(text.err.empty());
  const boost::json::object counted = run_tool({"check-parse", "--json", "-p", policies, "-s", schema}).json();
  CHECK(counted.at("ok") == true);
  CHECK(counted.at("policies") == 1);
  CHECK(counted.at("templates") == 1);
  CHECK(counted.at("entity_types") == 1);
  CHECK(counted.at("actions") == 2);
}

TEST_CASE("all errors of all inputs are reported at once") {
  const Folder files;
  const std::string policies =
      files.write("p.cedar", "permit(principal action, resource);\nforbid(principal, action, resource) when { 1 + };");
  const std::string schema = files.write("s.cedarschema", "entity User = { a: };");
  const Run run = run_tool({"check-parse", "-p", policies, "-s", schema, "--expression", "1 +"});
  CHECK(run.exit == 1);
  CHECK(run.complains(policies + ":1:18"));
  CHECK(run.complains(policies + ":2:"));
  CHECK(run.complains(schema + ":1:"));
  CHECK(run.complains("expression:1:"));
  CHECK(run.out == "MALFORMED: 4 errors\n");
}

TEST_CASE("an expression alone is checked without waiting for policies on standard input") {
  const Run run = run_tool({"check-parse", "--expression", "principal has a.b && [1, 2].contains(context.n)"});
  CHECK(run.exit == 0);
  CHECK(run.out == "WELL-FORMED: the expression\n");
  CHECK(run_tool({"check-parse", "--expression", "principal has"}).exit == 1);
}

TEST_CASE("a folder of policies is checked as one set, and the error names the file") {
  const Folder files;
  files.write("set/a.cedar", "permit(principal, action, resource);");
  files.write("set/b.cedar", "permit(principal, action, resource);\n?");
  const Run run = run_tool({"check-parse", "-p", files.path("set")});
  CHECK(run.exit == 1);
  CHECK(run.complains("b.cedar:2:1"));
}

TEST_CASE("the format of a file can be said where its name does not") {
  const Folder files;
  const std::string text =
      files.write("policies.txt", R"({"effect": "permit", "principal": {"op": "All"}, "action": {"op": "All"},
      "resource": {"op": "All"}, "conditions": []})");
  CHECK(run_tool({"check-parse", "-p", text}).exit == 1);
  CHECK(run_tool({"check-parse", "-p", text, "--policy-format", "json"}).exit == 0);
  const std::string schema = files.write("schema.txt", R"({"": {"entityTypes": {"User": {}}, "actions": {}}})");
  CHECK(run_tool({"check-parse", "-s", schema}).exit == 1);
  CHECK(run_tool({"check-parse", "-s", schema, "--schema-format", "json"}).exit == 0);
}

}  // namespace quis::test
