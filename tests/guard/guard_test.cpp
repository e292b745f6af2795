#include <quis/guard/guard.hpp>

#include <algorithm>
#include <thread>

#include <quis/guard/memory_hook.hpp>

#include "engine/decide.hpp"
#include "live/live_world.hpp"

namespace quis::test {
namespace {

class BrokenHook : public EvidenceHook {
 public:
  bool on_decision(const DecisionRecord& /*record*/) noexcept override { return false; }
};

/// Decides something else on the same thread while a record is handed to it.
class NosyHook : public EvidenceHook {
 public:
  bool on_decision(const DecisionRecord& record) noexcept override {
    Guard inner(record.engine, {std::make_shared<MemoryHook>()});
    const EntityId nobody = record.engine.entity("User", "nobody");
    inner_permitted = inner.check({nobody, nobody, nobody}).permitted();
    seen.assign(record.determining.begin(), record.determining.end());
    return true;
  }
  bool inner_permitted = true;
  std::vector<PolicyIndex> seen;
};

const Engine& engine() {
  static const Engine instance(world_of(R"(permit(principal == User::"alice", action, resource);
                                           permit(principal, action, resource) when { resource.open };)"));
  return instance;
}

Request request_of(std::string_view user) {
  return {engine().entity("User", user), engine().action("view"), engine().entity("Photo", "cat")};
}

}  // namespace

TEST_CASE("a guard of a live engine records what the snapshot of the moment says, cached or not") {
  LiveEngine live(world_of(kTeamPolicies, kTeamEntities));
  const auto hook = std::make_shared<MemoryHook>();
  Guard guard(live, {hook});
  for (int i = 0; i < 3; ++i) CHECK(guard.check(view("alice")).permitted());
  CHECK(live.statistics().hits == 2);
  require(live.publish(leaves("alice", "red")));
  CHECK_FALSE(guard.check(view("alice")).permitted());
  const auto records = hook->records();
  REQUIRE(records.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(records[i].permitted == (i < 3));
    CHECK(records[i].determining.size() == (i < 3 ? 1 : 0));
    CHECK(records[i].world_version == (i < 3 ? 1 : 2));
  }
  // Errors are told in full, though the decision that has them is cached.
  for (int i = 0; i < 2; ++i) CHECK_FALSE(guard.check(view("alice", "no document")).permitted());
  CHECK(hook->records().back().errors.size() == 2);
}

TEST_CASE("every decision reaches every hook, permits and denies alike") {
  const auto first = std::make_shared<MemoryHook>();
  const auto second = std::make_shared<MemoryHook>();
  Guard guard(engine(), {first, second});
  CHECK(guard.check(request_of("alice")).permitted());
  CHECK_FALSE(guard.check(request_of("bob")).permitted());
  for (const auto& hook : {first, second}) {
    const auto records = hook->records();
    REQUIRE(records.size() == 2);
    CHECK(records[0].sequence == 1);
    CHECK(records[0].permitted);
    CHECK(records[0].principal == R"(User::"alice")");
    CHECK(records[0].determining == std::vector<std::string>{"policy0"});
    CHECK(records[0].errors == std::vector<std::string>{"policy1"});
    CHECK(records[0].world_version == 1);
    CHECK_FALSE(records[1].permitted);
    CHECK(records[1].determining.empty());
  }
  CHECK(guard.evidence_failures() == 0);
}

TEST_CASE("a step-up is recorded as a denial with its requirements, and is no step-up where it could not be recorded") {
  const Engine stepping(world_of(R"(permit(principal, action, resource);
                                    @step_up("aal2") forbid(principal, action, resource);)"));
  const auto hook = std::make_shared<MemoryHook>(1);
  Guard guard(stepping, {hook});
  CHECK(guard.check(request_of("alice")).outcome() == Outcome::step_up);
  const auto records = hook->records();
  REQUIRE(records.size() == 1);
  CHECK_FALSE(records[0].permitted);
  CHECK(records[0].step_up == std::vector<std::string>{"aal2"});
  CHECK(records[0].determining == std::vector<std::string>{"policy1"});
  CHECK(guard.check(request_of("alice")).outcome() == Outcome::deny);
}

TEST_CASE("a permit that cannot be recorded is denied, unless the host chose to proceed") {
  Guard careful(engine(), {std::make_shared<BrokenHook>()});
  CHECK_FALSE(careful.check(request_of("alice")).permitted());
  CHECK(careful.evidence_failures() == 1);
  Guard relaxed(engine(), {std::make_shared<BrokenHook>(), std::make_shared<BrokenHook>()}, OnEvidenceFailure::proceed);
  CHECK(relaxed.check(request_of("alice")).permitted());
  CHECK(relaxed.evidence_failures() == 2);
}

TEST_CASE("a full memory hook refuses records instead of dropping older ones") {
  const auto hook = std::make_shared<MemoryHook>(1);
  Guard guard(engine(), {hook});
  CHECK(guard.check(request_of("alice")).permitted());
  CHECK_FALSE(guard.check(request_of("alice")).permitted());
  CHECK(hook->records().size() == 1);
}

TEST_CASE("a hook that decides on the same thread does not disturb the record it was given") {
  const auto hook = std::make_shared<NosyHook>();
  Guard guard(engine(), {hook});
  CHECK(guard.check(request_of("alice")).permitted());
  CHECK_FALSE(hook->inner_permitted);
  CHECK(hook->seen == std::vector<PolicyIndex>{0});
}

TEST_CASE("records from many threads are all kept and numbered without gaps") {
  constexpr std::uint64_t kThreads = 4;
  constexpr std::uint64_t kEach = 500;
  const auto hook = std::make_shared<MemoryHook>();
  Guard guard(engine(), {hook});
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&guard, t] {
      const Request request = request_of(t % 2 == 0 ? "alice" : "bob");
      for (std::uint64_t i = 0; i < kEach; ++i) (void)guard.check(request);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<std::uint64_t> sequences;
  for (const auto& record : hook->records()) {
    sequences.push_back(record.sequence);
    CHECK(record.permitted == (record.principal == R"(User::"alice")"));
  }
  std::sort(sequences.begin(), sequences.end());
  REQUIRE(sequences.size() == kThreads * kEach);
  CHECK(sequences.front() == 1);
  CHECK(sequences.back() == kThreads * kEach);
  CHECK(std::adjacent_find(sequences.begin(), sequences.end()) == sequences.end());
}

}  // namespace quis::test
