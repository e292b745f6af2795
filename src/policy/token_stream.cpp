#include "policy/token_stream.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include <quis/base/limits.hpp>

#include "base/file.hpp"
#include "policy/foreign_words.hpp"
#include "policy/spelling.hpp"

namespace quis {

namespace {

/// What to do about a token that is a slip of the hand of people who know other languages.
std::string help_for(const Token& found) {
  switch (found.kind) {
    case TokenKind::equal: return "use `==` to compare";
    case TokenKind::slot: return "template slots stand in the scope only: `principal == ?principal`";
    case TokenKind::identifier: break;
    default: return {};
  }
  return instead_of_operator(found.text);
}

std::string describe(const Token& token) {
  return token.kind == TokenKind::end ? std::string("the end of the text") : shown(token.text);
}

}  // namespace

TokenStream::TokenStream(std::string_view text, std::string_view source_name)
    : text_(text), source_name_(source_name), lexer_(text) {
  if (text.size() > limits::kMaxSourceBytes) {
    fail({}, ErrorCode::limit_exceeded, fmt::format("the text has more than {} bytes", limits::kMaxSourceBytes),
         "split it into several files");
  } else if (auto utf8 = check_utf8(text, source_name); !utf8) {
    errors_ = std::move(utf8.error());
    failed_ = true;
  }
  gave_up_ = failed_;
  if (!failed_) advance();
}

bool TokenStream::at_word(std::string_view word) const noexcept {
  return current_.kind == TokenKind::identifier && current_.text == word;
}

void TokenStream::advance() {
  end_of_last_ = current_.span.offset + current_.span.length;
  current_ = lexer_.next();
  if (current_.kind == TokenKind::invalid) {
    const LexicalError& error = lexer_.error();
    fail(current_.span, error.code, error.message, error.help);
  }
}

Token TokenStream::take() {
  const Token token = current_;
  if (token.kind != TokenKind::end) advance();
  return token;
}

bool TokenStream::accept(TokenKind kind) {
  if (!at(kind)) return false;
  take();
  return true;
}

bool TokenStream::accept_word(std::string_view word) {
  if (!at_word(word)) return false;
  take();
  return true;
}

void TokenStream::expect(TokenKind kind, std::string_view what) {
  if (!accept(kind)) unexpected(what);
}

void TokenStream::expect_word(std::string_view word) {
  if (!accept_word(word)) unexpected(shown(word));
}

SourceSpan TokenStream::since(const SourceSpan& first) const noexcept {
  SourceSpan span = first;
  span.length = end_of_last_ > first.offset ? end_of_last_ - first.offset : 0;
  return span;
}

void TokenStream::report(const SourceSpan& where, ErrorCode code, std::string message, std::string help) {
  if (failed_) return;
  Diagnostic& error = errors_.emplace_back();
  error.code = code;
  error.message = std::move(message);
  error.help = std::move(help);
  attach_source(error, source_name_, text_, where.offset, where.length);
  if (errors_.size() < limits::kMaxReportedErrors) return;
  gave_up_ = failed_ = true;
  current_ = {};
}

void TokenStream::fail(const SourceSpan& where, ErrorCode code, std::string message, std::string help) {
  if (failed_) return;
  failed_at_ = current_;
  report(where, code, std::move(message), std::move(help));
  failed_ = true;
  current_ = {};
}

void TokenStream::unexpected(std::string_view expected, std::string help) {
  if (help.empty()) help = help_for(current_);
  fail(current_.span, ErrorCode::unexpected_token, fmt::format("expected {}, found {}", expected, describe(current_)),
       std::move(help));
}

// Layout is asked only once something is wrong already: it cannot change what a well-formed text means.
bool TokenStream::opens_policy() const noexcept {
  return current_.span.column == 1 &&
         (at(TokenKind::at) || (at(TokenKind::identifier) && (current_.text == "permit" || current_.text == "forbid")));
}

void TokenStream::recover() {
  while (failed_ && !gave_up_) {
    failed_ = false;
    current_ = failed_at_;
    while (!at(TokenKind::end) && !at(TokenKind::semicolon) && !opens_policy()) current_ = lexer_.next();
    accept(TokenKind::semicolon);  // what comes next may be no token and fail again
  }
}

Errors TokenStream::take_errors() {
  std::stable_sort(errors_.begin(), errors_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return a.span.offset < b.span.offset; });
  return std::move(errors_);
}

Nesting::Nesting(TokenStream& tokens) : tokens_(tokens) {
  if (++tokens_.nesting_ <= limits::kMaxNesting) return;
  tokens_.fail(tokens_.current_.span, ErrorCode::limit_exceeded,
               fmt::format("more than {} brackets are open here", limits::kMaxNesting), "split the policy");
}

}  // namespace quis
