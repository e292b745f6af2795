#include "cli/why_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/code_points.hpp"
#include "cli/counted.hpp"
#include "cli/why_sentence.hpp"

namespace quis::cli {
namespace {

constexpr std::size_t kPrintedPolicies = 5;
constexpr std::size_t kExcerptLines = 8;
constexpr std::size_t kLineBytes = 160;

constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kPlain = "\x1b[0m";

class Printer {
 public:
  Printer(SourceTexts& texts, std::size_t most, bool color, std::ostream& out)
      : texts_(texts), most_(most), color_(color), out_(out) {}

  void print(const Explanation& explanation) {
    answer(explanation);
    list(explanation.determining, "");
    if (explanation.ground == Explanation::Ground::forbids) {
      out_ << '\n';
      line(0, visible(beneath_sentence(explanation)));
    }
    for (std::size_t i = 0; i < std::min(explanation.errors.size(), most_); ++i)
      policy(explanation.errors[i].policy, "could not be evaluated: ");
    more(explanation.errors.size(), "could not be evaluated either");
    list(explanation.misses, "near: ");
    if (explanation.more_misses != 0) {
      out_ << '\n';
      line(0, fmt::format("… {} near; --all lists them",
                          counted(explanation.more_misses, "more permit comes", "more permits come")));
    }
    if (explanation.ground == Explanation::Ground::no_permit && explanation.misses.empty() &&
        explanation.errors.empty() && explanation.permits_for_action != 0)
      line(0, fmt::format("No permit for {} is about this principal or this resource.", explanation.action));
  }

 private:
  [[nodiscard]] std::string colored(std::string_view code, std::string_view text) const {
    return color_ ? fmt::format("{}{}{}", code, text, kPlain) : std::string(text);
  }
  void line(int depth, std::string_view text) {
    out_ << std::string(static_cast<std::size_t>(depth) * 2, ' ') << text << '\n';
  }

  void answer(const Explanation& explanation) {
    const std::string sentence = visible(why_sentence(explanation));
    const std::size_t word = std::min(sentence.find_first_of(" :"), sentence.size());
    const std::string_view code = explanation.permitted ? kGreen : explanation.step_up.empty() ? kRed : kYellow;
    out_ << colored(kBold, colored(code, sentence.substr(0, word))) << sentence.substr(word) << '\n';
  }

  void list(const std::vector<ExplainedPolicy>& policies, std::string_view role) {
    for (std::size_t i = 0; i < std::min(policies.size(), most_); ++i) policy(policies[i], role);
    more(policies.size(), "not printed; --all prints them");
  }

  void more(std::size_t count, std::string_view what) {
    if (count <= most_) return;
    out_ << '\n';
    line(0, fmt::format("… {} more, {}", count - most_, what));
  }

  void policy(const ExplainedPolicy& policy, std::string_view role) {
    out_ << '\n';
    const std::string place = place_of(policy);
    line(0,
         fmt::format("{}{} {}{}{}", role, policy.effect == Effect::permit ? "permit" : "forbid",
                     colored(kBold, fmt::format("`{}`", visible(policy.id))),
                     policy.template_id.empty() ? "" : fmt::format(" (of template `{}`)", visible(policy.template_id)),
                     place.empty() ? "" : colored(kDim, "  " + visible(place))));
    for (const Annotation& annotation : policy.annotations)
      line(1, colored(kDim, annotation.bare ? fmt::format("@{}", annotation.key)
                                            : fmt::format("@{}(\"{}\")", annotation.key, visible(annotation.value))));
    if (policy.clauses.empty()) line(1, "it asks nothing: it applies to every request");
    for (const ExplainedClause& asked : policy.clauses) clause(asked, policy.source);
  }

  [[nodiscard]] std::string mark(Finding finding) const {
    switch (finding) {
      case Finding::holds: return colored(kGreen, "✓");
      case Finding::fails: return colored(kRed, "✗");
      default: return colored(kYellow, "!");
    }
  }

  void clause(const ExplainedClause& clause, const std::string& source) {
    const bool scope = clause.kind != ExplainedClause::Kind::when && clause.kind != ExplainedClause::Kind::unless;
    if (scope) {
      line(1, fmt::format("{} {}", mark(clause.finding), visible(clause.text)));
      for (const DecidingPart& part : clause.parts)
        reasons(part, 3, clause.finding == Finding::fails && part.note.empty());
      return;
    }
    const bool negated = clause.kind == ExplainedClause::Kind::unless;
    line(1, fmt::format("{} {}", mark(clause.finding), negated ? "unless" : "when"));
    excerpt(clause, source);
    for (const DecidingPart& part : clause.parts) {
      const std::string_view was = part.finding == Finding::holds   ? "is true"
                                   : part.finding == Finding::fails ? "is false"
                                                                    : "has no value";
      line(3, fmt::format("`{}` {}", visible(part.expression), was));
      reasons(part, 4, true);
    }
    if (clause.more_parts != 0) line(3, fmt::format("… and {}", counted(clause.more_parts, "more part", "more parts")));
  }

  void reasons(const DecidingPart& part, int depth, bool with_values) {
    if (with_values) {
      for (const Fact& fact : part.facts)
        line(depth, fmt::format("{} = {}", visible(fact.expression), visible(fact.value)));
    }
    if (part.path.size() > 1) {
      std::string path;
      for (const std::string& step : part.path) path += (path.empty() ? "" : " in ") + visible(step);
      line(depth, path);
    }
    if (!part.note.empty()) line(depth, visible(part.note));
  }

  /// The lines of the policy's text that the clause stands on; its own print where there is no text.
  void excerpt(const ExplainedClause& clause, const std::string& source) {
    const std::string& text = texts_.find(source);
    if (clause.span.line == 0 || clause.span.offset + clause.span.length > text.size()) {
      line(3, colored(kDim, visible(clause.text)));
      return;
    }
    const std::size_t line_break = text.rfind('\n', clause.span.offset == 0 ? 0 : clause.span.offset - 1);
    std::size_t at = line_break == std::string::npos ? 0 : line_break + 1;
    if (clause.span.column - 1 != clause.span.offset - at) at = clause.span.offset - (clause.span.column - 1);
    const std::size_t end = clause.span.offset + clause.span.length;
    std::size_t printed = 0;
    for (std::uint32_t number = clause.span.line; at < end; ++number) {
      if (printed++ == kExcerptLines) {
        line(3, colored(kDim, "     | …"));
        return;
      }
      const std::size_t stop = std::min(text.find('\n', at), text.size());
      std::string_view whole = std::string_view(text).substr(at, stop - at);
      const bool cut = at < clause.span.offset && whole.size() > kLineBytes;
      if (cut) whole.remove_prefix(clause.span.offset - at);  // of a long line, the clause
      line(3, colored(kDim, fmt::format("{:>4} | {}{}{}", number, cut ? "…" : "", visible(whole.substr(0, kLineBytes)),
                                        whole.size() > kLineBytes ? "…" : "")));
      at = stop + 1;
    }
  }

  SourceTexts& texts_;
  std::size_t most_;  // policies of each list
  bool color_;
  std::ostream& out_;
};

}  // namespace

void print_why(const Explanation& explanation, SourceTexts& texts, bool all, bool color, std::ostream& out) {
  Printer(texts, all ? SIZE_MAX : kPrintedPolicies, color, out).print(explanation);
}

}  // namespace quis::cli
