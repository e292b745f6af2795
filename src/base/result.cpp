#include <quis/base/result.hpp>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/code_points.hpp"

namespace quis {
namespace {

// A shown line has about this many bytes; of a longer one, a window that starts shortly before the marked place.
constexpr std::size_t kShownLine = 120;
constexpr std::size_t kShownBefore = 40;
constexpr std::string_view kCut = "…";

std::uint32_t narrow(std::size_t n) noexcept {
  return static_cast<std::uint32_t>(std::min<std::size_t>(n, std::numeric_limits<std::uint32_t>::max()));
}

std::size_t start_of_line(std::string_view text, std::size_t offset) noexcept {
  const std::size_t line_break = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  return line_break == std::string_view::npos ? 0 : line_break + 1;
}

bool is_continuation(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

/// The nearest start of a character at or before `at`.
std::size_t character_start(std::string_view text, std::size_t at) noexcept {
  for (int i = 0; i < 3 && at > 0 && at < text.size() && is_continuation(text[at]); ++i) {
    --at;
  }
  return at;
}

/// As much blank as the text takes in print, with its tabs.
std::string blank_for(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    if (c.value == '\t') {
      result += '\t';
    } else {
      result.append(is_visible(c.value) ? columns_of(c.value) : 1, ' ');
    }
    at += c.bytes;
  }
  return result;
}

std::string carets_for(std::string_view marked) {
  const std::string blank = blank_for(marked);
  return std::string(std::max<std::size_t>(blank.size(), 1), '^');
}

std::string place_of(const Diagnostic& diagnostic) {
  std::string place = visible(diagnostic.source);
  if (diagnostic.span.line != 0) {
    place += place.empty() ? "" : ":";
    place += std::to_string(diagnostic.span.line) + ':' + std::to_string(diagnostic.span.column);
  }
  return place.empty() ? place : place + ": ";
}

void append_excerpt(std::string& to, const Diagnostic& diagnostic, const std::string& number,
                    const std::string& margin) {
  const std::string_view line = diagnostic.source_line;
  const std::size_t caret = std::min<std::size_t>(diagnostic.caret, line.size());
  to += number + " | " + visible(line) + '\n';
  to += margin + "| " + blank_for(line.substr(0, caret)) + carets_for(line.substr(caret, diagnostic.span.length));
  if (!diagnostic.label.empty()) {
    to += ' ' + visible(diagnostic.label);
  }
  to += '\n';
}

}  // namespace

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::io: return "io";
    case ErrorCode::invalid_file: return "invalid-file";
    case ErrorCode::invalid_utf8: return "invalid-utf8";
    case ErrorCode::invalid_json: return "invalid-json";
    case ErrorCode::duplicate_key: return "duplicate-key";
    case ErrorCode::limit_exceeded: return "limit-exceeded";
    case ErrorCode::invalid_argument: return "invalid-argument";
    case ErrorCode::invalid_token: return "invalid-token";
    case ErrorCode::invalid_escape: return "invalid-escape";
    case ErrorCode::integer_overflow: return "integer-overflow";
    case ErrorCode::unexpected_token: return "unexpected-token";
    case ErrorCode::reserved_word: return "reserved-word";
    case ErrorCode::unknown_function: return "unknown-function";
    case ErrorCode::wrong_arity: return "wrong-arity";
    case ErrorCode::invalid_scope: return "invalid-scope";
    case ErrorCode::invalid_slot: return "invalid-slot";
    case ErrorCode::duplicate_annotation: return "duplicate-annotation";
    case ErrorCode::duplicate_policy_id: return "duplicate-policy-id";
    case ErrorCode::unknown_template: return "unknown-template";
    case ErrorCode::invalid_link: return "invalid-link";
    case ErrorCode::unknown_type: return "unknown-type";
    case ErrorCode::duplicate_type: return "duplicate-type";
    case ErrorCode::invalid_schema: return "invalid-schema";
    case ErrorCode::invalid_entity_uid: return "invalid-entity-uid";
    case ErrorCode::invalid_value: return "invalid-value";
    case ErrorCode::type_mismatch: return "type-mismatch";
    case ErrorCode::missing_attribute: return "missing-attribute";
    case ErrorCode::unexpected_attribute: return "unexpected-attribute";
    case ErrorCode::unknown_entity_type: return "unknown-entity-type";
    case ErrorCode::unknown_action: return "unknown-action";
    case ErrorCode::invalid_request: return "invalid-request";
    case ErrorCode::duplicate_entity: return "duplicate-entity";
    case ErrorCode::unknown_entity: return "unknown-entity";
    case ErrorCode::cycle: return "cycle";
    case ErrorCode::unknown_policy: return "unknown-policy";
    case ErrorCode::template_in_use: return "template-in-use";
    case ErrorCode::unexpected_type: return "unexpected-type";
    case ErrorCode::incompatible_types: return "incompatible-types";
    case ErrorCode::unsafe_attribute_access: return "unsafe-attribute-access";
    case ErrorCode::unsafe_optional_attribute_access: return "unsafe-optional-attribute-access";
    case ErrorCode::unsafe_tag_access: return "unsafe-tag-access";
    case ErrorCode::no_tags_allowed: return "no-tags-allowed";
    case ErrorCode::invalid_extension_argument: return "invalid-extension-argument";
    case ErrorCode::non_literal_constructor: return "non-literal-constructor";
    case ErrorCode::empty_set_forbidden: return "empty-set-forbidden";
    case ErrorCode::invalid_enum_entity: return "invalid-enum-entity";
    case ErrorCode::level_violation: return "level-violation";
    case ErrorCode::impossible_policy: return "impossible-policy";
    case ErrorCode::inapplicable_action: return "inapplicable-action";
    case ErrorCode::bidi_characters_in_string: return "bidi-characters-in-string";
    case ErrorCode::bidi_characters_in_identifier: return "bidi-characters-in-identifier";
    case ErrorCode::mixed_script_string: return "mixed-script-string";
    case ErrorCode::mixed_script_identifier: return "mixed-script-identifier";
    case ErrorCode::confusable_identifier: return "confusable-identifier";
    case ErrorCode::shadowed_type: return "shadowed-type";
    case ErrorCode::ineffective_annotation: return "ineffective-annotation";
    case ErrorCode::not_translatable: return "not-translatable";
    case ErrorCode::invalid_test: return "invalid-test";
    case ErrorCode::evaluation: return "evaluation";
  }
  return "unknown";
}

tl::unexpected<Errors> failure(ErrorCode code, std::string message, std::string help) {
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  return failure(std::move(diagnostic));
}

tl::unexpected<Errors> failure(Diagnostic diagnostic) {
  Errors errors;
  errors.push_back(std::move(diagnostic));
  return tl::unexpected<Errors>(std::move(errors));
}

SourceSpan locate(std::string_view text, std::size_t offset, std::size_t length) noexcept {
  offset = std::min(offset, text.size());
  length = std::min(length, text.size() - offset);
  const auto breaks = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
  const std::size_t column = offset - start_of_line(text, offset);
  return {narrow(offset), narrow(length), narrow(static_cast<std::size_t>(breaks) + 1), narrow(column + 1)};
}

void attach_source(Diagnostic& diagnostic, std::string_view source_name, std::string_view text, std::size_t offset,
                   std::size_t length) {
  diagnostic.source = source_name;
  diagnostic.span = locate(text, offset, length);
  attach_excerpt(diagnostic, text);
}

void attach_excerpt(Diagnostic& diagnostic, std::string_view text) {
  const std::size_t offset = diagnostic.span.offset;
  const std::size_t start = offset - (diagnostic.span.column - 1);
  // What lies far behind the caret is cut anyway.
  const std::string_view ahead = text.substr(offset, 2 * kShownLine);
  std::string_view line = text.substr(start, offset - start + std::min(ahead.find('\n'), ahead.size()));
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  const std::size_t caret = std::min(offset - start, line.size());
  std::size_t from = 0;
  std::size_t to = line.size();
  if (line.size() > kShownLine) {
    // Far enough left that the window is full, but with something before the caret to recognise the place by.
    const std::size_t latest = line.size() - kShownLine;
    from = character_start(line, std::min(caret > kShownBefore ? caret - kShownBefore : 0, latest));
    to = character_start(line, std::min(from + kShownLine, line.size()));
  }
  diagnostic.source_line = from > 0 ? kCut : std::string_view{};
  diagnostic.caret = narrow(diagnostic.source_line.size() + caret - from);
  diagnostic.source_line += line.substr(from, to - from);
  if (to < line.size()) {
    diagnostic.source_line += kCut;
  }
}

std::string render(const Diagnostic& diagnostic) {
  std::string result = place_of(diagnostic);
  result += diagnostic.severity == Severity::warning ? "warning[" : "error[";
  result += to_string(diagnostic.code);
  result += ']';
  if (!diagnostic.path.empty()) {
    result += " at " + visible(diagnostic.path);
  }
  result += ": " + visible(diagnostic.message) + '\n';

  constexpr std::size_t kNumberWidth = 5;
  std::string number = std::to_string(diagnostic.span.line);
  number.insert(0, kNumberWidth - std::min(kNumberWidth, number.size()), ' ');
  const std::string margin(number.size() + 1, ' ');
  if (!diagnostic.source_line.empty() && diagnostic.span.line != 0) {
    append_excerpt(result, diagnostic, number, margin);
  }
  if (!diagnostic.help.empty()) {
    result += margin + "= help: " + visible(diagnostic.help) + '\n';
  }
  return result;
}

std::string render(const Errors& errors) {
  std::string result;
  for (const Diagnostic& diagnostic : errors) {
    result += render(diagnostic);
  }
  return result;
}

}  // namespace quis
