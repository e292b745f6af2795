#include "measure.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <span>
#include <vector>

#include "sudo_rule.hpp"

namespace access_history {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kBatch = 64;
constexpr std::size_t kProgressStep = 1 << 14;

double nanoseconds(Clock::duration duration) { return std::chrono::duration<double, std::nano>(duration).count(); }

std::vector<quis::Request> draw(const GovernedWorld& world, const History& history, std::size_t count,
                                std::uint64_t seed) {
  std::vector<quis::EntityId> people;
  std::vector<quis::EntityId> privileges;
  for (const Event& event : history.events) {
    if (event.kind == EventKind::member_add) people.push_back(world.engine().entity("User", event.subject));
    if (event.kind != EventKind::privilege_add) continue;
    for (const std::string& name : privileges_of(event.after).value_or(std::vector<std::string>{})) {
      privileges.push_back(world.engine().entity("Privilege", name));
    }
  }
  std::vector<quis::Request> requests;
  if (people.empty() || privileges.empty()) return requests;
  requests.reserve(count);
  std::mt19937_64 random(seed);
  // The generator's own remainder, not a standard distribution, whose results differ between libraries.
  const auto pick = [&](const std::vector<quis::EntityId>& from) { return from[random() % from.size()]; };
  for (std::size_t i = 0; i < count; ++i) {
    const quis::EntityId person = pick(people);
    requests.push_back(world.request(person, pick(privileges)));
  }
  return requests;
}

Distribution distribution_of(std::vector<double>& samples) {
  Distribution distribution;
  if (samples.empty()) return distribution;
  std::ranges::sort(samples);
  for (std::size_t i = 0; i < Distribution::kPercentiles.size(); ++i) {
    const double rank = std::ceil(Distribution::kPercentiles[i] / 100 * static_cast<double>(samples.size()));
    distribution.nanoseconds[i] = samples[static_cast<std::size_t>(rank) - 1];
  }
  return distribution;
}

double clock_cost() {
  std::vector<double> samples(10'001);
  for (double& sample : samples) {
    const auto begin = Clock::now();
    sample = nanoseconds(Clock::now() - begin);
  }
  std::ranges::nth_element(samples, samples.begin() + 5'000);
  return samples[5'000];
}

// One clock reading for each `step` decisions.
std::vector<double> time_each(const quis::Engine& engine, std::span<const quis::Request> requests, std::size_t step,
                              double clock_nanoseconds, Progress& progress) {
  std::vector<quis::Decision> decisions(step);
  std::vector<double> samples;
  samples.reserve(requests.size() / step + 1);
  for (std::size_t next = 0; next < requests.size(); next += step) {
    if (next % kProgressStep == 0) progress.show(next, requests.size());
    const auto batch = requests.subspan(next, std::min(step, requests.size() - next));
    const auto begin = Clock::now();
    engine.authorize_many(batch, std::span(decisions).first(batch.size()));
    const double elapsed = nanoseconds(Clock::now() - begin) - clock_nanoseconds;
    samples.push_back(std::max(elapsed, 0.0) / static_cast<double>(batch.size()));
  }
  return samples;
}

}  // namespace

Measurement measure(const GovernedWorld& world, const History& history, std::size_t requests, std::uint64_t seed,
                    Progress& progress) {
  const std::vector<quis::Request> drawn = draw(world, history, requests, seed);
  const quis::Engine& engine = world.engine();
  Measurement result;
  result.requests = drawn.size();
  result.clock_nanoseconds = clock_cost();

  const auto warm_up = std::span(drawn).first(std::min<std::size_t>(drawn.size(), kProgressStep));
  for (const quis::Request& request : warm_up) static_cast<void>(engine.authorize(request));
  const auto begin = Clock::now();
  for (const quis::Request& request : drawn) result.permitted += engine.authorize(request).permitted() ? 1U : 0U;
  const double elapsed = nanoseconds(Clock::now() - begin);
  result.per_second = drawn.empty() ? 0 : static_cast<double>(drawn.size()) / elapsed * 1e9;

  auto batches = time_each(engine, drawn, kBatch, result.clock_nanoseconds, progress);
  result.batches = distribution_of(batches);
  auto single = time_each(engine, drawn, 1, result.clock_nanoseconds, progress);
  result.single = distribution_of(single);
  return result;
}

}  // namespace access_history
