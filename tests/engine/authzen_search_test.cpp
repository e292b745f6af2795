#include <quis/engine/search.hpp>

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include <quis/model/schema.hpp>
#include <quis/policy/schema_parser.hpp>

#include "engine/decide.hpp"
#include "shared_data.hpp"

// The search scenario of OpenID AuthZEN: users, records, and for every search the exact set of results.

namespace quis::test {
namespace {

namespace fs = std::filesystem;

std::string text_of_member(const boost::json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : std::to_string(value.to_number<std::int64_t>());
}

boost::json::array read_array(const fs::path& path) { return boost::json::parse(read_file(path)).as_array(); }

boost::json::object entity(std::string_view type, const boost::json::object& row) {
  boost::json::object attributes;
  for (const auto& [key, value] : row) {
    if (key == "id") continue;
    attributes[key] = key == "owner" ? boost::json::value{{"type", "user"}, {"id", value}} : value;
  }
  return {{"uid", {{"type", type}, {"id", text_of_member(row.at("id"))}}},
          {"attrs", attributes},
          {"parents", boost::json::array()}};
}

struct Scenario {
  Schema schema;
  Search search;

  explicit Scenario(const fs::path& folder)
      : schema(require(schema_from_file(data("authzen/schema.cedarschema").string()))), search(make(folder, schema)) {}

  static Search make(const fs::path& folder, const Schema& schema) {
    boost::json::array entities;
    for (const auto& user : read_array(folder / "users.json")) entities.push_back(entity("user", user.as_object()));
    for (const auto& record : read_array(folder / "records.json")) {
      entities.push_back(entity("record", record.as_object()));
    }
    return Search(Engine(World::build(require(PolicySet::from_file(data("authzen/policies.cedar").string())),
                                      require(Entities::from_json(boost::json::serialize(entities), &schema)))));
  }
};

EntityId named(const boost::json::object& request, std::string_view part) {
  const auto& object = request.at(part).as_object();
  return intern_entity(text_of_member(object.at("type")), text_of_member(object.at("id")));
}

EntityId action_of(const boost::json::object& request) {
  return intern_entity("Action", text_of_member(request.at("action").as_object().at("name")));
}

Result<SearchPage> run(const Scenario& scenario, std::string_view kind, const boost::json::object& request) {
  SearchOptions options;
  options.schema = &scenario.schema;
  if (kind == "action") return scenario.search.actions(named(request, "subject"), named(request, "resource"), options);
  const std::string_view wanted = kind == "subject" ? "subject" : "resource";
  options.type = intern_type(text_of_member(request.at(wanted).as_object().at("type")));
  return kind == "subject" ? scenario.search.who_can(action_of(request), named(request, "resource"), options)
                           : scenario.search.what_can(named(request, "subject"), action_of(request), options);
}

/// Runs every search of a file and returns how many there were.
std::size_t check(const Scenario& scenario, const fs::path& folder, std::string_view kind) {
  const auto file = boost::json::parse(read_file(folder / (std::string(kind) + "-results.json")));
  std::size_t count = 0;
  for (const auto& each : file.as_object().at("evaluation").as_array()) {
    const boost::json::object& request = each.as_object().at("request").as_object();
    CAPTURE(boost::json::serialize(request));
    std::multiset<std::string> expected;
    for (const auto& result : each.as_object().at("expected").as_object().at("results").as_array()) {
      const auto& object = result.as_object();
      expected.insert(text_of_member(object.at(kind == "action" ? "name" : "id")));
    }
    const SearchPage page = require(run(scenario, kind, request));
    CHECK(page.end == SearchPage::End::complete);
    std::multiset<std::string> found;
    for (const EntityId hit : page.hits) found.emplace(id_text_of(hit));
    CHECK(found == expected);
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("a sample of the AuthZEN searches has exactly the expected results") {
  const fs::path folder = data("authzen");
  const Scenario scenario(folder);
  CHECK(check(scenario, folder, "subject") == 6);
  CHECK(check(scenario, folder, "resource") == 6);
  CHECK(check(scenario, folder, "action") == 6);
}

TEST_CASE("every AuthZEN search has exactly the expected results") {
  const auto folder = shared("vectors/authzen/search");
  if (!folder) return;
  const Scenario scenario(*folder);
  CHECK(check(scenario, *folder, "subject") == 60);
  CHECK(check(scenario, *folder, "resource") == 18);
  CHECK(check(scenario, *folder, "action") == 120);
}

}  // namespace quis::test
