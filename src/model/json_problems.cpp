#include "model/json_problems.hpp"

#include <algorithm>
#include <utility>

#include <quis/base/limits.hpp>
#include <quis/base/vocabulary.hpp>

namespace quis {
namespace {

/// Finding the place of an error scans the text: in a large document only so many are worth their time.
constexpr std::size_t kScannedBytes = std::size_t{1} << 30U;

}  // namespace

JsonProblems::JsonProblems(std::string_view text, std::string_view source_name) noexcept
    : text_(text),
      source_name_(source_name),
      enough_(std::clamp<std::size_t>(kScannedBytes / (text.size() + 1), 1, limits::kMaxReportedErrors)) {}

void JsonProblems::add(const json::Path& path, ErrorCode code, std::string message, std::string help) {
  if (full()) return;
  if (subject_.valid()) message = "`" + to_text(subject_) + "`: " + message;
  found_.push_back(json::at(text_, source_name_, path, code, std::move(message), std::move(help)));
}

}  // namespace quis
