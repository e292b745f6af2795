#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <quis/model/entity_updater.hpp>

#include "engine/decide.hpp"

namespace quis::test {
namespace {

constexpr std::size_t kDocuments = 200;

EntityId document(std::size_t i) { return intern_entity("Document", "d" + std::to_string(i)); }

std::string uid(std::string_view type, std::string_view id) {
  return R"({"type": ")" + std::string(type) + R"(", "id": ")" + std::string(id) + R"("})";
}
std::string reference(std::string_view type, std::string_view id) { return R"({"__entity": )" + uid(type, id) + "}"; }

/// Two hundred documents: d0, d3, d6 … are read by the team of alice, d1, d4 … belong to her, and every tenth is
/// public. Document 7 has no attributes, document 8 is not in the store, and those from 100 on have one attribute more.
/// Each fifth lies in folder a, of the others each seventh in folder b; those with even numbers have viewers.
std::string documents() {
  std::string entities = R"([{"uid": )" + uid("User", "alice") + R"(, "attrs": {"team": )" + reference("Team", "e") +
                         R"(, "level": 3, "status": "open", "folder": )" + reference("Folder", "a") +
                         R"(, "folders": [)" + reference("Folder", "a") + "," + reference("Folder", "b") +
                         R"(], "starred": [)" + reference("Document", "d2") + "," + reference("Document", "d150") +
                         R"(]}, "parents": [)";
  for (const std::string_view team : {"a", "b", "c", "d", "e"}) {
    entities += (team == "a" ? "" : ",") + uid("Team", team);
  }
  entities += R"(]}, {"uid": )" + uid("Team", "e") + R"(, "attrs": {"lead": )" + reference("User", "alice") +
              R"(}, "parents": []})";
  for (std::size_t i = 0; i < kDocuments; ++i) {
    if (i == 8) continue;
    entities += R"(,{"uid": )" + uid("Document", "d" + std::to_string(i)) + R"(, "parents": [)";
    if (i % 5 == 0) entities += uid("Folder", "a");
    if (i % 5 != 0 && i % 7 == 0) entities += uid("Folder", "b");
    entities += R"(], "attrs": {)";
    if (i != 7) {
      entities += R"("readers": )" + reference("Team", i % 3 == 0 ? "e" : "other") + R"(, "owner": )" +
                  reference("User", i % 3 == 1 ? "alice" : "bob") + R"(, "level": )" + std::to_string(i % 7) +
                  R"(, "status": ")" + (i % 4 == 0 ? "open" : "closed") + R"(", "public": )" +
                  (i % 10 == 0 ? "true"
                   : i == 11   ? "3"
                               : "false");
      if (i % 2 == 0) {
        entities += R"(, "viewers": [)" + reference("User", i % 4 == 0 ? "alice" : "carol") + "," +
                    reference("Team", i % 6 == 0 ? "e" : "other") + "]";
      }
      if (i >= 100) entities += R"(, "archived": true)";
    }
    entities += "}}";
  }
  return entities + "]";
}

/// How many are permitted; each is compared with what `authorize` says.
std::size_t permitted(const Engine& engine, Request question, const std::vector<EntityId>& resources) {
  const auto answers = std::make_unique<bool[]>(resources.size());
  engine.permitted_among(question, resources, {answers.get(), resources.size()});
  for (std::size_t i = 0; i < resources.size(); ++i) {
    question.resource = resources[i];
    CAPTURE(i);
    CHECK(answers[i] == engine.authorize(question).permitted());
  }
  return static_cast<std::size_t>(std::count(answers.get(), answers.get() + resources.size(), true));
}

Request question_of(const Engine& engine) { return {engine.entity("User", "alice"), engine.action("read"), {}}; }

std::vector<EntityId> all_documents() {
  std::vector<EntityId> resources;
  for (std::size_t i = 0; i < kDocuments; ++i) resources.push_back(document(i));
  return resources;
}

/// How many of 200 documents are permitted, in whatever order and company they come.
std::size_t permitted(std::string_view policies, ForbidErrors forbid_errors = ForbidErrors::skip) {
  const Engine engine(world_of(policies, documents()), Evaluator::compiled, forbid_errors);
  const Request question = question_of(engine);
  std::vector<EntityId> resources = all_documents();
  const std::size_t few = permitted(engine, question, {resources.begin(), resources.begin() + 100});
  const std::size_t rest = permitted(engine, question, {resources.begin() + 100, resources.end()});
  const std::size_t count = permitted(engine, question, resources);
  CHECK(few + rest == count);
  std::reverse(resources.begin(), resources.end());
  CHECK(permitted(engine, question, resources) == count);
  std::vector<EntityId> scattered;  // with others between them, and twice
  for (std::size_t i = 0; i < 2 * kDocuments; ++i) {
    scattered.push_back(resources[i * 37 % kDocuments]);
    scattered.push_back(question.principal);
  }
  const std::size_t others = permitted(engine, question, {kDocuments, question.principal});
  CHECK(permitted(engine, question, scattered) == 2 * count + 2 * others);
  return count;
}

/// The policies permit whoever reads, when this holds.
std::size_t permitted_when(const std::string& condition) {
  return permitted("permit(principal, action, resource) when { " + condition + " };");
}

}  // namespace

TEST_CASE("resources are permitted by a membership, by ownership, or by a flag, whatever attributes they have") {
  CHECK(permitted_when("principal in resource.readers") == 67);
  CHECK(permitted_when("resource.owner == principal") == 67 - 1);
  CHECK(permitted_when("resource.public") == 20);
  CHECK(permitted(R"(permit(principal, action, resource) when { principal in resource.readers };
                     permit(principal, action, resource) when { resource.owner == principal };)") == 133);
}

TEST_CASE("a forbid takes resources away, and one that errs only where errors of forbids deny") {
  constexpr std::string_view kPolicies = R"(permit(principal, action, resource) when { principal in resource.readers };
                                            forbid(principal, action, resource) when { resource.archived };)";
  CHECK(permitted(kPolicies) == 34);
  CHECK(permitted(kPolicies, ForbidErrors::deny) == 0);
  CHECK(permitted(R"(permit(principal, action, resource); @step_up("x") forbid(principal, action, resource)
                     when { resource has archived };)") == 100);
  constexpr std::string_view kFlag = R"(permit(principal, action, resource);
                                        forbid(principal, action, resource) when { resource.public };)";
  CHECK(permitted(kFlag) == 180);
  CHECK(permitted(kFlag, ForbidErrors::deny) == 180 - 3);  // document 11, and those that have no such attribute
}

TEST_CASE("policies of particular principals, types and resources are found for each resource") {
  CHECK(permitted(R"(permit(principal in Team::"e", action == Action::"read", resource is Document)
                     when { principal in resource.readers };)") == 67);
  CHECK(permitted(R"(permit(principal == User::"alice", action, resource == Document::"d150");
                     permit(principal == User::"bob", action, resource == Document::"d151");)") == 1);
  CHECK(permitted(R"(permit(principal, action, resource in Folder::"a");)") == 40);
  CHECK(permitted(R"(permit(principal, action, resource is Document in Folder::"a");
                     permit(principal, action, resource is User in Folder::"b");)") == 40);
  CHECK(permitted(R"(permit(principal is User in Team::"a", action, resource in Folder::"a");
                     forbid(principal, action, resource in Folder::"a") unless { resource.public };)") == 20);
}

TEST_CASE("a principal with many shares of its own is permitted these and no others") {
  std::string policies;
  for (std::size_t share = 0; share < 10; ++share) {
    for (const std::string_view user : {"alice", "bob"}) {
      policies += "permit(principal == User::\"" + std::string(user) + R"(", action, resource == Document::"d)" +
                  std::to_string(share * 2 + (user == "bob" ? 1 : 0)) + "\");";
    }
  }
  CHECK(permitted(policies) == 10);
  for (std::size_t share = 10; share < 40; ++share) {
    policies +=
        R"(permit(principal == User::"alice", action, resource == Document::"d)" + std::to_string(share * 2) + "\");";
  }
  CHECK(permitted(policies) == 40);
  CHECK(permitted(policies + R"(forbid(principal, action, resource in Folder::"a");)") == 32);
}

TEST_CASE("conditions of several tests hold for the resources for which all that is asked holds") {
  CHECK(permitted_when("principal in resource.readers && resource.public") == 7);
  CHECK(permitted_when("principal in resource.readers || resource.owner == principal || resource.public") == 140 - 1);
  CHECK(permitted_when("resource has archived && resource.archived && resource.owner == principal") == 34);
  CHECK(permitted_when("resource has archived && !resource.public") == 90);
  CHECK(permitted_when("!(resource has archived) && resource has public && !(resource.owner == principal)") == 66);
  CHECK(permitted_when(R"(resource.status == "open" && resource.level <= principal.level)") == 27 + 1);
  CHECK(permitted_when("principal.status == resource.status") == 49);
  CHECK(permitted_when("resource.readers == principal.team") == 67);
  CHECK(permitted_when(R"(resource.readers == Team::"other" && resource.status != "open")") == 99);
  CHECK(permitted_when("resource == Document::\"d9\" || Document::\"d10\" == resource") == 2);
  CHECK(permitted_when("resource is Document && context has mfa") == 0);
  CHECK(permitted_when("resource.readers.lead == principal") == 67);
  CHECK(permitted_when("principal in resource.readers.lead") == 67);
}

TEST_CASE("attributes are compared with what stands in the policy") {
  CHECK(permitted_when("resource.level >= 3") == 113);
  CHECK(permitted_when("3 <= resource.level") == 113);
  CHECK(permitted_when("!(resource.level >= 3)") == 85);
  CHECK(permitted_when("resource.level == 2") == 29);
  CHECK(permitted_when("resource.level < 9223372036854775807") == 198);
  CHECK(permitted_when("resource.level <= -9223372036854775807") == 0);
  CHECK(permitted_when("resource.level > -9223372036854775807") == 198);
  CHECK(permitted_when("resource has level && resource.level > 4") == 56);
  CHECK(permitted_when(R"(resource.status == "open")") == 49);
  CHECK(permitted_when(R"(resource.status != "open")") == 149);
  CHECK(permitted_when("resource has archived && resource.archived == true") == 100);
  CHECK(permitted_when("!(resource has archived && resource.archived == true)") == 100);
  CHECK(permitted_when("resource.readers.lead == 3 || true") == 67);
  CHECK(permitted_when(R"(resource.level > datetime("2026-01-01"))") == 0);
  CHECK(permitted_when("resource.status < 3 || true") == 0);
  CHECK(permitted_when("resource.public == 3") == 1);
  CHECK(permitted_when(R"(principal.level >= 3 && principal.status == "open" && resource.level < 3)") == 85);
  CHECK(permitted_when(R"(resource.hasTag("any") || principal.hasTag("any"))") == 0);
  CHECK(permitted_when(R"(resource.getTag("any") == 1 || true)") == 0);
  constexpr std::string_view kForbids = R"(permit(principal, action, resource);
                                           forbid(principal, action, resource) when { resource.level >= 3 };)";
  CHECK(permitted(kForbids) == 200 - 113);
  CHECK(permitted(kForbids, ForbidErrors::deny) == 85);  // documents 7 and 8 have no level
}

TEST_CASE("resources in what belongs to the principal, or among it, are permitted") {
  CHECK(permitted_when(R"(resource in Folder::"a")") == 40);
  CHECK(permitted_when("resource in principal.folder") == 40);
  CHECK(permitted_when("resource in principal.folders") == 40 + 23);
  CHECK(permitted_when("resource in principal.level") == 0);
  CHECK(permitted_when("resource in principal.nothing || true") == 0);
  CHECK(permitted_when("principal has folder && resource in principal.folder") == 40);
  CHECK(permitted_when("principal.starred.contains(resource)") == 2);
  CHECK(permitted_when(R"([Document::"d1", Document::"d2", principal].contains(resource))") == 2);
}

TEST_CASE("sets of viewers are looked into") {
  CHECK(permitted_when("resource.viewers.contains(principal)") == 49);
  CHECK(permitted_when("principal in resource.viewers") == 66);
  CHECK(permitted_when("resource has viewers && !(principal in resource.viewers)") == 33);
  CHECK(permitted_when("resource.owner.contains(principal) || true") == 0);
}

TEST_CASE("a value that came to its place on two ways is that of the way that each resource took") {
  CHECK(permitted_when("(if resource.public then resource.owner else resource.readers) == principal") == 7);
  CHECK(permitted_when("(if resource.public then resource.readers else resource.owner) == principal.team") == 7);
  CHECK(permitted_when("(if resource.public then principal.team else resource.owner) == principal.team") == 20);
  CHECK(permitted_when("(if resource has archived then 1 else 2) == 1") == 100);
  CHECK(permitted_when("(resource.public && true) == (resource.level > 3)") == 110);
}

TEST_CASE("conditions too long to be decided for many resources at a time are decided for one after the other") {
  std::string long_one = "resource.level == 100";
  for (int i = 0; i < 100; ++i) long_one += " || resource.level == " + std::to_string(i * 7);
  CHECK(permitted_when(long_one) == 28);
  std::string set = "resource.level";
  for (int i = 0; i < 40; ++i) set += ", resource.level + " + std::to_string(i);
  CHECK(permitted_when("[" + set + "].contains(3)") == 114);
}

TEST_CASE("a principal that only the request knows is taken for no value of an attribute") {
  const Engine engine(world_of(R"(permit(principal, action, resource) when { resource.public == principal };
                                  permit(principal, action, resource) when { principal in resource.public };
                                  permit(principal, action, resource) when { resource.owner == principal };
                                  permit(principal, action, resource is Team);)",
                               documents()));
  std::vector<EntityId> resources = all_documents();
  for (const std::string_view stranger : {"first", "second"}) {  // whose ids are the first two of their kind
    const auto request = require(OwnedRequest::from_text(R"(Stranger::"first")", R"(Action::"read")",
                                                         R"(Stranger::")" + std::string(stranger) + "\""));
    Request question = request.view();
    CHECK(permitted(engine, question, resources) == 0);
    question.principal = question.resource;
    CHECK(permitted(engine, question, resources) == 0);
    std::vector<EntityId> with_team = resources;
    with_team.push_back(engine.entity("Team", "e"));
    CHECK(permitted(engine, question, with_team) == 1);
  }
}

TEST_CASE("resources that nobody can decide about are denied, and the others are not") {
  const Engine engine(world_of("permit(principal, action, resource);"));
  Request question{engine.entity("User", "alice"), engine.action("read"), EntityId{}};
  const std::array<EntityId, 3> resources = {document(1), EntityId{}, EntityId{EntityId::kLocalBit}};
  std::array<bool, 3> answers = {false, true, true};
  engine.permitted_among(question, resources, answers);
  CHECK(answers == std::array<bool, 3>{true, false, false});
  question.principal = EntityId{};
  engine.permitted_among(question, resources, answers);
  CHECK(answers == std::array<bool, 3>{});
}

TEST_CASE("what changed in the store is seen by the next version, and by no other") {
  const World before = world_of(R"(permit(principal, action, resource) when { principal in resource.readers };
                                   permit(principal, action, resource) when { resource.owner == principal };)",
                                documents());
  const Engine old_engine(before);
  const std::vector<EntityId> resources = all_documents();
  CHECK(permitted(old_engine, question_of(old_engine), resources) == 133);
  EntityUpdater updater(before.entities());
  EntityChanges changes;
  require(changes.set_attribute(document(0), intern_symbol("readers"), Value::entity(intern_entity("Team", "other"))));
  require(changes.set_attribute(document(2), intern_symbol("owner"), Value::entity(intern_entity("User", "alice"))));
  require(changes.set_attribute(document(5), intern_symbol("owner"), Value::entity(intern_entity("User", "alice"))));
  require(changes.remove(document(1)));
  CHECK(updater.apply(changes, 2).has_value());
  const Engine engine(before.with(updater.current(), 2));
  CHECK(permitted(engine, question_of(engine), resources) == 133);
  CHECK(permitted(engine, question_of(engine), {20, document(0)}) == 0);
  CHECK(permitted(engine, question_of(engine), {20, document(5)}) == 20);
  CHECK(permitted(old_engine, question_of(old_engine), {20, document(0)}) == 20);
  EntityChanges back;
  require(back.set_attribute(document(0), intern_symbol("readers"), Value::entity(intern_entity("Team", "e"))));
  CHECK(updater.apply(back, 3).has_value());
  const Engine newest(before.with(updater.current(), 3));
  CHECK(permitted(newest, question_of(newest), resources) == 134);
  CHECK(permitted(old_engine, question_of(old_engine), resources) == 133);
}

TEST_CASE("threads that ask the same for the first time get the same answers") {
  const Engine engine(world_of(R"(permit(principal, action, resource) when { principal in resource.readers };
                                  permit(principal, action, resource) when { resource.owner == principal };)",
                               documents()));
  const std::vector<EntityId> resources = all_documents();
  std::atomic<std::size_t> total{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      std::array<bool, kDocuments> answers = {};
      engine.permitted_among(question_of(engine), resources, answers);
      total += static_cast<std::size_t>(std::count(answers.begin(), answers.end(), true));
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(total == 4 * 133);
}

}  // namespace quis::test
