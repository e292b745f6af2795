#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <quis/base/result.hpp>
#include <quis/base/value.hpp>
#include <quis/base/vocabulary.hpp>
#include <quis/policy/ast.hpp>

namespace quis {

/// An expression on its own, outside any policy. Owns its nodes.
struct Expression {
  std::shared_ptr<const ValueArena> arena;
  const Expr* root = nullptr;
};

/// Reads one expression, e.g. `[1, 2].contains(principal.level)`. Grows the vocabulary.
[[nodiscard]] Result<Expression> parse_expression(std::string_view text, std::string_view source_name = "expression");

/// Reads an entity uid as policies write it: `Ns::Type::"id"`, with the escapes of string literals.
[[nodiscard]] Result<EntityId> parse_entity_uid(std::string_view text, const Names& names,
                                                std::string_view source_name = "entity uid");

/// Cedar text of an expression, with the brackets that its structure needs.
[[nodiscard]] std::string to_text(const Expr& expression);

}  // namespace quis
