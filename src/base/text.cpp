#include <charconv>
#include <cstdint>
#include <string>

#include <quis/base/vocabulary.hpp>

#include "base/code_points.hpp"

namespace quis {
namespace {

void append_code(std::string& to, std::uint32_t code_point) {
  char digits[8];
  const auto [end, error] = std::to_chars(digits, digits + sizeof(digits), code_point, 16);
  to += "\\u{";
  to.append(digits, end);
  to += '}';
}

/// The letter of a two-character escape, or 0.
char short_escape(std::uint32_t code_point) noexcept {
  switch (code_point) {
    case '\0': return '0';
    case '\t': return 't';
    case '\n': return 'n';
    case '\r': return 'r';
    case '"':
    case '\'':
    case '\\': return static_cast<char>(code_point);
    default: return '\0';
  }
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string result;
  result.reserve(text.size() + 2);
  result += '"';
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    // A mark at the start would draw over the quote.
    const bool hidden = !c.valid || !is_visible(c.value) || (at == 0 && is_combining(c.value));
    if (const char letter = short_escape(c.value); letter != '\0') {
      result += '\\';
      result += letter;
    } else if (hidden) {
      append_code(result, c.value);
    } else {
      result += text.substr(at, c.bytes);
    }
    at += c.bytes;
  }
  result += '"';
  return result;
}

std::string to_text(EntityId entity, const LocalNames* local) {
  constexpr std::string_view kUnknown = "<unknown>";
  if (entity.local() && local == nullptr) {
    return std::string(kUnknown);
  }
  const TypeId type = local != nullptr ? local->type_of(entity) : type_of(entity);
  if (type.local() && (local == nullptr || !type.valid())) {
    return std::string(kUnknown);
  }
  std::string result(local != nullptr ? local->text(type) : text_of(type));
  result += "::";
  result += quoted(local != nullptr ? local->id_text(entity) : id_text_of(entity));
  return result;
}

}  // namespace quis
