#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <quis/base/result.hpp>
#include <quis/model/schema.hpp>

#include "policy/schema_source.hpp"

/// A schema as it was written: names unresolved, declarations in source order, annotations kept.
///
/// Both syntaxes are read into this one form, which holds whatever either of them can say, so that everything behind it
/// (resolving, translating, formatting) exists once. What only one of them can say is marked.
namespace quis::schema_ast {

/// An identifier, a path (`A::B`) without spaces, or the content of a string; which of them, the user of the name says.
struct Name {
  std::string text;
  Place place;
};

struct Annotation {
  Name key;
  std::optional<std::string> value;  ///< none when written without parentheses
};

struct Attribute;

/// How a type is written.
struct Type {
  enum class Kind : std::uint8_t {
    entity_or_common,  ///< `name` is a common type or else an entity type: what text writes for every name
    set,               ///< of `element`
    record,            ///< of `attributes`
    common,            ///< `name` must be a common type: contexts given by name in text, `{"type": name}` in JSON
    boolean,           ///< JSON only, as everything below
    integer,
    string,
    entity,     ///< `name` must be an entity type
    extension,  ///< `name` must be an extension type
  };

  Kind kind = Kind::record;
  Place place;
  std::string name;
  std::unique_ptr<Type> element;
  std::vector<Attribute> attributes;  ///< each name once: of two in text, the last one counts
  bool open = false;                  ///< JSON: `"additionalAttributes": true`, which no schema may have
};

struct Attribute {
  Name name;
  Type type;
  bool required = true;
  std::vector<Annotation> annotations;
};

/// `entity A, B in [C] { … } tags T;` or `entity A enum ["x"];`
struct Entity {
  std::vector<Name> names;
  std::vector<Name> member_of;
  std::optional<Type> shape;
  std::optional<Type> tags;
  std::optional<std::vector<Name>> choices;
};

/// A group that an action is in: `view`, `Action::"view"`, `NS::Action::"view"`.
struct ActionGroup {
  std::optional<Name> type;
  Name id;
};

struct AppliesTo {
  std::vector<Name> principals;  ///< never empty in text
  std::vector<Name> resources;
  std::optional<Type> context;
};

/// `action a, b in [c] appliesTo { … };`
struct Action {
  std::vector<Name> names;
  std::vector<ActionGroup> groups;
  std::optional<AppliesTo> applies_to;
};

/// `type T = …;`
struct CommonType {
  Name name;
  Type type;
};

struct Declaration {
  std::vector<Annotation> annotations;
  Place place;
  std::variant<Entity, Action, CommonType> what;
};

struct Namespace {
  Name name;  ///< empty text: the declarations stand outside every namespace. Text may have several such runs.
  std::vector<Annotation> annotations;
  std::vector<Declaration> declarations;
  Place place;
};

struct Document {
  Source source;
  std::vector<Namespace> namespaces;
  Errors
      mistakes;  ///< found while reading, such that all declarations are there nonetheless: no schema, but resolvable
};

/// Reads Cedar's schema syntax. Every error of the text that recovering from the ones before it can find; a document
/// with `mistakes` when they left all declarations in place. The document borrows `text` and `source_name`.
[[nodiscard]] Result<Document> read_text(std::string_view text, std::string_view source_name);

/// Reads Cedar's JSON form of schemas, likewise.
[[nodiscard]] Result<Document> read_json(std::string_view text, std::string_view source_name);

/// Looks up every name, expands the common types and checks the rules that go beyond syntax. All errors at once.
[[nodiscard]] Result<Schema> resolve(const Document& document);

/// Fails with the mistakes of the document and what is wrong with it whatever it is a part of.
[[nodiscard]] Result<void> check_declarations(const Document& document);

class Scope;

/// Declarations of a text that hide another name (`ErrorCode::shadowed_type`), in source order. JSON has none: there
/// every mention of a type says what it means.
[[nodiscard]] Errors find_warnings(const Document& document);

/// Cedar's JSON form. With a `scope` every name is written as what it resolves to there, with its namespace; then all
/// names must resolve. Fails with `limit_exceeded` when the types are nested deeper than JSON may be.
[[nodiscard]] Result<std::string> to_json(const Document& document, const Scope* scope);

/// Schema text. Fails where text cannot say what the document says.
[[nodiscard]] Result<std::string> to_text(const Document& document);

}  // namespace quis::schema_ast
