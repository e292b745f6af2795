#include <doctest/doctest.h>

#include <atomic>
#include <initializer_list>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <quis/base/vocabulary.hpp>

#include "base/hash.hpp"
#include "base/intern_index.hpp"
#include "base/name_cells.hpp"

using namespace quis;

TEST_CASE("equal names have equal ids and different names different ones") {
  CHECK(intern_symbol("name") == intern_symbol(std::string("na") + "me"));
  CHECK(intern_symbol("name") != intern_symbol("Name"));
  CHECK(intern_symbol("") == intern_symbol(""));
  CHECK(intern_symbol(std::string_view("a\0b", 3)) != intern_symbol("a"));
  CHECK(intern_type("A::B") == intern_type("A::B"));
  CHECK(intern_type("A::B") != intern_type("B"));
}

TEST_CASE("an entity is its type and its id") {
  const TypeId user = intern_type("User");
  const TypeId group = intern_type("Group");
  const EntityId alice = intern_entity(user, "alice");
  CHECK(alice == intern_entity("User", "alice"));
  CHECK(alice != intern_entity(group, "alice"));
  CHECK(alice != intern_entity(user, "bob"));
  CHECK(type_of(alice) == user);
  CHECK(id_text_of(alice) == "alice");
  CHECK(to_text(alice) == R"(User::"alice")");
  CHECK(to_text(intern_entity("NS::T", "a\"b")) == R"(NS::T::"a\"b")");
}

TEST_CASE("finding never adds a name") {
  const auto before = vocabulary_statistics();
  CHECK_FALSE(find_symbol("never interned").valid());
  CHECK_FALSE(find_type("Never::Interned").valid());
  CHECK_FALSE(find_entity(intern_type("User"), "never interned").valid());
  const auto after = vocabulary_statistics();
  CHECK(before.symbols == after.symbols);
  CHECK(before.entities == after.entities);
  const SymbolId added = intern_symbol("interned now");
  CHECK(find_symbol("interned now") == added);
}

TEST_CASE("ids are never local") {
  CHECK_FALSE(intern_symbol("some symbol").local());
  CHECK_FALSE(intern_entity("User", "some user").local());
}

TEST_CASE("texts of any length come back whole") {
  for (const std::size_t size :
       std::initializer_list<std::size_t>{0, 1, 253, 254, 255, 256, 8'191, 8'192, 65'536, 1'000'000}) {
    const std::string text(size, 'q');
    CHECK(text_of(intern_symbol(text)) == text);
    CHECK(find_symbol(text) == intern_symbol(text));
  }
}

TEST_CASE("the basename of a type is what stands after the last separator") {
  CHECK(basename_of(intern_type("User")) == "User");
  CHECK(basename_of(intern_type("A::B::User")) == "User");
}

TEST_CASE("exactly the types called Action are action types") {
  CHECK(is_action_type(intern_type("Action")));
  CHECK(is_action_type(intern_type("A::B::Action")));
  CHECK_FALSE(is_action_type(intern_type("MyAction")));
  CHECK_FALSE(is_action_type(intern_type("Action::User")));
  CHECK_FALSE(is_action_type(intern_type("action")));
}

TEST_CASE("a million entities stay distinct and cost at most 40 bytes each beyond their text") {
  const TypeId type = intern_type("Crowd");
  const auto before = vocabulary_statistics();
  constexpr int kCount = 1'000'000;
  std::size_t text_bytes = 0;
  std::uint32_t first = 0;
  for (int i = 0; i < kCount; ++i) {
    const std::string id = "member-" + std::to_string(i);
    text_bytes += id.size();
    const EntityId entity = intern_entity(type, id);
    if (i == 0) {
      first = entity.value;
    }
    REQUIRE(entity.value == first + static_cast<std::uint32_t>(i));
  }
  for (int i = 0; i < kCount; ++i) {
    const std::string id = "member-" + std::to_string(i);
    const EntityId entity = find_entity(type, id);
    REQUIRE(entity.value == first + static_cast<std::uint32_t>(i));
    REQUIRE(id_text_of(entity) == id);
    REQUIRE(type_of(entity) == type);
  }
  CHECK_FALSE(find_entity(type, "member-1000000").valid());
  const auto after = vocabulary_statistics();
  CHECK(after.entities - before.entities == kCount);
  const auto overhead = (after.bytes - before.bytes - text_bytes) / kCount;
  CHECK(overhead <= 40);
}

TEST_CASE("threads that intern and find the same names agree on every id") {
  constexpr int kThreads = 4;
  constexpr int kNames = 40'000;
  std::vector<std::vector<SymbolId>> ids(kThreads, std::vector<SymbolId>(kNames));
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int n = 0; n < kNames; ++n) {
        // Half of them forwards, half of them backwards, so that names are found by threads that did not add them.
        const int i = t % 2 == 0 ? n : kNames - 1 - n;
        const std::string name = "shared-" + std::to_string(i);
        const SymbolId seen = find_symbol(name);
        const SymbolId id = intern_symbol(name);
        wrong += seen.valid() && seen != id;
        wrong += find_symbol(name) != id;
        wrong += text_of(id) != name;
        ids[static_cast<std::size_t>(t)][static_cast<std::size_t>(i)] = id;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(wrong == 0);
  for (const auto& other : ids) {
    CHECK(other == ids.front());
  }
}

TEST_CASE("a reader never misses a name while the table splits and recycles its segments") {
  const TypeId type = intern_type("Known");
  std::vector<std::string> known;
  for (int i = 0; i < 2'000; ++i) {
    known.push_back("known-" + std::to_string(i));
    (void)intern_entity(type, known.back());
  }
  std::atomic<bool> done = false;
  std::atomic<int> missed = 0;
  std::thread reader([&] {
    for (std::size_t i = 0; !done; i = (i + 1) % known.size()) {
      const EntityId entity = find_entity(type, known[i]);
      missed += !entity.valid() || id_text_of(entity) != known[i] || type_of(entity) != type;
    }
  });
  const TypeId noise = intern_type("Noise");
  for (int i = 0; i < 150'000; ++i) {
    (void)intern_entity(noise, std::to_string(i));
  }
  done = true;
  reader.join();
  CHECK(missed == 0);
}

TEST_CASE("the index holds names whose hashes agree in all bits but few") {
  // What a broken or unlucky hash would give: whole segments that only the lowest bits of the directory tell apart.
  static InternIndex index;  // never frees, so it must not pass away
  constexpr std::uint32_t kCount = 6'000;
  const auto hash = [](std::uint32_t id) { return (id % 2 << 26U) | (id % 2'000 == 0 ? 7U : id); };
  for (std::uint32_t id = 0; id < kCount; ++id) {
    index.insert(hash(id), id);
  }
  for (std::uint32_t id = 0; id < kCount; ++id) {
    REQUIRE(index.find(hash(id), [&](std::uint32_t found) { return found == id; }) == id);
  }
  CHECK(index.find(hash(kCount + 1), [](std::uint32_t) { return false; }) == InternIndex::kAbsent);
}

TEST_CASE("hashes of similar texts differ in all their parts") {
  std::set<std::uint64_t> whole;
  std::set<std::uint64_t> high;
  constexpr std::size_t kCount = 50'000;
  for (std::size_t i = 0; i < kCount; ++i) {
    const std::uint64_t hash = hash_bytes(std::string(20, 'a') + std::to_string(i));
    whole.insert(hash);
    high.insert(hash >> 32U);
  }
  CHECK(whole.size() == kCount);
  CHECK(high.size() > kCount - 20);
  CHECK(hash_bytes("x", 1) != hash_bytes("x", 2));
  CHECK(hash_bytes(std::string_view("\0", 1)) != hash_bytes(""));
}

TEST_CASE("strings are quoted as Cedar quotes them") {
  CHECK(quoted("") == R"("")");
  CHECK(quoted("a'b\"c\\d") == R"("a\'b\"c\\d")");
  CHECK(quoted(std::string_view("\0\t\n\r", 4)) == R"("\0\t\n\r")");
  CHECK(quoted("\x01\x1b\x7f") == R"("\u{1}\u{1b}\u{7f}")");
  CHECK(quoted("zürich 日本 😀") == R"("zürich 日本 😀")");
  CHECK(quoted("\u202e\u00a0\u200b") == R"("\u{202e}\u{a0}\u{200b}")");
  CHECK(quoted("\u0301e\u0301") == "\"\\u{301}e\u0301\"");
  CHECK(quoted("\xff\xc3") == R"("\u{fffd}\u{fffd}")");
}

TEST_CASE("many entities are interned and found at once as one by one, however often a name stands there") {
  const TypeId type = intern_type("Bulk");
  const TypeId other = intern_type("OtherBulk");
  std::vector<std::string> texts;
  for (int i = 0; i < 30'000; ++i)
    texts.push_back(std::string(static_cast<std::size_t>(i % 50), 'x') + std::to_string(i));
  const EntityId known = intern_entity(type, texts[100]);
  std::vector<EntityName> names;
  for (const std::string& text : texts) names.push_back({type, text});
  names.push_back({type, texts[7]});
  names.push_back({other, texts[7]});
  std::vector<EntityId> ids(names.size());
  std::vector<EntityId> found(names.size());

  find_entities(names, found);
  for (std::size_t i = 0; i < names.size(); ++i) REQUIRE(found[i] == (i == 100 ? known : EntityId{}));
  const std::uint64_t before = vocabulary_generation();
  intern_entities(names, ids);
  CHECK(vocabulary_generation() > before);
  for (std::size_t i = 0; i < names.size(); ++i) {
    REQUIRE(find_entity(names[i].type, names[i].id) == ids[i]);
    REQUIRE(id_text_of(ids[i]) == names[i].id);
    REQUIRE(type_of(ids[i]) == names[i].type);
  }
  CHECK(ids[100] == known);
  CHECK(ids[30'000] == ids[7]);
  CHECK(ids[30'001] != ids[7]);
  CHECK(ids[102].value == ids[101].value + 1);

  find_entities(names, found);
  CHECK(found == ids);
  const auto statistics = vocabulary_statistics();
  intern_entities(names, found);
  CHECK(found == ids);
  CHECK(vocabulary_statistics().entities == statistics.entities);
  intern_entities({}, {});
}

TEST_CASE("texts that share a beginning, an end and a length are different names") {
  // One difference at each place of texts of each length, so that no part of a text is left out of the comparison.
  const TypeId type = intern_type("Similar");
  for (std::size_t size = 1; size <= 80; ++size) {
    std::set<std::uint32_t> ids{intern_entity(type, std::string(size, 'a')).value};
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = 'b';
      ids.insert(intern_entity(type, text).value);
      REQUIRE(id_text_of(find_entity(type, text)) == text);
    }
    REQUIRE(ids.size() == size + 1);
  }
}

TEST_CASE("a cell holds no name but its own, whatever their hashes") {
  static LastingMemory memory;  // never frees, so it must not pass away
  for (std::size_t size = 0; size <= 40; ++size) {
    const std::string text(size, 'a');
    const NameCell cell({5, text}, memory);
    CHECK(cell.text() == text);
    CHECK(cell.holds({5, text}));
    CHECK_FALSE(cell.holds({6, text}));
    CHECK_FALSE(cell.holds({5, text + 'a'}));
    for (std::size_t at = 0; at < size; ++at) {
      std::string changed = text;
      changed[at] = 'b';
      CHECK_FALSE(cell.holds({5, changed}));
      CHECK_FALSE(cell.holds({5, text.substr(0, at)}));
    }
  }
}
