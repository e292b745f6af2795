#include "engine/findings.hpp"

#include <algorithm>

namespace quis {

void Findings::sort() noexcept {
  if (refused_ && !denied_) determining_.clear();  // denied by an error alone: no policy determines
  const auto determining = determining_.span();
  if (!std::ranges::is_sorted(determining)) std::ranges::sort(determining);
  const auto errors = errors_.span();
  if (!std::ranges::is_sorted(errors, {}, &PolicyError::policy)) std::ranges::sort(errors, {}, &PolicyError::policy);
}

Decision Findings::decision() noexcept {
  finish();
  return decision(outcome(), determining_.span(), errors_.span());
}

void Findings::fill(Response& response) {
  finish();
  response.permitted = outcome() == Outcome::permit;
  response.determining.clear();
  response.errors.clear();
  response.step_up.clear();
  if (!determining_.span().empty() || !errors_.span().empty()) list(response);
}

void Findings::list(Response& response) const {
  // One by one, for they are few: a copy of a range is twenty instructions before it begins.
  for (const PolicyIndex policy : determining_.span()) response.determining.push_back(policy);
  for (const PolicyError& error : errors_.span()) response.errors.push_back(error);
}

Decision Findings::decision(Outcome outcome, std::span<const PolicyIndex> determining,
                            std::span<const PolicyError> errors) noexcept {
  Decision decision;
  decision.outcome_ = outcome;
  decision.determining_count_ = static_cast<std::uint32_t>(determining.size());
  decision.error_count_ = static_cast<std::uint32_t>(errors.size());
  std::ranges::copy(determining.first(std::min<std::size_t>(determining.size(), Decision::kListed)),
                    decision.determining_);
  std::ranges::transform(errors.first(std::min<std::size_t>(errors.size(), Decision::kListed)), decision.errors_,
                         &PolicyError::policy);
  return decision;
}

}  // namespace quis
