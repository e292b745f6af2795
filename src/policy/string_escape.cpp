#include "policy/string_escape.hpp"

#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/code_points.hpp"

namespace quis {

namespace {

std::optional<std::uint32_t> hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint32_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint32_t>(c - 'A' + 10);
  return std::nullopt;
}

/// REQUIRES: a Unicode scalar value.
void append_utf8(std::string& to, std::uint32_t c) {
  const auto trailing = [](std::uint32_t bits) { return static_cast<char>(0x80U | (bits & 0x3fU)); };
  if (c < 0x80) {
    to += static_cast<char>(c);
  } else if (c < 0x800) {
    to += static_cast<char>(0xc0U | (c >> 6U));
    to += trailing(c);
  } else if (c < 0x10000) {
    to += static_cast<char>(0xe0U | (c >> 12U));
    to += trailing(c >> 6U);
    to += trailing(c);
  } else {
    to += static_cast<char>(0xf0U | (c >> 18U));
    to += trailing(c >> 12U);
    to += trailing(c >> 6U);
    to += trailing(c);
  }
}

/// Walks the body of a string once and hands every stretch of text to a sink.
class Unescaper {
 public:
  explicit Unescaper(std::string_view body) noexcept : body_(body) {}

  /// `Sink` has `text(string_view)` for text as it stands, `character(c)` for what an escape means, and
  /// `escaped_star()`, which is false when there is no such escape.
  template <class Sink>
  std::optional<EscapeError> run(Sink& sink) {
    while (at_ < body_.size()) {
      const std::size_t special = std::min(body_.find_first_of("\\\r", at_), body_.size());
      sink.text(body_.substr(at_, special - at_));
      at_ = special;
      if (at_ == body_.size()) break;
      if (body_[at_] == '\r') {
        at_ += 1;
        return error(at_ - 1, "a carriage return may not stand in a string",
                     "write `\\r`, or end lines with `\\n` alone");
      }
      if (auto failed = escape(sink)) return failed;
    }
    return std::nullopt;
  }

 private:
  template <class Sink>
  std::optional<EscapeError> escape(Sink& sink) {
    const std::size_t start = at_++;
    const CodePoint letter = at_ < body_.size() ? code_point_at(body_, at_) : CodePoint{};
    at_ = std::min(at_ + letter.bytes, body_.size());
    switch (letter.value) {
      case 'n': sink.character('\n'); return std::nullopt;
      case 'r': sink.character('\r'); return std::nullopt;
      case 't': sink.character('\t'); return std::nullopt;
      case '0': sink.character('\0'); return std::nullopt;
      case '\\':
      case '\'':
      case '"': sink.character(letter.value); return std::nullopt;
      case 'x': return hex_escape(sink, start);
      case 'u': return unicode_escape(sink, start);
      case '*':
        if (sink.escaped_star()) return std::nullopt;
        return error(start, "`\\*` is an escape of `like` patterns only", "write `*`");
      default:
        return error(start, fmt::format("there is no escape `{}`", body_.substr(start, at_ - start)),
                     "write `\\\\` for a backslash");
    }
  }

  template <class Sink>
  std::optional<EscapeError> hex_escape(Sink& sink, std::size_t start) {
    std::uint32_t value = 0;
    for (int i = 0; i < 2; ++i) {
      const auto digit = at_ < body_.size() ? hex_digit(body_[at_]) : std::nullopt;
      if (!digit) return error(start, "`\\x` takes two hexadecimal digits", "write, for example, `\\x41`");
      value = value * 16 + *digit;
      ++at_;
    }
    if (value > 0x7f) return error(start, "`\\x` ends at `\\x7F`", fmt::format("write `\\u{{{:x}}}`", value));
    sink.character(value);
    return std::nullopt;
  }

  template <class Sink>
  std::optional<EscapeError> unicode_escape(Sink& sink, std::size_t start) {
    constexpr std::string_view kShape = "`\\u` takes one to six hexadecimal digits in braces";
    constexpr std::string_view kExample = "write, for example, `\\u{e9}`";
    if (at_ == body_.size() || body_[at_] != '{') return error(start, kShape, kExample);
    ++at_;
    std::uint32_t value = 0;
    int digits = 0;
    for (; at_ < body_.size() && body_[at_] != '}'; ++at_) {
      if (body_[at_] == '_' && digits > 0) continue;
      const auto digit = hex_digit(body_[at_]);
      if (!digit || ++digits > 6) return error(start, kShape, kExample);
      value = value * 16 + *digit;
    }
    if (at_ == body_.size() || digits == 0) return error(start, kShape, kExample);
    ++at_;
    if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
      return error(start, fmt::format("U+{:04X} is not a character", value),
                   "use one below U+D800 or from U+E000 to U+10FFFF");
    }
    sink.character(value);
    return std::nullopt;
  }

  [[nodiscard]] EscapeError error(std::size_t start, std::string_view message, std::string_view help) const {
    return {start, at_ - start, std::string(message), std::string(help)};
  }

  std::string_view body_;
  std::size_t at_ = 0;
};

struct TextSink {
  std::string result;

  void text(std::string_view text) { result += text; }
  void character(std::uint32_t c) { append_utf8(result, c); }
  static bool escaped_star() noexcept { return false; }
};

struct PatternSink {
  std::vector<std::string> result = {{}};

  void text(std::string_view text) {
    for (std::size_t star = text.find('*'); star != std::string_view::npos; star = text.find('*')) {
      result.back() += text.substr(0, star);
      result.emplace_back();
      text.remove_prefix(star + 1);
    }
    result.back() += text;
  }
  void character(std::uint32_t c) {
    if (c == '*') {
      result.emplace_back();
    } else {
      append_utf8(result.back(), c);
    }
  }
  bool escaped_star() {
    result.back() += '*';
    return true;
  }
};

template <class Sink, class Text>
tl::expected<Text, EscapeError> unescape_into(std::string_view body, Sink sink) {
  if (auto failed = Unescaper(body).run(sink)) return tl::unexpected(std::move(*failed));
  return std::move(sink.result);
}

}  // namespace

tl::expected<std::string, EscapeError> unescape(std::string_view body) {
  return unescape_into<TextSink, std::string>(body, {});
}

tl::expected<std::vector<std::string>, EscapeError> unescape_pattern(std::string_view body) {
  return unescape_into<PatternSink, std::vector<std::string>>(body, {});
}

}  // namespace quis
