#include <iostream>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "measure.hpp"
#include "verbs.hpp"

namespace access_history {
namespace {

namespace json = boost::json;

json::object to_json(const Distribution& distribution) {
  const auto& ns = distribution.nanoseconds;
  return {{"p50", ns[0]}, {"p90", ns[1]}, {"p99", ns[2]}, {"p99.9", ns[3]}, {"max", ns[4]}};
}

std::vector<Cell> cells(std::string_view name, const Distribution& distribution) {
  std::vector<Cell> row = {{std::string(name)}};
  for (const double ns : distribution.nanoseconds) {
    row.push_back({ns < 10'000 ? fmt::format("{:.0f} ns", ns) : fmt::format("{:.1f} µs", ns / 1000)});
  }
  return row;
}

// 1,000,000
std::string grouped(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t end = text.size(); end > 3; end -= 3) text.insert(end - 3, ",");
  return text;
}

}  // namespace

quis::Result<void> bench(const Session& session, const BenchOptions& options) {
  const auto day = day_or_last(session.history, options.as_of);
  if (!day) return tl::unexpected(day.error());
  const auto world = GovernedWorld::as_of(session.history, *day);
  if (!world) return tl::unexpected(world.error());
  const std::size_t policy_count = world->engine().world().policies().policies().size();
  const std::size_t entity_count = world->engine().world().entities().size();

  Progress progress(fmt::format("deciding {} requests", grouped(options.requests)));
  const Measurement result = measure(*world, session.history, options.requests, options.seed, progress);
  if (session.json) {
    std::cout << json::object{{"as_of", day_text(*day)},
                              {"policies", policy_count},
                              {"entities", entity_count},
                              {"requests", result.requests},
                              {"permitted", result.permitted},
                              {"decisions_per_second", result.per_second},
                              {"clock_ns", result.clock_nanoseconds},
                              {"batch_ns", to_json(result.batches)},
                              {"single_ns", to_json(result.single)}}
              << '\n';
    return {};
  }
  session.page.heading(fmt::format("{} decisions, {} a second on one thread", grouped(result.requests),
                                   grouped(static_cast<std::size_t>(result.per_second))));
  Table table{
      .columns = {{"a decision takes"}, {"p50", true}, {"p90", true}, {"p99", true}, {"p99.9", true}, {"max", true}},
      .rows = {cells("mean of 64", result.batches), cells("each by itself", result.single)}};
  session.page.table(table);
  session.page.line("");
  session.page.paragraph(
      fmt::format(
          "{} policies, {} entities, seed {}; {} permitted. Users and privileges drawn at random from the events, "
          "ids resolved beforehand. The rate is of one pass with the clock read twice; the rows are of two more "
          "passes, with the clock read every 64 decisions and around every one, its own {:.0f} ns taken off.",
          policy_count, entity_count, options.seed, grouped(result.permitted), result.clock_nanoseconds),
      Style::dim);
  return {};
}

}  // namespace access_history
