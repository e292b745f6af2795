#include "policy/foreign_words.hpp"

#include <algorithm>
#include <initializer_list>

#include "policy/spelling.hpp"

namespace quis {

namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::string instead_of_operator(std::string_view word) {
  if (is_one_of(word, {"and", "AND"})) return "use `&&`";
  if (is_one_of(word, {"or", "OR"})) return "use `||`";
  if (is_one_of(word, {"not", "NOT"})) return "use `!`";
  if (word == "if") return "put the `if` in brackets";
  return {};
}

std::string instead_of_when(std::string_view word) {
  constexpr std::string_view kConditions[] = {"when", "unless"};
  if (is_one_of(word, {"where", "WHERE", "if", "provided"})) return "use `when`";
  return did_you_mean(word, kConditions, "");
}

std::string instead_of_method(std::string_view name, std::span<const std::string_view> known) {
  if (is_one_of(name, {"startsWith", "starts_with", "hasPrefix"})) return "write `… like \"start*\"`";
  if (is_one_of(name, {"endsWith", "ends_with", "hasSuffix"})) return "write `… like \"*end\"`";
  if (is_one_of(name, {"matches", "match", "regex"})) return "write `… like \"*part*\"`: `*` stands for any text";
  if (is_one_of(name, {"includes", "include"})) return "write `contains`, or `… like \"*part*\"` for strings";
  if (is_one_of(name, {"size", "length", "count", "len"})) {
    return "Cedar does not count; sets have `isEmpty`, and a string can be compared with `\"\"`";
  }
  return did_you_mean(name, known, "");
}

std::string instead_of_function(std::string_view name, std::span<const std::string_view> known) {
  if (is_one_of(name, {"now", "today", "currentTime"})) return "pass the time in the context";
  return did_you_mean(name, known, "");
}

}  // namespace quis
