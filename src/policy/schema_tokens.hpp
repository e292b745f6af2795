#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/lexer.hpp"
#include "policy/schema_ast.hpp"

namespace quis::schema_ast {

/// The tokens of a schema text, one at a time, with the small things that every rule of the grammar needs: words,
/// names, paths, strings, annotations, and saying what was expected.
///
/// Functions that return a bool or an optional answer with failure after they reported an error; the rule that called
/// them then fails too, up to the declaration, which skips to where the next one starts.
class TokenStream {
 public:
  TokenStream(const Source& source, Report& report) : report_(report), lexer_(source.bytes()) { advance(); }

  [[nodiscard]] const Token& current() const noexcept { return current_; }
  [[nodiscard]] bool at(TokenKind kind) const noexcept { return current_.kind == kind; }
  [[nodiscard]] bool at_word(std::string_view word) const noexcept {
    return at(TokenKind::identifier) && current_.text == word;
  }
  /// The lexer knows `?` as the start of a template slot only; here it stands alone, after the name of an attribute.
  [[nodiscard]] bool at_question_mark() const noexcept { return at(TokenKind::invalid) && current_.text == "?"; }
  /// What is no token is reported here, once.
  void advance();
  /// Advances over the token if it is there.
  bool skip(TokenKind kind);
  bool skip_word(std::string_view word);

  [[nodiscard]] bool expect(TokenKind kind, std::string_view what, std::string help = {});
  /// Reports that something else was expected than the current token; always false.
  bool unexpected(std::string_view expected, std::string help = {});
  void error(Place place, ErrorCode code, std::string message, std::string help = {}) {
    report_.add(place, code, std::move(message), std::move(help));
  }

  /// An identifier that is not a reserved word. Words of the grammar (`entity`, `in`, …) are only reserved if policies
  /// reserve them too.
  [[nodiscard]] std::optional<Name> identifier(std::string_view what);
  [[nodiscard]] std::optional<Name> string(std::string_view what);
  [[nodiscard]] std::optional<Name> identifier_or_string(std::string_view what);
  /// Identifiers with `::` between them. `first` when the first one was read already.
  [[nodiscard]] std::optional<Name> path(std::string_view what);
  [[nodiscard]] std::optional<Name> rest_of_path(Name first);
  /// `@key("value")` and `@key`, any number of them. Null after an error.
  [[nodiscard]] std::optional<std::vector<Annotation>> annotations();

  /// One or more elements with commas between them; `parse_one` returns an optional.
  template <class T, class ParseOne>
  [[nodiscard]] bool list(std::vector<T>& elements, ParseOne parse_one) {
    do {
      auto element = parse_one();
      if (!element) return false;
      elements.push_back(std::move(*element));
    } while (skip(TokenKind::comma));
    return true;
  }

  /// Where the current token stands.
  [[nodiscard]] Place place() const noexcept { return {current_.span.offset, current_.span.length}; }
  /// From `start` to the end of the token before the current one.
  [[nodiscard]] Place since(Place start) const noexcept { return {start.start, previous_end_ - start.start}; }
  /// Opening braces passed so far, less the closing ones.
  [[nodiscard]] std::int64_t open_braces() const noexcept { return open_braces_; }

 private:
  Report& report_;
  Lexer lexer_;
  Token current_;
  std::uint32_t previous_end_ = 0;
  std::int64_t open_braces_ = 0;
};

}  // namespace quis::schema_ast
