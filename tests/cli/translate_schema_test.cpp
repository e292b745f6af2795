#include "cli/run_tool.hpp"

namespace quis::test {
namespace {

constexpr std::string_view kSchema =
    "entity User, Group;\n"
    "type Name = String;\n"
    "action view appliesTo { principal: User, resource: Group, context: { name: Name, by: User } };\n";

Run translate(const std::string& direction, const std::string& file, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"translate-schema", "--direction", direction, "-s", file};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_tool(arguments);
}

}  // namespace

TEST_CASE("a schema becomes Cedar's JSON and comes back as text") {
  const Folder files;
  const Run json = translate("cedar-to-json", files.write("s.cedarschema", kSchema));
  CHECK(json.exit == 0);
  CHECK(json.err.empty());
  const boost::json::value schema = boost::json::parse(json.out);
  CHECK(schema.at("").at("entityTypes").as_object().size() == 2);
  const Run text = translate("json-to-cedar", files.write("s.json", json.out));
  CHECK(text.exit == 0);
  CHECK(text.says("type Name = String;"));
  CHECK(run_tool({"check-parse", "-s", files.write("back.cedarschema", text.out)}).exit == 0);
}

TEST_CASE("types are resolved where that is asked for") {
  const Folder files;
  const std::string file = files.write("s.cedarschema", kSchema);
  CHECK(translate("cedar-to-json", file).says("EntityOrCommon"));
  const Run resolved = translate("cedar-to-json-with-resolved-types", file);
  CHECK_FALSE(resolved.says("EntityOrCommon"));
  CHECK(resolved.says(R"("type": "Entity")"));
  CHECK(resolved.says(R"("type": "Name")"));
  const std::string part = files.write("part.cedarschema", "entity A in [B];");
  CHECK(translate("cedar-to-json", part).exit == 0);
  const Run unknown = translate("cedar-to-json-with-resolved-types", part);
  CHECK(unknown.exit == 1);
  CHECK(unknown.complains("part.cedarschema:1:14: error[unknown-type]"));
}

TEST_CASE("with --json a translation is one object on one line, whichever way") {
  const Folder files;
  const Run json = translate("cedar-to-json", files.write("s.cedarschema", kSchema), {"--json"});
  CHECK(json.out.find('\n') == json.out.size() - 1);
  const std::string file = files.write("s.json", boost::json::serialize(json.json().at("schema")));
  const Run text = translate("json-to-cedar", file, {"--json"});
  CHECK(text.out.find('\n') == text.out.size() - 1);
  CHECK(std::string(text.json().at("schema").as_string()).find("entity User;") != std::string::npos);
}

TEST_CASE("what is allowed and probably not meant is a warning beside the translation") {
  const Folder files;
  const std::string file = files.write("s.cedarschema", "entity Long;");
  const Run people = translate("cedar-to-json", file);
  CHECK(people.exit == 0);
  CHECK(people.complains("s.cedarschema:1:8: warning[shadowed-type]"));
  const Run json = translate("cedar-to-json", file, {"--json"});
  CHECK(json.json(0).at("warning").at("code") == "shadowed-type");
  CHECK(json.json(1).contains("schema"));
}

TEST_CASE("what text cannot say is not translated") {
  const Folder files;
  const Run run = translate("json-to-cedar", files.write("s.json", R"({"": {"entityTypes": {"A": {"shape": {"type":
      "T"}}}, "commonTypes": {"T": {"type": "Record", "attributes": {}}}, "actions": {}}})"));
  CHECK(run.exit == 1);
  CHECK(run.complains("error[invalid-schema] at //entityTypes/A/shape"));
  CHECK(run.out.empty());
}

}  // namespace quis::test
