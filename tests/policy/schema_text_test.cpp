#include <string>

#include <doctest/doctest.h>
#include <quis/base/limits.hpp>
#include <quis/base/vocabulary.hpp>
#include <quis/policy/schema_parser.hpp>

#include "policy/schema_ast.hpp"

using quis::ErrorCode;
using quis::schema_ast::read_text;

namespace {

quis::Errors errors_of(std::string_view text) {
  const auto document = read_text(text, "app.cedarschema");
  return document ? document->mistakes : document.error();
}

quis::Diagnostic error_of(std::string_view text) {
  const quis::Errors errors = errors_of(text);
  REQUIRE(errors.size() == 1);
  return errors.front();
}

}  // namespace

TEST_CASE("the tree keeps what was written: order, annotations, places and unresolved names") {
  const std::string_view text = R"(entity User, Admin in [Group] { "e mail"?: String, tags: Set<NS::Tag>, } tags Long;
@doc("a \"space\"") namespace NS { type T = { @x a: Long }; @flag action "do it" in [all, Action::"b"]; })";
  const auto document = read_text(text, "app.cedarschema");
  REQUIRE(document.has_value());
  REQUIRE(document->namespaces.size() == 2);

  const auto& top = document->namespaces[0];
  CHECK(top.name.text.empty());
  const auto& entity = std::get<quis::schema_ast::Entity>(top.declarations.at(0).what);
  CHECK(entity.names.at(1).text == "Admin");
  CHECK(entity.names.at(1).place.start == 13);
  CHECK(entity.member_of.at(0).text == "Group");
  REQUIRE(entity.shape.has_value());
  CHECK(entity.shape->attributes.at(0).name.text == "e mail");
  CHECK_FALSE(entity.shape->attributes.at(0).required);
  const auto& tags = entity.shape->attributes.at(1).type;
  CHECK(tags.kind == quis::schema_ast::Type::Kind::set);
  CHECK(tags.element->name == "NS::Tag");
  CHECK(text.substr(tags.place.start, tags.place.length) == "Set<NS::Tag>");
  CHECK(entity.tags->name == "Long");

  const auto& space = document->namespaces[1];
  CHECK(space.name.text == "NS");
  CHECK(space.annotations.at(0).value == "a \"space\"");
  const auto& common = std::get<quis::schema_ast::CommonType>(space.declarations.at(0).what);
  CHECK(common.type.attributes.at(0).annotations.at(0).key.text == "x");
  const auto& action = std::get<quis::schema_ast::Action>(space.declarations.at(1).what);
  CHECK_FALSE(space.declarations.at(1).annotations.at(0).value.has_value());
  CHECK(action.names.at(0).text == "do it");
  CHECK_FALSE(action.groups.at(0).type.has_value());
  CHECK(action.groups.at(1).type->text == "Action");
  CHECK(action.groups.at(1).id.text == "b");
  const auto& place = space.declarations.at(1).place;
  CHECK(text.substr(place.start, place.length) == R"(@flag action "do it" in [all, Action::"b"];)");
}

TEST_CASE("words of the grammar are names where a name stands") {
  CHECK(quis::parse_schema(R"(
    entity Set, tags in entity { type: Set, in2: Set<Set>, action?: __cedar::Long } tags tags;
    entity entity enum ["enum"];
    namespace namespace { action appliesTo, attributes in principal appliesTo { principal: Set, resource: tags };
                          action principal; })")
            .has_value());
}

TEST_CASE("an error says what was expected, what was found and where") {
  const auto error = error_of("entity User {\n  name String,\n};");
  CHECK(error.code == ErrorCode::unexpected_token);
  CHECK(error.message == "expected `:`, found `String`");
  CHECK(error.source == "app.cedarschema");
  CHECK(error.span.line == 2);
  CHECK(error.span.column == 8);
  CHECK(error.source_line == "  name String,");
}

TEST_CASE("every declaration with an error is reported, and each once") {
  const auto errors = errors_of(R"(
    entity A { x Long };
    entity B in [C,];
    namespace N { type T = ; entity in; action a appliesTo { principal: A, resource: [] }; }
    entity Fine { a: Long };
    action b appliesTo { };
    foo;
    @a @a entity D;
    entity "E";)");
  REQUIRE(errors.size() == 9);
  CHECK(errors[0].message == "expected `:`, found `Long`");
  CHECK(errors[1].message == "expected the name of an entity type, found `]`");
  CHECK(errors[2].message == "expected a type, found `;`");
  CHECK(errors[3].code == ErrorCode::reserved_word);
  CHECK(errors[4].message == "the list of `resource` types is empty");
  CHECK(errors[5].message == "expected `principal`, `resource` or `context`, found `}`");
  CHECK(errors[6].message == "expected `entity`, `action`, `type` or `namespace`, found `foo`");
  CHECK(errors[7].code == ErrorCode::duplicate_annotation);
  CHECK(errors[8].span.line == 9);
}

TEST_CASE("a missing semicolon is one error and hides no other") {
  const auto errors = errors_of("entity A\nentity B { a: }; entity C");
  REQUIRE(errors.size() == 3);
  CHECK(errors[0].message == "expected `;`, found `entity`");
  CHECK(errors[1].message == "expected a type, found `}`");
  CHECK(errors[2].message == "expected `;`, found the end of the text");
}

TEST_CASE("an error inside a namespace does not close it") {
  CHECK(error_of("namespace N { entity A { a Long } } entity B;").message == "expected `:`, found `Long`");
  CHECK(error_of("namespace N { namespace M { entity A; { } } entity B; } entity C;").message ==
        "a namespace cannot stand in another");
}

TEST_CASE("what is no token is reported where it stands") {
  CHECK(error_of("entity A; #").message == "`#` is not a character of the language");
  CHECK(error_of("entity A { \"\\q\": Long };").code == ErrorCode::invalid_escape);
  CHECK(error_of("entity A { \"a\\q\": Long };").span.column == 14);
  CHECK(error_of("\xef\xbb\xbf"
                 "entity A;")
            .code == ErrorCode::invalid_token);
  CHECK(error_of("entity \xff;").code == ErrorCode::invalid_utf8);
}

TEST_CASE("appliesTo names principals and resources, each once") {
  CHECK(error_of("action a appliesTo { principal: A };").message ==
        "`appliesTo` of action `a` does not say for which `resource`");
  CHECK(error_of("action a appliesTo { principal: A, principal: B, resource: C };").message ==
        "`principal` stands twice in `appliesTo`");
  CHECK(error_of("action a appliesTo { context: {}, principal: A, resource: C, context: {} };").message ==
        "`context` stands twice in `appliesTo`");
}

TEST_CASE("types nest as deep as the limit and no deeper") {
  const auto nested = [](std::size_t levels) {
    std::string text = "type T = ";
    for (std::size_t i = 1; i < levels; ++i) text += "Set<";
    text += "Long";
    for (std::size_t i = 1; i < levels; ++i) text += ">";
    return text + ";";
  };
  CHECK(quis::parse_schema(nested(quis::limits::kMaxNesting)).has_value());
  CHECK(error_of(nested(quis::limits::kMaxNesting + 1)).code == ErrorCode::limit_exceeded);
  CHECK(error_of(nested(100'000)).code == ErrorCode::limit_exceeded);
  std::string records = "type T = ";
  for (int i = 0; i < 100'000; ++i) records += "{a: ";
  CHECK(error_of(records).code == ErrorCode::limit_exceeded);
}

TEST_CASE("the number of reported errors is bounded") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "entity ; # ";
  CHECK(errors_of(text).size() == quis::limits::kMaxReportedErrors);
}
