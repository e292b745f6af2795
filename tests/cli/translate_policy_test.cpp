#include "cli/run_tool.hpp"

namespace quis::test {
namespace {

constexpr std::string_view kPolicies =
    "@id(\"x\")\npermit(principal in ?principal, action, resource is Photo) unless { context.n > 1 };\n"
    "forbid(principal, action == Action::\"a\", resource);\n";

}  // namespace

TEST_CASE("text becomes Cedar's JSON and comes back as text that means the same") {
  const Folder files;
  const std::string text = files.write("p.cedar", kPolicies);
  const Run json = run_tool({"translate-policy", "--direction", "cedar-to-json", "-p", text});
  CHECK(json.exit == 0);
  const boost::json::object set = boost::json::parse(json.out).as_object();
  CHECK(set.at("templates").as_object().contains("x"));
  CHECK(set.at("staticPolicies").as_object().contains("policy1"));
  const std::string translated = files.write("p.json", json.out);
  const Run back = run_tool({"translate-policy", "--direction", "json-to-cedar", "-p", translated});
  CHECK(back.exit == 0);
  const Run again = run_tool({"translate-policy", "--direction", "json-to-cedar", "-p", translated});
  CHECK(back.out == again.out);
  CHECK(back.says("permit"));
  CHECK(back.says("?principal"));
  CHECK(run_tool({"check-parse", "-p", files.write("back.cedar", back.out)}).exit == 0);
}

TEST_CASE("a link cannot become text, and the error says what to do") {
  const Folder files;
  const std::string text = files.write("p.cedar", kPolicies);
  std::string json = run_tool({"translate-policy", "--direction", "cedar-to-json", "-p", text}).out;
  boost::json::object set = boost::json::parse(json).as_object();
  set["templateLinks"] = boost::json::parse(
      R"([{"templateId": "x", "newId": "l", "values": {"?principal": {"type": "Team", "id": "t"}}}])");
  const Run run = run_tool(
      {"translate-policy", "--direction", "json-to-cedar", "-p", files.write("p.json", boost::json::serialize(set))});
  CHECK(run.exit == 1);
  CHECK(run.complains("error[invalid-link]"));
  CHECK(run.complains("help"));
  CHECK(run.out.empty());
}

TEST_CASE("policies are called by their @id, as the cedar tool does, or by their place") {
  const Folder files;
  const std::string text = files.write("p.cedar", kPolicies);
  const Run placed =
      run_tool({"translate-policy", "--direction", "cedar-to-json", "--ids", "position", "-p", text, "--json"});
  CHECK(placed.json().at("policies").at("templates").as_object().contains("policy0"));
  const std::string twice = files.write("twice.cedar",
                                        "@id(\"a\") permit(principal, action, resource);\n"
                                        "@id(\"a\") forbid(principal, action, resource);\n");
  CHECK(run_tool({"translate-policy", "--direction", "cedar-to-json", "-p", twice})
            .complains("error[duplicate-policy-id]"));
  CHECK(run_tool({"translate-policy", "--direction", "cedar-to-json", "--ids", "position", "-p", twice}).exit == 0);
}

TEST_CASE("with --json a translation is one object on one line") {
  const Folder files;
  const std::string text = files.write("p.cedar", kPolicies);
  const Run json = run_tool({"translate-policy", "--direction", "cedar-to-json", "-p", text, "--json"});
  CHECK(json.out.find('\n') == json.out.size() - 1);
  const boost::json::value set = json.json().at("policies");
  CHECK(set.at("templates").as_object().contains("x"));
  const std::string translated = files.write("p.json", boost::json::serialize(set));
  const Run back = run_tool({"translate-policy", "--direction", "json-to-cedar", "-p", translated, "--json"});
  CHECK(back.out.find('\n') == back.out.size() - 1);
  CHECK(std::string(back.json().at("policies").as_string()).find("?principal") != std::string::npos);
}

TEST_CASE("policies that do not parse are not translated") {
  const Folder files;
  const std::string text = files.write("p.cedar", "permit(principal, action, resource) when { principal. };");
  const Run run = run_tool({"translate-policy", "--direction", "cedar-to-json", "-p", text});
  CHECK(run.exit == 1);
  CHECK(run.complains(text + ":1:"));
  CHECK(run.out.empty());
}

}  // namespace quis::test
