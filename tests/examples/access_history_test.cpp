// Runs the example as a person would and reads its JSON.

#include <doctest/doctest.h>

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include <boost/json.hpp>

#include "shared_data.hpp"

namespace {

namespace json = boost::json;

struct Output {
  int exit_code = -1;
  std::string text;  // of both streams
};

Output run(const std::string& arguments) {
  const std::string command = "\"" QUIS_ACCESS_HISTORY "\" " + arguments + " 2>&1";
  Output output;
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.text.append(buffer.data(), count);
  output.exit_code = WEXITSTATUS(::pclose(pipe));
  return output;
}

json::value ask(const std::string& arguments) {
  const Output output = run("--json " + arguments);
  REQUIRE_MESSAGE(output.exit_code == 0, output.text);
  return json::parse(output.text);
}

bool permitted(const std::string& user, const std::string& privilege, const std::string& day) {
  return ask("why --user " + user + " --privilege " + privilege + " --as-of " + day).at("permitted").as_bool();
}

std::size_t people(const std::string& privilege, const std::string& day) {
  return ask("who --privilege " + privilege + " --as-of " + day).at("reach").as_array().size();
}

using Changed = std::set<std::pair<std::string, std::string>>;

Changed changed(const json::value& diff, const char* direction) {
  Changed result;
  for (const json::value& change : diff.at(direction).as_array()) {
    for (const json::value& privilege : change.at("privileges").as_array()) {
      result.emplace(change.at("user").as_string(), privilege.as_string());
    }
  }
  return result;
}

// A file of events that is deleted again.
class EventFile {
 public:
  explicit EventFile(const std::string& text) : path_(std::filesystem::temp_directory_path() / "quis_events_test.csv") {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~EventFile() { std::filesystem::remove(path_); }
  EventFile(const EventFile&) = delete;
  EventFile& operator=(const EventFile&) = delete;

  [[nodiscard]] std::string option() const { return "--events \"" + path_.string() + "\" "; }

 private:
  std::filesystem::path path_;
};

constexpr const char* kHeader = "seq,ts,actor,ticket_ref,event,subject,object,old,new\r\n";

}  // namespace

TEST_CASE("the rebuilt last day is the real access file") {
  const auto snapshot = quis::test::shared("data/access-history/wikimedia_admin_snapshot.json");
  if (!snapshot) return;
  const Output output = run("check-snapshot \"" + snapshot->string() + "\"");
  CHECK_MESSAGE(output.exit_code == 0, output.text);
  CHECK(output.text.find(" 0 differ; 18 memberships of services") != std::string::npos);
}

// Counted from the same events by a program of a few lines in another language.
TEST_CASE("as many people reach each privilege as a recount of the events says") {
  struct Row {
    const char* day;
    std::size_t root, www_data, hdfs, journal;
  };
  for (const Row& row : {Row{"2014-05-20", 0, 0, 0, 0}, Row{"2016-01-01", 44, 93, 44, 49},
                         Row{"2020-06-30", 72, 144, 77, 84}, Row{"2024-10-23", 108, 208, 122, 125}}) {
    CAPTURE(row.day);
    CHECK(people("root", row.day) == row.root);
    CHECK(people("www-data", row.day) == row.www_data);
    CHECK(people("hdfs", row.day) == row.hdfs);
    CHECK(people("\"root:/bin/journalctl *\"", row.day) == row.journal);
  }
}

TEST_CASE("somebody whom the real file left in a root group after the expiry date is denied from the day after") {
  CHECK(permitted("ua66e6a7e32", "root", "2019-12-31"));
  CHECK_FALSE(permitted("ua66e6a7e32", "root", "2020-01-01"));
}

TEST_CASE("a user is permitted on the expiry date and denied the day after") {
  const EventFile events(std::string(kHeader) +
                         "1,2020-01-01T00:00:00+00:00,a1,0,user_add,u1,,,present\r\n"
                         "1,2020-01-01T00:00:00+00:00,a1,0,group_add,,ops,,\r\n"
                         "1,2020-01-01T00:00:00+00:00,a1,0,privilege_add,,ops,,ALL = (ALL) NOPASSWD: ALL\r\n"
                         "1,2020-01-01T00:00:00+00:00,a1,0,member_add,u1,ops,,\r\n"
                         "2,2020-01-02T00:00:00+00:00,a1,0,expiry_change,u1,,,2020-02-29\r\n");
  const std::string why = events.option() + "why --user u1 --privilege root --as-of ";
  CHECK(ask(why + "2020-02-28").at("permitted").as_bool());
  CHECK(ask(why + "2020-02-29").at("permitted").as_bool());
  const auto after = ask(why + "2020-03-01");
  CHECK_FALSE(after.at("permitted").as_bool());
  CHECK(after.at("policies") == json::array{"expired"});
}

TEST_CASE("what the access file says in a way that cannot be read grants nothing") {
  const std::string group =
      "1,2020-01-01T00:00:00+00:00,a1,0,group_add,,ops,,\n"
      "1,2020-01-01T00:00:00+00:00,a1,0,privilege_add,,ops,,ALL = (ALL) NOPASSWD: ALL\n"
      "1,2020-01-01T00:00:00+00:00,a1,0,member_add,u1,ops,,\n";
  const std::string why = "why --user u1 --privilege root";
  SUBCASE("an account that is `abenst`") {
    const EventFile events(kHeader + group + "1,2020-01-01T00:00:00+00:00,a1,0,user_add,u1,,,abenst\n");
    CHECK(ask(events.option() + why).at("policies") == json::array{"not-present"});
  }
  SUBCASE("an expiry date with the parts in another order") {
    const EventFile events(kHeader + group +
                           "1,2020-01-01T00:00:00+00:00,a1,0,user_add,u1,,,present\n"
                           "1,2020-01-01T00:00:00+00:00,a1,0,expiry_change,u1,,,31-12-2099\n");
    CHECK(ask(events.option() + why).at("policies") == json::array{"expiry-unreadable"});
  }
  SUBCASE("a member without a record") {
    const EventFile events(kHeader + group);
    CHECK(ask(events.option() + why).at("policies") == json::array{"not-present"});
  }
  SUBCASE("the same, all in order") {
    const EventFile events(kHeader + group + "1,2020-01-01T00:00:00+00:00,a1,0,user_add,u1,,,present\n");
    CHECK(ask(events.option() + why).at("policies") == json::array{"ops/root"});
  }
}

TEST_CASE("a version that is dated before one that it follows comes into force with that one") {
  const EventFile events(
      std::string(kHeader) +
      "1,2020-01-01T00:00:00+00:00,a1,0,user_add,u1,,,present\n"
      "1,2020-01-01T00:00:00+00:00,a1,0,group_add,,ops,,\n"
      "1,2020-01-01T00:00:00+00:00,a1,0,privilege_add,,ops,,\"ALL = (www-data,apache) NOPASSWD: ALL\"\n"
      "2,2020-01-09T00:00:00+00:00,a1,0,member_add,u1,ops,,\n"
      "3,2020-01-05T23:00:00-05:00,a1,0,member_remove,u1,ops,,\n");
  const std::string who = events.option() + "who --privilege apache --as-of ";
  CHECK(ask(who + "2020-01-08").at("reach").as_array().empty());
  CHECK(ask(who + "2020-01-09").at("reach").as_array().empty());
}

TEST_CASE("lost on the way there is gained on the way back") {
  const auto there = ask("diff 2023-10-23 2024-10-23");
  const auto back = ask("diff 2024-10-23 2023-10-23");
  CHECK_FALSE(changed(there, "gained").empty());
  CHECK_FALSE(changed(there, "lost").empty());
  CHECK(changed(there, "gained") == changed(back, "lost"));
  CHECK(changed(there, "lost") == changed(back, "gained"));
}

TEST_CASE("input that is no history, date or name is refused with its place") {
  const auto refuses = [](const std::string& arguments, const std::string& why) {
    const Output output = run(arguments);
    CHECK_MESSAGE(output.exit_code == 1, output.text);
    CHECK_MESSAGE(output.text.find(why) != std::string::npos, output.text);
  };
  refuses("--events /nonexistent.csv groups", "cannot read `/nonexistent.csv`");
  refuses("who --as-of 2023-02-29", "`2023-02-29` is no date");
  refuses("who --as-of 2013-01-01", "the history begins on 2014-05-20");
  refuses("who --privilege nonsense", "no sudo rule ever granted `nonsense`");
  refuses("why --user u0 --privilege root", "no user `u0`");
  refuses("fly", "");
  const auto refuses_line = [&](const std::string& line, const std::string& why) {
    const EventFile events(kHeader + line);
    refuses(events.option() + "groups", "quis_events_test.csv:2:");
    refuses(events.option() + "groups", why);
  };
  refuses_line("1,2020-01-01T00:00:00+00:00,a1,0,group_add,,\"ops,,\n", "never closed");
  refuses_line("1,2020-01-01T00:00:00+00:00,a1,0,group_add,,o\"ps,,\n", "a quote inside a field");
  refuses_line("1,2020-01-01T00:00:00+00:00,a1,0,group_add,,ops,\n", "8 fields where the header has 9");
  refuses_line("1,yesterday,a1,0,group_add,,ops,,\n", "`yesterday` is no time");
  refuses_line("1,2020-01-01T00:00:00+00:00,a1,0,coup,,ops,,\n", "`coup` is no known event");
  refuses_line("1,2020-01-01T00:00:00+00:00,a1,0,group_add,,o\033ps,,\n", "control character");
}
