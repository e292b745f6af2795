#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace quis {

/// What went wrong, as a stable code: its kebab-case name (see `to_string`) never changes and is documented in
/// CONTRIBUTING.md. Messages may be reworded between releases; programs test codes.
enum class ErrorCode : std::uint8_t {
  // reading
  io,                ///< a file or folder cannot be read
  invalid_file,      ///< a saved file that is damaged or not one
  invalid_utf8,      ///< the bytes are not UTF-8
  invalid_json,      ///< not a JSON document, or not of the expected shape
  duplicate_key,     ///< a key that may stand once stands twice
  limit_exceeded,    ///< a bound of `quis::limits`
  invalid_argument,  ///< a call or a command line that makes no sense
  // policy and schema text
  invalid_token,         ///< a character or literal that the language does not have
  invalid_escape,        ///< an escape sequence in a string
  integer_overflow,      ///< a literal that does not fit 64 bits
  unexpected_token,      ///< a well-formed token in the wrong place
  reserved_word,         ///< an identifier that the language keeps for itself
  unknown_function,      ///< no extension function or method of that name
  wrong_arity,           ///< a built-in method with the wrong number of arguments
  invalid_scope,         ///< a scope constraint that is not one
  invalid_slot,          ///< a template slot where none may stand
  duplicate_annotation,  ///< an annotation given twice on one policy
  duplicate_policy_id,   ///< two policies of one id
  unknown_template,      ///< a link to a template that is not there
  invalid_link,          ///< a link whose values do not fit the template's slots
  // schema
  unknown_type,    ///< a type name that the schema does not declare
  duplicate_type,  ///< a type, action or namespace declared twice
  invalid_schema,  ///< any other rule of a well-formed schema
  // entities and requests
  invalid_entity_uid,    ///< text that is no entity uid
  invalid_value,         ///< a value that Cedar does not have (null, a fraction, an unknown escape)
  type_mismatch,         ///< a value of another type than the schema declares
  missing_attribute,     ///< an attribute that the schema requires
  unexpected_attribute,  ///< an attribute that the schema does not declare
  unknown_entity_type,   ///< an entity type that the schema does not declare
  unknown_action,        ///< an action that the schema does not declare
  invalid_request,       ///< a request that the schema does not allow
  duplicate_entity,      ///< two different entities of one uid
  unknown_entity,        ///< an entity that the store does not hold
  cycle,                 ///< an entity (or action, or type) that is its own ancestor
  // changing a policy set
  unknown_policy,   ///< no policy or link of that id
  template_in_use,  ///< a template that still has links
  // validating policies
  unexpected_type,                   ///< an operand of another type than the operator takes
  incompatible_types,                ///< types that must be alike and are not
  unsafe_attribute_access,           ///< an attribute that may not be there
  unsafe_optional_attribute_access,  ///< an optional attribute that no `has` guards
  unsafe_tag_access,                 ///< a tag that no `hasTag` guards
  no_tags_allowed,                   ///< `getTag` on a type that has no tags
  invalid_extension_argument,        ///< a literal that the extension function does not read
  non_literal_constructor,           ///< an extension constructor whose argument is no string literal
  empty_set_forbidden,               ///< `[]`, whose element type nobody can tell
  invalid_enum_entity,               ///< an id that the enumerated entity type does not list
  level_violation,                   ///< an entity that is reached in more steps than the level allows
  // warnings of validation
  impossible_policy,              ///< a policy that no valid request satisfies
  inapplicable_action,            ///< a policy whose actions never apply to its principals and resources
  bidi_characters_in_string,      ///< a string with characters that reorder the text around them
  bidi_characters_in_identifier,  ///< a name with characters that reorder the text around them
  mixed_script_string,            ///< a string that mixes alphabets
  mixed_script_identifier,        ///< a name that mixes alphabets
  confusable_identifier,          ///< a name with characters that are easily mistaken for others
  shadowed_type,                  ///< a declared type that hides a built-in one
  ineffective_annotation,         ///< an annotation that looks as if quis acted on it, and does nothing
  // searching and testing
  not_translatable,  ///< a residual policy that has no form in the wanted language
  invalid_test,      ///< a file of policy tests that is not one
  // evaluation, where a caller asks for a value rather than a decision
  evaluation,  ///< the expression has no value; the message says why
};

/// The stable kebab-case name of a code, e.g. `duplicate-key`.
[[nodiscard]] std::string_view to_string(ErrorCode code) noexcept;

/// A place in a source text. `line` and `column` count from 1, columns in bytes; 0 means that no place is known.
struct SourceSpan {
  std::uint32_t offset = 0;  ///< bytes from the start of the text
  std::uint32_t length = 0;  ///< bytes
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  friend bool operator==(const SourceSpan&, const SourceSpan&) = default;
};

enum class Severity : std::uint8_t { error, warning };

/// One error or warning: what, where, and what to do about it.
struct Diagnostic {
  ErrorCode code = ErrorCode::invalid_argument;
  Severity severity = Severity::error;
  std::string message;      ///< lower case, no full stop, the user's text in backticks
  std::string policy;       ///< id of the policy it speaks of; empty when it speaks of none
  std::string source;       ///< file name or other name of the text; empty when there is none
  SourceSpan span;          ///< where in that text
  std::string path;         ///< for JSON: pointer to the value (RFC 6901), e.g. `/3/attrs/age`
  std::string source_line;  ///< the line that `span` starts in, without its line break; a long one is cut around it
  std::uint32_t caret = 0;  ///< where the span starts within `source_line`, in bytes
  std::string label;        ///< what to say under the marked text; may be empty
  std::string help;         ///< the remedy; may be empty
};

/// One or more diagnostics, in source order. Returned whole: a failed operation changes nothing.
using Errors = std::vector<Diagnostic>;

/// A value or the reasons why there is none. No function of the library throws.
template <class T>
using Result = tl::expected<T, Errors>;

/// The failure of a single diagnostic, ready to return.
[[nodiscard]] tl::unexpected<Errors> failure(ErrorCode code, std::string message, std::string help = {});
[[nodiscard]] tl::unexpected<Errors> failure(Diagnostic diagnostic);

/// Where `offset` lies in `text`: fills line and column. Cost: linear in `offset`; for error paths only.
[[nodiscard]] SourceSpan locate(std::string_view text, std::size_t offset, std::size_t length) noexcept;

/// Fills `source`, `span`, `source_line` and `caret` of a diagnostic from the text it speaks of.
void attach_source(Diagnostic& diagnostic, std::string_view source_name, std::string_view text, std::size_t offset,
                   std::size_t length);

/// Fills `source_line` and `caret` from the text that `span`, with its line and column, is a place of. Cost: that of a
/// short line, however long the text and its lines are. REQUIRES: the place lies in the text.
void attach_excerpt(Diagnostic& diagnostic, std::string_view text);

/// For people: `file:line:column: error[code]: message`, the source line with the place marked, and the help; whatever
/// of it is known. A JSON path comes before the message: `entities.json: error[invalid-value] at /3/attrs/age: …`. Each
/// line ends with a line break. Characters that cannot be seen print as `�`, so that no input can play tricks on a
/// terminal.
[[nodiscard]] std::string render(const Diagnostic& diagnostic);
[[nodiscard]] std::string render(const Errors& errors);

}  // namespace quis
