// Schemas in Cedar's schema syntax: recursive descent, one token of look-ahead.
//
//     Schema      = { Annotations (Namespace | Declaration) }
//     Namespace   = 'namespace' Path '{' { Annotations Declaration } '}'
//     Declaration = Entity | Action | CommonType
//     Entity      = 'entity' Identifiers [ 'in' Types ] [ ['='] Record ] [ 'tags' Type ] ';'
//                 | 'entity' Identifiers 'enum' '[' Strings ']' ';'
//     Action      = 'action' Names [ 'in' (Group | '[' Groups ']') ]
//                   [ 'appliesTo' '{' Applies { ',' Applies } [','] '}' ] [ 'attributes' '{' '}' ] ';'
//     Applies     = ('principal' | 'resource') ':' Types | 'context' ':' (Path | Record)
//     Types       = Path | '[' [ Paths ] ']'
//     Group       = Name | Path '::' String
//     CommonType  = 'type' Identifier '=' Type ';'
//     Type        = Path | 'Set' '<' Type '>' | Record
//     Record      = '{' [ Attribute { ',' Attribute } [','] ] '}'
//     Attribute   = Annotations Name ['?'] ':' Type
//     Name        = Identifier | String
//
// The words of the grammar are no reserved words: `entity entity { type: Set };` is a fine declaration when `Set` is
// one. They are told from names by where they stand, which one token of look-ahead always settles.
//
// After an error the rest of the declaration is skipped. No declaration has a semicolon inside, so the next one ends it
// even when braces were left open.

#include <algorithm>
#include <string>
#include <utility>

#include <quis/base/limits.hpp>

#include "base/file.hpp"
#include "policy/schema_action_parser.hpp"
#include "policy/schema_ast.hpp"
#include "policy/schema_tokens.hpp"
#include "policy/schema_type_parser.hpp"

namespace quis::schema_ast {

namespace {

class Parser {
 public:
  Parser(const Source& source, Report& report)
      : report_(report), tokens_(source, report), types_(tokens_), actions_(tokens_, types_) {}

  std::vector<Namespace> parse() {
    while (!tokens_.at(TokenKind::end) && !report_.full()) parse_item();
    return std::move(namespaces_);
  }

 private:
  // --- the outline ---

  void parse_item() {
    const Place start = tokens_.place();
    braces_ = tokens_.open_braces();
    auto annotations = tokens_.annotations();
    if (!annotations) return recover();
    if (tokens_.at_word("namespace")) return parse_namespace(start, std::move(*annotations));
    if (tokens_.at(TokenKind::right_brace)) {
      tokens_.unexpected("a declaration", "remove the brace, or the one before it that closed a namespace too early");
      return tokens_.advance();
    }
    // Declarations outside of namespaces are kept in runs, so that their order among the namespaces is not lost.
    if (namespaces_.empty() || !namespaces_.back().name.text.empty()) {
      namespaces_.emplace_back();
      namespaces_.back().place = start;
    }
    Namespace& run = namespaces_.back();
    parse_declaration(run, start, std::move(*annotations));
    run.place = tokens_.since(run.place);
  }

  void parse_namespace(Place start, std::vector<Annotation> annotations) {
    Namespace space;
    space.annotations = std::move(annotations);
    tokens_.advance();
    auto name = tokens_.path("the name of a namespace");
    if (!name || !tokens_.expect(TokenKind::left_brace, "`{`")) return recover();
    space.name = std::move(*name);
    while (!tokens_.at(TokenKind::right_brace) && !tokens_.at(TokenKind::end) && !report_.full()) {
      const Place declaration_start = tokens_.place();
      braces_ = tokens_.open_braces();
      auto declared_annotations = tokens_.annotations();
      if (!declared_annotations) {
        recover();
      } else if (tokens_.at_word("namespace")) {
        refuse_nested_namespace();
      } else {
        parse_declaration(space, declaration_start, std::move(*declared_annotations));
      }
    }
    if (report_.full()) return;
    if (!tokens_.expect(TokenKind::right_brace, "`}` at the end of namespace `" + space.name.text + "`")) return;
    space.place = tokens_.since(start);
    namespaces_.push_back(std::move(space));
  }

  void refuse_nested_namespace() {
    tokens_.error(tokens_.place(), ErrorCode::unexpected_token, "a namespace cannot stand in another",
                  "close the outer one first and write `namespace Outer::Inner { … }`");
    tokens_.advance();
    if (!tokens_.path("the name of a namespace") || !tokens_.expect(TokenKind::left_brace, "`{`")) return recover();
    while (tokens_.open_braces() > braces_ && !tokens_.at(TokenKind::end)) tokens_.advance();
  }

  void parse_declaration(Namespace& space, Place start, std::vector<Annotation> annotations) {
    Declaration declaration;
    declaration.annotations = std::move(annotations);
    bool parsed = false;
    if (tokens_.skip_word("entity")) {
      parsed = parse_entity(declaration.what.emplace<Entity>());
    } else if (tokens_.skip_word("action")) {
      parsed = actions_.parse(declaration.what.emplace<Action>());
    } else if (tokens_.skip_word("type")) {
      parsed = parse_common_type(declaration.what.emplace<CommonType>());
    } else {
      tokens_.unexpected("`entity`, `action`, `type` or `namespace`");
    }
    if (!parsed || !parse_semicolon()) return recover();
    declaration.place = tokens_.since(start);
    space.declarations.push_back(std::move(declaration));
  }

  // Where a declaration starts although the one before it was not ended, only the semicolon is missing.
  bool parse_semicolon() {
    if (tokens_.skip(TokenKind::semicolon)) return true;
    tokens_.unexpected("`;`", "end every declaration with `;`");
    return tokens_.at_word("entity") || tokens_.at_word("action") || tokens_.at_word("type") ||
           tokens_.at_word("namespace") || tokens_.at(TokenKind::at) || tokens_.at(TokenKind::right_brace) ||
           tokens_.at(TokenKind::end);
  }

  // Skips the rest of a declaration, but not the brace that closes the namespace around it.
  void recover() {
    while (!tokens_.at(TokenKind::end) && !tokens_.skip(TokenKind::semicolon)) {
      if (tokens_.at(TokenKind::right_brace) && tokens_.open_braces() <= braces_) return;
      tokens_.advance();
    }
  }

  // --- declarations ---

  bool parse_entity(Entity& entity) {
    if (!tokens_.list(entity.names, [&] { return tokens_.identifier("the name of an entity type"); })) return false;
    if (tokens_.skip_word("enum")) {
      entity.choices.emplace();
      return tokens_.expect(TokenKind::left_bracket, "`[`") &&
             tokens_.list(*entity.choices, [&] { return tokens_.string("the id of an entity, as a string"); }) &&
             tokens_.expect(TokenKind::right_bracket, "`,` or `]`");
    }
    if (tokens_.skip_word("in") && !types_.entity_types(entity.member_of)) return false;
    const bool equals = tokens_.skip(TokenKind::equal);
    if (equals && !tokens_.at(TokenKind::left_brace)) {
      return tokens_.unexpected("`{`", "the attributes of an entity type must be listed here, a common type cannot");
    }
    if (tokens_.at(TokenKind::left_brace) && !types_.parse(entity.shape.emplace())) return false;
    return !tokens_.skip_word("tags") || types_.parse(entity.tags.emplace());
  }

  bool parse_common_type(CommonType& common) {
    auto name = tokens_.identifier("the name of a common type");
    if (!name || !tokens_.expect(TokenKind::equal, "`=`")) return false;
    common.name = std::move(*name);
    return types_.parse(common.type);
  }

  Report& report_;
  TokenStream tokens_;
  TypeParser types_;
  ActionParser actions_;
  std::vector<Namespace> namespaces_;
  std::int64_t braces_ = 0;  // that were open where the declaration at hand started
};

// Whether the declaration with this mistake was read all the same. After any other, declarations may be missing, and
// everything that mentions them would look wrong too.
bool leaves_whole(const Diagnostic& mistake) noexcept {
  return mistake.code == ErrorCode::invalid_schema || mistake.code == ErrorCode::duplicate_annotation;
}

}  // namespace

Result<Document> read_text(std::string_view text, std::string_view source_name) {
  if (text.size() > limits::kMaxSourceBytes) {
    return failure(
        ErrorCode::limit_exceeded,
        "`" + std::string(source_name) + "` is longer than " + std::to_string(limits::kMaxSourceBytes) + " bytes",
        "split the schema");
  }
  if (auto utf8 = check_utf8(text, source_name); !utf8) return tl::unexpected(utf8.error());
  Document document{Source::text(text, source_name), {}, {}};
  Report report(document.source);
  document.namespaces = Parser(document.source, report).parse();
  const bool is_whole = std::all_of(report.errors().begin(), report.errors().end(), leaves_whole);
  if (!is_whole || report.full()) return tl::unexpected(report.take());
  document.mistakes = report.take();
  return document;
}

}  // namespace quis::schema_ast
