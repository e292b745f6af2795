#include <quis/policy/policy_set.hpp>

#include "cli/run_tool.hpp"

namespace quis::test {

TEST_CASE("the digest of a policy set is one line, the same for text and JSON") {
  const Folder files;
  const std::string text = files.write("p.cedar", "// any policy\npermit(principal, action, resource);");
  const std::string json = files.write("p.json", R"({"effect": "permit", "principal": {"op": "All"},
      "action": {"op": "All"}, "resource": {"op": "All"}, "conditions": []})");
  const Run run = run_tool({"digest", "-p", text});
  CHECK(run.exit == 0);
  CHECK(run.out == "193afc2fb7acce9fb39042330c78f8584a1b90165f36763ae8cf32193c29ddb7\n");
  CHECK(run_tool({"digest", "-p", json}).out == run.out);
  const boost::json::object counted = run_tool({"digest", "--json", "-p", text}).json();
  CHECK(std::string(counted.at("digest").as_string()) + "\n" == run.out);
  CHECK(counted.at("policies") == 1);
  CHECK(counted.at("templates") == 0);
}

TEST_CASE("by position the digest is the one that a host has of the same files") {
  const Folder files;
  files.write("set/a.cedar", "@id(\"first\") permit(principal, action, resource);");
  const auto set = PolicySet::from_directory(files.path("set"));
  REQUIRE(set);
  CHECK(run_tool({"digest", "--ids", "position", "-p", files.path("set")}).out == set->digest().to_hex() + "\n");
  CHECK(run_tool({"digest", "-p", files.path("set")}).out != set->digest().to_hex() + "\n");
}

TEST_CASE("a folder with links reads as one set, whatever its templates are called") {
  const Folder files;
  files.write("set/a.cedar", "@id(\"first\") permit(principal, action, resource);");
  files.write("set/b.json", R"({"staticPolicies": {}, "templates": {"t": {"effect": "permit",
      "principal": {"op": "==", "slot": "?principal"}, "action": {"op": "All"}, "resource": {"op": "All"},
      "conditions": [], "annotations": {"id": "viewers"}}}, "templateLinks": [{"templateId": "t", "newId": "l",
      "values": {"?principal": {"__entity": {"type": "User", "id": "a"}}}}]})");
  const Run run = run_tool({"digest", "--json", "-p", files.path("set")});
  CHECK(run.exit == 0);
  CHECK(run.json().at("policies") == 2);
  CHECK(run.json().at("templates") == 1);
}

TEST_CASE("entities and tests beside the policies of a folder do not count in its digest") {
  const Folder files;
  files.write("set/a.cedar", "permit(principal, action, resource);");
  const std::string digest = run_tool({"digest", "-p", files.path("set")}).out;
  files.write("set/entities.json", "[]");
  files.write("set/a.test.json", "[]");
  const Run run = run_tool({"digest", "-p", files.path("set")});
  CHECK(run.exit == 0);
  CHECK(run.out == digest);
}

TEST_CASE("policies that cannot be read have no digest") {
  const Folder files;
  const Run run = run_tool({"digest", "-p", files.write("p.cedar", "permit(")});
  CHECK(run.exit == 1);
  CHECK(run.out.empty());
  CHECK(run.complains("p.cedar:1:"));
}

}  // namespace quis::test
