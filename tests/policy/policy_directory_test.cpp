// A folder of policies, read once and read again.

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include <quis/policy/policy_directory.hpp>

#include "base/folder.hpp"
#include "policy/sets.hpp"

namespace {

namespace fs = std::filesystem;
using quis::ErrorCode;
using quis::PolicyDirectory;
using quis::PolicySet;
using quis::test::Folder;
using quis::test::ids;
using quis::test::Ids;
using quis::test::parsed;

constexpr std::string_view kPermit = "permit(principal, action, resource);";
constexpr std::string_view kForbid = "forbid(principal, action, resource);";
constexpr std::string_view kTemplate = "permit(principal == ?principal, action, resource in ?resource);";

PolicySet loaded(PolicyDirectory& directory) {
  auto set = directory.load();
  REQUIRE(set.has_value());
  return *std::move(set);
}

}  // namespace

TEST_CASE("a folder is read in order of name, with ids that name the file") {
  const Folder folder;
  folder.write("b.cedar", std::string(kPermit) + std::string(kTemplate));
  folder.write("a.cedar", kPermit);
  folder.write("c.json", R"({"effect": "permit", "principal": {"op": "All"}, "action": {"op": "All"},
                             "resource": {"op": "All"}, "conditions": []})");
  folder.write("notes.txt", "not a policy");
  fs::create_directories(folder.path("sub.cedar"));
  const auto set = PolicySet::from_directory(folder.path());
  REQUIRE(set.has_value());
  CHECK(ids(set->policies()) == Ids{"a/policy0", "b/policy0", "policy0"});
  CHECK(ids(set->templates()) == Ids{"b/policy1"});
}

TEST_CASE("tests, schemas, entities and links beside the policies of a folder are passed over") {
  const Folder folder;
  folder.write("a.cedar", kPermit);
  folder.write("a.test.json", "{");
  folder.write("app.cedarschema.json", "{");
  folder.write("entities.json", "\n []");
  folder.write("more.entities.json", "[{}]");
  folder.write("links.json", "[]");
  const auto set = PolicySet::from_directory(folder.path());
  REQUIRE(set.has_value());
  CHECK(ids(set->policies()) == Ids{"a/policy0"});
}

TEST_CASE("policies in a folder within the folder are refused, for they would not be read") {
  const Folder folder;
  folder.write("a.cedar", kPermit);
  fs::create_directories(folder.path("hr/deep"));
  fs::create_directories(folder.path(".git"));
  folder.write("hr/people.test.json", "{}");
  folder.write("hr/deep/notes.txt", kForbid);
  folder.write(".git/old.cedar", kForbid);
  PolicyDirectory directory(folder.path());
  CHECK(loaded(directory).policies().size() == 1);
  folder.write("hr/deep/people.cedar", kForbid);
  auto set = directory.load();
  REQUIRE_FALSE(set.has_value());
  CHECK(set.error().front().code == ErrorCode::io);
  CHECK(set.error().front().message.find("people.cedar") != std::string::npos);
  CHECK_FALSE(PolicySet::from_directory(folder.path()).has_value());
  fs::remove_all(folder.path("hr"));
  CHECK(loaded(directory).policies().size() == 1);
  fs::create_directories(folder.path("elsewhere/teams"));
  const Folder other;
  other.write("one.cedar", kForbid);
  fs::create_directory_symlink(other.path(), folder.path("linked"));
  CHECK_FALSE(directory.load().has_value());
}

TEST_CASE("a file named as entities that may hold policies is not passed over") {
  const Folder folder;
  folder.write("entities.json", R"({"effect": "forbid", "principal": {"op": "All"}, "action": {"op": "All"},
                                    "resource": {"op": "All"}, "conditions": []})");
  const auto set = PolicySet::from_directory(folder.path());
  REQUIRE(set.has_value());
  CHECK(set->policies().size() == 1);
  folder.write("links.json", "{}");
  CHECK_FALSE(PolicySet::from_directory(folder.path()).has_value());
}

TEST_CASE("a JSON file of a folder that holds no policies is refused with what to do") {
  const Folder folder;
  folder.write("a.cedar", kPermit);
  folder.write("people.json", "[]");
  const auto set = PolicySet::from_directory(folder.path());
  REQUIRE_FALSE(set.has_value());
  CHECK(set.error().front().source == folder.path("people.json"));
  CHECK(set.error().front().help.find("`entities.json`") != std::string::npos);
}

TEST_CASE("one bad file refuses the folder, and every bad file is named") {
  const Folder folder;
  folder.write("a.cedar", "permit(");
  folder.write("b.cedar", kPermit);
  folder.write("c.json", "{");
  const auto set = PolicySet::from_directory(folder.path());
  REQUIRE_FALSE(set.has_value());
  CHECK(set.error().front().source == folder.path("a.cedar"));
  CHECK(set.error().back().source == folder.path("c.json"));
}

TEST_CASE("ids that clash between files of a folder name the later file") {
  const Folder folder;
  const std::string json = parsed(kPermit).to_json();
  folder.write("a.json", json);
  folder.write("b.json", json);
  const auto set = PolicySet::from_directory(folder.path());
  REQUIRE_FALSE(set.has_value());
  CHECK(set.error().front().code == ErrorCode::duplicate_policy_id);
  CHECK(set.error().front().source == folder.path("b.json"));
}

TEST_CASE("a file whose name is not UTF-8 is refused: the ids of its policies could not be written as JSON") {
  const Folder folder;
  folder.write("a\xff.cedar", kPermit);
  folder.write("b.cedar", kPermit);
  PolicyDirectory directory(folder.path());
  for (int again = 0; again < 2; ++again) {
    const auto refused = directory.load();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().front().code == ErrorCode::invalid_utf8);
    CHECK(refused.error().front().message.find("a�.cedar` is not UTF-8") != std::string::npos);
  }
}

TEST_CASE("a folder that is not there is an error") {
  CHECK(PolicySet::from_directory("/nonexistent/quis").error().front().code == ErrorCode::io);
}

TEST_CASE("loading again parses only what has another content, and gives what loading anew gives") {
  const Folder folder;
  folder.write("a.cedar", kPermit);
  folder.write("b.cedar", std::string(kPermit) + std::string(kTemplate));
  folder.write("c.json", parsed(kPermit).to_json());
  PolicyDirectory directory(folder.path());
  const PolicySet first = loaded(directory);
  CHECK(directory.last_work().files == 3);
  CHECK(directory.last_work().parsed == 3);

  SUBCASE("nothing changed") {
    CHECK(loaded(directory) == first);
    CHECK(directory.last_work().parsed == 0);
  }
  SUBCASE("a file changed, and its size did not") {
    folder.write("a.cedar", kForbid);
    const PolicySet next = loaded(directory);
    CHECK(directory.last_work().parsed == 1);
    CHECK(next.find("a/policy0")->body->effect == quis::Effect::forbid);
    CHECK(next.find("b/policy0")->body == first.find("b/policy0")->body);
    CHECK(next == *PolicySet::from_directory(folder.path()));
    CHECK(ids(next.policies()) == ids(PolicySet::from_directory(folder.path())->policies()));
  }
  SUBCASE("a file changed, and its time of writing was set back") {
    const auto written = fs::last_write_time(folder.path("a.cedar"));
    folder.write("a.cedar", kForbid);
    fs::last_write_time(folder.path("a.cedar"), written);
    CHECK(loaded(directory).find("a/policy0")->body->effect == quis::Effect::forbid);
  }
  SUBCASE("a file was touched") {
    fs::last_write_time(folder.path("a.cedar"), fs::file_time_type::clock::now() + std::chrono::hours(1));
    CHECK(loaded(directory) == first);
    CHECK(directory.last_work().read >= 1);
    CHECK(directory.last_work().parsed == 0);
  }
  SUBCASE("files came and went") {
    fs::remove(folder.path("a.cedar"));
    folder.write("d.cedar", kForbid);
    const PolicySet next = loaded(directory);
    CHECK(ids(next.policies()) == Ids{"b/policy0", "policy0", "d/policy0"});
    CHECK(directory.last_work().parsed == 1);
  }
  SUBCASE("two files changed places") {
    fs::rename(folder.path("a.cedar"), folder.path("z.cedar"));
    fs::rename(folder.path("b.cedar"), folder.path("a.cedar"));
    CHECK(loaded(directory) == *PolicySet::from_directory(folder.path()));
  }
}

TEST_CASE("files that lie still are not even read") {
  const Folder folder;
  folder.write("a.cedar", kPermit);
  folder.write("b.cedar", kPermit);
  const auto long_ago = quis::file_clock_now();
  PolicyDirectory directory(folder.path());
  // The first loads may come so soon after writing that a later write could bear the same time.
  while (quis::file_clock_now() - long_ago < 10'000'000'000) {
    (void)loaded(directory);
    if (directory.last_work().read == 0) break;
  }
  CHECK(directory.last_work().read == 0);
  folder.write("b.cedar", kForbid);
  CHECK(loaded(directory).find("b/policy0")->body->effect == quis::Effect::forbid);
  CHECK(directory.last_work().read == 1);
}

TEST_CASE("names that come and go are seen in a folder that lay still, and so is a file put in another's place") {
  const Folder folder;
  folder.write("a.cedar", kPermit);
  folder.write("b.cedar", kPermit);
  PolicyDirectory directory(folder.path());
  const auto rest = [&] {
    const auto start = quis::file_clock_now();
    do {
      (void)loaded(directory);
    } while (directory.last_work().read != 0 && quis::file_clock_now() - start < 10'000'000'000);
    REQUIRE(directory.last_work().read == 0);
  };
  rest();
  folder.write("c.cedar", kForbid);
  CHECK(ids(loaded(directory).policies()) == Ids{"a/policy0", "b/policy0", "c/policy0"});
  rest();
  fs::remove(folder.path("a.cedar"));
  CHECK(ids(loaded(directory).policies()) == Ids{"b/policy0", "c/policy0"});
  rest();
  fs::rename(folder.path("c.cedar"), folder.path("b.cedar"));
  const PolicySet next = loaded(directory);
  CHECK(ids(next.policies()) == Ids{"b/policy0"});
  CHECK(next.find("b/policy0")->body->effect == quis::Effect::forbid);
  rest();
  fs::create_directories(folder.path("d.cedar"));
  CHECK(ids(loaded(directory).policies()) == Ids{"b/policy0"});
}

TEST_CASE("a file whose policies change, in number, ids or kind, changes the set as loading anew would") {
  const Folder folder;
  folder.write("a.cedar", kPermit);
  folder.write("m.cedar", kPermit);
  folder.write("z.cedar", kForbid);
  PolicyDirectory directory(folder.path());
  (void)loaded(directory);
  const std::string permit(kPermit);
  const std::string forbid(kForbid);
  const std::string texts[] = {
      forbid, permit + forbid, forbid + permit, permit, std::string(kTemplate), std::string(kTemplate) + permit, permit,
      "",     forbid};
  for (const std::string& text : texts) {
    CAPTURE(text);
    folder.write("m.cedar", text);
    const PolicySet next = loaded(directory);
    const PolicySet anew = *PolicySet::from_directory(folder.path());
    CHECK(next == anew);
    CHECK(next.to_text() == anew.to_text());
    CHECK(ids(next.policies()) == ids(anew.policies()));
  }
}

TEST_CASE("a stamp settles when no later write can have the same, by the grain of its clock") {
  constexpr std::int64_t kSecond = 1'000'000'000;
  quis::FileStamp fine;
  fine.changed = 100 * kSecond + 1;
  CHECK_FALSE(fine.settled(fine.changed));
  CHECK_FALSE(fine.settled(fine.changed + kSecond / 100));
  CHECK(fine.settled(fine.changed + kSecond));
  CHECK_FALSE(fine.settled(fine.changed - 10 * kSecond));  // a clock that was set back
  quis::FileStamp coarse;
  coarse.changed = 100 * kSecond;
  CHECK_FALSE(coarse.settled(coarse.changed + 2 * kSecond));
  CHECK(coarse.settled(coarse.changed + 4 * kSecond));
}

TEST_CASE("a bad file refuses the whole folder until it is mended, and then only it is parsed") {
  const Folder folder;
  folder.write("a.cedar", kPermit);
  folder.write("b.cedar", kPermit);
  PolicyDirectory directory(folder.path());
  const PolicySet first = loaded(directory);

  folder.write("a.cedar", "permit(");
  folder.write("c.cedar", "forbid(");
  for (int again = 0; again < 2; ++again) {
    const auto refused = directory.load();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().front().source == folder.path("a.cedar"));
    CHECK(refused.error().back().source == folder.path("c.cedar"));
  }
  folder.write("a.cedar", kPermit);
  fs::remove(folder.path("c.cedar"));
  CHECK(loaded(directory) == first);
  CHECK(directory.last_work().parsed == 0);
}

TEST_CASE("a folder that goes away is an error, and is read when it is back") {
  const Folder folder;
  fs::create_directories(folder.path("in"));
  folder.write("in/a.cedar", kPermit);
  PolicyDirectory directory(folder.path("in"));
  const PolicySet first = loaded(directory);
  fs::rename(folder.path("in"), folder.path("away"));
  CHECK(directory.load().error().front().code == ErrorCode::io);
  fs::rename(folder.path("away"), folder.path("in"));
  CHECK(loaded(directory) == first);
}
