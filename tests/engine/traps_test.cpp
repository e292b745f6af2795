// Cedar's own answers to small expressions and requests at the edges of the language (tests/data/traps).

#include <algorithm>
#include <optional>
#include <string>

#include <boost/json.hpp>

#include <quis/engine/reference.hpp>
#include <quis/policy/expression.hpp>
#include <quis/policy/schema_parser.hpp>

#include "engine/decide.hpp"
#include "model/traps.hpp"

namespace quis::test {
namespace {

/// The request and the entities in which every expression is evaluated.
struct TrapWorld {
  boost::json::object document = boost::json::parse(read_file(data("traps") / "world.json")).as_object();
  std::string entities_json = boost::json::serialize(document.at("entities"));
  Entities entities = require(Entities::from_json(entities_json));

  ValueArena arena;

  /// To be made after whatever it is put to was loaded.
  [[nodiscard]] OwnedRequest request() const {
    return require(OwnedRequest::from_text(text_at(document, "principal"), text_at(document, "action"),
                                           text_at(document, "resource"),
                                           boost::json::serialize(document.at("context"))));
  }
};

/// The expected value, read as an attribute; `false` when an error is expected.
Value value_of(const boost::json::object& expect, ValueArena& arena) {
  if (!expect.contains("value")) return Value();
  const Entities holder =
      require(Entities::from_json(R"([{"uid": {"type": "Holder", "id": "h"}, "parents": [], "attrs": {"v": )" +
                                  boost::json::serialize(expect.at("value")) + "}}]"));
  return arena.copy(*holder.find(intern_entity("Holder", "h"))->attributes.find(intern_symbol("v")));
}

void check_expression(const boost::json::object& trap, TrapWorld& world) {
  const std::string text = text_at(trap, "expr");
  CAPTURE(text);
  const boost::json::object& expect = trap.at("expect").as_object();
  const std::string wanted_error = text_at(expect, "error");
  const auto expression = parse_expression(text);
  // Cedar's parser reads a template slot anywhere, and its evaluator then fails; here it is refused when it is read.
  const bool has_slot = text.find("?principal") != std::string::npos || text.find("?resource") != std::string::npos;
  CHECK(expression.has_value() == (wanted_error != "parse" && !has_slot));
  if (!expression || wanted_error == "parse") return;

  const Value expected =
      value_of(expect, world.arena);  // before the request, so that both know its names by the same ids
  const OwnedRequest request = world.request();
  ValueArena arena;
  const auto value = evaluate(*expression->root, request.view(), world.entities, arena);
  CHECK(value.has_value() == (wanted_error != "evaluation"));
  if (value && expect.contains("value")) {
    CAPTURE(to_text(*value));
    CHECK(*value == expected);
  }

  const World policy = World::build(
      require(PolicySet::from_text("permit(principal, action, resource) when { " + text + "\n};")), world.entities);
  const OwnedRequest again = world.request();
  Response compiled;
  Response reference;
  Engine(policy).authorize(again.view(), compiled);
  Engine(policy, Evaluator::reference).authorize(again.view(), reference);
  const bool holds = value && value->is(Value::Kind::boolean) && value->as_boolean();
  CHECK(compiled.permitted == holds);
  CHECK(reference.permitted == holds);
  REQUIRE(compiled.errors.size() == reference.errors.size());
  for (std::size_t i = 0; i < compiled.errors.size(); ++i) CHECK(compiled.errors[i].error == reference.errors[i].error);
}

std::string error_of(std::string stage) { return R"({"error":")" + std::move(stage) + "\"}"; }

/// The stage at which loading fails, or the answer as the trap files write it.
std::string answer_of(const boost::json::object& trap, const TrapWorld& world) {
  auto policies = PolicySet::from_text(text_at(trap, "policies"));
  if (!policies) return error_of("policies");
  if (const auto* links = trap.if_contains("links")) {
    for (const boost::json::value& link : links->as_array()) {
      EntityId slots[2];
      for (const auto& [slot, uid] : link.at("values").as_object()) {
        slots[slot == "?principal" ? 0 : 1] = require(parse_entity_uid(std::string_view(uid.as_string()), Names()));
      }
      if (!policies->link(text_at(link.as_object(), "template"), text_at(link.as_object(), "id"), slots[0], slots[1])) {
        return error_of("links");
      }
    }
  }
  std::optional<Schema> schema;
  if (trap.contains("schema")) {
    auto parsed = parse_schema(text_at(trap, "schema"));
    if (!parsed) return error_of("schema");
    schema = std::move(*parsed);
  }
  const Schema* declared = schema ? &*schema : nullptr;
  const boost::json::value& given = trap.at("entities");
  const auto entities =
      Entities::from_json(given == "world" ? world.entities_json : boost::json::serialize(given), declared);
  if (!entities) return error_of("entities");
  const World loaded = World::build(*policies, *entities);
  const auto* context = trap.if_contains("context");
  const auto* validate = trap.if_contains("validate_request");
  const auto request =
      OwnedRequest::from_text(text_at(trap, "principal"), text_at(trap, "action"), text_at(trap, "resource"),
                              context != nullptr ? boost::json::serialize(*context) : "{}", declared,
                              validate == nullptr || validate->as_bool());
  if (!request) return error_of("request");
  const Answer compiled = ask(Engine(loaded), request->view());
  CHECK(compiled == ask(Engine(loaded, Evaluator::reference), request->view()));
  const auto array = [](const ids& names) {
    boost::json::array texts;
    for (const std::string& name : names) texts.emplace_back(name);
    return texts;
  };
  return boost::json::serialize(boost::json::object{{"decision", compiled.permitted ? "allow" : "deny"},
                                                    {"reason", array(compiled.reasons)},
                                                    {"errors", array(compiled.errors)}});
}

/// The two places where Cedar and quis part company about what a request is, both documented at
/// `OwnedRequest::from_text`: Cedar reads an entity uid only in the very form in which it prints it (`User::"it's"` is
/// refused), and reads a context that does not fit its type when the request is not to be checked.
bool is_departure(const boost::json::object& trap) {
  if (text_at(trap, "name") == "schema: context of wrong type, not validated") return true;
  const std::string principal = text_at(trap, "principal");
  const auto uid = parse_entity_uid(principal, Names());
  return text_at(trap.at("expect").as_object(), "error") == "principal" && uid && to_text(*uid) != principal;
}

/// Cedar tells apart which part of a request is wrong; here they are one stage.
std::string expected_answer(const boost::json::object& expect) {
  const std::string stage = text_at(expect, "error");
  const bool of_request = stage == "principal" || stage == "action" || stage == "resource" || stage == "context";
  return of_request ? error_of("request") : boost::json::serialize(expect);
}

}  // namespace

TEST_CASE("every trap expression has Cedar's value, or fails where Cedar fails") {
  TrapWorld world;
  for (const char* file : {"expressions.jsonl", "extensions.jsonl"}) {
    CHECK(for_each_trap(file, [&](const boost::json::object& trap) { check_expression(trap, world); }) > 1000);
  }
}

TEST_CASE("every trap request gets Cedar's decision, reasons and errors") {
  const TrapWorld world;
  std::size_t departures = 0;
  const std::size_t count = for_each_trap("authorize.jsonl", [&](const boost::json::object& trap) {
    const std::string answer = answer_of(trap, world);
    if (is_departure(trap)) {
      ++departures;
      return;
    }
    CHECK(answer == expected_answer(trap.at("expect").as_object()));
  });
  CHECK(departures == 7);
  CHECK(count > 200);
}

}  // namespace quis::test
