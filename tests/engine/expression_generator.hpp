#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/dice.hpp"
#include "engine/generated_names.hpp"

namespace quis::test {

/// Writes random Cedar expressions.
///
/// Mostly well-typed, because an expression that always fails tests one instruction; wrong on purpose at some rate,
/// because errors and what shields them are half of the semantics. Every operator and extension function turns up
/// (there is a test).
class ExpressionGenerator {
 public:
  /// `errors`: how many of a hundred operands are of another kind than the operator wants.
  ExpressionGenerator(Dice& dice, std::size_t errors) : dice_(dice), errors_(errors) {}

  /// The body of a condition.
  [[nodiscard]] std::string condition();
  /// An expression of a kind; brackets are around it where it needs any.
  [[nodiscard]] std::string of(Kind kind, int depth);

 private:
  [[nodiscard]] std::string literal(Kind kind);
  [[nodiscard]] std::string leaf(Kind kind);
  [[nodiscard]] std::string specific(Kind kind, int depth);
  [[nodiscard]] std::string boolean(int depth);
  [[nodiscard]] std::string comparison(int depth);
  [[nodiscard]] std::string integer(int depth);
  [[nodiscard]] std::string set(Kind element, std::size_t size, int depth);
  [[nodiscard]] std::string record(std::size_t first, std::size_t size, int depth);
  [[nodiscard]] std::string conditional(Kind kind, int depth);
  [[nodiscard]] std::string subject(int depth);
  [[nodiscard]] std::string guarded(const std::string& subject, const AttributeName& attribute);
  [[nodiscard]] std::string method(const std::string& receiver, std::string_view name,
                                   const std::string& argument = {});
  [[nodiscard]] std::string constructor(std::string_view name, int depth);
  [[nodiscard]] const AttributeName& attribute(Kind kind);

  // shapes that a random tree seldom has
  [[nodiscard]] std::string chain(std::string_view op, std::size_t length, Kind kind);
  [[nodiscard]] std::string wide_record();
  [[nodiscard]] std::string wide_set();
  [[nodiscard]] std::string deep();

  Dice& dice_;
  std::size_t errors_;
  bool constant_ = false;  // only literals: what the compiler folds
};

}  // namespace quis::test
