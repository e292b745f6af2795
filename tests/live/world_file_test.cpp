#include <doctest/doctest.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <unistd.h>

#include <quis/engine/world_file.hpp>
#include <quis/model/entities_file.hpp>

#include "base/section_file.hpp"
#include "live/live_world.hpp"

using namespace quis;
using namespace quis::test;

namespace {

namespace fs = std::filesystem;

/// A file that goes away with the test.
class File {
 public:
  File() : path_(fs::temp_directory_path() / ("quis_world_file_" + std::to_string(::getpid()))) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  [[nodiscard]] std::string path() const { return path_; }
  [[nodiscard]] std::string bytes() const {
    std::ostringstream all;
    all << std::ifstream(path_, std::ios::binary).rdbuf();
    return all.str();
  }
  void write(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }

 private:
  fs::path path_;
};

World example() {
  auto policies = PolicySet::from_text(kTeamPolicies);
  REQUIRE(policies);
  const auto shared = PolicySet::from_text(R"(permit(principal == ?principal, action, resource in ?resource);)");
  REQUIRE(shared);
  Template with_slots = shared->templates().front();
  with_slots.id = "share";
  REQUIRE(policies->add(std::move(with_slots)));
  REQUIRE(policies->link("share", "share with bob", user("bob"), doc("plan")));
  auto entities = Entities::from_json(kTeamEntities);
  REQUIRE(entities);
  return World::build(*std::move(policies), *std::move(entities), 41);
}

ErrorCode code_of(const Result<TimedWorld>& result) {
  REQUIRE_FALSE(result);
  CHECK_FALSE(result.error().at(0).help.empty());
  return result.error().at(0).code;
}

Time clock_time{std::chrono::milliseconds{1000}};
Time test_clock() noexcept { return clock_time; }

}  // namespace

TEST_CASE("a saved world opens with its policies, links, entities and version, and decides the same") {
  const File file;
  const World saved = example();
  REQUIRE(save_world(saved, file.path()));
  const auto opened = open_world(file.path());
  REQUIRE(opened);
  CHECK(opened->world.version() == 41);
  CHECK(opened->world.policies() == saved.policies());
  CHECK(opened->world.policies().digest() == saved.policies().digest());
  CHECK(opened->world.entities().to_json() == saved.entities().to_json());
  CHECK(opened->memberships.empty());
  const Engine before(saved);
  const Engine after(opened->world);
  for (const char* who : {"alice", "bob", "carol"}) {
    Response expected;
    Response response;
    before.authorize(view(who), expected);
    after.authorize(view(who), response);
    CHECK(response.permitted == expected.permitted);
    CHECK(response.permitted == (std::string(who) != "carol"));
  }
  const auto entities = open_entities(file.path());
  REQUIRE(entities);
  CHECK(entities->size() == saved.entities().size());
}

TEST_CASE("a membership that ends still ends when its world was saved and opened meanwhile") {
  const File file;
  LiveOptions options;
  options.clock = test_clock;
  clock_time = Time(std::chrono::milliseconds{1000});
  {
    LiveEngine engine(World::build(*PolicySet::from_text(kTeamPolicies), *Entities::from_json(kTeamEntities)), options);
    WorldChange change;
    change.memberships.push_back({user("bob"), team("red"), Time(std::chrono::milliseconds{2000})});
    REQUIRE(engine.publish(std::move(change)));
    REQUIRE(engine.authorize(view("bob")).permitted());
    REQUIRE(save_world(engine.timed_world(), file.path()));
  }
  auto opened = open_world(file.path());
  REQUIRE(opened);
  REQUIRE(opened->memberships.size() == 1);
  LiveEngine engine(*std::move(opened), options);
  CHECK(engine.authorize(view("bob")).permitted());
  clock_time = Time(std::chrono::milliseconds{1999});
  CHECK(engine.authorize(view("bob")).permitted());
  clock_time = Time(std::chrono::milliseconds{2000});
  CHECK_FALSE(engine.authorize(view("bob")).permitted());
  CHECK(engine.authorize(view("alice")).permitted());
  CHECK(engine.timed_world().memberships.empty());
}

TEST_CASE("an engine takes no harm from memberships that its world does not have") {
  LiveOptions options;
  options.clock = test_clock;
  clock_time = Time(std::chrono::milliseconds{5000});
  TimedWorld world{World::build(*PolicySet::from_text(kTeamPolicies), *Entities::from_json(kTeamEntities))};
  const Time past{std::chrono::milliseconds{1}};
  world.memberships = {{user("nobody"), team("red"), past},
                       {user("bob"), team("red"), past},
                       {EntityId{EntityId::kLocalBit}, team("red"), past},
                       {EntityId{}, EntityId{}, past}};
  const LiveEngine engine(std::move(world), options);
  CHECK_FALSE(engine.authorize(view("bob")).permitted());
  CHECK(engine.authorize(view("alice")).permitted());
}

TEST_CASE(
    "a world is saved when it can be opened again, and otherwise refused without touching what was saved before") {
  const File file;
  REQUIRE(save_world(example(), file.path()));
  std::size_t saved = 0;
  std::size_t refused = 0;
  for (const int operands : {2, 40, 50, 55, 58, 59, 60, 61, 62, 63, 64, 70, 1000}) {
    CAPTURE(operands);
    const std::string before = file.bytes();
    std::string condition = "false";
    for (int i = 1; i < operands; ++i) condition += " || resource.level == " + std::to_string(i);
    const auto policies = PolicySet::from_text("permit(principal, action, resource) when { " + condition + " };");
    REQUIRE(policies);
    const auto written = save_world(World::build(*policies, Entities()), file.path());
    if (written) {
      ++saved;
      const auto opened = open_world(file.path());
      REQUIRE(opened);
      CHECK(opened->world.policies().digest() == policies->digest());
    } else {
      ++refused;
      CHECK(written.error().at(0).code == ErrorCode::limit_exceeded);
      CHECK_FALSE(written.error().at(0).help.empty());
      CHECK(file.bytes() == before);
    }
  }
  CHECK(saved >= 3);
  CHECK(refused >= 3);
}

TEST_CASE("a world's file with any byte changed, or cut anywhere, is refused") {
  const File file;
  TimedWorld saved{example()};
  saved.memberships.push_back({user("alice"), team("red"), Time(std::chrono::milliseconds{7})});
  REQUIRE(save_world(saved, file.path()));
  const std::string whole = file.bytes();
  REQUIRE(open_world(file.path()));
  for (std::size_t at = 0; at < whole.size(); at += 5) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    file.write(damaged);
    CHECK(code_of(open_world(file.path())) == ErrorCode::invalid_file);
  }
  for (std::size_t size = 0; size < whole.size(); size += 101) {
    file.write(whole.substr(0, size));
    CHECK(code_of(open_world(file.path())) == ErrorCode::invalid_file);
  }
}

TEST_CASE("wrong content under a right checksum is refused or is a world with the policies of the digest") {
  const File file;
  TimedWorld saved{example()};
  saved.memberships.push_back({user("alice"), team("red"), Time(std::chrono::milliseconds{7})});
  REQUIRE(save_world(saved, file.path()));
  const std::string whole = file.bytes();
  std::size_t refused = 0;
  for (std::size_t at = 32; at < whole.size(); at += 3) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    reseal(std::as_writable_bytes(std::span(changed)));
    file.write(changed);
    const auto opened = open_world(file.path());
    if (opened) {
      CHECK(opened->world.policies() == saved.world.policies());
    } else {
      ++refused;
    }
  }
  CHECK(refused > whole.size() / 12);
}

TEST_CASE("saved entities are no world, and what is missing is said") {
  const File file;
  REQUIRE(save_entities(example().entities(), file.path()));
  const auto opened = open_world(file.path());
  CHECK(code_of(opened) == ErrorCode::invalid_file);
  CHECK(opened.error().at(0).message.find("no world") != std::string::npos);
  fs::remove(file.path());
  CHECK(code_of(open_world(file.path())) == ErrorCode::io);
}
