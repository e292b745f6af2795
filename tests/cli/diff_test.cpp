#include "cli/run_tool.hpp"

namespace quis::test {
namespace {

constexpr std::string_view kOld = R"(permit(principal == User::"ann", action == Action::"view", resource);)";
constexpr std::string_view kNew = R"(permit(principal, action == Action::"view", resource == Photo::"p");
forbid(principal == User::"ann", action, resource == Photo::"p");)";

constexpr std::string_view kEntities = R"([
  {"uid": {"type": "User", "id": "ann"}, "attrs": {}, "parents": []},
  {"uid": {"type": "User", "id": "bob"}, "attrs": {}, "parents": []},
  {"uid": {"type": "Photo", "id": "p"}, "attrs": {}, "parents": []}])";

constexpr std::string_view kSchema =
    "entity User; entity Photo; action view appliesTo {principal: User, resource: Photo};";

struct Files : Folder {
  std::string old_policies = write("old.cedar", kOld);
  std::string new_policies = write("new.cedar", kNew);
  std::string entities = write("entities.json", kEntities);
  std::string schema = write("schema.cedarschema", kSchema);

  [[nodiscard]] Run run(std::vector<std::string> more) const {
    std::vector<std::string> line = {"diff", "-p", old_policies, "--entities", entities, "-s", schema};
    line.insert(line.end(), more.begin(), more.end());
    return run_tool(line);
  }
};

}  // namespace

TEST_CASE("`diff` prints who gains and who loses what, by which policies, and exits with 2") {
  const Files files;
  const Run run = files.run({"--new-policies", files.new_policies});
  CHECK(run.exit == 2);
  CHECK(run.says("User::\"ann\"  loses  Action::\"view\"  Photo::\"p\"  permit -> deny  now forbidden by `policy1`\n"));
  CHECK(run.says("User::\"bob\"  gains  Action::\"view\"  Photo::\"p\"  deny -> permit  now permitted by `policy0`\n"));
  CHECK(run.says("1 gained, 1 lost\n"));
}

TEST_CASE("`diff --json` prints one change a line and a summary at the end") {
  const Files files;
  const Run run = files.run({"--new-policies", files.new_policies, "--json"});
  CHECK(run.exit == 2);
  // By id, and so in the order in which the process first saw the names.
  const boost::json::object lost = run.json(run.json(0).at("change") == "lost" ? 0 : 1);
  CHECK(lost.at("change") == "lost");
  CHECK(lost.at("principal") == "User::\"ann\"");
  CHECK(lost.at("after") == boost::json::array({"policy1"}));
  const boost::json::object last = run.json(2);
  CHECK(last.at("gained") == 1);
  CHECK(last.at("lost") == 1);
  CHECK(last.at("complete") == true);
}

TEST_CASE("`diff` shows what would lift a denial where that changes, and exits with 2") {
  const Files files;
  constexpr std::string_view kForbid = "@id(\"mfa\") forbid(principal, action, resource);";
  const std::string permit = "@id(\"all\") permit(principal == User::\"ann\", action, resource);";
  const std::string liftable = files.write("liftable.cedar", permit + "@step_up(\"aal2\") " + std::string(kForbid));
  const std::string plain = files.write("plain.cedar", permit + std::string(kForbid));
  const std::vector<std::string> line = {"diff",       "-p",           liftable, "--new-policies", plain,
                                         "--entities", files.entities, "-s",     files.schema};
  const Run run = run_tool(line);
  CHECK(run.exit == 2);
  CHECK(run.says("0 gained, 0 lost, 1 step-up changed\n"));
  CHECK(run.says(
      "User::\"ann\"  step-up  Action::\"view\"  Photo::\"p\"  step-up to \"aal2\" -> deny  changed: `mfa`\n"));
  std::vector<std::string> as_json = line;
  as_json.emplace_back("--json");
  const boost::json::object change = run_tool(as_json).json();
  CHECK(change.at("change") == "step-up");
  CHECK(change.at("was") == "step-up");
  CHECK(change.at("is") == "deny");
  CHECK(change.at("step_up_before") == boost::json::array({"aal2"}));
  CHECK(run_tool(as_json).json(1).at("step_ups") == 1);
}

TEST_CASE("`diff` about a type that nothing is of says so, and about an action that nothing names fails") {
  const Files files;
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(),
                {"diff", "-p", files.old_policies, "--new-policies", files.new_policies, "--entities", files.entities});
    return run_tool(more);
  };
  const Run run = with({"--principal-type", "Usr"});
  CHECK(run.exit == 0);
  CHECK(run.complains("nothing is of the type `Usr`, so there is nothing to compare"));
  CHECK(with({"--resource-type", "Foto"}).complains("nothing is of the type `Foto`"));
  CHECK(with({"--principal-type", "User"}).err.empty());
  const Run action = with({"-a", "Action::\"veiw\""});
  CHECK(action.exit == 1);
  CHECK(action.complains("nothing loaded names the action `Action::\"veiw\"`"));
  const Run declared = files.run({"--new-policies", files.new_policies, "-a", "Action::\"veiw\""});
  CHECK(declared.exit == 1);
  CHECK(declared.complains("did you mean `Action::\"view\"`?"));
}

TEST_CASE("`diff` of what does not differ exits with 0") {
  const Files files;
  const Run run = files.run({"--new-policies", files.old_policies});
  CHECK(run.exit == 0);
  CHECK(run.out == "0 gained, 0 lost\n");
}

TEST_CASE("`diff` says which actions it skipped because the schema does not let them have the context") {
  const Files files;
  const std::string schema = files.write(
      "more.cedarschema",
      std::string(kSchema) + "action send appliesTo {principal: User, resource: Photo, context: {mfa: Bool}};");
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"diff", "-p", files.old_policies, "--new-policies", files.new_policies, "--entities",
                               files.entities, "-s", schema});
    return run_tool(more);
  };
  const Run run = with({});
  CHECK(run.says("1 gained, 1 lost; not compared: 1 action\n"));
  CHECK(run.complains("skipped Action::\"send\", which may not have this context: `mfa` is missing\n"));
  CHECK(with({"--json"}).json(2).at("skipped").at(0).at("action") == "Action::\"send\"");
  CHECK(with({"-a", "Action::\"send\""}).exit == 1);
}

TEST_CASE("`diff` lists no more than asked for and says so") {
  const Files files;
  const Run run = files.run({"--new-policies", files.new_policies, "--limit", "1"});
  CHECK(run.says("1 gained, 1 lost; the first 1 are listed\n"));
}

TEST_CASE("`diff` compares entities too") {
  const Files files;
  const std::string fewer = files.write("fewer.json", "[]");
  const Run run = files.run({"--new-entities", fewer});
  CHECK(run.exit == 0);  // the same policies: an entity that is gone is still permitted by its name
  CHECK(files.run({"--new-entities", fewer, "-a", "view"}).exit == 1);
}

TEST_CASE("`diff` without a schema warns of records that were meant to be entities, on either side") {
  const Files files;
  const std::string meant = files.write("meant.json", R"([{"uid": {"type": "Photo", "id": "p"}, "parents": [],
      "attrs": {"owner": {"type": "User", "id": "ann"}, "meta": {"by": {"type": "User", "id": "bob"}}}}])");
  const Run after = run_tool({"diff", "-p", files.old_policies, "--entities", files.entities, "--new-entities", meant});
  CHECK(after.complains("is a record to policies (and 1 attribute more)\n"));
  const Run before =
      run_tool({"diff", "-p", files.old_policies, "--entities", meant, "--new-entities", files.entities});
  CHECK(before.complains("is a record to policies"));
  const Run neither =
      run_tool({"diff", "-p", files.old_policies, "--entities", files.entities, "--new-policies", files.new_policies});
  CHECK_FALSE(neither.complains("record"));
}

TEST_CASE("`diff` of one side alone is refused") {
  const Files files;
  const Run run = files.run({});
  CHECK(run.exit == 1);
  CHECK(run.complains("error[invalid-argument]: there is nothing to compare with"));
}

TEST_CASE("`diff` that could not compare everything does not say that nothing differs") {
  const Files files;
  const std::string anyone = files.write("anyone.cedar", "permit(principal, action, resource);");
  const std::string nobody = files.write("nobody.cedar", "");
  const Run blind = run_tool({"diff", "-p", anyone, "--new-policies", nobody, "--entities", files.entities});
  CHECK(blind.exit == 1);
  CHECK(blind.complains("no action is known, so there is nothing to compare"));
  const std::string schema = files.write(
      "two.cedarschema",
      std::string(kSchema) + "action send appliesTo {principal: User, resource: Photo, context: {mfa: Bool}};");
  const std::string sends = files.write("send.cedar", "permit(principal, action == Action::\"send\", resource);");
  const std::vector<std::string> line = {"diff",         "-p", sends, "--new-policies", nobody, "--entities",
                                         files.entities, "-s", schema};
  const Run skipped = run_tool(line);
  CHECK(skipped.exit == 1);
  CHECK(skipped.says("0 gained, 0 lost; not compared: 1 action\n"));
}

TEST_CASE("what a policy is named reaches the terminal without its control characters") {
  const Files files;
  const std::string named =
      files.write("named.cedar", "@id(\"x\\nALLOW\\u{1b}[2J\") permit(principal, action, resource);");
  const Run run = run_tool({"authorize", "-v", "-p", named, "--entities", files.entities, "-l", "User::\"ann\"", "-a",
                            "Action::\"view\"", "-r", "Photo::\"p\""});
  CHECK(run.exit == 0);
  CHECK(run.out.find('\x1b') == std::string::npos);
  CHECK(run.out.find("\nALLOW") == std::string::npos);
}

}  // namespace quis::test
