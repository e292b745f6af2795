#pragma once

#include <shared_mutex>

#include <quis/engine/native_program.hpp>

#include "engine/program.hpp"

namespace quis {

/// The plans of all native programs that are in use, for as long as a program is compiled.
class NativePlans {
 public:
  NativePlans();

  [[nodiscard]] bool empty() const noexcept { return empty_; }
  /// The function for exactly this plan's code; or null.
  [[nodiscard]] detail::NativeFunction* find(const Program& program, const Plan& plan) const;

 private:
  std::shared_lock<std::shared_mutex> lock_;
  bool empty_;
};

}  // namespace quis
