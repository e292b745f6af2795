#include "model/json_problems.hpp"

#include <utility>

#include <quis/base/vocabulary.hpp>

namespace quis {
JsonProblems::JsonProblems(std::string_view text, std::string_view source_name) noexcept
    : text_(text), source_name_(source_name), enough_(json::reported_errors(text.size())) {}

void JsonProblems::add(const json::Path& path, ErrorCode code, std::string message, std::string help) {
  if (full()) return;
  if (subject_.valid()) message = "`" + to_text(subject_) + "`: " + message;
  found_.push_back(json::at(text_, source_name_, path, code, std::move(message), std::move(help)));
}

}  // namespace quis
