#include "policy/format_words.hpp"

namespace quis::format {

void WordWriter::leading() {
  if (carried_.empty() && piece().leading.empty()) return;
  carried_.insert(carried_.end(), piece().leading.begin(), piece().leading.end());
  for (const std::string_view comment : carried_) {
    out_.hard_line();
    out_.text(comment);
  }
  out_.hard_line();
  carried_.clear();
}

void WordWriter::trailing(Then then) {
  const std::string_view comment = piece().trailing;
  if (!comment.empty()) {
    out_.space();
    out_.text(comment);
    out_.hard_line();
    return;
  }
  if (then == Then::space) out_.space();
  if (then == Then::line) out_.line();
  if (then == Then::hard_line) out_.hard_line();
}

void WordWriter::end_of_word(Then then) {
  trailing(then);
  ++position_;
}

void WordWriter::rest_of_word(Then then) {
  text_of_word();
  end_of_word(then);
}

void WordWriter::word(Then then) {
  leading();
  rest_of_word(then);
}

void WordWriter::leading_of_expression() {
  leading();
  leading_done_ = position_;
}

void WordWriter::first_word() {
  if (leading_done_ != position_) leading();
  rest_of_word();
}

void WordWriter::drop_comma() {
  const Piece& comma = piece();
  const bool starts_line = !comma.leading.empty() || !pieces_[position_ - 1].trailing.empty();
  if (starts_line) {
    carried_ = comma.leading;
    if (!comma.trailing.empty()) carried_.push_back(comma.trailing);
  } else {
    trailing(Then::nothing);
  }
  ++position_;
}

}  // namespace quis::format
