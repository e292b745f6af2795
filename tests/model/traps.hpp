#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include <quis/base/vocabulary.hpp>
#include <quis/model/context.hpp>
#include <quis/model/entities.hpp>

#include "shared_data.hpp"

/// The cases of tests/data/traps that say what Cedar makes of entities and contexts in JSON.
namespace quis::test {

inline std::string text_at(const boost::json::object& trap, std::string_view key) {
  const boost::json::value* found = trap.if_contains({key.data(), key.size()});
  return found == nullptr ? std::string() : std::string(found->as_string().c_str(), found->as_string().size());
}

inline bool has_schema(const boost::json::object& trap) {
  return trap.contains("schema") || trap.contains("schema_json");
}

/// Calls `check` with each case of a file, in the order of the file; returns how many there were.
inline std::size_t for_each_trap(const char* file, const std::function<void(const boost::json::object&)>& check) {
  std::ifstream lines(data("traps") / file);
  REQUIRE_MESSAGE(lines.good(), file);
  boost::json::parse_options deep;
  deep.max_depth = 1000;
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const boost::json::value trap = boost::json::parse(line, {}, deep);
    CAPTURE(text_at(trap.as_object(), "name"));
    CAPTURE(text_at(trap.as_object(), "json"));
    CAPTURE(text_at(trap.as_object(), "schema"));
    check(trap.as_object());
  }
  return count;
}

/// The store with all ancestors as parents. Cedar writes the actions of a schema like that; here their parents are the
/// declared ones, which comes to the same ancestors.
inline std::string closed_json(const Entities& entities) {
  EntitiesBuilder builder;
  entities.for_each([&](const EntityRecord& record) {
    const auto fields = [](const RecordData& of) {
      std::vector<std::pair<SymbolId, Value>> all;
      for (std::uint32_t i = 0; i < of.size; ++i) all.emplace_back(of.keys[i], of.values[i]);
      return all;
    };
    std::vector<EntityId> ancestors;
    record.ancestors.for_each([&](EntityId ancestor) { ancestors.push_back(ancestor); });
    REQUIRE(builder.add(record.uid, fields(record.attributes), ancestors,
                        fields(record.tags ? *record.tags : RecordData{})));
  });
  const auto closed = builder.build();
  REQUIRE(closed);
  return closed->to_json();
}

inline void check_entities(const boost::json::object& trap, const Result<Entities>& found) {
  const boost::json::object& expect = trap.at("expect").as_object();
  if (expect.contains("error")) {
    CHECK_FALSE(found.has_value());
    if (!found) CHECK_FALSE(found.error().empty());
    return;
  }
  const std::string why = found ? "" : render(found.error());
  CAPTURE(why);
  CHECK(found.has_value());
  if (!found) return;
  const auto expected = Entities::from_json(boost::json::serialize(expect.at("entities")));
  REQUIRE(expected);
  CHECK(closed_json(*found) == closed_json(*expected));
  for (const boost::json::value& entity : expect.at("entities").as_array()) {
    const auto uid_of = [](const boost::json::value& uid) {
      return intern_entity(text_at(uid.as_object(), "type"), text_at(uid.as_object(), "id"));
    };
    const EntityId uid = uid_of(entity.at("uid"));
    CHECK(found->find(uid)->ancestors.size() == entity.at("ancestors").as_array().size());
    if (!is_action_type(type_of(uid))) CHECK(found->find(uid)->parent_count == entity.at("parents").as_array().size());
    for (const boost::json::value& ancestor : entity.at("ancestors").as_array()) {
      CHECK(found->is_in(uid, uid_of(ancestor)));
    }
  }
}

inline void check_context(const boost::json::object& trap, const Result<Context>& found, LocalNames& names) {
  const boost::json::object& expect = trap.at("expect").as_object();
  if (expect.contains("error")) {
    CHECK_FALSE(found.has_value());
    return;
  }
  // Cedar reads a context that does not fit its type and then refuses the request; here it is not read.
  if (const boost::json::value* request = expect.if_contains("request");
      request != nullptr && !request->as_bool() && !found) {
    return;
  }
  const std::string why = found ? "" : render(found.error());
  CAPTURE(why);
  CHECK(found.has_value());
  if (!found) return;
  const auto expected = Context::from_json(boost::json::serialize(expect.at("context")), names);
  REQUIRE(expected);
  CHECK(found->value() == expected->value());
}

}  // namespace quis::test
