#include "cli/run_tool.hpp"

#include <set>
#include <sstream>

namespace quis::test {
namespace {

constexpr std::string_view kPolicies = R"(
permit(principal in Team::"red", action == Action::"view", resource);
permit(principal == User::"cat", action, resource) when { resource.owner == principal || context.urgent };)";

constexpr std::string_view kEntities = R"([
  {"uid": {"type": "User", "id": "ann"}, "attrs": {}, "parents": [{"type": "Team", "id": "red"}]},
  {"uid": {"type": "User", "id": "bob"}, "attrs": {}, "parents": [{"type": "Team", "id": "red"}]},
  {"uid": {"type": "User", "id": "cat"}, "attrs": {}, "parents": []},
  {"uid": {"type": "Team", "id": "red"}, "attrs": {}, "parents": []},
  {"uid": {"type": "Photo", "id": "p"}, "attrs": {"owner": {"__entity": {"type": "User", "id": "cat"}}}, "parents": []}])";

struct Files : Folder {
  std::string policies = write("policies.cedar", kPolicies);
  std::string entities = write("entities.json", kEntities);

  [[nodiscard]] Run run(std::vector<std::string> line) const {
    line.insert(line.end(), {"-p", policies, "--entities", entities});
    return run_tool(line);
  }
};

}  // namespace

TEST_CASE("`who` lists the entities that may, one a line") {
  const Files files;
  const Run run = files.run({"who", "-a", R"(Action::"view")", "-r", R"(Photo::"p")"});
  CHECK(run.exit == 0);
  CHECK(run.err.empty());
  for (const char* name : {"ann", "bob", "cat"}) CHECK(run.says("User::\"" + std::string(name) + "\"\n"));
  CHECK(run.says("Team::\"red\"\n"));
  CHECK(run.out.starts_with("4 of 5 entities may do Action::\"view\" on Photo::\"p\"\n"));
  const Run users = files.run({"who", "-a", R"(Action::"view")", "-r", R"(Photo::"p")", "--type", "User"});
  CHECK_FALSE(users.says("Team"));
  CHECK(users.out.starts_with("3 of 3 `User` entities may do "));
}

TEST_CASE("`who` with nobody to list says so and is no failure") {
  const Files files;
  const Run run = files.run({"who", "-a", R"(Action::"fly")", "-r", R"(Photo::"q")", "-c", R"({"urgent": false})"});
  CHECK(run.exit == 0);
  CHECK(run.out == "0 of 5 entities may do Action::\"fly\" on Photo::\"q\"\n");
}

TEST_CASE("`what` and `actions` list the other parts of a request") {
  const Files files;
  CHECK(files.run({"what", "-l", R"(User::"cat")", "-a", R"(Action::"fly")"}).out ==
        "User::\"cat\" may do Action::\"fly\" on 1 of 5 entities\nPhoto::\"p\"\n");
  CHECK(files.run({"actions", "-l", R"(User::"ann")", "-r", R"(Photo::"p")"}).out ==
        "User::\"ann\" may do 1 of 1 actions on Photo::\"p\"\nAction::\"view\"\n");
}

TEST_CASE("the context of a search decides as that of a request does") {
  const Files files;
  const Run run = files.run({"who", "-a", R"(Action::"fly")", "-r", R"(Photo::"q")", "-c", R"({"urgent": true})"});
  CHECK_FALSE(run.says("cat"));  // the photo is in no store, so the first operand errs
  const Run other = files.run({"who", "-a", R"(Action::"fly")", "-r", R"(User::"cat")", "-c", R"({"urgent": true})"});
  CHECK(other.out.starts_with("0 of 5 "));
}

TEST_CASE("pages of a search join to the whole of it, and the last line says how to go on") {
  const Files files;
  const std::vector<std::string> question = {"who", "-a", R"(Action::"view")", "-r", R"(Photo::"p")", "--json"};
  std::set<std::string> found;
  std::vector<std::string> line = question;
  std::size_t pages = 0;
  for (;;) {
    std::vector<std::string> page = line;
    page.insert(page.end(), {"--limit", "3"});
    const Run run = files.run(page);
    REQUIRE(run.exit == 0);
    std::istringstream lines(run.out);
    boost::json::object last;
    for (std::string text; std::getline(lines, text);) {
      last = boost::json::parse(text).as_object();
      if (last.contains("entity")) CHECK(found.emplace(last.at("entity").as_string()).second);
    }
    ++pages;
    if (last.at("complete").as_bool()) break;
    line = question;
    line.insert(line.end(), {"--after", std::string(last.at("next").as_string())});
  }
  CHECK(pages == 2);
  CHECK(found.size() == 4);
}

TEST_CASE("a page that is full says so to a person") {
  const Files files;
  const Run run = files.run({"who", "-a", R"(Action::"view")", "-r", R"(Photo::"p")", "--limit", "1"});
  CHECK(run.complains("more may follow: go on with --after '"));
  CHECK(run.out.starts_with("at least 1 of 5 entities may "));
}

TEST_CASE("with a schema `actions` leaves out what may not have the context, and says so") {
  const Folder files;
  const std::string schema =
      files.write("s.cedarschema", R"(entity Team; entity User in [Team]; entity Photo = {owner: User};
    action view appliesTo {principal: User, resource: Photo};
    action send appliesTo {principal: User, resource: Photo, context: {mfa: Bool}};)");
  const std::vector<std::string> line = {"actions",
                                         "-l",
                                         R"(User::"ann")",
                                         "-r",
                                         R"(Photo::"p")",
                                         "-s",
                                         schema,
                                         "--entities",
                                         files.write("e.json", kEntities),
                                         "-p",
                                         files.write("p.cedar", "permit(principal, action, resource);")};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), line.begin(), line.end());
    return run_tool(more);
  };
  const Run none = with({});
  CHECK(none.out == "User::\"ann\" may do 1 of 1 actions on Photo::\"p\"\nAction::\"view\"\n");
  CHECK(none.complains("skipped Action::\"send\", which may not have this context: "));
  CHECK(with({"-c", R"({"mfa": true})"}).out ==
        "User::\"ann\" may do 1 of 1 actions on Photo::\"p\"\nAction::\"send\"\n");
  CHECK(with({"--json"}).json(1).at("skipped").at(0).at("action") == "Action::\"send\"");
  const Run refused = with({"-c", R"({"mfa": 1})"});
  CHECK(refused.exit == 1);
  CHECK(refused.out.empty());
}

TEST_CASE("a search about names that nothing loaded has says so, and one without hits says that there are none") {
  const Files files;
  const Run run = files.run({"who", "-a", R"(Action::"veiw")", "-r", R"(Photo::"p")", "--type", "Usr"});
  CHECK(run.exit == 0);
  CHECK(run.out == "0 of 0 `Usr` entities may do Action::\"veiw\" on Photo::\"p\"\n");
  CHECK(run.complains("neither policies nor entities name the action `Action::\"veiw\"`"));
  CHECK(run.complains("nothing loaded is of the type `Usr`"));
}

TEST_CASE("records that were meant to be entities are told where no schema reads them") {
  const Folder files;
  const std::string policies = files.write("p.cedar",
                                           "permit(principal, action == Action::\"v\", resource == P::\"p\") "
                                           "when { resource.owners.contains(principal) };");
  const auto who = [&](const std::string& owner, const std::vector<std::string>& more) {
    const std::string entities =
        files.write("e.json", R"([{"uid": {"type": "U", "id": "a"}, "attrs": {}, "parents": []},
                      {"uid": {"type": "P", "id": "p"}, "attrs": {"owners": [)" +
                                  owner + R"(]}, "parents": []}])");
    std::vector<std::string> line = {"who",           "-p", policies,  "--entities", entities, "-a",
                                     "Action::\"v\"", "-r", "P::\"p\""};
    line.insert(line.end(), more.begin(), more.end());
    return run_tool(line);
  };
  const std::string bare = R"({"type": "U", "id": "a"})";
  const Run record = who(bare, {});
  CHECK(record.exit == 0);
  CHECK(record.says("0 of 2"));
  CHECK(record.complains("warning[type-mismatch]: `owners` of `P::\"p\"` reads like an entity and is a record"));
  const Run entity = who(R"({"__entity": )" + bare + "}", {});
  CHECK(entity.says("1 of 2"));
  CHECK_FALSE(entity.complains("warning"));
  const std::string schema = files.write(
      "s.cedarschema", "entity U; entity P {owners: Set<U>}; action v appliesTo {principal: U, resource: P};");
  const Run read = who(bare, {"-s", schema});
  CHECK(read.says("1 of 1"));
  CHECK_FALSE(read.complains("warning"));
  CHECK_FALSE(who(R"({"type": "U", "id": "a", "since": 3})", {}).complains("warning"));
}

TEST_CASE("a search that makes no sense exits with 1 and says why") {
  const Files files;
  CHECK(files.run({"who", "-a", R"(Action::"view")"}).exit == 1);
  CHECK(files.run({"who", "-a", "view", "-r", R"(Photo::"p")"}).complains("error[invalid-entity-uid]"));
  CHECK(files.run({"who", "-a", R"(Action::"view")", "-r", R"(Photo::"p")", "--limit", "0"})
            .complains("error[invalid-argument]"));
  CHECK(files.run({"who", "-a", R"(Action::"view")", "-r", R"(Photo::"p")", "--after", R"(User::"nobody at all")"})
            .complains("error[invalid-argument]"));
}

}  // namespace quis::test
