#pragma once

#include <optional>
#include <string>

#include <quis/base/result.hpp>

#include "policy/token_stream.hpp"

namespace quis {

/// A name with its namespaces, `A::B`, or, with an id, an entity uid, `A::B::"id"`.
struct NameOrUid {
  std::string name;  ///< without spaces or comments
  std::optional<std::string> id;
  SourceSpan span;
  bool qualified = false;  ///< has namespaces
};

/// Reports a word that cannot name anything. `place` says what it stands for, e.g. "an attribute".
void check_not_reserved(TokenStream& tokens, const Token& word, std::string_view place, std::string help = {});

/// What the string token stands for; a wrong escape is reported and gives the empty text.
[[nodiscard]] std::string read_string(TokenStream& tokens, const Token& token);

/// REQUIRES: an identifier is the current token.
[[nodiscard]] NameOrUid read_name_or_uid(TokenStream& tokens);

}  // namespace quis
