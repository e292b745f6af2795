// The numbers that stand for contexts and for answers: each for one, and never more than there is room for.

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/engine/decision.hpp>

#include "engine/situations.hpp"
#include "engine/verdicts.hpp"

namespace quis::test {
namespace {

constexpr std::uint32_t kDear = 100;

ActionReads reads_nothing(std::uint32_t action) {
  ActionReads reads;
  reads.action = EntityId{action};
  reads.cost = kDear;
  return reads;
}

ActionReads reads_x(std::uint32_t action) {
  ActionReads reads = reads_nothing(action);
  reads.context.push_back({intern_symbol("x"), true});
  return reads;
}

std::optional<Situations::Situation> situation(Situations& situations, std::uint32_t action, const Value& x) {
  const SymbolId name = intern_symbol("x");
  const RecordData record{1, &name, &x};
  return situations.of({EntityId{1}, EntityId{action}, EntityId{2}, nullptr, Value::record(&record)});
}

TEST_CASE("contexts are numbered up to a limit, each once, and those beyond it are not cached") {
  constexpr std::uint32_t kActions = 100;  // whose numbers do not count
  std::vector<ActionReads> actions;
  for (std::uint32_t action = 1; action <= kActions; ++action) actions.push_back(reads_nothing(action));
  actions.push_back(reads_x(kActions + 1));
  Situations situations(std::move(actions), 0);
  std::set<std::uint16_t> numbers;
  for (std::uint32_t action = 1; action <= kActions; ++action) {
    numbers.insert(situation(situations, action, Value::integer(1))->number);
  }
  for (std::int64_t i = 0; i < Situations::kMost + 100; ++i) {
    const auto found = situation(situations, kActions + 1, Value::integer(i));
    REQUIRE(found.has_value() == (i < Situations::kMost));
    if (found) numbers.insert(found->number);
  }
  CHECK(numbers.size() == kActions + Situations::kMost);
  CHECK_FALSE(numbers.contains(0));
  CHECK(situation(situations, kActions + 1, Value::integer(7)));  // is still known
}

TEST_CASE("a context that is known is a copy, and is found by its content") {
  Situations situations({reads_x(1)}, 0);
  std::string text = "a text that is long enough";
  const std::string same = text;
  const auto known = situation(situations, 1, Value::string(text));
  text.assign(text.size(), '-');  // the memory is used for something else
  REQUIRE(known);
  CHECK(situation(situations, 1, Value::string(same))->number == known->number);
  CHECK(situation(situations, 1, Value::string(text))->number != known->number);
}

TEST_CASE("large contexts are numbered as far as memory is set aside for them") {
  Situations situations({reads_x(1)}, 0);
  int numbered = 0;
  for (int i = 0; i < 100; ++i) {
    std::string text(std::size_t{1} << 20U, 'x');
    text += std::to_string(i);
    numbered += situation(situations, 1, Value::string(text)) ? 1 : 0;
  }
  CHECK(numbered > 10);
  CHECK(numbered < 20);
}

TEST_CASE("more actions than there are numbers do not share any") {
  constexpr std::uint32_t kActions = 0x1'0000;
  std::vector<ActionReads> actions;
  for (std::uint32_t action = 1; action <= kActions; ++action) actions.push_back(reads_nothing(action));
  actions.push_back(reads_x(kActions + 1));
  Situations situations(std::move(actions), 0);
  std::set<std::uint16_t> numbers;
  std::uint32_t numbered = 0;
  for (std::uint32_t action = 1; action <= kActions + 1; ++action) {
    const auto found = situation(situations, action, Value::integer(1));
    if (!found) continue;
    CHECK(found->number != 0);
    numbers.insert(found->number);
    ++numbered;
  }
  CHECK(numbered > 0x8000);
  CHECK(numbers.size() == numbered);
}

Decision decision(bool permitted, std::vector<PolicyIndex> determining, const std::vector<PolicyIndex>& errors) {
  Response response;
  response.permitted = permitted;
  response.determining = std::move(determining);
  for (const PolicyIndex policy : errors) response.errors.push_back({policy, {}});
  return summarise(response);
}

bool same(const Decision& a, const Decision& b) {
  return a.outcome() == b.outcome() && a.determining_count() == b.determining_count() &&
         a.error_count() == b.error_count() && std::ranges::equal(a.determining(), b.determining()) &&
         std::ranges::equal(a.errors(), b.errors());
}

TEST_CASE("every answer has a number of its own until there are no more, and a number leads to its answer") {
  Verdicts verdicts;
  std::mt19937 random(1);
  std::vector<Decision> all;
  for (int i = 0; i < 6000; ++i) {  // so many that their hashes meet
    const PolicyIndex policy = static_cast<PolicyIndex>(random());
    const PolicyIndex failed = static_cast<PolicyIndex>(random());
    all.push_back(decision(true, {policy}, {}));
    all.push_back(decision(false, {policy}, {}));
    all.push_back(decision(true, {7}, {failed}));
    all.push_back(decision(false, {}, {failed}));
    all.push_back(decision(true, {policy, 1, 2, 3, 4, 5, 6}, {}));
    all.push_back(decision(true, {policy, 1, 2, 3, 4, 5, 6, 7}, {}));
  }
  std::set<VerdictNumber> numbers;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const VerdictNumber number = verdicts.number(all[i]);
    REQUIRE((number != 0) == (i < Verdicts::kMost));
    if (number == 0) continue;
    numbers.insert(number);
    REQUIRE(same(verdicts[number], all[i]));
  }
  CHECK(numbers.size() == Verdicts::kMost);
  for (std::size_t i = 0; i < Verdicts::kMost; ++i) REQUIRE(same(verdicts[verdicts.number(all[i])], all[i]));
}

TEST_CASE("a permit and a denial by the same policies are two answers, wherever their hashes lie") {
  std::mt19937 random(1);
  int shared = 0;
  for (int round = 0; round < 50; ++round) {
    Verdicts verdicts;
    for (int i = 0; i < Verdicts::kMost / 2; ++i) {
      const PolicyIndex policy = static_cast<PolicyIndex>(random());
      shared += verdicts.number(decision(true, {policy}, {})) == verdicts.number(decision(false, {policy}, {})) ? 1 : 0;
    }
  }
  CHECK(shared == 0);
}

}  // namespace
}  // namespace quis::test
