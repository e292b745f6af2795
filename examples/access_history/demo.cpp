#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "lapses.hpp"
#include "reach.hpp"
#include "verbs.hpp"

namespace access_history {
namespace {

void opening(const Session& session, const GovernedWorld& world) {
  const History& history = session.history;
  const Directory& directory = world.directory();
  const auto present = std::ranges::count_if(
      directory.accounts, [](const auto& account) { return account.second.present() && !account.second.system; });
  session.page.heading(fmt::format("Ten years of who could do what: Wikimedia's production access, {} to {}",
                                   day_text(history.first()), day_text(history.last())));
  session.page.paragraph(
      fmt::format("{} changes in {} versions of one access file, rebuilt as of any day, written as Cedar policies, and "
                  "put to quis: every answer on this page was decided by the engine. On the last day: {} people with "
                  "an account, {} groups, {} policies. ({} versions are dated before one that they follow; the order "
                  "of merging counts.)",
                  history.events.size(), history.versions, present, directory.groups.size(),
                  world.engine().world().policies().policies().size(), history.backdated));
}

// Returns the reach that was granted last, to look into.
quis::Result<Reach> root(const Session& session, const GovernedWorld& world) {
  Progress progress("asking who may be root");
  const std::vector<Reach> found = find_reach(world, "root", progress);
  if (found.empty()) return quis::failure(quis::ErrorCode::invalid_argument, "nobody may be root on the last day");

  std::map<std::string_view, std::set<std::string_view>> people;  // by policy
  for (const Reach& reach : found) {
    for (const quis::PolicyIndex policy : reach.policies) people[world.engine().policy_id(policy)].insert(reach.user);
  }
  std::vector<std::pair<std::string_view, std::size_t>> policies;
  policies.reserve(people.size());
  for (const auto& [policy, users] : people) policies.emplace_back(policy, users.size());
  std::ranges::stable_sort(policies, std::ranges::greater{}, &std::pair<std::string_view, std::size_t>::second);

  session.page.heading(fmt::format("{} people may be root, by {} policies", found.size(), policies.size()));
  Table table{.columns = {{"policy"}, {"people", true}, {"since"}, {"sudo rule"}}, .rows = {}};
  for (const auto& [id, count] : policies) {
    const quis::Policy& policy = *world.engine().world().policies().find(id);
    table.rows.push_back({{std::string(id), Style::bold},
                          {std::to_string(count)},
                          {std::string(annotation(policy, "since"))},
                          {std::string(annotation(policy, "rule"))}});
  }
  constexpr std::size_t kShown = 6;
  session.page.table(std::move(table), kShown);

  return *std::ranges::max_element(found, {}, [&](const Reach& reach) {
    return lineage_of(world, session.history, reach.user, reach.policies.front()).membership->instant;
  });
}

// The access file states expiry dates and leaves it to people to act on them.
quis::Result<void> expiry(const Session& session) {
  const std::vector<Lapse> lapses = find_lapses(session.history);
  const auto worst = std::ranges::find_if(lapses.rbegin(), lapses.rend(), &Lapse::root);
  if (worst == lapses.rend()) return {};
  session.page.heading(
      fmt::format("{} times an expiry date passed and the file still listed the account in a group with privileges",
                  lapses.size()));
  session.page.paragraph(
      fmt::format("Written as a policy, the date holds by itself. The last of them who was root, on the day after {}:",
                  worst->expiry));
  session.page.line("");
  return why(session, {.user = worst->user, .privilege = "root", .as_of = day_text(worst->day_after)});
}

void next_commands(const Session& session, std::string_view user, Instant last) {
  session.page.heading("Try next");
  session.page.block("build/release/bin/access_history who --privilege root --as-of 2016-01-01", Style::bold);
  session.page.block(fmt::format("build/release/bin/access_history why --user {} --privilege root --as-of {}", user,
                                 day_text(last - 365 * kDay)),
                     Style::bold);
  session.page.block("build/release/bin/access_history policies --as-of 2020-02-29 | less", Style::bold);
}

}  // namespace

quis::Result<void> demo(const Session& session, const DemoOptions& options) {
  const Instant last = session.history.last() / kDay * kDay;
  const auto world = GovernedWorld::as_of(session.history, last);
  if (!world) return tl::unexpected(world.error());
  const std::string last_day = day_text(last);

  opening(session, *world);
  if (auto done = groups(session, {.as_of = last_day, .rows = 10}); !done) return done;
  const auto newest = root(session, *world);
  if (!newest) return tl::unexpected(newest.error());
  session.page.heading("Why may the one who became root last?");
  const std::string user(newest->user);
  if (auto done = why(session, {.user = user, .privilege = "root", .as_of = last_day}); !done) return done;
  if (auto done = expiry(session); !done) return done;
  if (auto done = diff(session, {.from = day_text(last - 365 * kDay), .to = last_day, .rows = 8}); !done) return done;
  if (auto done = bench(session, {.requests = options.requests, .as_of = {}}); !done) return done;
  next_commands(session, user, last);
  return {};
}

}  // namespace access_history
