#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <quis/base/extension.hpp>
#include <quis/policy/ast.hpp>
#include <quis/policy/policy.hpp>
#include <quis/policy/validator.hpp>

#include "policy/type_relations.hpp"

namespace quis {

/// What an operand is for: the advice depends on what was found instead.
enum class Hint : std::uint8_t {
  none,
  attribute,
  set_operand,
  second_set,
  left_of_in,
  right_of_in,
  like,
  type_test,
  comparison,
  addition,
  arithmetic,
  emptiness,
};

/// Collects what is wrong with policies, and puts it into words.
///
/// One mistake shows in many request environments; it is reported once for each place and message. What was said of the
/// same place and types before is not put into words again: there may be a million environments.
class ValidationReport {
 public:
  /// What follows is about this policy or template. Borrows both until the next call.
  void begin(const std::string& id, const PolicyBody& body);

  // Type errors, in the order of `ErrorCode`.
  void unexpected_type(SourceSpan where, std::span<const TypeRef> expected, const StaticType& found, Hint hint);
  void incompatible_types(SourceSpan where, std::span<const TypeRef> types, std::string_view what, LubProblem problem);
  /// `known` is the record of attributes that there are.
  void missing_attribute(const Expr& access, const StaticType& of, SymbolId name, TypeRef known, bool may_exist);
  void optional_attribute(const Expr& access, const Expr& target, const StaticType& of, SymbolId name);
  void unsafe_tag(const Expr& access, const StaticType& of);
  void no_tags(const Expr& access, const StaticType& of);
  void wrong_arity(const Expr& call, const ExtensionSignature& signature);
  void unreadable_argument(const Expr& call, const ExtensionSignature& signature);
  void not_literal(const Expr& call, const ExtensionSignature& signature);
  void empty_set(SourceSpan where);

  /// Any other.
  void error(ErrorCode code, SourceSpan where, std::string message, std::string help = {});
  void warning(ErrorCode code, SourceSpan where, std::string message, std::string help = {});

  /// True when the policy has as many errors as are reported.
  [[nodiscard]] bool full() const noexcept { return reported_ >= kMaxErrorsPerPolicy; }
  /// Where the policy stands.
  [[nodiscard]] SourceSpan place() const noexcept { return body_->span; }

  [[nodiscard]] ValidationResult take();

 private:
  /// Whether nothing was said yet of this place and these types, and more errors are wanted.
  [[nodiscard]] bool is_new(ErrorCode code, SourceSpan where, std::vector<const void*> about);
  void add(Errors& to, Diagnostic diagnostic, SourceSpan where);
  void sort_last_policy();

  ValidationResult result_;
  const std::string* id_ = nullptr;
  const PolicyBody* body_ = nullptr;
  std::set<std::tuple<ErrorCode, std::uint32_t, std::uint32_t, std::vector<const void*>>> asked_;  // of this policy
  std::set<std::tuple<ErrorCode, std::uint32_t, std::uint32_t, std::string>> seen_;                // likewise
  std::size_t reported_ = 0;
  std::size_t first_error_ = 0;  // of this policy
};

}  // namespace quis
