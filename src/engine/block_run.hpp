#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <quis/base/value.hpp>
#include <quis/engine/request.hpp>
#include <quis/model/entities.hpp>

#include "engine/lanes.hpp"
#include "engine/operations.hpp"
#include "engine/program.hpp"
#include "engine/resource_block.hpp"
#include "engine/sweep_groups.hpp"

namespace quis {

/// Runs the code of a policy once for all resources of a block. For requests that differ in their resource alone.
class BlockRun {
 public:
  /// The lanes for which a policy holds, those for which it errs, and those that were not decided.
  struct Outcomes {
    Lanes satisfied = 0;
    Lanes failed = 0;
    Lanes open = 0;
  };

  /// Borrows all of them. `block` is turned by its owner, between two runs.
  BlockRun(const Program& program, const Entities& entities, const Request& request, ResourceBlock& block) noexcept
      : program_(program), entities_(entities), request_(request), block_(block), groups_(request, entities) {}

  /// `tells_failed`: else some that failed may only not be satisfied. REQUIRES: `lanes` are of the block.
  [[nodiscard]] Outcomes run(const CompiledPolicy& policy, Lanes lanes, bool tells_failed);

  /// Those of `lanes` whose resource is in `target`.
  [[nodiscard]] Lanes in(EntityId target, Lanes lanes);

 private:
  static constexpr std::size_t kLongest = 64;  // instructions of a policy; lanes that get further are left open
  static constexpr std::size_t kSlots = 16;    // likewise

  /// What a test finds, of the lanes that reach it; those in none of these do not hold.
  struct Found {
    Lanes yes = 0;
    Lanes failed = 0;
    Lanes open = 0;
  };

  /// A slot is known by where its value comes from, and never filled lane by lane.
  struct Slot {
    enum class Kind : std::uint8_t {
      same,      ///< one value for all
      resource,  ///< the resource
      attribute  ///< that attribute of it, which every one of `lanes` has
    };
    Kind kind = Kind::same;
    SymbolId name;
    Value value;
    Lanes lanes = 0;  ///< those that this is so for
  };

  [[nodiscard]] Outcomes run_test(const Instruction& i, Lanes lanes, bool tells_failed);
  /// Lanes of `here` that go on behind an instruction; the others jump, fail or are left open.
  [[nodiscard]] Lanes branch(const Instruction& i, Lanes here);
  [[nodiscard]] Lanes load(const Instruction& i, Lanes here);
  void jump(const Instruction& i, Lanes lanes) noexcept;
  void leave(const Instruction& i, Lanes lanes) noexcept;
  void set(const Instruction& i, const Slot& slot) noexcept;

  [[nodiscard]] Found find(const Instruction& i, Lanes here, bool tells_failed);
  [[nodiscard]] Found find_by_code(const Instruction& i, Lanes here, bool tells_failed);
  [[nodiscard]] Found find_one_by_one(const Instruction& i, Lanes here);
  [[nodiscard]] Found principal_in(const Instruction& i, Lanes here);
  template <class Holds>
  [[nodiscard]] Found find_in_sets(const Instruction& i, Lanes here, const Holds& holds);
  [[nodiscard]] Found ordered(const Instruction& i, const Slot& attribute, const Value& other,
                              detail::Comparison comparison, Lanes here);
  [[nodiscard]] Slot attribute_slot(SymbolId name, Lanes here);
  [[nodiscard]] Found resource_in(const Value& target, Lanes here);
  [[nodiscard]] Lanes equal(const Slot& slot, const Value& value, Lanes here);
  [[nodiscard]] Lanes absent(const Instruction& i, Lanes here);

  [[nodiscard]] bool reads_what_varies(const Instruction& i) const noexcept;
  [[nodiscard]] Lanes unreadable(const Instruction& i, Lanes here) const noexcept;
  [[nodiscard]] bool is_written(std::uint32_t slot) const noexcept {
    return slot < kSlots && (written_ >> slot & 1U) != 0;
  }
  [[nodiscard]] Evaluated outcome(const Instruction& i, std::size_t lane);
  [[nodiscard]] Value value_of(Variable variable, std::size_t lane) const noexcept;
  [[nodiscard]] Value value_of(const Slot& slot, std::size_t lane);

  const Program& program_;
  const Entities& entities_;
  const Request& request_;
  ResourceBlock& block_;
  SweepGroups groups_;
  const Instruction* begin_ = nullptr;         // of the policy that runs
  Outcomes outcomes_;                          // its own
  std::array<Lanes, kLongest> arriving_ = {};  // that jumped to each of its instructions; empty between runs
  std::uint32_t written_ = 0;                  // slots that it has written, as bits
  std::array<Slot, kSlots> slots_;
};

}  // namespace quis
