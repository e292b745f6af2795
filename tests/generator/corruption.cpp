#include "generator/corruption.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace quis::test {
namespace {

using namespace std::string_view_literals;

constexpr std::array kPieces = {" "sv,
                                ","sv,
                                ";"sv,
                                "("sv,
                                ")"sv,
                                "["sv,
                                "]"sv,
                                "{"sv,
                                "}"sv,
                                "."sv,
                                "::"sv,
                                ":"sv,
                                "\""sv,
                                "!"sv,
                                "-"sv,
                                "!!!!!"sv,
                                "&&"sv,
                                "||"sv,
                                "=="sv,
                                "="sv,
                                " in "sv,
                                " is "sv,
                                " has "sv,
                                " like "sv,
                                " if "sv,
                                " then "sv,
                                " else "sv,
                                "true"sv,
                                "1"sv,
                                "-1"sv,
                                "9223372036854775808"sv,
                                "18446744073709551616"sv,
                                "principal"sv,
                                "context"sv,
                                "?principal"sv,
                                "?resource"sv,
                                "?x"sv,
                                "@a"sv,
                                "@if(\"x\")"sv,
                                "// "sv,
                                "\n"sv,
                                "\r\n"sv,
                                "\t"sv,
                                "\xc2\xa0"sv,
                                "é"sv,
                                "\\"sv,
                                "\\n"sv,
                                "\\x7f"sv,
                                "\\x80"sv,
                                "\\u{d800}"sv,
                                "*"sv,
                                "/"sv,
                                "%"sv,
                                "a.b"sv,
                                "__cedar"sv,
                                "if"sv,
                                "ip(\"1.1.1.1\")"sv,
                                ".isIpv4()"sv,
                                ".contains()"sv,
                                ".isEmpty(1)"sv,
                                "unknown(\"x\")"sv,
                                "when {true}"sv,
                                "unless {false}"sv,
                                "permit"sv,
                                "&"sv,
                                "|"sv,
                                "?"sv,
                                "$"sv,
                                "<"sv,
                                ">="sv,
                                "~"sv,
                                "'"sv,
                                "enum"sv,
                                "tags"sv,
                                "Set<"sv,
                                "appliesTo"sv,
                                "namespace"sv,
                                "type"sv,
                                "entity"sv};

bool starts_character(const std::string& text, std::size_t position) {
  return position >= text.size() || (static_cast<unsigned char>(text[position]) & 0xc0U) != 0x80U;
}

std::size_t next_character(const std::string& text, std::size_t position) {
  do {
    ++position;
  } while (!starts_character(text, position));
  return position;
}

}  // namespace

std::string corrupted(Choices& choices, std::string text) {
  for (std::size_t mistakes = choices.between(1, 3); mistakes > 0 && !text.empty(); --mistakes) {
    std::size_t begin = choices.below(text.size());
    while (!starts_character(text, begin)) ++begin;
    if (begin == text.size()) continue;
    std::size_t end = next_character(text, begin);
    for (std::size_t more = choices.below(4); more > 0 && end < text.size(); --more) end = next_character(text, end);
    switch (choices.below(4)) {
      case 0: text.insert(begin, choices.pick(kPieces)); break;
      case 1: text.erase(begin, end - begin); break;
      case 2: text.insert(begin, text.substr(begin, end - begin)); break;
      default: text.replace(begin, end - begin, choices.pick(kPieces)); break;
    }
  }
  return text;
}

}  // namespace quis::test
