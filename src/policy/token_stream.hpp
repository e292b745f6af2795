#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <quis/base/result.hpp>

#include "policy/lexer.hpp"

namespace quis {

/// The tokens of a text, one at a time, and the errors found on the way.
///
/// A mistake that leaves the reader knowing where it is (an unknown function, a wrong escape) is *reported*, and
/// reading goes on. Any other is a *failure*: from then on every token reads as `end` and further errors are dropped,
/// so that a recursive descent unwinds by itself, without a check after each step. `recover` goes on with the next
/// policy; thus one reading finds the mistakes of all policies and none that is only the echo of another.
class TokenStream {
 public:
  /// Texts that are not UTF-8 or larger than `limits::kMaxSourceBytes` have failed from the start.
  TokenStream(std::string_view text, std::string_view source_name);

  [[nodiscard]] const Token& current() const noexcept { return current_; }
  [[nodiscard]] bool at(TokenKind kind) const noexcept { return current_.kind == kind; }
  [[nodiscard]] bool at_word(std::string_view word) const noexcept;
  /// The current token; moves to the next.
  Token take();
  bool accept(TokenKind kind);
  bool accept_word(std::string_view word);
  /// Fails unless the current token is of that kind; `what` says so: "expected `what`, found …".
  void expect(TokenKind kind, std::string_view what);
  void expect_word(std::string_view word);

  /// From the start of `first` to the end of the last token taken.
  [[nodiscard]] SourceSpan since(const SourceSpan& first) const noexcept;
  /// Just behind the last token taken; for `report` only, as its line is not known.
  [[nodiscard]] SourceSpan behind_last() const noexcept { return {end_of_last_, 0, 0, 0}; }

  void report(const SourceSpan& where, ErrorCode code, std::string message, std::string help = {});
  void fail(const SourceSpan& where, ErrorCode code, std::string message, std::string help = {});
  /// Fails at the current token, which is not `expected`. Without a help of one's own, common slips get theirs.
  void unexpected(std::string_view expected, std::string help = {});

  [[nodiscard]] bool failed() const noexcept { return failed_; }
  /// Skips to behind the next `;`, or to a word at the start of a line that opens a policy.
  void recover();

  /// True when nothing was reported; no more than `limits::kMaxReportedErrors` ever are.
  [[nodiscard]] bool clean() const noexcept { return errors_.empty(); }
  /// In source order.
  [[nodiscard]] Errors take_errors();

 private:
  friend class Nesting;

  void advance();
  [[nodiscard]] bool opens_policy() const noexcept;

  std::string_view text_;
  std::string_view source_name_;
  Lexer lexer_;
  Token current_;
  Token failed_at_;  // what `current_` was when it failed
  std::uint32_t end_of_last_ = 0;
  std::uint32_t nesting_ = 0;
  bool failed_ = false;
  bool gave_up_ = false;
  Errors errors_;
};

/// Held while a bracket (or an `if`) is open. Fails the stream when more than `limits::kMaxNesting` are: that is what
/// bounds the stack of the descent.
class Nesting {
 public:
  explicit Nesting(TokenStream& tokens);
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;
  ~Nesting() { --tokens_.nesting_; }

 private:
  TokenStream& tokens_;
};

}  // namespace quis
