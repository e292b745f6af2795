#include "engine/verdicts.hpp"

#include <algorithm>
#include <cstddef>
#include <new>

namespace quis {
namespace {

bool equal(const Decision& a, const Decision& b) noexcept {
  return a.outcome() == b.outcome() && a.determining_count() == b.determining_count() &&
         a.error_count() == b.error_count() && std::ranges::equal(a.determining(), b.determining()) &&
         std::ranges::equal(a.errors(), b.errors());
}

std::uint64_t hash_of(const Decision& decision) noexcept {
  std::uint64_t hash = static_cast<std::uint64_t>(decision.outcome());
  const auto mix = [&hash](std::uint64_t value) { hash = (hash ^ hash >> 29U ^ value) * 0x9e37'79b9'7f4a'7c15ULL; };
  mix(std::uint64_t{decision.determining_count()} << 32U | decision.error_count());
  for (const PolicyIndex policy : decision.determining()) mix(policy);
  for (const PolicyIndex policy : decision.errors()) mix(policy);
  return hash >> 32U;
}

}  // namespace

Verdicts::Verdicts()
    : answers_(static_cast<Answer*>(::operator new(sizeof(Answer) * (kMost + 1U), std::align_val_t(alignof(Answer))))),
      slots_(std::make_unique<std::atomic<VerdictNumber>[]>(kSlots)) {
  static_assert(std::is_trivially_destructible_v<Decision>);
}

Verdicts::~Verdicts() { ::operator delete(answers_, std::align_val_t(alignof(Answer))); }

/// The slot that has the answer or where it belongs. A slot that was free when it was looked at may be taken when it is
/// looked at again; it never becomes free.
std::atomic<VerdictNumber>* Verdicts::probe(const Decision& decision, VerdictNumber& found) noexcept {
  for (std::uint64_t slot = hash_of(decision);; ++slot) {
    std::atomic<VerdictNumber>& here = slots_[slot % kSlots];
    found = here.load(std::memory_order_acquire);
    if (found == 0 || equal(answers_[found].decision, decision)) return &here;
  }
}

VerdictNumber Verdicts::number(const Decision& decision) noexcept {
  VerdictNumber found = 0;
  (void)probe(decision, found);
  if (found != 0) return found;
  const std::unique_lock lock(adding_, std::try_to_lock);
  if (!lock.owns_lock() || last_ == kMost) return 0;
  std::atomic<VerdictNumber>* const slot = probe(decision, found);
  if (found != 0) return found;
  ++last_;
  new (answers_ + last_) Answer{decision};
  slot->store(last_, std::memory_order_release);
  return last_;
}

}  // namespace quis
