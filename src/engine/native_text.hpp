#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <quis/engine/detail/native_plan.hpp>
#include <quis/policy/policy.hpp>

#include "engine/program.hpp"

namespace quis {

/// Writes plans of programs as C++ (see `native_plan.hpp`). Equal programs give equal texts, in whatever order their
/// plans come.
class NativeText {
 public:
  /// Plans beyond so many instructions in all are left out, and evaluated: a compiler must come to an end. So is a plan
  /// that is longer than this by itself, for it is one function, and the time that a compiler takes for one grows with
  /// the square of its length (GCC 12 takes half a minute for 2,000 instructions, hours for 50,000).
  static constexpr std::size_t kMostInstructions = 50'000;
  static constexpr std::size_t kLongestPlan = 2'000;

  /// Takes the plans of a program. `policies` are those that it was compiled from.
  void add(const Program& program, std::span<const Policy> policies);

  /// How many plans were taken, of how many. Those of one shape are one.
  [[nodiscard]] std::size_t plans() const noexcept { return plans_.size(); }
  [[nodiscard]] std::size_t left_out() const noexcept { return left_out_; }

  /// A source file that defines `const quis::NativeProgram& name()`. REQUIRES: `is_identifier(name)`.
  [[nodiscard]] std::string text(std::string_view name, std::string_view digest) const;

  /// Whether a C++ function may be called so: letters, digits and underscores, no keyword, nothing that is reserved.
  [[nodiscard]] static bool is_identifier(std::string_view name) noexcept;

 private:
  struct Comments {
    std::string policies;            ///< what it decides
    std::vector<std::string> lines;  ///< one an instruction
    friend auto operator<=>(const Comments&, const Comments&) = default;
  };
  struct Before {
    bool operator()(const std::vector<detail::Shape>& a, const std::vector<detail::Shape>& b) const noexcept;
  };

  std::map<std::vector<detail::Shape>, Comments, Before> plans_;
  std::size_t instructions_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace quis
