// A long-lived stream that is cut within a millisecond of a revocation.
//
// A hundred viewers watch a film, each on a thread of its own, by leases: before every frame the server asks *is this
// still so?*, for the price of one load. Then one viewer's subscription is revoked, and one has a day pass that runs
// out. The program prints how long after that the last frame went out to each, and for how many frames nothing was
// decided.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include <quis/quis.hpp>

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kViewers = 100;

struct Stream {
  std::uint64_t frames = 0;
  Clock::time_point last;  // when the last frame went out
  Clock::time_point over;  // when the stream knew that it had ended
  std::thread thread;
};

quis::EntityId viewer(int number) { return quis::intern_entity("Viewer", "v" + std::to_string(number)); }

quis::Result<quis::World> cinema() {
  auto policies = quis::PolicySet::from_text(R"(
    permit(principal in Plan::"subscribers", action == Action::"watch", resource is Film)
    unless { principal has suspended && principal.suspended };)");
  if (!policies) return tl::make_unexpected(policies.error());
  quis::EntitiesBuilder builder;
  const quis::EntityId subscribers = quis::intern_entity("Plan", "subscribers");
  for (int i = 0; i < kViewers; ++i) {
    // The last one has no subscription, only a day pass that is sold below.
    const std::span<const quis::EntityId> parents(&subscribers, i + 1 < kViewers ? 1 : 0);
    if (auto added = builder.add(viewer(i), {}, parents); !added) return tl::make_unexpected(added.error());
  }
  auto entities = builder.build();
  if (!entities) return tl::make_unexpected(entities.error());
  return quis::World::build(std::move(*policies), std::move(*entities));
}

void watch(const quis::LiveEngine& engine, int number, Stream& stream, std::atomic<int>& watching) {
  quis::Lease lease = engine.lease({.principal = viewer(number),
                                    .action = quis::intern_entity("Action", "watch"),
                                    .resource = quis::intern_entity("Film", "Metropolis")});
  ++watching;
  for (; lease.holds(); ++stream.frames) {
    stream.last = Clock::now();
    // A frame goes out; until the next one the thread sleeps, and is woken when the lease ends.
    if (!lease.wait_for(2)) break;
  }
  stream.over = Clock::now();
}

double milliseconds(Clock::duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }

}  // namespace

int main() {
  auto world = cinema();
  if (!world) {
    std::fputs(quis::render(world.error()).c_str(), stderr);
    return 1;
  }
  quis::LiveEngine engine(std::move(*world));

  // A day pass of 300 milliseconds, so that nobody need wait for tomorrow.
  const auto ends = Clock::now() + std::chrono::milliseconds(300);
  quis::WorldChange pass;
  pass.memberships.push_back({viewer(kViewers - 1), quis::intern_entity("Plan", "subscribers"),
                              std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) +
                                  std::chrono::milliseconds(300)});
  if (!engine.publish(std::move(pass))) return 1;

  std::vector<Stream> streams(kViewers);
  std::atomic<int> watching{0};
  for (int i = 0; i < kViewers; ++i) {
    Stream& stream = streams[static_cast<std::size_t>(i)];
    stream.thread = std::thread([&, i] { watch(engine, i, stream, watching); });
  }
  while (watching < kViewers) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));

  quis::WorldChange revocation;
  if (!revocation.entities.remove_parent(viewer(0), quis::intern_entity("Plan", "subscribers"))) return 1;
  if (!engine.publish(std::move(revocation))) return 1;
  const auto revoked = Clock::now();
  streams.front().thread.join();
  streams.back().thread.join();

  quis::WorldChange closing;
  closing.policies = quis::PolicySet();
  if (!engine.publish(std::move(closing))) return 1;
  std::uint64_t frames = 0;
  for (Stream& stream : streams) {
    if (stream.thread.joinable()) stream.thread.join();
    frames += stream.frames;
  }

  std::printf("%d streams, %llu frames\n", kViewers, static_cast<unsigned long long>(frames));
  std::printf("revoked:   last frame %.3f ms before publish returned, stream over %.3f ms after\n",
              milliseconds(revoked - streams.front().last), milliseconds(streams.front().over - revoked));
  std::printf("day pass:  last frame %.3f ms before its end, stream over %.3f ms after\n",
              milliseconds(ends - streams.back().last), milliseconds(streams.back().over - ends));
  return streams.front().last <= revoked ? 0 : 1;
}
