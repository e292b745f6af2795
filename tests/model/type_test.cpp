#include <quis/model/type.hpp>

#include <string>

#include <doctest/doctest.h>
#include <quis/base/vocabulary.hpp>

using quis::AttributeType;
using quis::Type;
using quis::TypePtr;
using quis::Value;

namespace {

AttributeType required(std::string_view name, TypePtr type) {
  return {quis::intern_symbol(name), std::move(type), true};
}
AttributeType optional(std::string_view name, TypePtr type) {
  return {quis::intern_symbol(name), std::move(type), false};
}

const TypePtr kLong = Type::of(Value::Kind::integer);
const TypePtr kString = Type::of(Value::Kind::string);

// `levels` records, each of which holds the next one twice: a tree of 2^levels leaves in `levels` objects.
TypePtr doubling(int levels) {
  TypePtr type = kLong;
  for (int i = 0; i < levels; ++i) type = Type::record({required("x", type), required("y", type)});
  return type;
}

}  // namespace

TEST_CASE("a record finds its attributes by name, whatever the order they came in") {
  const TypePtr record = Type::record({required("zeta", kLong), optional("alpha", kString), required("mu", kString)});
  REQUIRE(record->find(quis::intern_symbol("alpha")) != nullptr);
  CHECK_FALSE(record->find(quis::intern_symbol("alpha"))->required);
  CHECK(record->find(quis::intern_symbol("zeta"))->type == kLong);
  CHECK(record->find(quis::intern_symbol("omega")) == nullptr);
  CHECK(Type::record({})->find(quis::intern_symbol("alpha")) == nullptr);
}

TEST_CASE("types are equal when their structure is") {
  const auto make = [](bool is_required) {
    return Type::set_of(Type::record(
        {{quis::intern_symbol("a"), kLong, is_required}, required("b", Type::entity(quis::intern_type("N::User")))}));
  };
  CHECK(*make(true) == *make(true));
  CHECK_FALSE(*make(true) == *make(false));
  CHECK(*Type::of(Value::Kind::ip) == *Type::of(Value::Kind::ip));
  CHECK_FALSE(*Type::of(Value::Kind::ip) == *Type::of(Value::Kind::decimal));
  CHECK_FALSE(*Type::entity(quis::intern_type("A")) == *Type::entity(quis::intern_type("B")));
  CHECK_FALSE(*Type::set_of(kLong) == *Type::set_of(kString));
  CHECK_FALSE(*Type::record({required("a", kLong)}) == *Type::record({required("b", kLong)}));
  CHECK_FALSE(*Type::record({required("a", kLong)}) == *Type::record({}));
}

TEST_CASE("comparing types that share their parts takes no exponential time") {
  CHECK(*doubling(60) == *doubling(60));
  CHECK_FALSE(*doubling(60) == *doubling(59));
}

TEST_CASE("a type reads as schema text") {
  CHECK(to_text(*kLong) == "Long");
  CHECK(to_text(*Type::of(Value::Kind::boolean)) == "Bool");
  CHECK(to_text(*Type::of(Value::Kind::ip)) == "ipaddr");
  CHECK(to_text(*Type::of(Value::Kind::decimal)) == "decimal");
  CHECK(to_text(*Type::of(Value::Kind::datetime)) == "datetime");
  CHECK(to_text(*Type::of(Value::Kind::duration)) == "duration");
  CHECK(to_text(*Type::set_of(Type::entity(quis::intern_type("N::User")))) == "Set<N::User>");
  CHECK(to_text(*Type::record({required("b", kString), optional("a \"b\"", kLong)})) ==
        R"({"a \"b\""?: Long, "b": String})");
  CHECK(to_text(*Type::record({})) == "{}");
}

TEST_CASE("the text of a type that would fill the memory is cut") {
  const std::string text = to_text(*doubling(60));
  CHECK(text.size() < 5000);
  CHECK(text.ends_with("…"));
}
