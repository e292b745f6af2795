#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include "base/json.hpp"

namespace quis {

/// The user's text in a message.
[[nodiscard]] inline std::string in_backticks(std::string_view text) { return "`" + std::string(text) + "`"; }

/// What is wrong with a JSON document, collected while it is read.
class JsonProblems {
 public:
  /// Borrows both.
  JsonProblems(std::string_view text, std::string_view source_name) noexcept;

  /// The entity that messages name from now on, or none.
  void set_subject(EntityId entity = {}) noexcept { subject_ = entity; }

  void add(const json::Path& path, ErrorCode code, std::string message, std::string help);

  [[nodiscard]] bool empty() const noexcept { return found_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return found_.size(); }
  /// True when reading on is not worth while.
  [[nodiscard]] bool full() const noexcept { return found_.size() >= enough_; }
  /// Everything found so far, then nothing.
  [[nodiscard]] Errors take() noexcept { return std::exchange(found_, {}); }

 private:
  std::string_view text_;
  std::string_view source_name_;
  std::size_t enough_;
  EntityId subject_;
  Errors found_;
};

}  // namespace quis
