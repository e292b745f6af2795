#pragma once

#include <cstdint>
#include <vector>

#include "policy/schema_ast.hpp"
#include "policy/schema_tokens.hpp"

namespace quis::schema_ast {

/// Types in schema text, to `limits::kMaxNesting` levels. The grammar stands in schema_text_parser.cpp.
class TypeParser {
 public:
  /// Must outlive the parser.
  explicit TypeParser(TokenStream& tokens) noexcept : tokens_(tokens) {}

  /// Reads a name, a set or a record. False after an error, which was reported.
  [[nodiscard]] bool parse(Type& type);

  /// Reads the name of an entity type, or a list of them in brackets, which may be empty; likewise.
  [[nodiscard]] bool entity_types(std::vector<Name>& types);

 private:
  bool parse_set_or_name(Type& type);
  bool parse_record(Type& type);
  bool parse_attribute(Attribute& attribute);
  static void drop_overridden(std::vector<Attribute>& attributes);

  TokenStream& tokens_;
  std::uint32_t nesting_ = 0;
};

}  // namespace quis::schema_ast
