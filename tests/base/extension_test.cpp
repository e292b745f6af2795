#include <initializer_list>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <quis/base/evaluation_error.hpp>
#include <quis/base/extension.hpp>
#include <quis/base/vocabulary.hpp>

namespace {

using Function = quis::ExtensionFunction;
using quis::EvaluationError;
using quis::Value;

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kDay = 86'400'000;

quis::ValueArena& arena() {
  static quis::ValueArena arena;
  return arena;
}

tl::expected<Value, EvaluationError> call(Function function, std::initializer_list<Value> arguments) {
  return quis::call_extension(function, {arguments.begin(), arguments.size()}, arena());
}

Value ip(std::string_view text) { return call(Function::ip, {arena().string(text)}).value(); }

bool truth(Function function, std::initializer_list<Value> arguments) {
  return call(function, arguments).value().as_boolean();
}

}  // namespace

TEST_CASE("every function is found by its exact name") {
  CHECK(quis::extension_signatures().size() == 22);
  for (const quis::ExtensionSignature& signature : quis::extension_signatures()) {
    CAPTURE(signature.name);
    CHECK(quis::find_extension(signature.name) == &signature);
    CHECK(&quis::signature_of(signature.function) == &signature);
    CHECK(signature.is_constructor == (signature.arguments[0] == Value::Kind::string));
  }
  for (const std::string_view name :
       {"", "IP", "isIPv4", "isipv4", "lessthan", "contains", "unknown", "ip ", "__cedar::ip"}) {
    CHECK(quis::find_extension(name) == nullptr);
  }
}

TEST_CASE("constructors read their text or fail") {
  CHECK(call(Function::decimal, {arena().string("1.5")}) == Value::decimal(15'000));
  CHECK(call(Function::datetime, {arena().string("1970-01-02")}) == Value::datetime(kDay));
  CHECK(call(Function::duration, {arena().string("-1d")}) == Value::duration(-kDay));
  CHECK(ip("1.1.1.1") == ip("1.1.1.1/32"));
  for (const Function function : {Function::decimal, Function::datetime, Function::duration, Function::ip}) {
    CHECK(call(function, {arena().string("x")}) == tl::unexpected(EvaluationError::extension(function)));
    CHECK(call(function, {Value::integer(1)}) ==
          tl::unexpected(EvaluationError::mismatch(Value::Kind::integer, Value::Kind::string)));
  }
}

TEST_CASE("the number of arguments is checked before their kinds") {
  for (const quis::ExtensionSignature& signature : quis::extension_signatures()) {
    CAPTURE(signature.name);
    const std::vector<Value> too_many(signature.arity + 1U, Value::boolean(true));
    const auto expected = tl::unexpected(EvaluationError::arity(signature.function));
    CHECK(quis::call_extension(signature.function, too_many, arena()) == expected);
    CHECK(quis::call_extension(signature.function, {}, arena()) == expected);
  }
}

TEST_CASE("kinds are checked from left to right") {
  using Kind = Value::Kind;
  CHECK(call(Function::less_than, {Value::integer(1), Value::boolean(true)}) ==
        tl::unexpected(EvaluationError::mismatch(Kind::integer, Kind::decimal)));
  CHECK(call(Function::less_than, {Value::decimal(1), Value::integer(1)}) ==
        tl::unexpected(EvaluationError::mismatch(Kind::integer, Kind::decimal)));
  CHECK(call(Function::offset, {Value::datetime(1), Value::datetime(1)}) ==
        tl::unexpected(EvaluationError::mismatch(Kind::datetime, Kind::duration)));
  CHECK(call(Function::is_ipv4, {arena().string("1.1.1.1")}) ==
        tl::unexpected(EvaluationError::mismatch(Kind::string, Kind::ip)));
}

TEST_CASE("decimals compare by value") {
  const Value low = Value::decimal(kLowest);
  const Value high = Value::decimal(kHighest);
  CHECK(truth(Function::less_than, {low, high}));
  CHECK_FALSE(truth(Function::less_than, {low, low}));
  CHECK(truth(Function::less_than_or_equal, {low, low}));
  CHECK_FALSE(truth(Function::greater_than, {low, high}));
  CHECK_FALSE(truth(Function::greater_than, {low, low}));
  CHECK(truth(Function::greater_than_or_equal, {high, high}));
}

TEST_CASE("a range is loopback or multicast only when all of it is") {
  for (const std::string_view text : {"127.0.0.1", "127.255.0.3/9", "127.0.0.0/8", "::1", "::1/128"}) {
    CAPTURE(text);
    CHECK(truth(Function::is_loopback, {ip(text)}));
  }
  for (const std::string_view text :
       {"127.0.0.1/7", "127.0.0.1/0", "128.0.0.1", "::1/127", "::2", "::", "::ffff:7f00:1"}) {
    CAPTURE(text);
    CHECK_FALSE(truth(Function::is_loopback, {ip(text)}));
  }
  for (const std::string_view text :
       {"224.0.0.0", "239.255.255.255", "224.0.0.0/4", "230.1.2.3/5", "ff00::/8", "ffff::1"}) {
    CAPTURE(text);
    CHECK(truth(Function::is_multicast, {ip(text)}));
  }
  for (const std::string_view text : {"224.0.0.0/3", "223.255.255.255", "240.0.0.0", "ff00::/7", "fe00::1", "::ff00"}) {
    CAPTURE(text);
    CHECK_FALSE(truth(Function::is_multicast, {ip(text)}));
  }
}

TEST_CASE("a range contains what is wholly inside it, and never the other family") {
  struct Row {
    std::string_view inner;
    std::string_view outer;
    bool inside;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"10.0.0.1", "10.0.0.0/24", true},
           {"10.0.0.1", "10.0.0.200/24", true},
           {"10.0.1.1", "10.0.0.0/24", false},
           {"10.0.0.0/24", "10.0.0.0/24", true},
           {"10.0.0.0/23", "10.0.0.0/24", false},
           {"10.0.0.128/25", "10.0.0.0/24", true},
           {"10.0.0.0/30", "10.0.0.4/30", false},
           {"10.0.0.1", "10.0.0.1", true},
           {"10.0.0.1", "10.0.0.2", false},
           {"255.255.255.255/0", "1.2.3.4/0", true},
           {"255.255.255.255", "1.2.3.4/0", true},
           {"1.2.3.4/0", "1.2.3.4/1", false},
           {"::1", "::/0", true},
           {"::1", "::/127", true},
           {"::2", "::/127", false},
           {"2001:db8::1", "2001:db8::/33", true},
           {"2001:db8:8000::1", "2001:db8::/33", false},
           {"10.0.0.1", "::/0", false},
           {"::a00:1", "0.0.0.0/0", false},
           {"::ffff:a00:1", "10.0.0.1", false},
       }) {
    CAPTURE(row.inner);
    CAPTURE(row.outer);
    CHECK(truth(Function::is_in_range, {ip(row.inner), ip(row.outer)}) == row.inside);
  }
  CHECK(truth(Function::is_ipv4, {ip("1.2.3.4/0")}));
  CHECK_FALSE(truth(Function::is_ipv6, {ip("1.2.3.4")}));
  CHECK(truth(Function::is_ipv6, {ip("::ffff:102:304")}));
}

TEST_CASE("moving a datetime beyond 64 bits is an error") {
  CHECK(call(Function::offset, {Value::datetime(5), Value::duration(-7)}) == Value::datetime(-2));
  CHECK(call(Function::offset, {Value::datetime(kHighest), Value::duration(0)}) == Value::datetime(kHighest));
  CHECK(call(Function::duration_since, {Value::datetime(5), Value::datetime(7)}) == Value::duration(-2));
  CHECK(call(Function::duration_since, {Value::datetime(-1), Value::datetime(kLowest)}) == Value::duration(kHighest));
  const auto moved = tl::unexpected(EvaluationError::extension(Function::offset));
  CHECK(call(Function::offset, {Value::datetime(kHighest), Value::duration(1)}) == moved);
  CHECK(call(Function::offset, {Value::datetime(-1), Value::duration(kLowest)}) == moved);
  const auto since = tl::unexpected(EvaluationError::extension(Function::duration_since));
  CHECK(call(Function::duration_since, {Value::datetime(0), Value::datetime(kLowest)}) == since);
  CHECK(call(Function::duration_since, {Value::datetime(kHighest), Value::datetime(-1)}) == since);
}

TEST_CASE("a datetime's source text is valid Cedar however far it was moved") {
  CHECK(to_text(Value::datetime(1)) == "datetime(\"1970-01-01T00:00:00.001Z\")");
  CHECK(to_text(Value::datetime(kHighest)) ==
        "datetime(\"1970-01-01\").offset(duration(\"106751991167d7h12m55s807ms\"))");
}

TEST_CASE("a datetime splits into the day it began and a time of day that is never negative") {
  struct Row {
    std::int64_t value;
    std::int64_t date;
    std::int64_t time;
  };
  for (const Row& row : std::initializer_list<Row>{{0, 0, 0},
                                                   {1, 0, 1},
                                                   {kDay - 1, 0, kDay - 1},
                                                   {kDay, kDay, 0},
                                                   {-1, -kDay, kDay - 1},
                                                   {-kDay, -kDay, 0},
                                                   {-kDay - 1, -2 * kDay, kDay - 1},
                                                   {kHighest, 106'751'991'167 * kDay, 25'975'807}}) {
    CAPTURE(row.value);
    CHECK(call(Function::to_date, {Value::datetime(row.value)}) == Value::datetime(row.date));
    CHECK(call(Function::to_time, {Value::datetime(row.value)}) == Value::duration(row.time));
  }
  CHECK(call(Function::to_date, {Value::datetime(kLowest)}) ==
        tl::unexpected(EvaluationError::extension(Function::to_date)));
  CHECK(call(Function::to_time, {Value::datetime(kLowest)}) == Value::duration(kDay - 25'975'808));
}

TEST_CASE("a duration in larger units is cut towards zero") {
  const std::int64_t value = 2 * kDay - 1;
  CHECK(call(Function::to_milliseconds, {Value::duration(value)}) == Value::integer(value));
  CHECK(call(Function::to_seconds, {Value::duration(value)}) == Value::integer(172'799));
  CHECK(call(Function::to_minutes, {Value::duration(value)}) == Value::integer(2'879));
  CHECK(call(Function::to_hours, {Value::duration(value)}) == Value::integer(47));
  CHECK(call(Function::to_days, {Value::duration(value)}) == Value::integer(1));
  CHECK(call(Function::to_seconds, {Value::duration(-value)}) == Value::integer(-172'799));
  CHECK(call(Function::to_days, {Value::duration(-value)}) == Value::integer(-1));
  CHECK(call(Function::to_days, {Value::duration(kLowest)}) == Value::integer(-106'751'991'167));
  CHECK(call(Function::to_milliseconds, {Value::duration(kLowest)}) == Value::integer(kLowest));
}

TEST_CASE("an evaluation error is one sentence") {
  const quis::SymbolId name = quis::intern_symbol("missing");
  const quis::EntityId alice = quis::intern_entity("User", "alice");
  CHECK(to_text(EvaluationError::mismatch(Value::Kind::integer, Value::Kind::string)) ==
        "expected `string`, found `long`");
  CHECK(to_text(EvaluationError::missing_entity(alice)) == "`User::\"alice\"` does not exist");
  CHECK(to_text(EvaluationError::missing_attribute(name)) == "the record has no attribute `missing`");
  CHECK(to_text(EvaluationError::missing_attribute(name, alice)) == "`User::\"alice\"` has no attribute `missing`");
  CHECK(to_text(EvaluationError::missing_tag(alice)) == "`User::\"alice\"` has no tag of that name");
  CHECK(to_text(EvaluationError::overflow()) == "the result does not fit 64 bits");
  CHECK(to_text(EvaluationError::arity(Function::ip)) == "`ip` takes 1 argument");
  CHECK(to_text(EvaluationError::arity(Function::is_ipv4)) == "`isIpv4` takes 0 arguments");
  CHECK(to_text(EvaluationError::extension(Function::ip)) == "`ip` cannot read its text as `ipaddr`");
  CHECK(to_text(EvaluationError::extension(Function::offset)) == "the result of `offset` is out of range");
}

TEST_CASE("an error about a name that only a request knows needs that request's names") {
  quis::LocalNames local;
  const quis::SymbolId name = local.symbol("an attribute that nothing loaded mentions");
  const quis::EntityId stranger = local.entity(local.type("StrangeType"), "x");
  const EvaluationError error = EvaluationError::missing_attribute(name, stranger);
  CHECK(to_text(error, &local) == "`StrangeType::\"x\"` has no attribute `an attribute that nothing loaded mentions`");
  CHECK(to_text(error) == "the entity has no attribute of that name");
}
