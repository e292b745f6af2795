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
    : engine_(engine), hooks_(std::move(hooks)), on_failure_(on_failure) {}

Decision Guard::check(const Request& request) noexcept {
  if (hooks_.empty()) return engine_.authorize(request);
  BorrowedResponse borrowed;
  Response& response = *borrowed;
  engine_.authorize(request, response);
  const Decision decision = summarise(response);
  const DecisionRecord record{engine_,
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
