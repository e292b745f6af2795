#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include <quis/guard/evidence_hook.hpp>

namespace quis {

/// Keeps records in memory, in words. For tests, and for looking at a host's decisions while it is being built.
///
/// Thread safety: everything from any thread; takes a lock.
class MemoryHook : public EvidenceHook {
 public:
  struct Record {
    std::uint64_t sequence = 0;
    std::chrono::sys_time<std::chrono::nanoseconds> time;
    std::uint64_t world_version = 0;
    std::string principal;
    std::string action;
    std::string resource;
    bool permitted = false;
    std::vector<std::string> step_up;  ///< what would lift the denial; empty when nothing would
    std::vector<std::string> determining;
    std::vector<std::string> errors;
  };

  /// Refuses records once it holds `capacity` of them.
  explicit MemoryHook(std::size_t capacity = std::size_t{1} << 20U) : capacity_(capacity) {}

  [[nodiscard]] bool on_decision(const DecisionRecord& record) noexcept override;

  /// A copy of what it holds, in order of arrival.
  [[nodiscard]] std::vector<Record> records() const;

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::vector<Record> records_;
};

}  // namespace quis
