#include <quis/guard/guard.hpp>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <utility>

namespace quis {
namespace {

/// A thread's response, kept for its grown vectors. It is taken out while in use, so that a hook which decides
/// something of its own on the same thread finds an empty one instead of overwriting this one.
class BorrowedResponse {
 public:
  BorrowedResponse() noexcept : response_(std::move(kept())) {}
  ~BorrowedResponse() { kept() = std::move(response_); }
  BorrowedResponse(const BorrowedResponse&) = delete;
  BorrowedResponse& operator=(const BorrowedResponse&) = delete;

  Response& operator*() noexcept { return response_; }

 private:
  static Response& kept() noexcept {
    thread_local Response response;
    return response;
  }

  Response response_;
};

}  // namespace

Guard::Guard(const Engine& engine, std::vector<std::shared_ptr<EvidenceHook>> hooks, OnEvidenceFailure on_failure)
    : engine_(&engine), hooks_(std::move(hooks)), on_failure_(on_failure) {}

Guard::Guard(const LiveEngine& engine, std::vector<std::shared_ptr<EvidenceHook>> hooks, OnEvidenceFailure on_failure)
    : live_(&engine), hooks_(std::move(hooks)), on_failure_(on_failure) {}

Decision Guard::check(const Request& request) noexcept {
  if (hooks_.empty()) return live_ != nullptr ? live_->authorize(request) : engine_->authorize(request);
  BorrowedResponse borrowed;
  Response& response = *borrowed;
  if (live_ == nullptr) {
    engine_->authorize(request, response);
    return record(*engine_, request, summarise(response), response);
  }
  const LiveEngine::Pin pin = live_->pin();
  const Decision decision = pin.authorize(request);
  if (decision.complete() && decision.error_count() == 0 && !decision.step_up()) {
    // The decision says all that there is to say, so a cached one will do.
    response.errors.clear();
    response.step_up.clear();
    response.permitted = decision.permitted();
    response.determining.assign(decision.determining().begin(), decision.determining().end());
    return record(pin.engine(), request, decision, response);
  }
  pin.engine().authorize(request, response);
  return record(pin.engine(), request, summarise(response), response);
}

Decision Guard::record(const Engine& engine, const Request& request, const Decision& decision,
                       const Response& response) noexcept {
  const DecisionRecord record{engine,
                              request,
                              decision,
                              response.determining,
                              response.errors,
                              response.step_up,
                              std::chrono::system_clock::now(),
                              sequence_.fetch_add(1, std::memory_order_relaxed) + 1};
  std::uint64_t failures = 0;
  for (const auto& hook : hooks_) failures += hook->on_decision(record) ? 0U : 1U;
  if (failures == 0) return decision;
  failures_.fetch_add(failures, std::memory_order_relaxed);
  return on_failure_ == OnEvidenceFailure::deny ? Decision() : decision;
}

void Guard::check_many(std::span<const Request> requests, std::span<Decision> decisions) noexcept {
  assert(requests.size() == decisions.size());
  const std::size_t count = std::min(requests.size(), decisions.size());
  for (std::size_t i = 0; i < count; ++i) decisions[i] = check(requests[i]);
  std::fill(decisions.begin() + static_cast<std::ptrdiff_t>(count), decisions.end(),
            Decision());  // nothing stale may permit
}

}  // namespace quis
