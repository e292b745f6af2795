#include "policy/validation_report.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <quis/base/vocabulary.hpp>
#include <quis/policy/expression.hpp>

#include "base/extension_forms.hpp"
#include "base/type_name.hpp"
#include "policy/spelling.hpp"

namespace quis {

namespace {

using Kind = StaticType::Kind;

// An expression that is quoted in advice; one that is longer is not worth repeating.
constexpr std::size_t kLongestQuote = 60;

std::string in_backticks(const StaticType& type) { return fmt::format("`{}`", to_text(type)); }

std::string_view advice(Hint hint, const StaticType& found) {
  const auto is = [&](Kind kind) { return found.is(kind); };
  switch (hint) {
    case Hint::none: return {};
    case Hint::attribute:
    case Hint::right_of_in:
      if (is(Kind::set)) return "use `contains`, `containsAny` or `containsAll` to look into a set";
      return is(Kind::string) ? "use `like` to look into a string" : "";
    case Hint::set_operand:
      if (is(Kind::entity)) return "use `in` to ask for membership in an entity";
      if (is(Kind::record)) return "use `has` to ask for an attribute";
      return is(Kind::string) ? "use `like` to look into a string" : "";
    case Hint::second_set: return "use `contains` to look for a single element";
    case Hint::left_of_in: return "use `contains` to look for a value in a set";
    case Hint::like: return is(Kind::entity) ? "use `is` to ask for the type of an entity" : "";
    case Hint::type_test: return "only the types of entities can be asked for";
    case Hint::comparison: return "`<` and its kin compare longs, datetimes and durations, each with its like";
    case Hint::addition:
      if (is(Kind::string)) return "Cedar does not join strings";
      [[fallthrough]];
    case Hint::arithmetic: return is(Kind::set) ? "Cedar does not compute unions or differences of sets" : "";
    case Hint::emptiness: return is(Kind::string) ? "write `== \"\"` to ask whether a string is empty" : "";
  }
  return {};
}

std::string_view explanation(LubProblem problem) {
  switch (problem) {
    case LubProblem::optionality: return "the records must require the same attributes";
    case LubProblem::record_width: return "the records must have the same attributes";
    case LubProblem::entity_types: return "entities of different types are never compatible";
    case LubProblem::entity_and_record: return "an entity and a record are never compatible";
    case LubProblem::none: break;
  }
  return "they must be of the same type";
}

/// ` of User`, for entities; what a record is of, nobody can name.
std::string of_entity(const StaticType& type) {
  return type.is(Kind::entity) ? fmt::format(" of {}", in_backticks(type)) : std::string();
}

std::string name_text(SymbolId name) {
  const std::string_view text = text_of(name);
  return is_identifier(text) && !is_reserved(text) ? std::string(text) : quoted(text);
}

}  // namespace

void ValidationReport::begin(const std::string& id, const PolicyBody& body) {
  sort_last_policy();
  id_ = &id;
  body_ = &body;
  asked_.clear();
  seen_.clear();
  reported_ = 0;
}

void ValidationReport::unexpected_type(SourceSpan where, std::span<const TypeRef> expected, const StaticType& found,
                                       Hint hint) {
  std::vector<const void*> about(expected.begin(), expected.end());
  about.push_back(&found);
  if (!is_new(ErrorCode::unexpected_type, where, std::move(about))) return;
  std::string wanted;
  for (const TypeRef type : expected) {
    if (!wanted.empty()) wanted += type == expected.back() ? " or " : ", ";
    // The record that any record is a subtype of has no text worth reading.
    const bool any_record = type->is(Kind::record) && type->fields.empty();
    const bool any_set = type->is(Kind::set) && (type->element == nullptr || type->element->is(Kind::any_entity));
    if (any_record) {
      wanted += "a record";
    } else if (any_set) {
      wanted += type->element == nullptr ? "a set" : "a set of entities";
    } else {
      wanted += type->is(Kind::any_entity) ? "an entity" : in_backticks(*type);
    }
  }
  error(ErrorCode::unexpected_type, where, fmt::format("expected {}, found {}", wanted, in_backticks(found)),
        std::string(advice(hint, found)));
}

void ValidationReport::incompatible_types(SourceSpan where, std::span<const TypeRef> types, std::string_view what,
                                          LubProblem problem) {
  if (!is_new(ErrorCode::incompatible_types, where, {types.begin(), types.end()})) return;
  std::vector<TypeRef> distinct;
  for (const TypeRef type : types) {
    if (std::find(distinct.begin(), distinct.end(), type) == distinct.end()) distinct.push_back(type);
  }
  std::string all;
  for (const TypeRef type : distinct) {
    if (!all.empty()) all += type == distinct.back() ? " and " : ", ";
    all += in_backticks(*type);
  }
  error(ErrorCode::incompatible_types, where, fmt::format("the types {} are not compatible", all),
        fmt::format("{} must have compatible types: {}", what, explanation(problem)));
}

void ValidationReport::missing_attribute(const Expr& access, const StaticType& of, SymbolId name, TypeRef known,
                                         bool may_exist) {
  if (!is_new(ErrorCode::unsafe_attribute_access, access.span, {&of, known, may_exist ? &access : nullptr})) return;
  std::vector<std::string_view> names;
  if (known != nullptr) {
    names.reserve(known->fields.size());
    for (const StaticField& field : known->fields) names.push_back(text_of(field.name));
  }
  std::sort(names.begin(), names.end());
  std::string help = may_exist ? "not every value here has it: check the type with `is` first"
                               : did_you_mean(text_of(name), names, "declare it in the schema, or correct the name");
  const char* what = of.is(Kind::entity) ? "the entity type" : "the record";
  error(ErrorCode::unsafe_attribute_access, access.span,
        fmt::format("{} {} has no attribute `{}`", what, in_backticks(of), name_text(name)), std::move(help));
}

void ValidationReport::optional_attribute(const Expr& access, const Expr& target, const StaticType& of, SymbolId name) {
  if (!is_new(ErrorCode::unsafe_optional_attribute_access, access.span, {&of})) return;
  std::string test = fmt::format("{} has {}", to_text(target), name_text(name));
  if (test.size() > kLongestQuote) test = fmt::format("… has {}", name_text(name));
  error(ErrorCode::unsafe_optional_attribute_access, access.span,
        fmt::format("the attribute `{}`{} is optional and may be absent here", name_text(name), of_entity(of)),
        fmt::format("test for it first: `{} && …`", test));
}

void ValidationReport::unsafe_tag(const Expr& access, const StaticType& of) {
  if (!is_new(ErrorCode::unsafe_tag_access, access.span, {&of})) return;
  const std::string key = to_text(*access.operands[1]);
  const std::string shown_key = key.size() > kLongestQuote ? "…" : key;
  error(ErrorCode::unsafe_tag_access, access.span,
        fmt::format("the tag `{}`{} may be absent here", shown_key, of_entity(of)),
        fmt::format("test for it first: `.hasTag({}) && …`", shown_key));
}

void ValidationReport::no_tags(const Expr& access, const StaticType& of) {
  if (!is_new(ErrorCode::no_tags_allowed, access.span, {&of})) return;
  error(ErrorCode::no_tags_allowed, access.span, fmt::format("entities of {} have no tags", in_backticks(of)),
        "declare `tags` for the entity type in the schema");
}

void ValidationReport::wrong_arity(const Expr& call, const ExtensionSignature& signature) {
  if (!is_new(ErrorCode::wrong_arity, call.span, {&signature})) return;
  const std::size_t receiver = signature.is_constructor ? 0U : 1U;
  const std::size_t given = call.operands.size();
  error(ErrorCode::wrong_arity, call.span,
        fmt::format("`{}` takes {} argument{}, found {}", signature.name, signature.arity - receiver,
                    signature.arity - receiver == 1 ? "" : "s", given < receiver ? 0 : given - receiver));
}

void ValidationReport::unreadable_argument(const Expr& call, const ExtensionSignature& signature) {
  if (!is_new(ErrorCode::invalid_extension_argument, call.span, {&signature})) return;
  error(ErrorCode::invalid_extension_argument, call.operands[0]->span,
        fmt::format("{} is no {}", shown(quoted(call.operands[0]->value.as_string())), to_string(signature.result)),
        std::string(written_form_of(signature.result)));
}

void ValidationReport::not_literal(const Expr& call, const ExtensionSignature& signature) {
  if (!is_new(ErrorCode::non_literal_constructor, call.span, {&signature})) return;
  error(ErrorCode::non_literal_constructor, call.span,
        fmt::format("the argument of `{}` must be a string literal", signature.name),
        "make extension values where entities and contexts are built, and declare the attribute with that type");
}

void ValidationReport::empty_set(SourceSpan where) {
  if (!is_new(ErrorCode::empty_set_forbidden, where, {})) return;
  error(ErrorCode::empty_set_forbidden, where, "the empty set literal has no type",
        "use `isEmpty` to ask whether a set is empty");
}

void ValidationReport::error(ErrorCode code, SourceSpan where, std::string message, std::string help) {
  if (full()) return;
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  const std::size_t before = result_.errors.size();
  add(result_.errors, std::move(diagnostic), where);
  reported_ += result_.errors.size() - before;
  if (!full() || result_.errors.size() == before) return;
  Diagnostic last;
  last.code = ErrorCode::limit_exceeded;
  last.message = fmt::format("the policy may have more than {} errors; the rest is not reported", kMaxErrorsPerPolicy);
  add(result_.errors, std::move(last), place());
}

void ValidationReport::warning(ErrorCode code, SourceSpan where, std::string message, std::string help) {
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.severity = Severity::warning;
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  add(result_.warnings, std::move(diagnostic), where);
}

bool ValidationReport::is_new(ErrorCode code, SourceSpan where, std::vector<const void*> about) {
  return !full() && asked_.emplace(code, where.offset, where.length, std::move(about)).second;
}

void ValidationReport::add(Errors& to, Diagnostic diagnostic, SourceSpan where) {
  if (!seen_.emplace(diagnostic.code, where.offset, where.length, diagnostic.message).second) return;
  diagnostic.policy = *id_;
  if (body_->source_name != nullptr) diagnostic.source = *body_->source_name;
  diagnostic.span = where;
  to.push_back(std::move(diagnostic));
}

void ValidationReport::sort_last_policy() {
  const auto first = std::next(result_.errors.begin(), static_cast<std::ptrdiff_t>(first_error_));
  std::stable_sort(first, result_.errors.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return a.span.offset < b.span.offset; });
  first_error_ = result_.errors.size();
}

ValidationResult ValidationReport::take() {
  sort_last_policy();
  return std::exchange(result_, {});
}

}  // namespace quis
