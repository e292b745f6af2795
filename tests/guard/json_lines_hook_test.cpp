#include <quis/guard/json_lines_hook.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include <quis/guard/guard.hpp>

#include "engine/decide.hpp"

namespace quis::test {
namespace {

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

class TemporaryFile {
 public:
  explicit TemporaryFile(const char* name) : path(std::filesystem::temp_directory_path() / name) {
    std::filesystem::remove(path);
  }
  ~TemporaryFile() { std::filesystem::remove(path); }
  const std::filesystem::path path;
};

}  // namespace

TEST_CASE("each decision is one line of JSON with its policies, errors, ids, version and time") {
  const TemporaryFile file("quis-json-lines-hook-test.jsonl");
  const Engine engine(world_of(R"(permit(principal, action, resource);
                                  forbid(principal, action, resource) when { resource.missing };)"));
  const auto request =
      require(OwnedRequest::from_text("User::\"quo\\\"te\\n\"", R"(Action::"view")", R"(Photo::"cat")"));
  {
    Guard guard(engine, {require(JsonLinesHook::open(file.path.string()))});
    CHECK(guard.check(request.view()).permitted());
    CHECK(guard.check(request.view()).permitted());
  }
  const auto lines = lines_of(file.path);
  REQUIRE(lines.size() == 2);
  const auto record = boost::json::parse(lines[1]).as_object();
  CHECK(record.at("decision") == "permit");
  CHECK(record.at("principal") == R"(User::"quo\"te\n")");
  CHECK(record.at("sequence") == 2);
  CHECK(record.at("version") == 1);
  CHECK(record.at("determining") == boost::json::array{"policy0"});
  CHECK(record.at("errors").at(0).at("policy") == "policy1");
  CHECK(record.at("time").as_string().size() == std::string("2026-01-31T12:00:00.000000000Z").size());
}

TEST_CASE("a step-up is written as a denial with its requirements, a plain denial without") {
  const TemporaryFile file("quis-json-lines-hook-step-up.jsonl");
  const Engine engine(world_of(R"(permit(principal == User::"a", action, resource);
                                  @step_up("aal2 \"now\"") forbid(principal, action, resource);)"));
  {
    Guard guard(engine, {require(JsonLinesHook::open(file.path.string()))});
    for (const char* user : {"a", "b"})
      CHECK_FALSE(guard.check({engine.entity("User", user), engine.action("x"), engine.entity("P", "p")}).permitted());
  }
  const auto lines = lines_of(file.path);
  REQUIRE(lines.size() == 2);
  const auto lifted = boost::json::parse(lines[0]).as_object();
  CHECK(lifted.at("decision") == "deny");
  CHECK(lifted.at("step_up") == boost::json::array{"aal2 \"now\""});
  CHECK_FALSE(boost::json::parse(lines[1]).as_object().contains("step_up"));
}

TEST_CASE("reopening appends") {
  const TemporaryFile file("quis-json-lines-hook-reopen.jsonl");
  const Engine engine(world_of("permit(principal, action, resource);"));
  const EntityId id = engine.entity("User", "alice");
  for (int i = 0; i < 3; ++i) {
    Guard guard(engine, {require(JsonLinesHook::open(file.path.string()))});
    CHECK(guard.check({id, id, id}).permitted());
  }
  CHECK(lines_of(file.path).size() == 3);
}

TEST_CASE("a line that its writer could not end takes no record with it") {
  const TemporaryFile file("quis-json-lines-hook-torn.jsonl");
  std::ofstream(file.path) << R"({"time":"2026-01-31T12:00:00.0)";
  const Engine engine(world_of("permit(principal, action, resource);"));
  const EntityId id = engine.entity("User", "alice");
  for (int i = 0; i < 2; ++i) {
    Guard guard(engine, {require(JsonLinesHook::open(file.path.string()))});
    CHECK(guard.check({.principal = id, .action = id, .resource = id}).permitted());
  }
  const auto lines = lines_of(file.path);
  REQUIRE(lines.size() == 3);
  for (const std::size_t line : {1U, 2U}) CHECK(boost::json::parse(lines[line]).at("decision") == "permit");
}

TEST_CASE("a file has one writer, until that one is gone") {
  const TemporaryFile file("quis-json-lines-hook-locked.jsonl");
  auto first = JsonLinesHook::open(file.path.string());
  REQUIRE(first.has_value());
  const auto second = JsonLinesHook::open(file.path.string());
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().front().code == ErrorCode::io);
  CHECK(second.error().front().message.find("another hook or process writes to") == 0);
  first->reset();
  CHECK(JsonLinesHook::open(file.path.string()).has_value());
}

TEST_CASE("a file that cannot be opened is an error, and one that cannot be written denies") {
  const auto missing = JsonLinesHook::open("/no/such/folder/log.jsonl");
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().front().code == ErrorCode::io);
  if (!std::filesystem::exists("/dev/full")) return;
  const Engine engine(world_of("permit(principal, action, resource);"));
  const EntityId id = engine.entity("User", "alice");
  Guard guard(engine, {require(JsonLinesHook::open("/dev/full"))});
  CHECK_FALSE(guard.check({id, id, id}).permitted());
  CHECK(guard.evidence_failures() == 1);
}

}  // namespace quis::test
