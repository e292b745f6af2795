// Parsing a text again after a change.
//
// A policy ends with a `;`, behind which the parser knows nothing of what came before. So where both texts begin alike
// up to the `;` of a policy, they begin with the same policies, and where they end alike from behind such a `;` on,
// they end with the same policies, provided that what lies between is a sequence of whole policies by itself: then the
// parser comes out of it as it goes into it. An open string is none, so the parse of the part fails, and the caller
// parses the whole. An open comment would be one: therefore both cuts are made where a line ends.
//
// Kept policies are copied, not shared: places behind the change have moved, nodes are immutable, and the policies of
// a file own one arena together. Sharing those before the change would keep alive the arena of every text that the file
// once had. A copy costs a fifth of a parse.

#include "policy/reparse.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "policy/parser.hpp"

namespace quis {
namespace {

/// How far places have moved; by less than nothing, modulo 2³². Columns stay, as cuts are made where lines end.
struct Shift {
  std::uint32_t offset = 0;
  std::uint32_t line = 0;

  [[nodiscard]] SourceSpan operator()(SourceSpan span) const noexcept {
    if (span.line == 0) return span;
    span.offset += offset;
    span.line += line;
    return span;
  }
};

/// Copies policies into an arena of their own.
class Copier {
 public:
  explicit Copier(std::string_view source_name)
      : arena_(std::make_shared<ValueArena>()), source_name_(std::make_shared<const std::string>(source_name)) {}

  PolicyBody operator()(const PolicyBody& from, Shift shift) {
    PolicyBody body = from;
    body.principal.span = shift(body.principal.span);
    body.resource.span = shift(body.resource.span);
    for (SourceSpan& span : body.action.spans) span = shift(span);
    for (Condition& condition : body.conditions) condition.body = copy(*condition.body, shift);
    body.span = shift(body.span);
    body.source_name = source_name_;
    body.arena = arena_;
    return body;
  }

 private:
  template <class T>
  std::span<const T> copy_all(std::span<const T> items) {
    const std::span<T> to = arena_->allocate_array<T>(items.size());
    std::uninitialized_copy(items.begin(), items.end(), to.begin());
    return to;
  }

  /// Recursion is as deep as the expression.
  const Expr* copy(const Expr& from, Shift shift) {
    Expr* const to = ::new (arena_->allocate(sizeof(Expr), alignof(Expr))) Expr(from);
    to->span = shift(from.span);
    to->value = arena_->copy(from.value);
    if (!from.keys.empty()) to->keys = copy_all(from.keys);
    if (!from.pattern.empty()) {
      const std::span<std::string_view> pieces = arena_->allocate_array<std::string_view>(from.pattern.size());
      std::transform(from.pattern.begin(), from.pattern.end(), pieces.begin(),
                     [this](std::string_view piece) { return arena_->string(piece).as_string(); });
      to->pattern = pieces;
    }
    if (!from.operands.empty()) {
      const std::span<const Expr*> operands = arena_->allocate_array<const Expr*>(from.operands.size());
      std::transform(from.operands.begin(), from.operands.end(), operands.begin(),
                     [&](const Expr* operand) { return copy(*operand, shift); });
      to->operands = operands;
    }
    return to;
  }

  std::shared_ptr<ValueArena> arena_;
  std::shared_ptr<const std::string> source_name_;
};

std::size_t end_of(const PolicyBody& policy) { return std::size_t{policy.span.offset} + policy.span.length; }

}  // namespace

std::optional<std::vector<PolicyBody>> reparse_policies(std::string_view before,
                                                        std::span<const PolicyBody* const> policies,
                                                        std::string_view text, std::string_view source_name) {
  const std::size_t shorter = std::min(before.size(), text.size());
  const auto alike = static_cast<std::size_t>(
      std::mismatch(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(shorter), text.begin()).first -
      before.begin());
  const auto alike_at_end = static_cast<std::size_t>(
      std::mismatch(before.rbegin(), before.rbegin() + static_cast<std::ptrdiff_t>(shorter - alike), text.rbegin())
          .first -
      before.rbegin());

  // Policies before `first` and from `last` on are kept. A cut is the end of a policy that ends its line.
  const auto ends_line = [&](std::size_t end) { return end < before.size() && before[end] == '\n'; };
  const auto first_beyond = std::partition_point(policies.begin(), policies.end(), [&](const PolicyBody* policy) {
    return end_of(*policy) < alike;  // and so with the character behind it
  });
  auto first = static_cast<std::size_t>(first_beyond - policies.begin());
  while (first > 0 && !ends_line(end_of(*policies[first - 1]))) --first;
  const auto first_within =
      std::partition_point(policies.begin() + static_cast<std::ptrdiff_t>(first), policies.end(),
                           [&](const PolicyBody* policy) { return end_of(*policy) < before.size() - alike_at_end; });
  auto last = static_cast<std::size_t>(first_within - policies.begin());  // its end is the cut
  while (last < policies.size() && !ends_line(end_of(*policies[last]))) ++last;
  last = std::min(last + 1, policies.size());
  if (last - first > policies.size() / 2) return std::nullopt;

  const std::size_t begin = first == 0 ? 0 : end_of(*policies[first - 1]);
  const bool to_the_end = last == policies.size();
  const std::size_t old_end = to_the_end ? before.size() : end_of(*policies[last - 1]);
  const std::size_t end = to_the_end ? text.size() : old_end + text.size() - before.size();
  const std::string_view between = text.substr(begin, end - begin);
  const auto changed = parse_policies(between, source_name);
  if (!changed) return std::nullopt;

  const auto lines_in = [](std::string_view part) {
    return static_cast<std::uint32_t>(std::count(part.begin(), part.end(), '\n'));
  };
  const Shift moved{static_cast<std::uint32_t>(begin), lines_in(text.substr(0, begin))};
  const Shift behind{static_cast<std::uint32_t>(text.size() - before.size()),
                     lines_in(between) - lines_in(before.substr(begin, old_end - begin))};
  Copier copy(source_name);
  std::vector<PolicyBody> all;
  all.reserve(first + changed->size() + policies.size() - last);
  for (const PolicyBody* policy : policies.first(first)) all.push_back(copy(*policy, {}));
  for (const PolicyBody& policy : *changed) all.push_back(copy(policy, moved));
  for (const PolicyBody* policy : policies.subspan(last)) all.push_back(copy(*policy, behind));
  return all;
}

}  // namespace quis
