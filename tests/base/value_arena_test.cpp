#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <quis/base/value.hpp>
#include <quis/base/vocabulary.hpp>

using namespace quis;

namespace {

bool inside(const void* pointer, const std::vector<std::byte>& buffer) {
  const auto at = reinterpret_cast<std::uintptr_t>(pointer);
  const auto start = reinterpret_cast<std::uintptr_t>(buffer.data());
  return at >= start && at < start + buffer.size();
}

}  // namespace

TEST_CASE("allocations are aligned and do not overlap") {
  ValueArena arena;
  std::vector<std::pair<unsigned char*, std::size_t>> taken;
  for (std::size_t i = 0; i < 500; ++i) {
    const std::size_t alignment = std::size_t{1} << (i % 8);
    const std::size_t size = i * 37 % 1'500;
    auto* const at = static_cast<unsigned char*>(arena.allocate(size, alignment));
    REQUIRE(reinterpret_cast<std::uintptr_t>(at) % alignment == 0);
    if (size > 0) {
      std::memset(at, static_cast<int>(i % 251), size);
      taken.emplace_back(at, i);
    }
  }
  for (const auto& [at, i] : taken) {
    for (std::size_t k = 0; k < i * 37 % 1'500; ++k) {
      REQUIRE(at[k] == i % 251);
    }
  }
  CHECK(reinterpret_cast<std::uintptr_t>(arena.allocate(1)) % 16 == 0);
}

TEST_CASE("a buffer serves first and memory from the system after it") {
  std::vector<std::byte> buffer(256);
  ValueArena arena{std::span<std::byte>(buffer)};
  CHECK(inside(arena.allocate(100, 1), buffer));
  CHECK(inside(arena.allocate(156, 1), buffer));
  CHECK(arena.bytes() == 0);
  void* const beyond = arena.allocate(1, 1);
  CHECK_FALSE(inside(beyond, buffer));
  CHECK(arena.bytes() > 0);
}

TEST_CASE("reset gives the buffer back and keeps the largest chunk") {
  std::vector<std::byte> buffer(64);
  ValueArena arena{std::span<std::byte>(buffer)};
  for (int i = 0; i < 100; ++i) {
    (void)arena.allocate(1'000);
  }
  const std::size_t full = arena.bytes();
  arena.reset();
  const std::size_t kept = arena.bytes();
  CHECK(kept > 0);
  CHECK(kept < full);
  CHECK(inside(arena.allocate(64, 1), buffer));
  (void)arena.allocate(1'000);
  CHECK(arena.bytes() == kept);
  arena.reset();
  CHECK(arena.bytes() == kept);
}

TEST_CASE("an arena that is reset again and again holds no more than before") {
  ValueArena arena;
  (void)arena.allocate(3'000);
  const std::size_t held = arena.bytes();
  for (int i = 0; i < 1'000; ++i) {
    arena.reset();
    (void)arena.allocate(3'000);
  }
  CHECK(arena.bytes() == held);
}

TEST_CASE("a large allocation leaves the rest of the current chunk in use") {
  ValueArena arena;
  (void)arena.allocate(16);
  const std::size_t small = arena.bytes();
  (void)arena.allocate(10'000'000);
  const std::size_t large = arena.bytes();
  CHECK(large - small < 10'000'100);
  (void)arena.allocate(16);
  CHECK(arena.bytes() == large);
}

TEST_CASE("an arena that was moved from is empty and usable") {
  ValueArena first;
  const Value text = first.string("moved");
  ValueArena second = std::move(first);
  CHECK(text.as_string() == "moved");
  CHECK(first.bytes() == 0);
  CHECK(first.string("again").as_string() == "again");
  first = std::move(second);
  CHECK(text.as_string() == "moved");
  CHECK(second.bytes() == 0);
  CHECK(second.set({}).as_set().size == 0);
}

TEST_CASE("an absurd size is refused as a container refuses it") {
  ValueArena arena;
  CHECK_THROWS_AS((void)arena.allocate(SIZE_MAX), std::bad_alloc);
  CHECK_THROWS_AS((void)arena.allocate(SIZE_MAX - 8), std::bad_alloc);
}

TEST_CASE("a copy depends on nothing but its arena") {
  ValueArena target;
  Value copy;
  std::string text;
  {
    ValueArena source;
    const std::string place = "a string in a temporary place";
    const std::array<Value, 3> elements = {Value::string(place), Value::integer(5),
                                           source.ip({{127, 0, 0, 1}, 32, false})};
    const std::array<std::pair<SymbolId, Value>, 2> fields = {
        std::pair{intern_symbol("set"), source.set(elements)},
        std::pair{intern_symbol("entity"), Value::entity(intern_entity("User", "alice"))}};
    const Value original = source.record(fields).value();
    copy = target.copy(original);
    CHECK(copy == original);
    text = to_text(original);
  }
  CHECK(to_text(copy) == text);
}
