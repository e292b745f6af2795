#include "policy/reparse.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <quis/policy/policy_set.hpp>

#include "policy/parser.hpp"

namespace quis::test {
namespace {

void tell(SourceSpan span, std::string& out) {
  out += " @" + std::to_string(span.offset) + '+' + std::to_string(span.length) + ' ' + std::to_string(span.line) +
         ':' + std::to_string(span.column);
}

void tell(const Expr& e, std::string& out) {
  out += " (" + std::to_string(static_cast<int>(e.op));
  tell(e.span, out);
  for (const Expr* operand : e.operands) tell(*operand, out);
  out += ')';
}

/// All that is known of policies: what they say, and where each part of them stands.
std::string told(const std::vector<PolicyBody>& policies) {
  std::string out;
  for (const PolicyBody& policy : policies) {
    out += to_text(policy) + *policy.source_name;
    for (const SourceSpan span : {policy.span, policy.principal.span, policy.resource.span}) tell(span, out);
    for (const SourceSpan span : policy.action.spans) tell(span, out);
    for (const Condition& condition : policy.conditions) tell(*condition.body, out);
    out += '\n';
  }
  return out;
}

std::optional<std::vector<PolicyBody>> again(std::string_view before, std::string_view after) {
  const auto policies = parse_policies(before, "old.cedar");
  REQUIRE(policies);
  std::vector<const PolicyBody*> known;
  for (const PolicyBody& policy : *policies) known.push_back(&policy);
  return reparse_policies(before, known, after, "new.cedar");
}

/// Whether only a part was parsed; then what came of it is what parsing the whole gives.
bool is_partial(std::string_view before, std::string_view after) {
  const auto partial = again(before, after);
  if (!partial) return false;
  CAPTURE(after);
  const auto whole = parse_policies(after, "new.cedar");
  REQUIRE(whole);
  CHECK(told(*partial) == told(*whole));
  return true;
}

std::string numbered(int count) {
  std::string text = "// a file of policies\n";
  for (int i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    for (const std::string_view part : std::initializer_list<std::string_view>{
             "@id(\"p", n, "\")\npermit(principal in G::\"g", n, "\", action in [Action::\"a\", Action::\"b", n,
             "\"], resource is T)\n  when { resource.name like \"x*", n, "\\*\" && [1, ", n,
             "].contains(principal.n) } // why\n  unless { {a: \"; // \", b: decimal(\"1.", n, "\")}.a == \"", n,
             "\" };\n"})
      text += part;
    if (i % 3 == 0) text += "\n// about the next; it is\n";
  }
  return text;
}

}  // namespace

TEST_CASE("a change of one policy parses that policy alone, and every place is right") {
  const std::string text = numbered(12);
  const auto changed = [&](std::string_view what, std::string_view with) {
    std::string after = text;
    after.replace(after.find(what), what.size(), with);
    return is_partial(text, after);
  };
  CHECK(changed("G::\"g5\"", "Group::\"other\""));
  CHECK(changed("G::\"g0\"", "Group::\"other\""));
  CHECK(changed("G::\"g11\"", "Group::\"other\""));
  CHECK(changed("@id(\"p4\")", "forbid(principal, action, resource);\n\n@id(\"p4\")"));
  CHECK(changed("@id(\"p4\")", "// line\n// line\n@id(\"p4\")"));
  CHECK(changed("// a file of policies\n", ""));
  CHECK(is_partial(text, text));
  CHECK(is_partial(text, text + "permit(principal, action, resource);"));
  CHECK(is_partial(text, text.substr(0, text.find("@id(\"p11\")"))));
}

TEST_CASE("what opens a string or a comment over the policies behind it is parsed as a whole") {
  const std::string text = numbered(12);
  const auto put = [&](std::string_view before, std::string_view what) {
    std::string after = text;
    after.insert(after.find(before), what);
    return is_partial(text, after);
  };
  CHECK_FALSE(put("@id(\"p4\")", "\""));
  CHECK_FALSE(put("@id(\"p4\")", "permit("));
  CHECK(put("@id(\"p4\")", "// "));  // the annotation is gone, and nothing else
  const std::string one_line = "permit(principal, action, resource); permit(principal, action, resource);\n" + text;
  std::string commented = one_line;
  commented.insert(36, " // ");
  CHECK(is_partial(one_line, commented));
}

TEST_CASE("whatever is done to a text, the partial parse gives what the whole gives") {
  const std::string original = numbered(8);
  constexpr std::string_view kPieces[] = {
      "\"",   ";",   "\n",    "//",    "(", ")", "{", "}",    "permit(principal, action, resource);",
      "\r\n", " ",   "@a ",   "\\",    "*", "/", "1", "when", "ä",
      ",",    ";\n", "\";\n", "// ;\n"};
  std::mt19937 random(20261122);  // the same edits in every run
  const auto below = [&](std::size_t end) { return random() % end; };
  std::size_t partial = 0;
  std::string text = original;
  for (int i = 0; i < 1500; ++i) {
    std::string after = text;
    for (std::size_t edits = 1 + below(2); edits > 0; --edits) {
      const std::size_t at = below(after.size());
      const std::size_t removed =
          below(4) == 0 ? below(std::min<std::size_t>(200, after.size() - at)) : below(3) % (after.size() - at);
      after.replace(at, removed, below(3) == 0 ? std::string_view() : kPieces[below(std::size(kPieces))]);
    }
    if (is_partial(text, after)) ++partial;
    const bool readable = parse_policies(after, "new.cedar").has_value();
    text = readable && after.size() > 1000 && i % 50 != 0 ? after : original;
  }
  MESSAGE(partial, " of 1500 parsed in part");
  CHECK(partial > 50);
}

}  // namespace quis::test
