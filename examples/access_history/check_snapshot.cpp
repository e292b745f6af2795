#include <fstream>
#include <iterator>
#include <set>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "directory.hpp"
#include "verbs.hpp"

// The access file as the events make it on the last day, beside the file itself. The one thing that no event carries is
// which services are members of a group: the file lists them apart from people (`system_members`), and its history was
// taken of people only. They are counted; everything else must be equal.

namespace access_history {
namespace {

namespace json = boost::json;
using Names = std::set<std::string, std::less<>>;

class Comparison {
 public:
  void expect(bool equal, std::string difference) {
    ++facts_;
    if (!equal) differences_.push_back(std::move(difference));
  }
  void expect_names(const Names& rebuilt, const Names& real, std::string_view what) {
    for (const std::string& name : rebuilt) expect(real.contains(name), fmt::format("{}: `{}` is extra", what, name));
    for (const std::string& name : real) {
      if (!rebuilt.contains(name)) expect(false, fmt::format("{}: `{}` is missing", what, name));
    }
  }
  void count_services(std::size_t count) { services_ += count; }

  [[nodiscard]] std::size_t facts() const { return facts_; }
  [[nodiscard]] std::size_t services() const { return services_; }
  [[nodiscard]] const std::vector<std::string>& differences() const { return differences_; }

 private:
  std::size_t facts_ = 0;
  std::size_t services_ = 0;
  std::vector<std::string> differences_;
};

std::string text_or_empty(const json::value& value) { return value.is_null() ? "" : std::string(value.as_string()); }

template <class Map>
Names keys(const Map& map) {
  Names names;
  for (const auto& [name, value] : map) names.insert(name);
  return names;
}

Names strings(const json::value& list) {
  Names names;
  for (const json::value& item : list.as_array()) names.emplace(item.as_string());
  return names;
}

void compare_accounts(Comparison& comparison, const std::map<std::string, Account, std::less<>>& rebuilt,
                      const json::value& real, std::string_view what) {
  Names names;
  for (const json::value& user : real.as_array()) {
    const std::string name(user.at("id").as_string());
    names.insert(name);
    const auto account = rebuilt.find(name);
    if (account == rebuilt.end()) continue;
    comparison.expect(account->second.ensure == user.at("ensure").as_string(),
                      fmt::format("{} `{}`: ensure", what, name));
    comparison.expect(account->second.expiry == text_or_empty(user.at("expiry_date")),
                      fmt::format("{} `{}`: expiry date", what, name));
    if (const auto* system = user.as_object().if_contains("system")) {
      comparison.expect(account->second.system == system->as_bool(), fmt::format("{} `{}`: system", what, name));
    }
  }
  comparison.expect_names(keys(rebuilt), names, what);
}

void compare_groups(Comparison& comparison, const Directory& directory, const json::value& real) {
  Names names;
  for (const json::value& group : real.as_array()) {
    const std::string name(group.at("name").as_string());
    names.insert(name);
    const auto rebuilt = directory.groups.find(name);
    if (rebuilt == directory.groups.end()) continue;
    comparison.expect_names(keys(rebuilt->second.members), strings(group.at("members")), "members of `" + name + "`");
    comparison.expect_names(keys(rebuilt->second.sudo_rules), strings(group.at("privileges")),
                            "rules of `" + name + "`");
    comparison.expect(rebuilt->second.approvers == group.at("approvers").as_array().size(),
                      "approvers of `" + name + "`");
    comparison.count_services(group.at("system_members").as_array().size());
  }
  comparison.expect_names(keys(directory.groups), names, "groups");
}

}  // namespace

quis::Result<void> check_snapshot(const Session& session, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) return quis::failure(quis::ErrorCode::io, fmt::format("cannot read `{}`", path));

  const Directory directory = rebuild(session.history, end_of_day(session.history.last() / kDay * kDay));
  Comparison comparison;
  try {
    const json::value real = json::parse(text);
    compare_accounts(comparison, directory.accounts, real.at("users"), "users");
    compare_accounts(comparison, directory.ldap_only, real.at("ldap_only"), "LDAP-only users");
    compare_groups(comparison, directory, real.at("groups"));
  } catch (const std::exception& error) {
    return quis::failure(quis::ErrorCode::invalid_json, fmt::format("`{}` is no snapshot: {}", path, error.what()));
  }
  for (const std::string& difference : comparison.differences()) session.page.line(difference, Style::bad);
  session.page.line(fmt::format("{} facts compared, {} differ; {} memberships of services are in no event",
                                comparison.facts(), comparison.differences().size(), comparison.services()));
  if (!comparison.differences().empty()) {
    return quis::failure(quis::ErrorCode::invalid_argument, "the rebuilt access file is not the real one");
  }
  return {};
}

}  // namespace access_history
