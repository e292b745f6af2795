#include <quis/engine/lease_watch.hpp>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "engine/live_engine_impl.hpp"

namespace quis {

struct LeaseWatch::State {
 public:
  explicit State(LiveEngine::Impl& engine) : engine_(engine), thread_([this] { run(); }) {}

  ~State() {
    stop_.store(true, std::memory_order_relaxed);
    disturb();
    thread_.join();
  }

  Id watch(Lease lease, Ended ended) {
    Id id = 0;
    {
      const std::lock_guard lock(mutex_);
      id = ++last_;
      watched_.emplace(id, Watched{std::move(lease), std::move(ended)});
    }
    disturb();
    return id;
  }

  bool cancel(Id id) {
    const std::lock_guard lock(mutex_);
    return watched_.erase(id) != 0;
  }

  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return watched_.size();
  }

 private:
  struct Watched {
    Lease lease;
    Ended ended;
  };

  void disturb() noexcept {
    disturbed_.store(true, std::memory_order_release);
    engine_.wake();
  }

  void run() {
    for (;;) {
      // Taken back in one step and before anything is looked at: what disturbs from then on is not slept through, and
      // what was set before is seen, `stop_` above all.
      (void)disturbed_.exchange(false, std::memory_order_acquire);
      if (stop_.load(std::memory_order_relaxed)) return;
      // Read before the leases are looked at: what is published from then on wakes the thread again.
      const LiveEngine::Impl::Moment moment = engine_.moment();
      for (Watched& gone : take_ended()) gone.ended(gone.lease.decision());
      engine_.sleep(moment, std::chrono::milliseconds::max(), &disturbed_);
    }
  }

  /// Out of the lock, so that callbacks may watch and cancel.
  std::vector<Watched> take_ended() {
    std::vector<Watched> ended;
    const std::lock_guard lock(mutex_);
    for (auto entry = watched_.begin(); entry != watched_.end();) {
      if (entry->second.lease.holds()) {
        ++entry;
      } else {
        ended.push_back(std::move(entry->second));
        entry = watched_.erase(entry);
      }
    }
    return ended;
  }

  LiveEngine::Impl& engine_;
  mutable std::mutex mutex_;
  std::map<Id, Watched> watched_;
  Id last_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<bool> disturbed_{false};
  std::thread thread_;  // the last, as it uses the others
};

LeaseWatch::LeaseWatch(const LiveEngine& engine) : state_(std::make_unique<State>(*engine.impl_)) {}
LeaseWatch::~LeaseWatch() = default;
LeaseWatch::Id LeaseWatch::watch(Lease lease, Ended ended) { return state_->watch(std::move(lease), std::move(ended)); }
bool LeaseWatch::cancel(Id id) { return state_->cancel(id); }
std::size_t LeaseWatch::size() const { return state_->size(); }

}  // namespace quis
