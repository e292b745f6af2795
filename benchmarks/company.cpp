#include "company.hpp"

#include <array>

namespace quis::bench {
namespace {

constexpr std::array<std::size_t, 6> kGroups = {43'000, 8'600, 1'720, 344, 69, 14};

std::string number(std::size_t n) { return std::to_string(n); }

std::string uid(const std::string& type, const std::string& id) {
  return R"({"type":")" + type + R"(","id":")" + id + R"("})";
}

std::string group_id(std::size_t level, std::size_t index) { return "l" + number(level) + "-" + number(index); }

/// Three groups of a level: neighbours, or spread by a multiplicative hash of `i`.
std::string parents(std::size_t level, std::size_t i, std::size_t siblings, bool scattered) {
  if (level == kGroups.size()) return "[]";
  const std::size_t size = kGroups[level];
  std::string text = "[";
  for (std::size_t k = 0; k < 3; ++k) {
    const std::size_t near = i / siblings + k;
    const std::size_t far = ((i * 3 + k + 1) * 0x9e37'79b9'7f4a'7c15ULL) >> 20U;
    text += (k == 0 ? "" : ",") + uid("Company::Group", group_id(level, (scattered ? far : near) % size));
  }
  return text + "]";
}

std::string person(std::size_t i, const std::string& space, bool scattered) {
  const std::string n = number(i);
  return R"({"uid":)" + uid("Company::Person", space + n) + R"(,"attrs":{"name":"Person Number )" + n +
         R"(","email":"person)" + n + R"(@example.com","department":"department )" + number(i % 40) +
         R"(","title":"title )" + number(i % 300) + R"(","age":)" + number(20 + i % 45) + R"(,"level":)" +
         number(i % 12) + R"(,"active":)" + (i % 50 == 0 ? "false" : "true") + R"(,"manager":{"__entity":)" +
         uid("Company::Person", space + number(i / 10)) + R"(},"roles":["reader","writer of )" + number(i % 7) +
         R"("],"address":{"city":"city )" + number(i % 500) + R"(","network":{"__extn":{"fn":"ip","arg":"10.)" +
         number(i % 200) + R"(.0.0/16"}}}},"parents":)" + parents(0, i, 24, scattered) + "}";
}

}  // namespace

std::string company(const std::string& space, bool scattered) {
  std::string text = "[\n";
  text.reserve(kCompanyEntities * 700);
  std::size_t written = 0;
  for (std::size_t level = 0; level < kGroups.size(); ++level) {
    for (std::size_t i = 0; i < kGroups[level]; ++i, ++written) {
      text += R"({"uid":)" + uid("Company::Group", group_id(level, i)) + R"(,"attrs":{"level":)" + number(level) +
              R"(},"parents":)" + parents(level + 1, i, 5, false) + "},\n";
    }
  }
  for (; written < kCompanyEntities; ++written) {
    text += person(written, space, scattered);
    text += written + 1 < kCompanyEntities ? ",\n" : "\n]";
  }
  return text;
}

}  // namespace quis::bench
