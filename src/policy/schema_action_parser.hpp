#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/schema_ast.hpp"
#include "policy/schema_tokens.hpp"
#include "policy/schema_type_parser.hpp"

namespace quis::schema_ast {

/// Declarations of actions in schema text: their groups and what they apply to. The grammar stands in
/// schema_text_parser.cpp.
class ActionParser {
 public:
  /// Both must outlive the parser.
  ActionParser(TokenStream& tokens, TypeParser& types) noexcept : tokens_(tokens), types_(types) {}

  /// Reads what stands between `action` and the semicolon. False after an error, which was reported.
  [[nodiscard]] bool parse(Action& action);

 private:
  bool parse_groups(std::vector<ActionGroup>& groups);
  std::optional<ActionGroup> parse_group();
  bool parse_applies_to(AppliesTo& applies_to, const Name& action);
  bool parse_applicants(std::vector<Name>& types, bool& seen);
  bool parse_context(AppliesTo& applies_to);
  void report_duplicate(Place place, const std::string& word);
  void report_missing(const std::string& word, const Name& action);

  TokenStream& tokens_;
  TypeParser& types_;
};

}  // namespace quis::schema_ast
