// The decision path allocates nothing. Every way to the heap that C++ code has is counted here while requests of every
// kind are decided; after one warm-up round the count must stay at zero. The same way to the heap is closed for a
// moment where what fails for lack of memory must be able to go on.

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <quis/engine/live_engine.hpp>
#include <quis/policy/schema_parser.hpp>

#include "base/known_uids.hpp"
#include "engine/decide.hpp"

namespace {

std::atomic<std::size_t> allocations{0};
thread_local bool counting = false;
thread_local std::size_t until_failure = 0;  // allocations on this thread, the last of which fails; 0 for none

// Kept out of line: inlined, the pair of them looks to the compiler like a mismatch of new and free.
[[gnu::noinline]] void release(void* memory) noexcept { std::free(memory); }

[[gnu::noinline]] void* counted(std::size_t bytes, std::size_t alignment) {
  if (counting) allocations.fetch_add(1, std::memory_order_relaxed);
  if (until_failure != 0 && --until_failure == 0) throw std::bad_alloc();
  void* memory = alignment <= alignof(std::max_align_t)
                     ? std::malloc(bytes == 0 ? 1 : bytes)
                     : std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t bytes) { return counted(bytes, 1); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return counted(bytes, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t bytes, const std::nothrow_t& /*tag*/) noexcept {
  try {
    return counted(bytes, 1);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, const std::nothrow_t& /*tag*/) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }

namespace quis::test {
namespace {

/// Counts what the heap gave out while `work` ran on this thread.
template <class Work>
std::size_t allocations_during(Work&& work) {
  allocations = 0;
  counting = true;
  work();
  counting = false;
  return allocations;
}

constexpr std::string_view kEntities = R"([
  {"uid": {"type": "User", "id": "alice"}, "attrs": {"age": 30, "teams": [{"__entity": {"type": "Team", "id": "a"}}]},
   "parents": [{"type": "Team", "id": "a"}], "tags": {"role": "admin"}},
  {"uid": {"type": "Team", "id": "a"}, "attrs": {}, "parents": [{"type": "Team", "id": "b"}]},
  {"uid": {"type": "Photo", "id": "cat"}, "attrs": {"owner": {"__entity": {"type": "User", "id": "alice"}}, "name": "cat.jpg"},
   "parents": [{"type": "Album", "id": "pets"}]}])";

/// One policy for every kind of work an evaluator does: scopes, records, sets, strings, extension values, tags, errors.
constexpr std::string_view kPolicies = R"(
  permit(principal in Team::"b", action in [Action::"view", Action::"edit"], resource in Album::"pets");
  permit(principal is User in Team::"a", action, resource is Photo);
  permit(principal, action, resource) when { resource.owner == principal && principal in principal.teams };
  permit(principal, action, resource) when { [principal, resource, context.n].contains(context.n) };
  permit(principal, action, resource) when { {"a": context.n, "b": {"c": [context.n, 2, 1]}}.b.c.containsAll([1, 2]) };
  permit(principal, action, resource) when { resource.name like "*.jpg" && principal.getTag("role") == "admin" };
  permit(principal, action, resource) when { ip(context.ip).isInRange(ip("10.0.0.0/8")) && decimal("1.5").lessThan(decimal("2.0")) };
  permit(principal, action, resource) when { datetime("2024-01-01").offset(duration("1d")) < datetime(context.when) };
  permit(principal, action, resource) when { context.n + 9223372036854775807 > 0 };
  permit(principal, action, resource) when { principal.missing == 1 || ip("nonsense").isIpv4() };
  forbid(principal, action, resource) when { context.n * 2 == 7 } unless { context has other };)";

}  // namespace

TEST_CASE("a heap allocation on this thread is counted, or the tests below could not fail") {
  CHECK(allocations_during([] { ::operator delete(::operator new(1)); }) == 1);
}

TEST_CASE("a builder of entities goes on after memory ran out, at whatever allocation") {
  const auto user = [](std::size_t i) { return intern_entity("Spare::User", std::to_string(i)); };
  const auto team = [](std::size_t i) { return intern_entity("Spare::Team", std::to_string(i)); };
  const SymbolId tag = intern_symbol("spare");
  constexpr std::size_t kUsers = 40;
  for (std::size_t i = 0; i < kUsers; ++i) {  // their names need memory of their own
    (void)user(i);
    (void)team(i);
  }
  std::size_t failures = 0;
  for (std::size_t failing = 1; failing <= 12; ++failing) {
    for (const std::size_t at : {0U, 8U, 16U}) {
      EntitiesBuilder builder;
      std::vector<bool> failed(kUsers, false);
      for (std::size_t i = 0; i < kUsers; ++i) {
        const EntityId parents[] = {team(i)};
        const std::pair<SymbolId, Value> tags[] = {{tag, Value::integer(1)}};
        until_failure = i == at ? failing : 0;
        try {
          CHECK(builder.add(user(i), {}, parents, tags));
        } catch (const std::bad_alloc&) {
          failed[i] = true;
          ++failures;
        }
        until_failure = 0;
      }
      const auto entities = builder.build();
      REQUIRE(entities);
      for (std::size_t i = 0; i < kUsers; ++i) {
        const EntityRecord* const record = entities->find(user(i));
        CHECK((record == nullptr) == failed[i]);
        CHECK(entities->is_in(user(i), team(i)) != failed[i]);
        if (record != nullptr) CHECK((record->tags != nullptr && record->tags->find(tag) != nullptr));
        CHECK_FALSE(entities->is_in(user(i), team((i + 1) % kUsers)));
      }
    }
  }
  CHECK(failures > 10);
}

TEST_CASE("deciding allocates nothing, whatever the policies do") {
  const Engine engine(world_of(kPolicies, kEntities));
  const auto request = require(OwnedRequest::from_text(R"(User::"alice")", R"(Action::"view")", R"(Photo::"cat")",
                                                       R"({"n": 3, "ip": "10.1.2.3", "when": "2024-06-01"})"));
  const auto stranger =
      require(OwnedRequest::from_text(R"(Ghost::"g")", R"(Action::"fly")", R"(Photo::"dog")", R"({"n": 3})"));
  const Request requests[] = {request.view(), stranger.view()};
  Decision decisions[2];
  Response response;
  engine.authorize_many(requests, decisions);
  engine.authorize(requests[0], response);
  engine.authorize(requests[1], response);
  CHECK(decisions[0].permitted());
  CHECK(decisions[0].error_count() == 2);

  CHECK(allocations_during([&] {
          for (int i = 0; i < 100; ++i) {
            engine.authorize_many(requests, decisions);
            engine.authorize(requests[0], response);
            engine.authorize(requests[1], response);
          }
        }) == 0);
}

TEST_CASE("deciding from text allocates nothing when the names are known and plainly written") {
  const World world = world_of("permit(principal, action, resource);", R"([{"uid": {"type": "User", "id": "alice"},
      "attrs": {}, "parents": []}, {"uid": {"type": "Action", "id": "view"}, "attrs": {}, "parents": []}])");
  const Engine engine(world);
  const LiveEngine live(world);
  const Schema schema =
      require(parse_schema("entity User; action view appliesTo { principal: User, resource: User };"));
  const auto decide = [&] {
    CHECK(engine.authorize(R"(User::"alice")", R"(Action::"view")", R"(User::"alice")")->permitted());
    CHECK(live.authorize(R"(User::"alice")", R"(Action::"view")", R"(User::"alice")")->permitted());
    const auto request =
        OwnedRequest::from_text(R"(User::"alice")", R"(Action::"view")", R"(User::"alice")", "{}", &schema);
    CHECK(engine.authorize(request->view()).permitted());
  };
  decide();
  CHECK(allocations_during(decide) == 0);
}

TEST_CASE("a step-up with its requirements allocates nothing once the response has grown") {
  const Engine engine(world_of(R"(permit(principal, action, resource);
                                  @step_up("aal2") forbid(principal, action, resource);
                                  @step_up("approval") forbid(principal, action, resource);)"));
  const Request request{engine.entity("User", "alice"), engine.action("view"), engine.entity("Photo", "cat")};
  Response response;
  engine.authorize(request, response);
  CHECK(response.step_up.size() == 2);
  CHECK(allocations_during([&] {
          engine.authorize(request, response);
          (void)engine.authorize(request).step_up();
        }) == 0);
}

TEST_CASE("policies that need much scratch allocate once a thread and never again") {
  std::string set = "context.n";
  for (int i = 0; i < 2000; ++i) set += ", context.n + " + std::to_string(i);
  const Engine engine(world_of("permit(principal, action, resource) when { [" + set + "].contains(2001) };"));
  const auto request =
      require(OwnedRequest::from_text(R"(User::"alice")", R"(Action::"view")", R"(Photo::"cat")", R"({"n": 3})"));
  CHECK(engine.authorize(request.view()).permitted());
  CHECK(allocations_during([&] { CHECK(engine.authorize(request.view()).permitted()); }) == 0);
}

TEST_CASE("records of any size are made without allocation, but once a thread where they are large") {
  for (int fields = 1; fields <= 40; ++fields) {
    CAPTURE(fields);
    std::string record = "{";
    for (int i = 0; i < fields; ++i) {
      record += std::string(i == 0 ? "" : ", ") + "\"f" + std::to_string(i) + "\": context.n + " + std::to_string(i);
    }
    record += "}";
    const World world = world_of("permit(principal, action, resource) when { [" + record + "].contains(" + record +
                                 ") };"
                                 "permit(principal, action, resource) when { {\"inner\": " +
                                 record +
                                 "}.inner.f0 == 3 };"
                                 "forbid(principal, action, resource) when { " +
                                 record + " != " + record +
                                 " };"
                                 "forbid(principal, action, resource) when { [" +
                                 record + ", 1].containsAny([2, " + record + ".f0]) };");
    const auto request =
        require(OwnedRequest::from_text(R"(User::"alice")", R"(Action::"view")", R"(Photo::"cat")", R"({"n": 3})"));
    const Engine engine(world);
    const Answer answer = ask(engine, request.view());
    CHECK(answer == ask(Engine(world, Evaluator::reference), request.view()));
    CHECK(answer.reasons == ids{"policy0", "policy1"});
    CHECK(allocations_during([&] { CHECK(engine.authorize(request.view()).permitted()); }) == 0);
  }
}

TEST_CASE("without memory uids are not kept, and memory is not asked for again at once") {
  static KnownUids tables[2];  // nothing is given back
  static std::size_t made = 0;
  KnownUids& uids = tables[made++];
  constexpr std::string_view kShort = R"(User::"alice")";
  const std::string longer = "User::\"" + std::string(90, 'a') + '"';
  const auto remember_without_memory = [&](std::string_view text) {
    until_failure = 1;
    uids.remember(text, EntityId{1});
    CHECK(until_failure == 0);
    CHECK_FALSE(uids.find(text).valid());
  };
  const auto remember_at_last = [&](std::string_view text) {
    std::size_t times = 0;
    CHECK(allocations_during([&] {
            for (; times < 100'000 && !uids.find(text).valid(); ++times) uids.remember(text, EntityId{1});
          }) <= 2);
    CHECK(times > 1000);
    CHECK(uids.find(text) == EntityId{1});
  };
  SUBCASE("of the first lines") {
    remember_without_memory(kShort);
    CHECK(uids.bytes() == 0);
    remember_at_last(kShort);
  }
  SUBCASE("of the rest of a long text") {
    uids.remember(kShort, EntityId{2});
    REQUIRE(uids.find(kShort) == EntityId{2});
    remember_without_memory(longer);
    uids.remember(R"(User::"bob")", EntityId{3});  // for which there is room
    CHECK(uids.find(R"(User::"bob")") == EntityId{3});
    remember_at_last(longer);
    CHECK(uids.bytes() < std::size_t{1} << 20U);
  }
}

TEST_CASE("a principal in more groups than fit inline allocates once a thread and never again") {
  std::string entities = R"([{"uid": {"type": "User", "id": "busy"}, "attrs": {}, "parents": [)";
  std::string policies;
  for (int i = 0; i < 500; ++i) {
    const std::string group = std::to_string(i);
    entities += (i == 0 ? "" : ",") + std::string(R"({"type": "Group", "id": ")") + group + "\"}";
    policies += "permit(principal in Group::\"" + group + "\", action, resource);";
  }
  const Engine engine(world_of(policies, entities + "]}]"));
  const Request request{engine.entity("User", "busy"), engine.action("view"), engine.entity("Photo", "cat")};
  CHECK(engine.authorize(request).determining_count() == 500);
  CHECK(allocations_during([&] { CHECK(engine.authorize(request).determining_count() == 500); }) == 0);
}

}  // namespace quis::test
