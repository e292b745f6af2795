#include "policy/schema_source.hpp"

#include <algorithm>
#include <utility>

#include <quis/base/limits.hpp>

#include "base/json.hpp"

namespace quis::schema_ast {

Place Source::child(Place parent, std::string_view key) {
  values_.push_back({parent.start, std::string(key)});
  return {static_cast<std::uint32_t>(values_.size()), 0};
}

Diagnostic Source::at(Place place, ErrorCode code, std::string message, std::string help, std::string label) const {
  Diagnostic diagnostic;
  if (is_json_) {
    diagnostic = json::at(text_, name_, pointer_to(place), code, std::move(message), std::move(help));
  } else {
    diagnostic.code = code;
    diagnostic.message = std::move(message);
    diagnostic.help = std::move(help);
    attach_source(diagnostic, name_, text_, place.start, place.length);
  }
  diagnostic.label = std::move(label);
  return diagnostic;
}

std::string Source::pointer_to(Place place) const {
  std::vector<std::string_view> keys;
  for (std::uint32_t number = place.start; number != 0; number = values_[number - 1].parent) {
    keys.push_back(values_[number - 1].key);
  }
  std::string pointer;
  const json::Path document;
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    pointer += document.child(*key).to_string();
  }
  return pointer;
}

Report::Report(const Source& source) noexcept
    : source_(source),
      enough_(source.is_json() ? json::reported_errors(source.bytes().size()) : limits::kMaxReportedErrors) {}

void Report::add(Place place, ErrorCode code, std::string message, std::string help, std::string label) {
  if (full()) return;
  errors_.push_back(source_.at(place, code, std::move(message), std::move(help), std::move(label)));
}

void Report::add(const Errors& errors) {
  const std::size_t room = enough_ - errors_.size();
  const auto count = static_cast<Errors::difference_type>(std::min(room, errors.size()));
  errors_.insert(errors_.end(), errors.begin(), errors.begin() + count);
}

bool Report::full() const noexcept { return errors_.size() >= enough_; }

Errors Report::take() {
  std::stable_sort(errors_.begin(), errors_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return a.span.offset < b.span.offset; });
  return std::move(errors_);
}

}  // namespace quis::schema_ast
