// Texts that read as something else than they are.
//
// The rules are those of Unicode's UTS 39, with ICU's data: a text is of one script when some writing system has all
// its characters, where Han counts for the systems that mix it with others (Japanese, Korean, Bopomofo); a character is
// fit for identifiers when its Identifier_Status is "allowed". Which characters there are depends on ICU's version of
// Unicode.

#include "policy/text_safety.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <string>

#include <fmt/format.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>

#include <quis/base/vocabulary.hpp>

#include "base/code_points.hpp"
#include "policy/expression_walk.hpp"
#include "policy/spelling.hpp"

namespace quis {

namespace {

using Scripts = std::bitset<USCRIPT_CODE_LIMIT>;

bool is_bidi(std::uint32_t c) noexcept { return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069); }

bool is_ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

template <class Visit>
void for_each_code_point(std::string_view text, Visit&& visit) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    visit(c.value);
    at += c.bytes;
  }
}

Scripts augmented_scripts(std::uint32_t c) {
  std::array<UScriptCode, USCRIPT_CODE_LIMIT> codes{};
  UErrorCode status = U_ZERO_ERROR;
  const int32_t count = uscript_getScriptExtensions(static_cast<UChar32>(c), codes.data(), USCRIPT_CODE_LIMIT, &status);
  Scripts scripts;
  if (U_FAILURE(status)) return scripts.set();
  for (int32_t i = 0; i < count; ++i) scripts.set(static_cast<std::size_t>(codes[static_cast<std::size_t>(i)]));
  if (scripts.test(USCRIPT_COMMON) || scripts.test(USCRIPT_INHERITED)) return scripts.set();
  if (scripts.test(USCRIPT_HAN)) {
    scripts.set(USCRIPT_HAN_WITH_BOPOMOFO).set(USCRIPT_JAPANESE).set(USCRIPT_KOREAN);
  }
  if (scripts.test(USCRIPT_HIRAGANA) || scripts.test(USCRIPT_KATAKANA)) scripts.set(USCRIPT_JAPANESE);
  if (scripts.test(USCRIPT_HANGUL)) scripts.set(USCRIPT_KOREAN);
  if (scripts.test(USCRIPT_BOPOMOFO)) scripts.set(USCRIPT_HAN_WITH_BOPOMOFO);
  return scripts;
}

bool is_single_script(std::string_view text) {
  if (is_ascii(text)) return true;
  Scripts all;
  all.set();
  for_each_code_point(text, [&all](std::uint32_t c) { all &= augmented_scripts(c); });
  return all.any();
}

bool is_fit_for_identifiers(std::uint32_t c) {
  if (c > 0x20 && c < 0x7f) return true;
  if (c < 0x80) return c == 0x20;
  UErrorCode status = U_ZERO_ERROR;
  static const USet* const recommended = uspoof_getRecommendedSet(&status);
  static const USet* const included = uspoof_getInclusionSet(&status);
  const auto code_point = static_cast<UChar32>(c);
  return (recommended != nullptr && uset_contains(recommended, code_point) != 0) ||
         (included != nullptr && uset_contains(included, code_point) != 0);
}

TextFinding find_bidi(std::string_view text) {
  TextFinding found;
  if (is_ascii(text)) return found;
  for_each_code_point(text, [&found](std::uint32_t c) {
    if (found.kind == TextFinding::Kind::none && is_bidi(c)) found = {TextFinding::Kind::bidi, c};
  });
  return found;
}

/// A pattern as it is written: what could not be seen there is escaped, and so misleads nobody.
std::string written(Pattern pattern) {
  std::string text;
  for (const std::string_view piece : pattern) {
    if (&piece != pattern.data()) text += '*';
    for (std::size_t at = 0; at < piece.size();) {
      const CodePoint c = code_point_at(piece, at);
      const bool escaped =
          !is_visible(c.value) || u_hasBinaryProperty(static_cast<UChar32>(c.value), UCHAR_GRAPHEME_EXTEND);
      if (escaped && c.value != ' ') {
        text += fmt::format("\\u{{{:x}}}", c.value);
      } else {
        text += piece.substr(at, c.bytes);
      }
      at += c.bytes;
    }
  }
  return text;
}

class TextCheck {
 public:
  TextCheck(const PolicyBody& body, ValidationReport& report) : body_(body), report_(report) {}

  void run() {
    for (const EntityId entity : {body_.principal.entity, body_.resource.entity}) {
      if (entity.valid()) check_entity(entity, report_.place());
    }
    for (const EntityId action : body_.action.entities) check_entity(action, report_.place());
    for (const Condition& condition : body_.conditions) {
      for_each_node(*condition.body, [this](const Expr& expr) { check(expr); });
    }
  }

 private:
  void check(const Expr& expr) {
    switch (expr.op) {
      case Op::literal:
        if (expr.value.is(Value::Kind::string)) check_string(expr.value.as_string(), expr.span);
        if (expr.value.is(Value::Kind::entity)) check_entity(expr.value.as_entity(), expr.span);
        break;
      case Op::get_attribute:
      case Op::has_attribute: check_identifier(text_of(expr.name), expr.span); break;
      case Op::record:
        for (const SymbolId key : expr.keys) check_identifier(text_of(key), expr.span);
        break;
      case Op::like: check_string(written(expr.pattern), expr.span); break;
      default: break;
    }
  }

  void check_entity(EntityId entity, SourceSpan where) {
    std::string_view type = text_of(type_of(entity));
    for (std::size_t end = type.find("::"); end != std::string_view::npos; end = type.find("::")) {
      check_identifier(type.substr(0, end), where);
      type.remove_prefix(end + 2);
    }
    check_identifier(type, where);
    check_identifier(id_text_of(entity), where);
  }

  void check_string(std::string_view text, SourceSpan where) {
    const TextFinding found = inspect_string(text);
    if (found.kind == TextFinding::Kind::bidi) {
      warn_of_bidi(ErrorCode::bidi_characters_in_string, "string", text, found.code_point, where);
    } else if (found.kind == TextFinding::Kind::mixed_script) {
      warn_of_mixture(ErrorCode::mixed_script_string, "string", text, where);
    }
  }

  void check_identifier(std::string_view text, SourceSpan where) {
    const TextFinding found = inspect_identifier(text);
    switch (found.kind) {
      case TextFinding::Kind::none: return;
      case TextFinding::Kind::bidi:
        warn_of_bidi(ErrorCode::bidi_characters_in_identifier, "name", text, found.code_point, where);
        return;
      case TextFinding::Kind::uncommon:
        report_.warning(ErrorCode::confusable_identifier, where,
                        fmt::format("the name {} has the character U+{:04X}, which is not for names",
                                    shown(quoted(text)), found.code_point),
                        "use characters that readers can see and tell apart");
        return;
      case TextFinding::Kind::mixed_script:
        warn_of_mixture(ErrorCode::mixed_script_identifier, "name", text, where);
        return;
    }
  }

  void warn_of_bidi(ErrorCode code, const char* what, std::string_view text, std::uint32_t c, SourceSpan where) {
    report_.warning(code, where,
                    fmt::format("the {} {} has the character U+{:04X}, which reorders the text around it", what,
                                shown(quoted(text)), c),
                    "remove it, or write it as an escape and review the policy");
  }

  void warn_of_mixture(ErrorCode code, const char* what, std::string_view text, SourceSpan where) {
    report_.warning(code, where,
                    fmt::format("the {} {} mixes alphabets, whose letters are easily mistaken for each other", what,
                                shown(quoted(text))),
                    "write it in one alphabet");
  }

  const PolicyBody& body_;
  ValidationReport& report_;
};

}  // namespace

TextFinding inspect_string(std::string_view text) {
  const TextFinding bidi = find_bidi(text);
  if (bidi.kind != TextFinding::Kind::none || is_single_script(text)) return bidi;
  return {TextFinding::Kind::mixed_script, 0};
}

TextFinding inspect_identifier(std::string_view text) {
  TextFinding found = find_bidi(text);
  if (found.kind != TextFinding::Kind::none) return found;
  for_each_code_point(text, [&found](std::uint32_t c) {
    if (found.kind == TextFinding::Kind::none && !is_fit_for_identifiers(c)) found = {TextFinding::Kind::uncommon, c};
  });
  if (found.kind == TextFinding::Kind::none && !is_single_script(text)) found.kind = TextFinding::Kind::mixed_script;
  return found;
}

void check_texts(const PolicyBody& body, ValidationReport& report) { TextCheck(body, report).run(); }

}  // namespace quis
