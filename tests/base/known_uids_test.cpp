// The table of known uids: it finds what it was given, never takes one text for another, and grows while it is read.

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/known_uids.hpp"

namespace quis::test {
namespace {

/// A text of this size, different for each number below a million.
std::string text_of_size(std::size_t size, std::uint32_t number) {
  std::string text(size, '.');
  for (std::size_t i = 0; i < 6; ++i, number /= 10) text[i * (size - 1) / 5] = static_cast<char>('0' + number % 10);
  return text;
}

/// Until it is kept: a text that finds no room waits for a larger table.
void remember_at_last(KnownUids& uids, std::string_view text, EntityId entity) {
  for (int i = 0; i < 1000 && !uids.find(text).valid(); ++i) uids.remember(text, entity);
}

TEST_CASE("nothing is found in an empty table, whatever the size of the text") {
  static KnownUids uids;
  for (std::size_t size = 0; size < 300; ++size) CHECK_FALSE(uids.find(std::string(size, 'u')).valid());
  CHECK(uids.bytes() == 0);
}

/// Texts of every size are found, and none that differs in a byte.
void check_every_size(KnownUids& uids) {
  for (std::size_t size = KnownUids::kLeastSize; size <= KnownUids::kMostSize; ++size) {
    const std::string text = text_of_size(size, 123'456);
    CAPTURE(text);
    const EntityId entity{static_cast<std::uint32_t>(size)};
    CHECK_FALSE(uids.find(text).valid());
    remember_at_last(uids, text, entity);
    REQUIRE(uids.find(text) == entity);
    for (std::size_t i = 0; i < size; ++i) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string other = text;
        other[i] = static_cast<char>(other[i] ^ (1 << bit));
        REQUIRE_FALSE(uids.find(other).valid());
      }
    }
    REQUIRE_FALSE(uids.find(text.substr(1)).valid());
    REQUIRE_FALSE(uids.find(text + ".").valid());
    REQUIRE_FALSE(uids.find(text + '\0').valid());
  }
}

TEST_CASE("texts of every size are found, and none that differs in a byte") {
  SUBCASE("where there is room") {
    static KnownUids uids;
    check_every_size(uids);
  }
  SUBCASE("where a quarter of all texts belong to one line") {
    static KnownUids uids(2);
    check_every_size(uids);
  }
}

TEST_CASE("texts that are too short or too long are not kept") {
  static KnownUids uids;
  for (const std::size_t size :
       {std::size_t{0}, KnownUids::kLeastSize - 1, KnownUids::kMostSize + 1, std::size_t{9999}}) {
    const std::string text(size, 'u');
    uids.remember(text, EntityId{1});
    CHECK_FALSE(uids.find(text).valid());
  }
}

TEST_CASE("the table grows to its limit and never gives a wrong answer") {
  static KnownUids uids;
  constexpr std::uint32_t kTexts = 120'000;
  const auto text = [](std::uint32_t i) { return text_of_size(i % 8 == 0 ? 64 : 10 + i % 40, i); };
  std::size_t held = 0;
  std::size_t grown = 0;
  for (std::uint32_t i = 0; i < kTexts; ++i) {
    uids.remember(text(i), EntityId{i});
    if (uids.bytes() == held) continue;
    // What was remembered when the table grew is gone, but the text that made it grow is not.
    held = uids.bytes();
    ++grown;
    REQUIRE(uids.find(text(i)) == EntityId{i});
  }
  CHECK(grown >= 6);
  CHECK(held < std::size_t{48} << 20U);
  const auto ask_for_all = [&] {
    std::size_t found = 0;
    for (std::uint32_t i = 0; i < kTexts; ++i) {
      const EntityId entity = uids.find(text(i));
      if (entity.valid()) {
        REQUIRE(entity == EntityId{i});
        ++found;
      } else {
        uids.remember(text(i), EntityId{i});
      }
    }
    return found;
  };
  (void)ask_for_all();
  CHECK(ask_for_all() > kTexts * 95 / 100);
  CHECK(uids.bytes() == held);
}

TEST_CASE("who comes when the table is full gets in, and what is asked often comes back") {
  static KnownUids uids(8);
  const auto ask = [&](std::uint32_t i) {
    const std::string text = text_of_size(10 + i % 100, i);
    const EntityId entity = uids.find(text);
    if (entity.valid()) REQUIRE(entity == EntityId{i});
    if (!entity.valid()) uids.remember(text, EntityId{i});
    return entity.valid();
  };
  for (std::uint32_t i = 0; i < 1000; ++i) (void)ask(i);
  const std::size_t held = uids.bytes();
  std::size_t found = 0;
  // Sixteen that are asked again and again, among many that are not.
  for (std::uint32_t round = 1; round <= 4000; ++round) {
    for (std::uint32_t i = 0; i < 16; ++i) found += ask(500'000 + i) ? 1U : 0U;
    for (std::uint32_t i = 0; i < 4; ++i) (void)ask(1000 + 4 * round + i);
  }
  CHECK(found > std::size_t{16} * 4000 / 2);
  CHECK(uids.bytes() == held);
}

TEST_CASE("texts that differ in few digits, wherever these are, find room") {
  // A text has four places and no more, so few may be refused only if they are spread as if by chance.
  static std::array<KnownUids, 44> tables;  // nothing is given back
  std::size_t next = 0;
  for (const std::size_t size : {8U, 10U, 13U, 16U, 17U, 20U, 24U, 31U, 32U, 40U, 57U}) {
    for (const std::size_t at : {std::size_t{0}, std::size_t{4}, size / 2, size - 3}) {
      KnownUids& uids = tables.at(next++);
      std::string text(size, '0');
      std::uint32_t kept = 0;
      for (std::uint32_t i = 0; i < 1000; ++i) {
        text[at] = static_cast<char>('0' + i / 100);
        text[at + 1] = static_cast<char>('0' + i / 10 % 10);
        text[at + 2] = static_cast<char>('0' + i % 10);
        for (int times = 0; times < 3 && !uids.find(text).valid(); ++times) uids.remember(text, EntityId{i});
        kept += uids.find(text).valid() ? 1U : 0U;
      }
      CAPTURE(size);
      CAPTURE(at);
      CHECK(kept > 900);
    }
  }
}

/// Threads that ask for `texts` and remember what they do not find.
void check_from_threads(KnownUids& uids, const std::vector<std::string>& texts, std::size_t times) {
  std::atomic<std::size_t> wrong = 0;
  std::atomic<std::size_t> right = 0;
  const auto ask = [&](std::size_t from) {
    for (std::size_t i = 0; i < times * texts.size(); ++i) {
      const std::size_t which = (from + i * 7) % texts.size();
      const EntityId expected{static_cast<std::uint32_t>(which)};
      const EntityId entity = uids.find(texts[which]);
      if (!entity.valid()) {
        uids.remember(texts[which], expected);
      } else {
        ++(entity == expected ? right : wrong);
      }
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t) threads.emplace_back(ask, t * texts.size() / 4);
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(right > texts.size());
}

TEST_CASE("threads that ask and remember the same uids get nothing or what is right") {
  std::vector<std::string> texts;
  for (std::uint32_t i = 0; i < 3001; ++i) texts.push_back(text_of_size(8 + i % 113, i));
  SUBCASE("while the table grows") {
    static KnownUids uids;
    check_from_threads(uids, texts, 4);
    std::uint32_t found = 0;
    for (std::uint32_t i = 0; i < texts.size(); ++i) {
      uids.remember(texts[i], EntityId{i});
      found += uids.find(texts[i]) == EntityId{i} ? 1U : 0U;
    }
    CHECK(found > texts.size() * 95 / 100);
  }
  SUBCASE("while lines are replaced") {
    static KnownUids uids(8);
    check_from_threads(uids, texts, 200);
  }
  SUBCASE("of texts that differ in one word, in a place where only four lines are") {
    static KnownUids uids(2);
    texts.clear();
    for (std::uint32_t i = 0; i < 16; ++i)
      texts.push_back("User::\"" + std::string(1, static_cast<char>('a' + i)) + "\"");
    for (std::uint32_t i = 0; i < 15; ++i)
      texts.push_back("User::\"the same of all but " + std::to_string(i % 10) + "\"");
    for (std::uint32_t i = 10; i < 15; ++i) texts.pop_back();
    check_from_threads(uids, texts, 20'000);
  }
}

}  // namespace
}  // namespace quis::test
