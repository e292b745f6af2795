#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>

#include <quis/policy/schema_parser.hpp>

#include "model/traps.hpp"

using namespace quis;

namespace {

Schema schema_of(const boost::json::object& trap) {
  auto schema = trap.contains("schema") ? parse_schema(test::text_at(trap, "schema"))
                                        : parse_schema_json(test::text_at(trap, "schema_json"));
  REQUIRE_MESSAGE(schema, render(schema.error()));
  return *schema;
}

}  // namespace

TEST_CASE("entities with a schema are read as Cedar reads them") {
  test::for_each_trap("entities.jsonl", [](const boost::json::object& trap) {
    if (!test::has_schema(trap)) return;
    const Schema schema = schema_of(trap);
    test::check_entities(trap, Entities::from_json(test::text_at(trap, "json"), &schema));
  });
}

TEST_CASE("contexts with a schema are read as Cedar reads them") {
  test::for_each_trap("contexts.jsonl", [](const boost::json::object& trap) {
    if (!test::has_schema(trap)) return;
    const Schema schema = schema_of(trap);
    const auto action = std::ranges::find(schema.actions(), test::text_at(trap, "action"),
                                          [](const ActionDeclaration& declared) { return to_text(declared.uid); });
    if (action == schema.actions().end()) {
      CHECK(trap.at("expect").as_object().contains("error"));
      return;
    }
    LocalNames names;
    test::check_context(trap, Context::from_json(test::text_at(trap, "json"), names, action->context.get()), names);
  });
}

TEST_CASE("every entities file of Cedar's corpus fits its schema, and says the same without it") {
  const auto corpus = test::vectors("corpus-tests");
  if (!corpus) return;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*corpus)) {
    std::string path = entry.path().string();
    if (!path.ends_with(".entities.json")) continue;
    CAPTURE(path);
    const auto free = Entities::from_json_file(path);
    path.replace(path.size() - std::string(".entities.json").size(), std::string::npos, ".cedarschema");
    const auto schema = parse_schema(test::read_file(path));
    REQUIRE_MESSAGE(schema, render(schema.error()));
    const auto typed = Entities::from_json_file(entry.path().string(), &*schema);
    REQUIRE_MESSAGE(free, render(free.error()));
    REQUIRE_MESSAGE(typed, render(typed.error()));
    free->for_each([&](const EntityRecord& record) {
      const EntityRecord* same = typed->find(record.uid);
      REQUIRE(same != nullptr);
      const bool equal_values = std::equal(record.attributes.values, record.attributes.values + record.attributes.size,
                                           same->attributes.values, same->attributes.values + same->attributes.size);
      const bool equal_keys = std::equal(record.attributes.keys, record.attributes.keys + record.attributes.size,
                                         same->attributes.keys, same->attributes.keys + same->attributes.size);
      CHECK((equal_values && equal_keys));
      CHECK(record.ancestors.size() == same->ancestors.size());
    });
    ++files;
  }
  CHECK(files > 3000);
}
