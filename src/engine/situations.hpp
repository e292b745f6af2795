#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include <quis/engine/request.hpp>

#include "engine/id_table.hpp"
#include "engine/reads.hpp"

namespace quis {

/// What a request is about, apart from who and what: its action, and as much of its context as the policies of that
/// action read, interned to a number. Two requests with the same principal, resource and situation have the same answer
/// in the same snapshot.
///
/// Of an attribute that is only compared with constants, what counts is where among them its value lies: `now` may tick
/// on, and the situation changes only when it passes a date that a policy names.
///
/// Contexts are compared in full; a hash only finds them. At most `kMost` are kept, so that callers who send a new
/// context each time fill a table and not the memory; what does not fit is not cached.
///
/// Thread safety: any thread may call `of`; wait-free. A new context is added only when no other thread is adding one.
class Situations {
 public:
  struct Situation {
    std::uint16_t number = 0;  ///< 0 is none
    Reach reach = Reach::request;
    std::uint32_t spread = 0;  ///< see `CacheKey`: the action's id, plus the number where the context counts
  };
  static constexpr std::uint32_t kMost = 16'384;

  struct Action {
    EntityId action;
    std::uint32_t reads = 0;
    std::uint16_t number = 0;  ///< 0 when the context counts
    Reach reach = Reach::request;
  };

  /// Actions that cost no more than `cheap` to decide are not worth a look-up.
  Situations(std::vector<ActionReads> actions, std::uint32_t cheap);
  ~Situations();
  Situations(const Situations&) = delete;
  Situations& operator=(const Situations&) = delete;

  /// Null when the answer is not to be cached. REQUIRES: the context is a record.
  [[nodiscard]] std::optional<Situation> of(const Request& request) noexcept {
    const Action* const action = by_action_.find(request.action);
    if (action == nullptr) return std::nullopt;
    if (action->number != 0) return Situation{action->number, action->reach, request.action.value};
    return of_context(reads_[action->reads], request.context);
  }

  /// A copy of the action table's pointers; borrows from this object.
  class Actions {
   public:
    Actions() noexcept = default;
    /// What `of` says of a request for an action that reads no context, in a quicker way; none for others.
    [[nodiscard]] Situation of(EntityId action) const noexcept {
      const Action* const found = actions_.find(action);
      return found != nullptr ? Situation{found->number, found->reach, action.value} : Situation();
    }

   private:
    friend class Situations;
    explicit Actions(IdTable<Action, &Action::action>::View actions) noexcept : actions_(actions) {}
    IdTable<Action, &Action::action>::View actions_;
  };
  [[nodiscard]] Actions actions() const noexcept { return Actions(by_action_.view()); }

 private:
  struct Part;
  struct Slice;
  [[nodiscard]] std::optional<Situation> of_context(const ActionReads& reads, const Value& context) noexcept;
  [[nodiscard]] std::atomic<const Slice*>& probe(const ActionReads& reads, std::span<const Part> parts,
                                                 std::uint64_t hash, const Slice*& found) const noexcept;
  [[nodiscard]] const Slice* add(const ActionReads& reads, std::span<const Part> parts, std::uint64_t hash) noexcept;

  static constexpr std::uint32_t kSlots = 2 * kMost;
  static constexpr std::size_t kMostBytes = std::size_t{16} << 20U;

  std::vector<ActionReads> reads_;
  IdTable<Action, &Action::action> by_action_;
  std::unique_ptr<std::atomic<const Slice*>[]> slices_;  // open addressing; none is ever taken out
  std::mutex adding_;
  ValueArena arena_;         // owns the slices
  std::uint32_t fixed_ = 0;  // numbers of actions that read no context
  std::uint32_t last_ = 0;
};

}  // namespace quis
