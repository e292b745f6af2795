#include "policy/format_layout.hpp"

#include <utility>

#include "base/code_points.hpp"

namespace quis::format {

std::uint32_t Layout::width_of(std::string_view word) noexcept {
  std::uint32_t width = 0;
  for (std::size_t at = 0; at < word.size();) {
    const auto byte = static_cast<unsigned char>(word[at]);
    if (byte < 0x80) {
      ++width;
      ++at;
      continue;
    }
    const CodePoint c = code_point_at(word, at);
    width += columns_of(c.value);
    at += c.bytes;
  }
  return width;
}

// Whether the group whose first part is `first` can start at `column` without breaks of its own. Behind the group the
// first break will do, because the groups that are open there are broken already.
bool Layout::fits(std::size_t first, std::size_t column, std::size_t line_width) const noexcept {
  std::size_t open = 1;
  for (std::size_t i = first; i < parts_.size(); ++i) {
    const Step& step = parts_[i];
    switch (step.part) {
      case Part::text: column += step.width; break;
      case Part::line:
        if (open == 0) return true;
        column += step.width;
        break;
      case Part::hard_line: return open == 0;
      case Part::begin_group:
        if (open > 0) ++open;
        break;
      case Part::end_group:
        if (open > 0) --open;
        break;
      case Part::begin_nest:
      case Part::end_nest: break;
    }
    if (column > line_width) return false;
  }
  return true;
}

class Layout::Printer {
 public:
  Printer(const Layout& layout, std::size_t line_width) : layout_(layout), line_width_(line_width) {}

  std::optional<std::string> print(std::size_t limit) {
    for (std::size_t i = 0; i < layout_.parts_.size(); ++i) {
      step(i);
      if (out_.size() > limit) return std::nullopt;
    }
    end_line();
    return std::move(out_);
  }

 private:
  void step(std::size_t i) {
    const Step& step = layout_.parts_[i];
    switch (step.part) {
      case Part::text: word(step); break;
      case Part::line:
        if (flat_.empty() || !flat_.back()) {
          break_at_next_ = true;
        } else {
          word(step);
        }
        break;
      case Part::hard_line: break_at_next_ = true; break;
      case Part::begin_group:
        take_break();
        flat_.push_back((!flat_.empty() && flat_.back()) || layout_.fits(i + 1, column_, line_width_));
        break;
      case Part::end_group: flat_.pop_back(); break;
      case Part::begin_nest:
        take_break();
        indents_.push_back(indent() + step.width);
        break;
      case Part::end_nest: indents_.pop_back(); break;
    }
  }

  void word(const Step& step) {
    take_break();
    out_ += step.word;
    column_ += step.width;
  }

  // A break is taken when the next thing comes that is not the end of another: its indentation counts.
  void take_break() {
    if (!std::exchange(break_at_next_, false)) return;
    end_line();
    if (!out_.empty() && out_.back() != '\n') out_ += '\n';
    out_.append(indent(), ' ');
    column_ = indent();
  }

  void end_line() {
    while (!out_.empty() && out_.back() == ' ') out_.pop_back();
  }

  [[nodiscard]] std::size_t indent() const noexcept { return indents_.empty() ? 0 : indents_.back(); }

  const Layout& layout_;
  std::size_t line_width_;
  std::string out_;
  std::size_t column_ = 0;
  bool break_at_next_ = false;
  std::vector<std::size_t> indents_;
  std::vector<bool> flat_;  // of each open group
};

std::optional<std::string> Layout::print(std::size_t line_width, std::size_t limit) const {
  return Printer(*this, line_width).print(limit);
}

}  // namespace quis::format
