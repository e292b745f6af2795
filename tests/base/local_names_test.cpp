#include <doctest/doctest.h>

#include <string>
#include <utility>

#include <quis/base/vocabulary.hpp>

using namespace quis;

TEST_CASE("a request's own names get local ids and the vocabulary does not grow") {
  const auto before = vocabulary_statistics();
  LocalNames local;
  const SymbolId symbol = local.symbol("local symbol");
  const TypeId type = local.type("Local::Type");
  const EntityId entity = local.entity(type, "x");
  CHECK(symbol.local());
  CHECK(type.local());
  CHECK(entity.local());
  CHECK(symbol == local.symbol("local symbol"));
  CHECK(entity == local.entity(type, "x"));
  CHECK(entity != local.entity(type, "y"));
  CHECK(local.text(symbol) == "local symbol");
  CHECK(local.text(type) == "Local::Type");
  CHECK(local.type_of(entity) == type);
  CHECK(local.id_text(entity) == "x");
  CHECK(to_text(entity, &local) == R"(Local::Type::"x")");
  const auto after = vocabulary_statistics();
  CHECK(before.symbols == after.symbols);
  CHECK(before.types == after.types);
  CHECK(before.entities == after.entities);
}

TEST_CASE("what the vocabulary knows keeps its id in a request") {
  const EntityId known = intern_entity("User", "well-known");
  LocalNames local;
  CHECK(local.symbol("age") == local.symbol("age"));
  CHECK(local.type("User") == type_of(known));
  CHECK(local.entity(type_of(known), "well-known") == known);
  CHECK(local.type_of(known) == type_of(known));
  CHECK(local.id_text(known) == "well-known");
  CHECK(to_text(known, &local) == to_text(known));
}

TEST_CASE("an unknown entity of a known type is local and has that type") {
  const TypeId user = intern_type("User");
  LocalNames local;
  const EntityId stranger = local.entity(user, "stranger");
  CHECK(stranger.local());
  CHECK(local.type_of(stranger) == user);
}

TEST_CASE("a request keeps its id of a name that is loaded meanwhile") {
  LocalNames local;
  const SymbolId before = local.symbol("loaded meanwhile");
  (void)intern_symbol("loaded meanwhile");
  CHECK(local.symbol("loaded meanwhile") == before);
  CHECK_FALSE(LocalNames().symbol("loaded meanwhile").local());
}

TEST_CASE("local names survive a move and many of them stay distinct") {
  LocalNames first;
  for (int i = 0; i < 5'000; ++i) {
    const std::string name = "mine-" + std::to_string(i);
    REQUIRE(first.symbol(name).value == (SymbolId::kLocalBit | static_cast<std::uint32_t>(i)));
  }
  LocalNames second = std::move(first);
  for (int i = 0; i < 5'000; ++i) {
    const std::string name = "mine-" + std::to_string(i);
    REQUIRE(second.text(second.symbol(name)) == name);
  }
}

TEST_CASE("names that nobody here knows have no text and print as unknown") {
  const LocalNames local;
  CHECK(local.text(SymbolId{SymbolId::kLocalBit | 7}).empty());
  CHECK_FALSE(local.type_of(EntityId{EntityId::kLocalBit | 7}).valid());
  CHECK(to_text(EntityId{}, &local) == "<unknown>");
  CHECK(to_text(EntityId{}) == "<unknown>");
}

TEST_CASE("a loader's names grow the vocabulary, a request's do not") {
  LocalNames local;
  CHECK(Names(local).symbol("through names").local());
  CHECK(Names(local).type("Through::Names").local());
  CHECK(Names(local).entity(Names(local).type("Through::Names"), "x").local());
  const Names loading;
  const SymbolId loaded = loading.symbol("through names");
  CHECK(find_symbol("through names") == loaded);
  CHECK(loading.entity(loading.type("Through::Names"), "x") == intern_entity("Through::Names", "x"));
}
