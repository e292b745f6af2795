#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entities.hpp>

#include "model/entities_storage.hpp"
#include "model/entity_columns.hpp"

namespace quis {
namespace {

std::uint32_t code_of(const Value& value) { return attribute_code::of(value); }

/// A page of 256 entities: entity `i` has the attribute `n`, which is `i`, unless it is divisible by ten.
std::unique_ptr<EntityPage> page_with(SymbolId name) {
  static std::array<Value, EntityPage::kSize> values;
  static std::array<SymbolId, 1> keys;
  auto page = std::make_unique<EntityPage>();
  keys[0] = name;
  for (std::uint32_t i = 0; i < EntityPage::kSize; ++i) {
    values[i] = Value::integer(i);
    page->records[i].uid = EntityId{i};
    if (i % 10 != 0) page->records[i].attributes = {1, keys.data(), &values[i]};
  }
  return page;
}

}  // namespace

TEST_CASE("equal values have equal codes, and values of an exact code are equal") {
  using namespace attribute_code;
  constexpr std::int64_t kHalf = std::int64_t{1} << 29U;
  CHECK(code_of(Value::boolean(true)) == kTrue);
  CHECK(code_of(Value::boolean(false)) == kFalse);
  CHECK(code_of(Value::entity({17})) == 17);
  CHECK(is_exact(17));
  CHECK(code_of(Value::entity({EntityId::kLocalBit})) == kOther);
  CHECK(code_of(Value::entity({EntityId::kLocalBit | 1U})) == kOther);
  CHECK(code_of(Value::entity({})) == kOther);
  CHECK(code_of(Value::datetime(0)) == kOther);
  CHECK(code_of(Value::empty_record()) == kOther);
  CHECK_FALSE(is_exact(kOther));
  for (const std::int64_t n : {-kHalf, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}, kHalf - 1}) {
    CAPTURE(n);
    CHECK(code_of(Value::integer(n)) >= kFirstInteger);
    CHECK(integer_of(code_of(Value::integer(n))) == n);
    CHECK(is_exact(code_of(Value::integer(n))));
  }
  for (const std::int64_t n : {-kHalf - 1, kHalf, INT64_MIN, INT64_MAX}) {
    CAPTURE(n);
    CHECK(code_of(Value::integer(n)) == kOther);
  }
  CHECK(code_of(Value::integer(-2)) < code_of(Value::integer(-1)));
  const std::string open = "open";
  for (const std::string_view text : {"", "open", "closed"}) {
    CHECK(code_of(Value::string(text)) >= kFirstText);
    CHECK(code_of(Value::string(text)) < kFirstInteger);
    CHECK_FALSE(is_exact(code_of(Value::string(text))));
  }
  CHECK(code_of(Value::string("open")) == code_of(Value::string(open)));
}

TEST_CASE("a column has the code of each entity of the page at its place") {
  const SymbolId name = intern_symbol("n");
  const auto page = page_with(name);
  EntityColumns columns;
  std::size_t place = 0;
  CHECK(columns.bytes() == 0);
  const std::uint32_t* const codes = columns.attribute(*page, name, place);
  REQUIRE(codes != nullptr);
  CHECK(codes[0] == attribute_code::kAbsent);
  CHECK(codes[17] == code_of(Value::integer(17)));
  CHECK(codes[255] == code_of(Value::integer(255)));
  CHECK(columns.attribute(*page, name, place) == codes);
  CHECK(columns.attribute(*page, intern_symbol("other"), place)[17] == attribute_code::kAbsent);
  CHECK(columns.ancestors(*page)[17].size() == 0);
  CHECK(columns.bytes() > 0);
  CHECK(EntityColumns(columns).bytes() == 0);
}

TEST_CASE("only so many attributes have a column") {
  const auto page = page_with(intern_symbol("n"));
  EntityColumns columns;
  std::size_t place = 0;
  std::vector<const std::uint32_t*> made;
  for (std::size_t i = 0; i < EntityColumns::kMostAttributes; ++i) {
    made.push_back(columns.attribute(*page, intern_symbol("attribute " + std::to_string(i)), place));
    CHECK(made.back() != nullptr);
  }
  CHECK(columns.attribute(*page, intern_symbol("n"), place) == nullptr);
  CHECK(columns.attribute(*page, intern_symbol("attribute 3"), place) == made[3]);
}

TEST_CASE("threads that ask for columns at the same time get the right ones or none") {
  std::vector<SymbolId> names;
  for (int i = 0; i < 8; ++i) names.push_back(intern_symbol("thread " + std::to_string(i)));
  const auto page = page_with(names[5]);
  EntityColumns columns;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (std::size_t first = 0; first < 4; ++first) {
    threads.emplace_back([&, first] {
      std::size_t place = first;
      for (std::size_t i = 0; i < names.size(); ++i) {
        const std::size_t at = (i + first) % names.size();
        const std::uint32_t* const codes = columns.attribute(*page, names[at], place);
        const std::uint32_t wanted = at == 5 ? code_of(Value::integer(17)) : attribute_code::kAbsent;
        if ((codes != nullptr && codes[17] != wanted) || columns.ancestors(*page) == nullptr) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  std::size_t place = 0;
  for (const SymbolId name : names) CHECK(columns.attribute(*page, name, place) != nullptr);
}

}  // namespace quis
