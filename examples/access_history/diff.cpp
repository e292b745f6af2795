#include <algorithm>
#include <iostream>
#include <span>
#include <utility>

#include <fmt/ranges.h>
#include <boost/json.hpp>

#include "changes.hpp"
#include "verbs.hpp"

namespace access_history {
namespace {

namespace json = boost::json;

json::array to_json(const std::vector<Change>& changes, bool gained) {
  json::array list;
  for (const Change& change : changes) {
    if (change.gained != gained) continue;
    list.push_back({{"user", change.user},
                    {"privileges", json::array(change.privileges.begin(), change.privileges.end())},
                    {"inside", change.inside},
                    {"cause", change.cause}});
  }
  return list;
}

// A few names, and how many more.
std::string privileges_text(const Change& change) {
  constexpr std::size_t kNamed = 2;
  const auto named = std::span(change.privileges).first(std::min(kNamed, change.privileges.size()));
  std::string text = fmt::format("{}", fmt::join(named, ", "));
  if (change.privileges.size() > kNamed) text += fmt::format(" and {} more", change.privileges.size() - kNamed);
  return text;
}

}  // namespace

quis::Result<void> diff(const Session& session, const DiffOptions& options) {
  const auto from = day_or_last(session.history, options.from);
  if (!from) return tl::unexpected(from.error());
  const auto to = day_or_last(session.history, options.to);
  if (!to) return tl::unexpected(to.error());
  const auto before = GovernedWorld::as_of(session.history, *from);
  if (!before) return tl::unexpected(before.error());
  const auto after = GovernedWorld::as_of(session.history, *to);
  if (!after) return tl::unexpected(after.error());

  Progress progress("asking both worlds");
  const std::vector<Change> changes = find_changes(*before, *after, session.history, progress);
  if (session.json) {
    std::cout << json::object{{"from", day_text(*from)},
                              {"to", day_text(*to)},
                              {"gained", to_json(changes, true)},
                              {"lost", to_json(changes, false)}}
              << '\n';
    return {};
  }
  const auto count = [&](bool gained, bool root) {
    return std::ranges::count_if(changes, [&](const Change& change) {
      return change.gained == gained && (!root || change.privileges.front() == "root");
    });
  };
  session.page.heading(fmt::format("From {} to {}: {} people gained something ({} root), {} lost something ({} root)",
                                   day_text(*from), day_text(*to), count(true, false), count(true, true),
                                   count(false, false), count(false, true)));
  Table table{.columns = {{""}, {"user"}, {"privilege"}, {"because"}}, .rows = {}};
  for (const Change& change : changes) {
    table.rows.push_back({{change.gained ? "+" : "-", change.gained ? Style::good : Style::bad},
                          {std::string(change.user), Style::bold},
                          {privileges_text(change)},
                          {change.cause}});
  }
  session.page.table(std::move(table), options.rows);
  return {};
}

}  // namespace access_history
