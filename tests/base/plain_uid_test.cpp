// Uids that are read without the lexer: none that is not plain, whatever its size, and each with the parts it has.

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include <quis/base/vocabulary.hpp>

#include "base/plain_uid.hpp"
#include "base/type_name.hpp"

namespace quis::test {
namespace {

/// The rule as the header says it.
std::optional<PlainUid> by_the_rule(std::string_view text) {
  const auto plain = [](char c) { return c >= ' ' && c <= '~' && c != '\\'; };
  if (text.size() < 8 || !std::ranges::all_of(text, plain)) return {};
  const std::size_t begin = text.find("::\"");
  if (begin == std::string_view::npos || begin == 0 || std::ranges::count(text, '"') != 2 || text.back() != '"')
    return {};
  return PlainUid{text.substr(0, begin), text.substr(begin + 3, text.size() - begin - 4)};
}

void check(const std::string& text) {
  CAPTURE(text);
  const auto read = read_plain_uid(text);
  const auto right = by_the_rule(text);
  REQUIRE(read.has_value() == right.has_value());
  if (!read) return;
  CHECK(read->type == right->type);
  CHECK(read->id == right->id);
}

std::string uid(std::size_t type, std::size_t id) {
  return std::string(type, 'T') + "::\"" + std::string(id, 'i') + "\"";
}

TEST_CASE("plain uids of every size are read as the rule says, with any byte in any place") {
  std::size_t plain = 0;
  for (std::size_t type = 0; type < 20; ++type) {
    for (std::size_t id = 0; id < 90; ++id) {
      const std::string text = uid(type, id);
      check(text);
      plain += read_plain_uid(text) ? 1U : 0U;
    }
  }
  CHECK(plain > 1600);
  for (const std::size_t id : {1U, 4U, 11U, 12U, 13U, 27U, 28U, 44U, 55U, 56U, 57U, 58U, 80U}) {
    const std::string text = uid(4, id);
    for (std::size_t i = 0; i < text.size(); ++i) {
      for (const char c : {'"', '\\', ' ', '~', ':', '\n', '\0', '\x1f', '\x7f', '\x80', '\xa2', '\xdc', '\xff'}) {
        std::string changed = text;
        changed[i] = c;
        check(changed);
      }
    }
  }
}

TEST_CASE("a plain uid is found when type and id are known and the type is one that policies can write") {
  const EntityId alice = intern_entity("PlainUser", "alice");
  const EntityId in_namespace = intern_entity("Plain::User", "a name of more than twenty-seven bytes");
  (void)intern_entity("if", "alice");
  (void)intern_entity("Plain User", "alice");
  // Twice: the second time the uid is known.
  for (int round = 0; round < 2; ++round) {
    CHECK(find_plain_uid(R"(PlainUser::"alice")") == alice);
    CHECK(find_plain_uid(R"(Plain::User::"a name of more than twenty-seven bytes")") == in_namespace);
    for (const char* none : {R"(PlainUser::"alicf")", R"(PlainUses::"alice")", R"(if::"alice123")",
                             R"(Plain User::"alice")", R"("alice::PlainUser")", R"(PlainUser:"alice")",
                             "PlainUser::alice", R"(PlainUser::")", R"(PlainUser::alice")", R"(PlainUser::"alice)"}) {
      CAPTURE(none);
      CHECK_FALSE(find_plain_uid(none).valid());
    }
  }
  (void)intern_entity("if", "alice123");
  CHECK_FALSE(find_plain_uid(R"(if::"alice123")").valid());
}

TEST_CASE("a uid is found again as it was found first, with odd bytes in any place") {
  // Ids that only a uid with an escape can name, or that are written with one: none is plain.
  for (const char* odd : {"a\\nb1234", "quote\"123", "tab\\t", "ü1234567", "\x7f"}) (void)intern_entity("T", odd);
  std::size_t found = 0;
  for (const std::size_t type_size : {1U, 2U, 4U, 5U, 13U, 14U, 29U, 61U, 70U}) {
    const std::string type(type_size, 'T');
    for (std::size_t size = 0; size < 70; size += size == 35 ? 25 : 1) {
      const std::string id(size, 'i');
      const EntityId known = intern_entity(type, id);
      (void)intern_entity(type, id + "x");
      const std::string text = type + "::\"" + id + "\"";
      CAPTURE(text);
      const bool is_plain = by_the_rule(text).has_value();
      for (int round = 0; round < 2; ++round) REQUIRE(find_plain_uid(text) == (is_plain ? known : EntityId{}));
      found += is_plain ? 1U : 0U;
      for (std::size_t i = 0; i < text.size(); ++i) {
        for (const char c : {'"', '\\', 'x', ':', '\n', '\x7f', '\xa2'}) {
          std::string changed = text;
          changed[i] = c;
          const auto rule = by_the_rule(changed);
          const TypeId its_type = rule ? find_type(rule->type) : TypeId{};
          const bool named = its_type.valid() && is_normalized_name(its_type);
          REQUIRE(find_plain_uid(changed) == (named ? find_entity(its_type, rule->id) : EntityId{}));
        }
      }
    }
  }
  CHECK(found > 400);
  CHECK(find_plain_uid(R"(T::"another")") == find_entity(find_type("T"), "another"));
  for (const char* odd : {R"(T::"a\nb1234")", R"(T::"quote"123")", R"(T::"tab\t")", "T::\"ü1234567\"", "T::\"\x7f\""})
    CHECK_FALSE(find_plain_uid(odd).valid());
}

TEST_CASE("a uid that nobody knew is found once somebody does") {
  const std::string text = R"(PlainUser::"who comes later")";
  for (int round = 0; round < 2; ++round) CHECK_FALSE(find_plain_uid(text).valid());
  const EntityId known = intern_entity("PlainUser", "who comes later");
  for (int round = 0; round < 2; ++round) CHECK(find_plain_uid(text) == known);
}

}  // namespace
}  // namespace quis::test
