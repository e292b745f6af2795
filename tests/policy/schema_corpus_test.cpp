#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <quis/policy/schema_parser.hpp>

#include "policy/schema_equal.hpp"
#include "shared_data.hpp"

TEST_CASE("every schema of the corpus is read, and in both of its forms means the same") {
  const auto corpus = quis::test::vectors("corpus-tests");
  if (!corpus) return;
  std::size_t texts = 0;
  std::size_t pairs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*corpus)) {
    if (entry.path().extension() != ".cedarschema") continue;
    CAPTURE(entry.path().filename().string());
    const auto from_text = quis::schema_from_file(entry.path().string());
    CHECK(from_text.has_value());
    ++texts;
    const std::string json = entry.path().string() + ".json";
    if (!from_text || !std::filesystem::exists(json)) continue;
    const auto from_json = quis::schema_from_file(json);
    REQUIRE(from_json.has_value());
    CHECK(quis::test::difference(*from_text, *from_json) == "");
    ++pairs;
  }
  CHECK(texts > 3'900);
  CHECK(pairs > 3'900);
}
