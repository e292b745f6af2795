#include "engine/guards.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

namespace quis {
namespace {

/// Whether the test that a guard stands before comes out as the guard does when it does not hold: at the same place,
/// and not counted. `behind` is the instruction behind the test.
bool fails_alike(const Instruction& guard, const Instruction& test, std::size_t behind) {
  if (test.then == Then::jump_if_false) return test.target == guard.target;
  return test.then == Then::count_if_true && guard.target == behind;
}

bool is_guard(const Instruction& i) {
  return (i.opcode == Opcode::variable_has || i.opcode == Opcode::variable_has_tag) && i.then == Then::jump_if_false;
}

bool is_load(const Instruction& i) { return i.opcode == Opcode::load_attribute || i.opcode == Opcode::load_tag; }

/// Whether `i` reads what the guard asks for.
bool reads(const Instruction& i, const Instruction& guard) {
  if (i.operand != guard.operand || i.may_be_absent) return false;
  if (guard.opcode == Opcode::variable_has_tag) return i.opcode == Opcode::load_tag && i.variable == guard.variable;
  return (i.opcode == Opcode::load_attribute || tests_attribute(i.opcode)) && i.other == guard.other;
}

/// Whether a load that stands behind `i` may as well stand before it. What a guard leads to may read the slots below
/// its own, no others; a load that fails does so afterwards too. (That slots are filled in order and used up at once
/// makes what is asked of them here true of all code that lowering writes; it is asked all the same.)
bool may_follow(const Instruction& i, const Instruction& load) {
  if (is_guard(i)) return i.slot <= load.slot;
  return (is_load(i) || i.opcode == Opcode::load_constant || i.opcode == Opcode::load_variable) && i.slot != load.slot;
}

/// The code of a policy while its guards go.
class Merging {
 public:
  Merging(std::vector<Instruction>& code, std::size_t begin)
      : policy_(std::span(code).subspan(begin)),
        begin_(begin),
        is_target_(policy_.size(), false),
        is_gone_(policy_.size(), false) {
    for (const Instruction& i : policy_) {
      if (i.jumps()) is_target_[i.target - begin] = true;
    }
  }

  void merge(std::size_t at) {
    if (!is_guard(policy_[at])) return;
    const std::size_t reader = reader_of(at);
    if (reader == kNone) return;
    if (is_test(policy_[reader].opcode)) {
      policy_[reader].may_be_absent = true;
      is_gone_[at] = true;
      return;
    }
    const std::uint32_t target = policy_[at].target;
    policy_[at] = policy_[reader];
    policy_[at].may_be_absent = true;
    policy_[at].target = target;
    is_gone_[reader] = true;
  }

  /// Closes the gaps. Returns how many instructions are left.
  std::size_t close() {
    std::vector<std::uint32_t> moved(policy_.size());  // where each instruction goes
    std::size_t left = 0;
    for (std::size_t at = 0; at < policy_.size(); ++at) {
      moved[at] = static_cast<std::uint32_t>(begin_ + left);
      if (!is_gone_[at]) policy_[left++] = policy_[at];
    }
    for (Instruction& i : policy_.first(left)) {
      if (i.jumps()) i.target = moved[i.target - begin_];
    }
    return left;
  }

 private:
  static constexpr std::size_t kNone = 0;
  static constexpr std::size_t kFurthest = 8;  // so that all is linear

  /// The instruction that reads what the guard at `at` asks for, if it is reached by way of the guard alone, and either
  /// stands directly behind it or may.
  [[nodiscard]] std::size_t reader_of(std::size_t at) const {
    const Instruction& guard = policy_[at];
    const std::size_t end = std::min(policy_.size(), at + kFurthest);
    std::size_t between = 0;
    for (std::size_t next = at + 1; next < end && !is_target_[next]; ++next) {
      const Instruction& i = policy_[next];
      if (is_gone_[next]) continue;
      if (!reads(i, guard)) {
        ++between;
      } else if (is_load(i)) {
        return may_stand_behind(at, next) ? next : kNone;
      } else {
        return between == 0 && fails_alike(guard, i, begin_ + next + 1) ? next : kNone;
      }
    }
    return kNone;
  }

  [[nodiscard]] bool may_stand_behind(std::size_t at, std::size_t load) const {
    for (std::size_t between = at + 1; between < load; ++between) {
      if (!is_gone_[between] && !may_follow(policy_[between], policy_[load])) return false;
    }
    return true;
  }

  const std::span<Instruction> policy_;
  const std::size_t begin_;
  std::vector<bool> is_target_;
  std::vector<bool> is_gone_;
};

}  // namespace

void merge_guards(std::vector<Instruction>& code, std::size_t begin) {
  Merging merging(code, begin);
  for (std::size_t at = 0; at < code.size() - begin; ++at) merging.merge(at);
  code.resize(begin + merging.close());
}

}  // namespace quis
