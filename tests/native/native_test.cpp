// Policies that were compiled ahead of time when the tests were built, against the reference interpreter.

#include <string>
#include <vector>

#include <quis/engine/native_program.hpp>

#include "cli/case_file.hpp"
#include "cli/inputs.hpp"
#include "native/generated.hpp"
#include "native/same_answers.hpp"
#include "shared_data.hpp"

#include <native_traps.hpp>
#ifdef QUIS_NATIVE_OOPSLA
#include <native_gdrive.hpp>
#include <native_github.hpp>
#include <native_tinytodo.hpp>
#endif

const quis::NativeProgram& generated_worlds();

namespace quis::test {
namespace {

std::string trap_text() { return read_file(data("native/policies") / "main.cedar"); }
Entities trap_entities() { return require(Entities::from_json_file((data("native") / "entities.json").string())); }

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  REQUIRE(text.find(from) != std::string::npos);
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

World trap_world(const std::string& text) {
  use_native(native_traps());
  return World::build(require(PolicySet::from_text(text)), trap_entities());
}

/// Every request that these names make.
std::vector<OwnedRequest> trap_requests() {
  std::vector<OwnedRequest> requests;
  for (const char* principal :
       {"User::\"alice\"", "User::\"bob\"", "User::\"carol\"", "Machine::\"m\"", "User::\"nobody\""}) {
    for (const char* action : {"view", "list", "edit", "delete", "ping", "unknown"}) {
      for (const char* resource :
           {"Photo::\"cat\"", "Photo::\"dog\"", "Photo::\"owl\"", "Folder::\"shared\"", "Photo::\"lost\""}) {
        for (const char* context :
             {"{}",
              R"({"remote": false, "wanted": ["a"], "path": "/public/x", "sensitive": false, "address": "10.1.2.3"})",
              R"({"remote": true, "wanted": [], "path": "/private", "sensitive": true, "mfa": true, "address": "no"})",
              R"({"remote": 1, "wanted": "a", "path": 2, "sensitive": true, "mfa": "yes", "reading": true})"}) {
          requests.push_back(require(
              OwnedRequest::from_text(principal, "Action::\"" + std::string(action) + "\"", resource, context)));
        }
      }
    }
  }
  return requests;
}

std::size_t differing(const World& world, const std::vector<OwnedRequest>& requests) {
  return static_cast<std::size_t>(std::ranges::count_if(
      requests, [&](const OwnedRequest& request) { return !same_answers(world, request.view()); }));
}

}  // namespace

TEST_CASE(
    "policies compiled ahead of time decide and err as the reference interpreter does, and all of them run natively") {
  const World world = trap_world(trap_text());
  CHECK(all_native(world));
  CHECK(differing(world, trap_requests()) == 0);
}

TEST_CASE("the stamp of compiled policies is the digest of their set") {
  const PolicySet policies = require(PolicySet::from_directory((data("native") / "policies").string()));
  CHECK(policies.digest().to_hex() == native_traps().digest);
}

TEST_CASE("policies that differ in names and constants alone run natively, and by their own names and constants") {
  std::string text = replaced(trap_text(), "User::\"alice\"", "User::\"carol\"");
  text = replaced(text, "Group::\"staff\"", "Group::\"guests\"");
  text = replaced(text, "resource.owner", "resource.keeper");
  text = replaced(text, "\"red\"", "\"blue\"");
  text = replaced(text, "< 3", "< 5");
  const World world = trap_world(text);
  CHECK(all_native(world));
  CHECK(differing(world, trap_requests()) == 0);
  const World original = trap_world(trap_text());
  const auto requests = trap_requests();
  const auto changed = std::ranges::count_if(requests, [&](const OwnedRequest& request) {
    return Engine(world).authorize(request.view()).permitted() !=
           Engine(original).authorize(request.view()).permitted();
  });
  CHECK(changed > 20);
}

TEST_CASE("a policy that has changed is evaluated, and what it has no part in still runs natively") {
  const World before = trap_world(trap_text());
  const World world = trap_world(replaced(trap_text(), "context.path like \"/public/*\"",
                                          "context.path like \"/public/*\" && resource.level > 3"));
  const NativeCoverage coverage = world.native_coverage();
  CHECK(coverage.plans == before.native_coverage().plans);
  CHECK(coverage.native < coverage.plans);
  CHECK(coverage.native > 0);
  CHECK(differing(world, trap_requests()) == 0);
}

TEST_CASE("each change of one word of a policy is decided as the reference interpreter decides it") {
  for (const auto& [from, to] : {std::pair{"resource.level < 3", "3 < resource.level"},
                                 {"context.remote", "!context.remote"},
                                 {"principal in resource.readers", "principal == resource.readers"},
                                 {"context.sensitive } unless", "context.sensitive } when"},
                                 {"@step_up(\"mfa\")", ""},
                                 {"@id(\"owner\") permit", "@id(\"owner\") forbid"},
                                 {"resource.missing == 1 || principal", "resource.missing == 1 && principal"},
                                 {"resource is Photo", "resource is Folder"},
                                 {"resource in Folder", "resource == Folder"}}) {
    CAPTURE(from);
    CHECK(differing(trap_world(replaced(trap_text(), from, to)), trap_requests()) == 0);
  }
}

TEST_CASE("native code made for another form of instructions is not used") {
  static const NativeProgram old{native_traps().format + 1, native_traps().digest, native_traps().plans};
  static const NativeProgram empty{};
  use_native(old);
  use_native(empty);
  const World world = world_of("permit(principal, action, resource) when { context.a.b.c.d.e.f == 1 };");
  CHECK(world.native_coverage().native == 0);
  CHECK(world.native_coverage().plans == 1);
}

TEST_CASE("generated policies compiled ahead of time decide and err as the reference interpreter does") {
  use_native(generated_worlds());
  std::size_t decided = 0;
  std::size_t erring = 0;
  for (std::uint64_t seed = 1; seed <= QUIS_NATIVE_SEEDS; ++seed) {
    CAPTURE(seed);
    const GeneratedCase generated = require(GeneratedCase::make(seed));
    const NativeCoverage coverage = generated.world.native_coverage();
    CHECK(coverage.native == coverage.plans);
    CHECK(differing(generated.world, generated.requests) == 0);
    decided += generated.requests.size();
    erring += static_cast<std::size_t>(std::ranges::count_if(generated.requests, [&](const OwnedRequest& request) {
      return Engine(generated.world).authorize(request.view()).error_count() != 0;
    }));
  }
  CHECK(erring * 20 > decided);
  CHECK(erring * 2 < decided * 3);
}

#ifdef QUIS_NATIVE_OOPSLA
TEST_CASE("the policies of the paper compiled ahead of time decide as the reference interpreter does") {
  use_native(native_gdrive());
  use_native(native_github());
  use_native(native_tinytodo());
  const auto paper = vectors("oopsla");
  if (!paper) return;
  for (const std::string name : {"gdrive_20.json", "github_20.json", "tinytodo_20.json"}) {
    CAPTURE(name);
    const auto test = require(cli::read_case_file((*paper / name).string()));
    const auto schema = require(cli::SchemaInput{test.schema, "json"}.load());
    const World world = World::build(require(PolicySet::from_json(read_file(test.policies))),
                                     require(cli::EntitiesInput{test.entities}.load(schema)));
    CHECK(all_native(world));
    std::vector<OwnedRequest> requests;
    for (const cli::CaseRequest& request : test.requests) {
      requests.push_back(require(OwnedRequest::from_json(request.json, &*schema, request.validate)));
    }
    REQUIRE(!requests.empty());
    CHECK(differing(world, requests) == 0);
  }
}
#endif

}  // namespace quis::test
