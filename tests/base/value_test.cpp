#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include <quis/base/value.hpp>
#include <quis/base/vocabulary.hpp>

using namespace quis;

namespace {

using Fields = std::vector<std::pair<SymbolId, Value>>;

Value set_of(ValueArena& arena, std::vector<Value> elements) { return arena.set(elements); }

Value record_of(ValueArena& arena, const Fields& fields) {
  const auto record = arena.record(fields);
  REQUIRE(record.has_value());
  return *record;
}

/// Random values from a small world, so that equal ones are frequent.
class Generator {
 public:
  explicit Generator(ValueArena& arena) : arena_(arena) {}

  Value value(int depth) {
    switch (pick(depth > 0 ? 10 : 8)) {
      case 0: return Value::boolean(pick(2) == 0);
      case 1: return Value::integer(pick(3) - 1);
      case 2: return arena_.string(std::string(static_cast<std::size_t>(pick(3)), pick(2) == 0 ? 'a' : 'b'));
      case 3: return Value::entity(intern_entity("G", std::to_string(pick(3))));
      case 4: return Value::decimal(pick(2));
      case 5: return Value::datetime(pick(2));
      case 6: return Value::duration(pick(2));
      case 7: {
        IpAddress address;
        address.bytes[0] = static_cast<std::uint8_t>(pick(2));
        address.prefix = static_cast<std::uint8_t>(pick(2));
        address.is_v6 = pick(2) == 0;
        return arena_.ip(address);
      }
      case 8: {
        std::vector<Value> elements;
        for (int n = pick(4); n > 0; --n) {
          elements.push_back(value(depth - 1));
        }
        return arena_.set(elements);
      }
      default: {
        Fields fields;
        for (const char* key : {"k1", "k2", "k3"}) {
          if (pick(2) == 0) {
            fields.emplace_back(intern_symbol(key), value(depth - 1));
          }
        }
        return record_of(arena_, fields);
      }
    }
  }

 private:
  int pick(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }

  ValueArena& arena_;
  std::mt19937 random_{7};
};

}  // namespace

TEST_CASE("the order of values is total and agrees with equality") {
  ValueArena arena;
  Generator generator(arena);
  std::vector<Value> values;
  for (int i = 0; i < 120; ++i) {
    values.push_back(generator.value(3));
  }
  for (const Value& a : values) {
    REQUIRE(a == a);
    for (const Value& b : values) {
      const auto ab = Value::compare(a, b);
      REQUIRE((ab == 0) == (a == b));
      REQUIRE((a == b) == (b == a));
      REQUIRE((ab < 0) == (Value::compare(b, a) > 0));
      REQUIRE((a == b) == (to_text(a) == to_text(b)));
      for (const Value& c : values) {
        if (ab <= 0 && Value::compare(b, c) <= 0) {
          REQUIRE(Value::compare(a, c) <= 0);
        }
      }
    }
  }
}

TEST_CASE("values of different kinds are unequal, whatever they hold") {
  CHECK(Value::integer(1) != Value::boolean(true));
  CHECK(Value::integer(1) != Value::decimal(1));
  CHECK(Value::datetime(1) != Value::duration(1));
  CHECK(Value() == Value::boolean(false));
}

TEST_CASE("strings are equal by content, not by place") {
  const std::string a = "same";
  const std::string b = "same";
  CHECK(Value::string(a) == Value::string(b));
  CHECK(Value::string("a") != Value::string("b"));
  CHECK(Value::string("") == Value::string(std::string_view{}));
  CHECK(Value::string(std::string_view("a\0b", 3)) != Value::string(std::string_view("a\0c", 3)));
}

TEST_CASE("an address with another prefix is another value") {
  ValueArena arena;
  IpAddress address{{10, 0, 0, 1}, 32, false};
  const Value host = arena.ip(address);
  address.prefix = 8;
  CHECK(host != arena.ip(address));
  CHECK(host == arena.ip(IpAddress{{10, 0, 0, 1}, 32, false}));
}

TEST_CASE("sets ignore order and duplicates") {
  ValueArena arena;
  const Value one = Value::integer(1);
  const Value two = Value::integer(2);
  const Value set = set_of(arena, {two, one, two, two, one});
  CHECK(set == set_of(arena, {one, two}));
  CHECK(set.as_set().size == 2);
  CHECK(set != set_of(arena, {one}));
  CHECK(set_of(arena, {set, set_of(arena, {one, two})}).as_set().size == 1);
  CHECK(set_of(arena, {}) == set_of(arena, {}));
}

TEST_CASE("a set knows when it holds entities only") {
  ValueArena arena;
  const Value entity = Value::entity(intern_entity("User", "alice"));
  CHECK(set_of(arena, {}).as_set().entities_only);
  CHECK(set_of(arena, {entity}).as_set().entities_only);
  CHECK_FALSE(set_of(arena, {entity, Value::integer(1)}).as_set().entities_only);
}

TEST_CASE("a set of entities contains each of them and no other, be it small or large, made or copied") {
  ValueArena made;
  ValueArena copies;
  for (const std::uint32_t size : {0U, 1U, 3U, 4U, 5U, 7U, 8U, 9U, 16U, 17U, 63U, 64U, 65U, 200U}) {
    CAPTURE(size);
    std::vector<Value> elements;
    for (std::uint32_t i = 0; i < size; ++i) elements.push_back(Value::entity({1000 + 3 * (size - i)}));
    const Value set = made.set(elements);
    for (const SetData* data : {&set.as_set(), &copies.copy(set).as_set()}) {
      REQUIRE(data->size == size);
      REQUIRE(data->entities_only);
      REQUIRE(data->all_valid);
      for (std::uint32_t i = 0; i < size; ++i) REQUIRE(data->ids()[i] == data->span()[i].as_entity());
      for (std::uint32_t id = 990; id < 1010 + 3 * size; ++id) {
        REQUIRE(data->contains_entity({id}) == data->contains(Value::entity({id})));
      }
    }
  }
}

TEST_CASE("a set knows that one of its entities is nobody") {
  ValueArena arena;
  const Value nobody = Value::entity(EntityId());
  const Value somebody = Value::entity({7});
  CHECK_FALSE(set_of(arena, {nobody}).as_set().all_valid);
  CHECK_FALSE(set_of(arena, {nobody, somebody}).as_set().all_valid);
  CHECK_FALSE(set_of(arena, {Value::integer(1)}).as_set().all_valid);
  CHECK(set_of(arena, {nobody, somebody}).as_set().contains_entity({7}));
  CHECK_FALSE(set_of(arena, {}).as_set().contains_entity(EntityId()));
  CHECK_FALSE(set_of(arena, {somebody}).as_set().contains_entity(EntityId()));
}

TEST_CASE("a set contains its elements and nothing else, be it small or large") {
  ValueArena arena;
  for (const int size : {0, 1, 7, 8, 9, 100}) {
    std::vector<Value> elements;
    for (int i = 0; i < size; ++i) {
      elements.push_back(i % 3 == 0 ? arena.string(std::to_string(i)) : Value::integer(i));
    }
    const Value set = arena.set(elements);
    for (const Value& element : elements) {
      CHECK(set.as_set().contains(element));
    }
    CHECK_FALSE(set.as_set().contains(Value::integer(-1)));
    CHECK_FALSE(set.as_set().contains(Value::integer(size)));
    CHECK_FALSE(set.as_set().contains(Value::boolean(true)));
  }
}

TEST_CASE("a record finds each field and no other, be it small or large") {
  ValueArena arena;
  for (const int size : {0, 1, 8, 9, 24, 25, 300}) {
    Fields fields;
    for (int i = size - 1; i >= 0; --i) {
      fields.emplace_back(intern_symbol("field" + std::to_string(i * 7 % 307)), Value::integer(i));
    }
    const RecordData& record = record_of(arena, fields).as_record();
    REQUIRE(record.size == static_cast<std::uint32_t>(size));
    for (const auto& [key, value] : fields) {
      REQUIRE(record.find(key) != nullptr);
      CHECK(*record.find(key) == value);
    }
    CHECK(record.find(intern_symbol("no such field")) == nullptr);
    CHECK(record.find(SymbolId{}) == nullptr);
  }
}

TEST_CASE("records are equal whatever order their fields came in") {
  ValueArena arena;
  const SymbolId a = intern_symbol("a");
  const SymbolId b = intern_symbol("b");
  const Value one = record_of(arena, {{a, Value::integer(1)}, {b, Value::integer(2)}});
  CHECK(one == record_of(arena, {{b, Value::integer(2)}, {a, Value::integer(1)}}));
  CHECK(one != record_of(arena, {{a, Value::integer(2)}, {b, Value::integer(1)}}));
  CHECK(one != record_of(arena, {{a, Value::integer(1)}}));
  CHECK(record_of(arena, {}) == Value::empty_record());
}

TEST_CASE("a key that stands twice makes no record") {
  ValueArena arena;
  const SymbolId key = intern_symbol("twice");
  CHECK_FALSE(arena.record(Fields{{key, Value::integer(1)}, {key, Value::integer(1)}}).has_value());
  Fields many;
  for (int i = 0; i < 100; ++i) {
    many.emplace_back(intern_symbol("many" + std::to_string(99 - i)), Value());
  }
  CHECK(arena.record(many).has_value());
  many.push_back(many.front());
  CHECK_FALSE(arena.record(many).has_value());
}

TEST_CASE("values print as Cedar source") {
  ValueArena arena;
  CHECK(to_text(Value::boolean(true)) == "true");
  CHECK(to_text(Value::integer(INT64_MIN)) == "-9223372036854775808");
  CHECK(to_text(Value::string("say \"hi\"\n")) == R"("say \"hi\"\n")");
  CHECK(to_text(Value::entity(intern_entity("NS::User", "alice"))) == R"(NS::User::"alice")");
  CHECK(to_text(Value::decimal(12'300)).starts_with("decimal(\"1.23"));
  CHECK(to_text(arena.ip(IpAddress{{10, 0, 0, 0}, 8, false})) == R"(ip("10.0.0.0/8"))");
  CHECK(to_text(Value::datetime(0)).starts_with("datetime(\"1970-01-01"));
  CHECK(to_text(Value::duration(1'000)).starts_with("duration(\"1"));
  CHECK(to_text(Value::empty_record()) == "{}");
  CHECK(to_text(set_of(arena, {})) == "[]");
}

TEST_CASE("sets and records print in the order of their texts") {
  ValueArena arena;
  const SymbolId late = intern_symbol("zz printed last");
  const SymbolId early = intern_symbol("aa printed first");
  const Value set = set_of(arena, {Value::string("b"), Value::integer(2), Value::string("a")});
  CHECK(to_text(set) == R"(["a", "b", 2])");
  CHECK(to_text(record_of(arena, {{late, set}, {early, Value()}})) ==
        R"({"aa printed first": false, "zz printed last": ["a", "b", 2]})");
}

TEST_CASE("values with a request's own names print with them, and as unknown without") {
  ValueArena arena;
  LocalNames local;
  const Value entity = Value::entity(local.entity(local.type("Only::Here"), "x"));
  const Value record = record_of(arena, {{local.symbol("only here"), entity}});
  CHECK(to_text(record, &local) == R"({"only here": Only::Here::"x"})");
  CHECK(to_text(record) == "{<unknown>: <unknown>}");
}

TEST_CASE("values nested as deep as any input may nest are compared, copied and printed") {
  ValueArena arena;
  const auto nest = [&] {
    Value value = Value::integer(1);
    for (int i = 0; i < 600; ++i) {
      value = i % 2 == 0 ? set_of(arena, {value}) : record_of(arena, {{intern_symbol("deep"), value}});
    }
    return value;
  };
  const Value a = nest();
  CHECK(a == nest());
  CHECK(Value::compare(a, nest()) == 0);
  CHECK(arena.copy(a) == a);
  CHECK(to_text(a).size() > 600);
}
