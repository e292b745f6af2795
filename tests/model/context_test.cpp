#include <doctest/doctest.h>

#include <quis/base/vocabulary.hpp>
#include <quis/model/context.hpp>
#include <quis/model/type.hpp>

#include "traps.hpp"

using namespace quis;

TEST_CASE("contexts without a schema are read as Cedar reads them") {
  const std::size_t count = test::for_each_trap("contexts.jsonl", [](const boost::json::object& trap) {
    if (test::has_schema(trap)) return;
    LocalNames names;
    test::check_context(trap, Context::from_json(test::text_at(trap, "json"), names), names);
  });
  CHECK(count > 100);
}

TEST_CASE("a context adds nothing to the vocabulary") {
  LocalNames names;
  const auto before = vocabulary_statistics();
  const auto context = Context::from_json(
      R"({"ContextTest new key": {"__entity": {"type": "ContextTest_NewType", "id": "new"}}})", names);
  REQUIRE(context);
  const auto after = vocabulary_statistics();
  CHECK(after.symbols == before.symbols);
  CHECK(after.types == before.types);
  CHECK(after.entities == before.entities);

  const SymbolId key = names.symbol("ContextTest new key");
  CHECK(key.local());
  const Value* value = context->value().as_record().find(key);
  REQUIRE(value != nullptr);
  CHECK(value->as_entity() == names.entity(names.type("ContextTest_NewType"), "new"));
}

TEST_CASE("a typed context is read by its type, and must fit it") {
  const TypePtr type = Type::record({{intern_symbol("from"), Type::of(Value::Kind::ip), true},
                                     {intern_symbol("who"), Type::entity(intern_type("User")), false}});
  LocalNames names;
  const auto context =
      Context::from_json(R"({"from": "10.0.0.1", "who": {"type": "User", "id": "not loaded"}})", names, type.get());
  REQUIRE(context);
  CHECK(context->value().as_record().find(intern_symbol("from"))->is(Value::Kind::ip));
  CHECK(context->value().as_record().find(intern_symbol("who"))->as_entity().local());

  const auto refused = [&](std::string_view json) {
    const auto read = Context::from_json(json, names, type.get(), "request.json");
    REQUIRE_FALSE(read);
    return read.error().at(0);
  };
  CHECK(refused("{}").code == ErrorCode::missing_attribute);
  CHECK(refused(R"({"from": "10.0.0.1", "x": 1})").code == ErrorCode::unexpected_attribute);
  CHECK(refused(R"({"from": "10.0.0.1", "who": {"type": "Group", "id": "a"}})").code == ErrorCode::type_mismatch);
  CHECK(refused("[]").code == ErrorCode::type_mismatch);
  const Diagnostic error = refused(R"({"from": "10.0.0.256"})");
  CHECK(error.code == ErrorCode::invalid_value);
  CHECK(error.message == "`10.0.0.256` is not a valid argument of `ip`");
  CHECK(error.help == "write an IPv4 or IPv6 address, perhaps with a prefix: `\"10.0.0.0/8\"`, `\"::1\"`");
  CHECK(error.source == "request.json");
  CHECK(error.path == "/from");
  CHECK(error.span.line == 1);
  CHECK(error.span.column == 10);
}

TEST_CASE("a context is a record and nothing else") {
  LocalNames names;
  for (const char* json : {"1", "[]", "\"x\"", "null", R"({"__entity": {"type": "User", "id": "a"}})",
                           R"({"__extn": {"fn": "ip", "arg": "1.1.1.1"}})"}) {
    CHECK_FALSE(Context::from_json(json, names));
  }
  CHECK(Context::from_json("{}", names)->value() == Value::empty_record());
}
