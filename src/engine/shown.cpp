#include "engine/shown.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <quis/engine/explanation.hpp>
#include <quis/policy/expression.hpp>

namespace quis {
namespace {

constexpr int kDeepest = 3;

/// Where a text that is too long is cut.
std::size_t cut(std::string_view text) noexcept {
  if (text.size() <= limits::kMaxShownText) return text.size();
  std::size_t end = limits::kMaxShownText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;  // within a character
  return end;
}

std::string listed(char open, std::vector<std::string> parts, std::size_t size, char close) {
  std::sort(parts.begin(), parts.end());
  std::string text(1, open);
  for (const std::string& part : parts) {
    if (text.size() > 1) text += ", ";
    text += part;
  }
  if (parts.size() < size) {
    text += parts.empty() ? "…" : ", … " + std::to_string(size - parts.size()) + " more";
  }
  return text + close;
}

std::string shown(const Value& value, const LocalNames* names, int depth) {
  if (value.is(Value::Kind::string)) return shortened(quoted(value.as_string().substr(0, cut(value.as_string()))));
  if (!value.is(Value::Kind::set) && !value.is(Value::Kind::record)) return shortened(to_text(value, names));
  std::vector<std::string> parts;
  const auto show = [&](std::size_t size) { return depth < kDeepest ? std::min(size, limits::kMaxShownElements) : 0; };
  if (value.is(Value::Kind::set)) {
    const auto elements = value.as_set().span();
    for (const Value& element : elements.first(show(elements.size())))
      parts.push_back(shown(element, names, depth + 1));
    return listed('[', std::move(parts), elements.size(), ']');
  }
  const RecordData& record = value.as_record();
  const std::size_t fields = show(record.size);
  for (std::size_t i = 0; i < fields; ++i) {
    const SymbolId key = record.keys[i];
    const std::string_view name = names != nullptr ? names->text(key) : key.local() ? "?" : text_of(key);
    parts.push_back(shortened(quoted(name)) + ": " + shown(record.values[i], names, depth + 1));
  }
  return listed('{', std::move(parts), record.size, '}');
}

}  // namespace

std::string shortened(std::string text) {
  const std::size_t end = cut(text);
  if (end == text.size()) return text;
  text.resize(end);
  return text + "…";
}

std::string shown(const Expr& expression) { return shortened(to_text(expression)); }

std::string shown(const Value& value, const LocalNames* names) { return shortened(shown(value, names, 0)); }

}  // namespace quis
