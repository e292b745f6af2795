#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "generator/choices.hpp"
#include "generator/paths.hpp"
#include "generator/schema_model.hpp"

namespace quis::test {

/// Writes Cedar expressions for an environment of a schema, directed by types.
///
/// Mostly well-typed, because an expression that always fails tests one instruction and a policy that never validates
/// tests one verdict; wrong on purpose at some rate, because errors and what shields them are half of the semantics.
/// Optional attributes and tags are mostly behind the question whether they are there. Every operator and extension
/// function turns up (there is a test).
class ExpressionGenerator {
 public:
  /// `errors`: how many of a hundred operands are of another type than the operator wants, and other faults as often.
  ExpressionGenerator(Choices& choices, const SchemaModel& schema, const Environment& environment, std::size_t errors);

  /// The body of a condition.
  [[nodiscard]] std::string condition();
  /// An expression of a type; brackets are around it where it needs any.
  [[nodiscard]] std::string of(const Shape& shape, int depth);
  /// An entity that is of the type by its name.
  [[nodiscard]] std::string entity_literal(std::size_t type);
  [[nodiscard]] std::string action_literal();

 private:
  using Kind = Shape::Kind;

  [[nodiscard]] bool fault() { return choices_.chance(errors_); }
  [[nodiscard]] ShapePtr any_shape();
  [[nodiscard]] ShapePtr any_set();
  [[nodiscard]] std::size_t any_type();
  [[nodiscard]] std::string of(Kind kind, int depth) { return of(Shape{.kind = kind}, depth); }
  [[nodiscard]] std::string of_entity(int depth) {
    return of(Shape{.kind = Kind::entity, .entity = any_type()}, depth);
  }
  [[nodiscard]] std::string leaf(const Shape& shape);
  [[nodiscard]] std::string literal(const Shape& shape, int depth);
  [[nodiscard]] std::string specific(const Shape& shape, int depth);
  [[nodiscard]] std::string conditional(const Shape& shape, int depth);
  [[nodiscard]] std::string tag_of(const Shape& shape, int depth);
  [[nodiscard]] std::string record(const std::vector<Field>& fields, int depth);
  [[nodiscard]] std::string set(const Shape& element, std::size_t size, int depth);
  [[nodiscard]] std::string constructor(Kind kind, int depth);
  [[nodiscard]] std::string integer(int depth);

  // booleans
  [[nodiscard]] std::string boolean(int depth);
  [[nodiscard]] std::string comparison(int depth);
  [[nodiscard]] std::string equality(int depth);
  [[nodiscard]] std::string hierarchy(int depth);
  [[nodiscard]] std::string membership(int depth);
  [[nodiscard]] std::string presence(int depth);
  [[nodiscard]] std::string address(int depth);
  [[nodiscard]] std::string guarded(int depth);
  [[nodiscard]] std::string disguised(const std::string& guard, int depth);
  [[nodiscard]] std::string tagged(int depth);
  [[nodiscard]] std::string about(const Path& path, int depth);

  // shapes that a random tree seldom has
  [[nodiscard]] std::string chain(std::string_view op, std::size_t length, Kind kind);
  [[nodiscard]] std::string wide_record();
  [[nodiscard]] std::string wide_set();
  [[nodiscard]] std::string deep();

  Choices& choices_;
  const SchemaModel& schema_;
  std::size_t action_;
  std::size_t errors_;
  std::vector<Path> paths_;
  std::vector<std::string> known_;  // guards that hold where the next expression stands
  bool constant_ = false;           // only literals: what the compiler folds
};

}  // namespace quis::test
