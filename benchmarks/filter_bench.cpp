// One principal, one action, many resources: `Engine::permitted_among` for the shapes that policies of lists have.
//
// 100,000 documents in 1,000 folders, in one of ten spaces each; 100,000 users in eight of 10,000 teams each. A
// document has an owner, a team of readers, two viewers, a status, a level and two flags; everything is drawn at
// random. Each benchmark is one set of policies and one order of the documents; the principal changes with every sweep.
// `many_entities/permitted_among` has the plainest three policies, and entities without anything else.

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include <quis/engine/engine.hpp>

#include "benchmarks.hpp"
#include "random.hpp"

namespace quis::bench {
namespace {

constexpr std::size_t kDocuments = 100'000;
constexpr std::size_t kUsers = 100'000;
constexpr std::size_t kTeams = 10'000;
constexpr std::size_t kFolders = 1'000;
constexpr std::size_t kSpaces = 10;

std::vector<EntityId> named(std::string_view type, std::size_t count) {
  std::vector<EntityId> entities;
  entities.reserve(count);
  for (std::size_t i = 0; i < count; ++i) entities.push_back(intern_entity(type, std::to_string(i)));
  return entities;
}

struct Library {
  std::vector<EntityId> users = named("User", kUsers);
  std::vector<EntityId> documents = named("Document", kDocuments);
  Entities entities;

  Library() {
    const std::vector<EntityId> teams = named("Team", kTeams);
    const std::vector<EntityId> folders = named("Folder", kFolders);
    const std::vector<EntityId> spaces = named("Space", kSpaces);
    Random random(1);
    const auto any = [&](const std::vector<EntityId>& of) { return of[random.below(of.size())]; };
    const auto flag = [&](std::size_t one_in) { return Value::boolean(random.below(one_in) == 0); };
    EntitiesBuilder builder;
    for (const EntityId folder : folders) (void)builder.add(folder, {}, std::array{any(spaces)});
    for (const EntityId user : users) {
      std::array<EntityId, 8> groups;
      for (EntityId& group : groups) group = any(teams);
      const std::array<std::pair<SymbolId, Value>, 2> attributes = {
          {{intern_symbol("folder"), Value::entity(any(folders))}, {intern_symbol("level"), Value::integer(5)}}};
      (void)builder.add(user, attributes, groups);
    }
    for (const EntityId document : documents) {
      const std::array viewers = {Value::entity(any(users)), Value::entity(any(users))};
      const std::array<std::pair<SymbolId, Value>, 7> attributes = {
          {{intern_symbol("owner"), Value::entity(any(users))},
           {intern_symbol("readers"), Value::entity(any(teams))},
           {intern_symbol("viewers"), builder.arena().set(viewers)},
           {intern_symbol("status"), builder.arena().string(random.below(4) == 0 ? "draft" : "published")},
           {intern_symbol("level"), Value::integer(static_cast<std::int64_t>(random.below(10)))},
           {intern_symbol("public"), flag(100)},
           {intern_symbol("archived"), flag(10)}}};
      (void)builder.add(document, attributes, std::array{any(folders)});
    }
    entities = *builder.build();
  }
};

const Library& library() {
  static const Library library;
  return library;
}

enum class Order { by_id, shuffled, one_in_fifty };

std::vector<EntityId> documents_in(Order order) {
  std::vector<EntityId> documents = library().documents;
  Random random(2);
  if (order == Order::shuffled) {
    for (std::size_t i = documents.size(); i > 1; --i) std::swap(documents[i - 1], documents[random.below(i)]);
  }
  if (order == Order::one_in_fifty) {
    std::erase_if(documents, [&](EntityId) { return random.below(50) != 0; });
  }
  return documents;
}

struct Shape {
  std::string_view name;
  std::string_view conditions;  ///< of permits, one a line
  std::string_view others = "";
  Order order = Order::by_id;
};

constexpr Shape kShapes[] = {
    {"three_permits", "principal in resource.readers\nresource.owner == principal\nresource.public"},
    {"three_permits_shuffled", "principal in resource.readers\nresource.owner == principal\nresource.public", "",
     Order::shuffled},
    {"three_permits_sparse", "principal in resource.readers\nresource.owner == principal\nresource.public", "",
     Order::one_in_fifty},
    {"and", "principal in resource.readers && !resource.archived"},
    {"or", "principal in resource.readers || resource.owner == principal || resource.public"},
    {"guarded", "resource has public && resource.public && !(resource has deleted)"},
    {"forbid", "principal in resource.readers\nresource.public",
     "forbid(principal, action, resource) when { resource.archived } unless { resource.owner == principal };"},
    {"typed", "",
     "permit(principal is User, action == Action::\"read\", resource is Document) when { principal in "
     "resource.readers };"},
    {"in_folder_of_principal", "resource in principal.folder"},
    {"in_space", "", "permit(principal, action, resource in Space::\"3\") when { resource.public };"},
    {"set_of_viewers", "resource.viewers.contains(principal)"},
    {"string", "resource.status == \"draft\" && principal in resource.readers"},
    {"level", "resource.level > principal.level && resource.public"},
};

void filter(benchmark::State& state, const Shape& shape) {
  std::string policies(shape.others);
  for (std::string_view left = shape.conditions; !left.empty();) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    policies += "permit(principal, action, resource) when { " + std::string(left.substr(0, end)) + " };\n";
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  const Engine engine(World::build(*PolicySet::from_text(policies), library().entities));
  const std::vector<EntityId> documents = documents_in(shape.order);
  const auto permitted = std::make_unique<bool[]>(documents.size());
  Request question{{}, engine.action("read"), {}};
  std::size_t next = 0;
  for (auto _ : state) {
    question.principal = library().users[next++ * 7919 % kUsers];
    engine.permitted_among(question, documents, {permitted.get(), documents.size()});
    benchmark::DoNotOptimize(permitted.get());
  }
  const double each = static_cast<double>(state.iterations()) * static_cast<double>(documents.size());
  state.counters["each"] = benchmark::Counter(each, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

const bool registered = [] {
  for (const Shape& shape : kShapes) {
    benchmark::RegisterBenchmark(("filter/" + std::string(shape.name)).c_str(), filter, shape)
        ->Unit(benchmark::kMicrosecond);
  }
  return true;
}();

}  // namespace
}  // namespace quis::bench
