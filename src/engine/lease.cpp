#include <quis/engine/lease.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/live_engine_impl.hpp"

namespace quis {

struct Lease::Kept {
  LiveEngine::Impl& engine;
  Request request;
  ValueArena context;
  Decision decision = {};
  Time until = TimedMembership::kForever;
};

Lease::Lease(const LiveEngine& engine, const Request& request)
    : kept_(new Kept{*engine.impl_, request, {}}), published_(&kept_->engine.published) {
  kept_->request.context = kept_->context.copy(request.context);
  if (kept_->request.names != nullptr && kept_->request.names->empty())
    kept_->request.names = nullptr;  // so it need not live on
  checked_ = kEnded + 1;
  timed_ = true;
  (void)check();
}

Lease::Lease(Lease&&) noexcept = default;
Lease& Lease::operator=(Lease&&) noexcept = default;
Lease::~Lease() = default;

const Decision& Lease::decision() const noexcept { return kept_->decision; }

/// Stamps the lease with the version of the snapshot that it was decided in, not with `published`: that may be the
/// version of a snapshot which is not there yet, and the lease would overlook it.
bool Lease::check() noexcept {
  if (checked_ == kEnded) return false;
  const Reading reading(kept_->engine.readers);
  const Snapshot& snapshot = kept_->engine.now();
  if (snapshot.version != checked_ || kept_->decision.outcome() != Outcome::permit) {
    kept_->decision = snapshot.decide(kept_->request, reading.slot());
    checked_ = kept_->decision.permitted() ? snapshot.version : kEnded;
    kept_->until = snapshot.until;
    timed_ = checked_ == kEnded || snapshot.until != TimedMembership::kForever;
  }
  return checked_ != kEnded;
}

void Lease::wait() noexcept {
  while (holds()) kept_->engine.sleep({checked_, kept_->until}, std::chrono::milliseconds::max());
}

bool Lease::wait_for(std::uint64_t milliseconds) noexcept {
  constexpr std::uint64_t kLongest = std::uint64_t{1} << 40U;  // so that no clock overflows; 34 years
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(std::min<std::uint64_t>(milliseconds, kLongest));
  while (holds()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left <= std::chrono::milliseconds{0}) return true;
    kept_->engine.sleep({checked_, kept_->until}, left);
  }
  return false;
}

}  // namespace quis
