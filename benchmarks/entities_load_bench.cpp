// Loading a million entities from JSON: how long, and what the store then occupies.
//
// A company of 947,000 people in six levels of groups, every entity with ten attributes (people) and three parents.
// `teams` puts eight neighbours into the same three groups, as departments do; `scattered` gives each person three
// groups of its own choice, so that hardly two ancestor lists are alike. The text depends on nothing but the code
// below.
//
// One iteration: the vocabulary only grows, so a second load would find every name there.

#include <benchmark/benchmark.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entities.hpp>

namespace {

constexpr std::size_t kEntities = 1'000'000;
constexpr std::array<std::size_t, 6> kGroups = {43'000, 8'600, 1'720, 344, 69, 14};

enum Shape : std::int64_t { kTeams, kScattered };

std::string number(std::size_t n) { return std::to_string(n); }

std::string uid(const std::string& type, const std::string& id) {
  return R"({"type":")" + type + R"(","id":")" + id + R"("})";
}

std::string group_id(std::size_t level, std::size_t index) { return "l" + number(level) + "-" + number(index); }

/// Three groups of a level: neighbours, or spread by a multiplicative hash of `i`.
std::string parents(std::size_t level, std::size_t i, std::size_t siblings, bool scattered) {
  if (level == kGroups.size()) return "[]";
  const std::size_t size = kGroups[level];
  std::string text = "[";
  for (std::size_t k = 0; k < 3; ++k) {
    const std::size_t near = i / siblings + k;
    const std::size_t far = ((i * 3 + k + 1) * 0x9e37'79b9'7f4a'7c15ULL) >> 20U;
    text += (k == 0 ? "" : ",") + uid("Company::Group", group_id(level, (scattered ? far : near) % size));
  }
  return text + "]";
}

std::string person(std::size_t i, const std::string& space, bool scattered) {
  const std::string n = number(i);
  return R"({"uid":)" + uid("Company::Person", space + n) + R"(,"attrs":{"name":"Person Number )" + n +
         R"(","email":"person)" + n + R"(@example.com","department":"department )" + number(i % 40) +
         R"(","title":"title )" + number(i % 300) + R"(","age":)" + number(20 + i % 45) + R"(,"level":)" +
         number(i % 12) + R"(,"active":)" + (i % 50 == 0 ? "false" : "true") + R"(,"manager":{"__entity":)" +
         uid("Company::Person", space + number(i / 10)) + R"(},"roles":["reader","writer of )" + number(i % 7) +
         R"("],"address":{"city":"city )" + number(i % 500) + R"(","network":{"__extn":{"fn":"ip","arg":"10.)" +
         number(i % 200) + R"(.0.0/16"}}}},"parents":)" + parents(0, i, 24, scattered) + "}";
}

/// `space` keeps the people of one run apart from those of another.
std::string company(const std::string& space, bool scattered) {
  std::string text = "[\n";
  text.reserve(kEntities * 700);
  std::size_t written = 0;
  for (std::size_t level = 0; level < kGroups.size(); ++level) {
    for (std::size_t i = 0; i < kGroups[level]; ++i, ++written) {
      text += R"({"uid":)" + uid("Company::Group", group_id(level, i)) + R"(,"attrs":{"level":)" + number(level) +
              R"(},"parents":)" + parents(level + 1, i, 5, false) + "},\n";
    }
  }
  for (; written < kEntities; ++written) {
    text += person(written, space, scattered);
    text += written + 1 < kEntities ? ",\n" : "\n]";
  }
  return text;
}

void entities_load(benchmark::State& state) {
  const bool scattered = state.range(0) == kScattered;
  const std::string text = company(scattered ? "s" : "t", scattered);
  for (auto _ : state) {
    const std::size_t names_before = quis::vocabulary_statistics().bytes;
    const auto entities = quis::Entities::from_json(text);
    if (!entities) {
      state.SkipWithError(render(entities.error()).c_str());
      return;
    }
    const quis::EntitiesStatistics statistics = entities->statistics();
    const auto per_entity = [&](std::size_t bytes) {
      return static_cast<double>(bytes) / static_cast<double>(kEntities);
    };
    state.counters["text_B"] = per_entity(text.size());
    state.counters["records_B"] = per_entity(statistics.record_bytes);
    state.counters["vocabulary_B"] = per_entity(quis::vocabulary_statistics().bytes - names_before);
    state.counters["ancestors_B"] = per_entity(statistics.ancestor_bytes);
    state.counters["values_B"] = per_entity(statistics.value_bytes);
    state.counters["entities"] = static_cast<double>(statistics.entities);
  }
}
BENCHMARK(entities_load)->ArgName("scattered")->Arg(kTeams)->Arg(kScattered)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
