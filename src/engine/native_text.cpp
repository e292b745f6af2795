// Programs as C++.
//
// A plan becomes a table of shapes and a function with one statement an instruction: a step, whose template argument is
// the table's entry, and what follows it, as labels and gotos. Nothing of the policies themselves gets into the code:
// no name, no constant, no id, but numbers that the compiler of policies made. What people may want to read stands
// behind
// `//` in a closed alphabet, without backslash, trigraph or anything that ends a line, so that no text in a policy can
// become code.

#include "engine/native_text.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace quis {
namespace {

using detail::Shape;

constexpr std::size_t kCommentLength = 100;

/// What may stand in a comment: the rest becomes `%` and its bytes in hexadecimal digits.
std::string harmless(std::string_view text) {
  constexpr std::string_view kHarmless = " !\"#&'()*+,-.:;<=>@[]_{|}~";
  std::string comment;
  for (const char c : text) {
    const bool is_word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const bool is_harmless = is_word || kHarmless.find(c) != std::string_view::npos;
    if (is_harmless || (c == '?' && !comment.ends_with('?'))) {  // two of them could begin a trigraph
      comment += c;
    } else {
      fmt::format_to(std::back_inserter(comment), "%{:02x}", static_cast<unsigned char>(c));
    }
    if (comment.size() > kCommentLength) return comment + " ...";
  }
  return comment;
}

auto key_of(const Shape& i) noexcept {
  return std::tuple(i.opcode, i.then, i.variable, i.other, i.may_be_absent, i.comparison, i.slot, i.target);
}

bool jumps(const Shape& i) noexcept {
  Instruction instruction;
  instruction.opcode = i.opcode;
  instruction.then = i.then;
  instruction.may_be_absent = i.may_be_absent;
  return instruction.jumps();
}

std::string statement(const Shape& i, std::size_t plan, std::size_t at) {
  if (i.opcode == Opcode::end) return "return {satisfied, true};";
  if (i.opcode == Opcode::jump) return fmt::format("goto at_{};", i.target);
  const std::string step = fmt::format("step<kPlan{}[{}]>(run, code[{}], satisfied)", plan, at, at);
  if (!jumps(i)) return fmt::format("if ({} == Flow::fail) return {{}};", step);
  return fmt::format(
      "switch ({}) {{\n"
      "    case Flow::jump: goto at_{};\n"
      "    case Flow::fail: return {{}};\n"
      "    default: break;\n"
      "  }}",
      step, i.target);
}

}  // namespace

bool NativeText::Before::operator()(const std::vector<Shape>& a, const std::vector<Shape>& b) const noexcept {
  return std::ranges::lexicographical_compare(a, b, {}, key_of, key_of);
}

void NativeText::add(const Program& program, std::span<const Policy> policies) {
  program.index.for_each_plan([&](const Plan& plan, std::span<const CompiledPolicy> list) {
    if (list.empty()) return;
    std::vector<Shape> shapes;
    Comments comments;
    for (const CompiledPolicy& policy : list) {
      if (comments.policies.size() > kCommentLength) break;
      comments.policies += comments.policies.empty() ? "" : ", ";
      comments.policies += policies[policy.index].id;
    }
    comments.policies = harmless(comments.policies);
    for (const Instruction& i : program.plan_code(plan)) {
      shapes.push_back(shape_of(i, plan.code));
      Instruction within = i;
      if (within.jumps()) within.target -= plan.code;
      comments.lines.push_back(harmless(program.line(within)));
    }
    const auto known = plans_.find(shapes);
    if (known != plans_.end()) {
      known->second = std::min(known->second, comments);
    } else if (shapes.size() > std::min(kLongestPlan, kMostInstructions - instructions_)) {
      ++left_out_;
    } else {
      instructions_ += shapes.size();
      plans_.emplace(std::move(shapes), std::move(comments));
    }
  });
}

std::string NativeText::text(std::string_view name, std::string_view digest) const {
  std::string text = fmt::format(
      "// Written by `quis compile --emit-cpp`: do not edit. Policy set {}.\n\n"
      "#include <quis/engine/native_program.hpp>\n\n"
      "namespace quis::native_code {{\n"
      "namespace {{\n\n"
      "using namespace detail;\n\n"
      "static_assert(kShapeFormat == {}, \"written by another version of quis: run `quis compile` again\");\n",
      digest, detail::kShapeFormat);
  const auto out = std::back_inserter(text);
  std::size_t plan = 0;
  for (const auto& [shapes, comments] : plans_) {
    fmt::format_to(out, "\n// Decides {}\nconstexpr Shape kPlan{}[] = {{\n", comments.policies, plan);
    std::set<std::uint32_t> targets;
    for (const Shape& i : shapes) {
      if (jumps(i)) targets.insert(i.target);
      fmt::format_to(out, "    shape({}, {}, {}, {}, {}, {}, {}, {}),\n", static_cast<unsigned>(i.opcode),
                     static_cast<unsigned>(i.then), static_cast<unsigned>(i.variable), static_cast<unsigned>(i.other),
                     i.may_be_absent, static_cast<unsigned>(i.comparison), i.slot, i.target);
    }
    fmt::format_to(
        out,
        "}};\n\nPlanOutcome plan{}([[maybe_unused]] RunFacts& run, [[maybe_unused]] const Instruction* code) {{\n"
        "  std::uint64_t satisfied = 0;\n",
        plan);
    for (std::size_t at = 0; at < shapes.size(); ++at) {
      if (targets.contains(static_cast<std::uint32_t>(at))) fmt::format_to(out, "at_{}:\n", at);
      fmt::format_to(out, "  // {}\n  {}\n", comments.lines[at], statement(shapes[at], plan, at));
    }
    text += "}\n";
    ++plan;
  }
  text += "\nconstexpr NativePlan kPlans[] = {\n";
  for (std::size_t i = 0; i < plan; ++i) fmt::format_to(out, "    {{kPlan{}, plan{}}},\n", i, i);
  // An array is never empty.
  fmt::format_to(out,
                 "    {{{{}}, nullptr}},\n}};\n"
                 "constexpr NativeProgram kProgram = {{{}, \"{}\", std::span(kPlans).first({})}};\n\n"
                 "}}  // namespace\n"
                 "}}  // namespace quis::native_code\n\n"
                 "const quis::NativeProgram& {}();\n"
                 "const quis::NativeProgram& {}() {{ return quis::native_code::kProgram; }}\n",
                 detail::kShapeFormat, digest, plan, name, name);
  return text;
}

bool NativeText::is_identifier(std::string_view name) noexcept {
  static constexpr auto kKeywords = std::to_array<std::string_view>(
      {"alignas",     "alignof",  "and",        "and_eq",    "asm",       "auto",         "bitand",
       "bitor",       "bool",     "break",      "case",      "catch",     "char",         "char8_t",
       "char16_t",    "char32_t", "class",      "co_await",  "co_return", "co_yield",     "compl",
       "concept",     "const",    "const_cast", "consteval", "constexpr", "constinit",    "continue",
       "decltype",    "default",  "delete",     "do",        "double",    "dynamic_cast", "else",
       "enum",        "explicit", "export",     "extern",    "false",     "float",        "for",
       "friend",      "goto",     "if",         "inline",    "int",       "long",         "mutable",
       "namespace",   "new",      "noexcept",   "not",       "not_eq",    "nullptr",      "operator",
       "or",          "or_eq",    "private",    "protected", "public",    "register",     "reinterpret_cast",
       "requires",    "return",   "short",      "signed",    "sizeof",    "static",       "static_assert",
       "static_cast", "struct",   "switch",     "template",  "this",      "thread_local", "throw",
       "true",        "try",      "typedef",    "typeid",    "typename",  "union",        "unsigned",
       "using",       "virtual",  "void",       "volatile",  "wchar_t",   "while",        "xor",
       "xor_eq",      "main",     "quis",       "std"});
  constexpr std::size_t kLongest = 200;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto may_stand = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name.size() <= kLongest && is_letter(name.front()) && std::ranges::all_of(name, may_stand) &&
         name.find("__") == std::string_view::npos && std::ranges::find(kKeywords, name) == kKeywords.end();
}

}  // namespace quis
