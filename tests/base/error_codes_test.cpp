#include <doctest/doctest.h>

#include <set>
#include <string>

#include <quis/base/result.hpp>

#include "shared_data.hpp"

namespace quis::test {

TEST_CASE("every error code has a name of its own and a line in the table of CONTRIBUTING.md, and no line is stale") {
  const std::string guide = read_file(data("../../CONTRIBUTING.md"));
  const std::string table = guide.substr(guide.find("## Error codes"));
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(ErrorCode::evaluation); ++i) {
    const std::string name(to_string(static_cast<ErrorCode>(i)));
    CAPTURE(name);
    CHECK_FALSE(name.empty());
    CHECK(names.insert(name).second);
    CHECK(table.find("\n| `" + name + "` |") != std::string::npos);
  }
  std::size_t lines = 0;
  for (std::size_t at = table.find("\n| `"); at != std::string::npos; at = table.find("\n| `", at + 1)) ++lines;
  CHECK(lines == names.size());
}

}  // namespace quis::test
