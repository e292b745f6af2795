#include "engine/id_table.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <quis/base/ids.hpp>

namespace {

struct Numbered {
  quis::EntityId id;
  std::uint32_t number = 0;
};
using Table = quis::IdTable<Numbered, &Numbered::id>;

Table table_of(const std::vector<std::uint32_t>& ids) {
  std::vector<Numbered> entries;
  for (const std::uint32_t id : ids) entries.push_back({{id}, id * 3});
  Table table;
  table.build(entries);
  return table;
}

/// Finds just these, whatever stands next to them or in their place.
void check(const std::vector<std::uint32_t>& ids) {
  const Table table = table_of(ids);
  const auto is_in = [&](std::uint32_t id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); };
  for (const std::uint32_t id : ids) {
    for (const std::uint32_t near : {id - 2, id - 1, id, id + 1, id + 2, id ^ quis::EntityId::kLocalBit}) {
      CAPTURE(near);
      const Numbered* const found = table.find({near});
      REQUIRE((found != nullptr) == is_in(near));
      if (found != nullptr) CHECK(found->number == near * 3);
    }
  }
  CHECK(table.find(quis::EntityId()) == nullptr);
  CHECK(table.find({0}) == (is_in(0) ? table.slots().data() : nullptr));
  CHECK_FALSE(table.empty());
}

}  // namespace

TEST_CASE("an id table finds the ids that it holds and no other, near each other or far apart") {
  check({0});
  check({5});
  check({0x7fff'fffe});
  check({0, 1, 2, 3});
  check({1000, 1003, 1900});
  check({7, 0x7fff'fffe});
  std::vector<std::uint32_t> near;
  std::vector<std::uint32_t> far;
  std::vector<std::uint32_t> colliding;
  for (std::uint32_t i = 0; i < 3000; ++i) {
    near.push_back(50'000 + i * 3);
    far.push_back(10 + i * 100'003);
    colliding.push_back(i << 18U);
  }
  check(near);
  check(far);
  check(colliding);
}

TEST_CASE("an id table that holds nothing finds nothing, and can be built again") {
  Table table;
  for (const std::uint32_t id : {0U, 1U, 0x7fff'ffffU, quis::EntityId::kNone}) CHECK(table.find({id}) == nullptr);
  CHECK(table.empty());
  table = table_of({7, 0x7fff'fffe});
  table.build(std::vector<Numbered>{{{3}, 9}});
  CHECK(table.find({3})->number == 9);
  CHECK(table.find({7}) == nullptr);
  table.build({});
  CHECK(table.find({3}) == nullptr);
  CHECK(table.empty());
}

TEST_CASE("ids near each other are in order of their numbers") {
  const Table table = table_of({12, 10, 11});
  REQUIRE(table.slots().size() == 3);
  CHECK(table.find({11}) == &table.slots()[1]);
}
