#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quis::format {

/// A text with places at which it may be broken, to be printed on lines of some width.
///
/// It is written in order, as a stream: words, possible line breaks, groups and nests. A group is printed on one line
/// when it fits there together with what follows it up to the next possible break; otherwise each of its own breaks
/// becomes one, and the groups inside it are tried in turn. This is the printer of Wadler and Oppen, with the details
/// as in the library that Cedar's formatter uses, because every detail shows:
///
/// - a break that must be taken keeps the groups around it from being printed on one line;
/// - a new line is indented as what comes next on the same level, not as what is nested in it;
/// - lines that would be empty are left out, and so are spaces at the ends of lines.
class Layout {
 public:
  void text(std::string_view word) { parts_.push_back({Part::text, width_of(word), word}); }
  void space() { text(" "); }
  /// A break, or a space where its group fits on one line.
  void line() { parts_.push_back({Part::line, 1, " "}); }
  /// A break, or nothing.
  void soft_line() { parts_.push_back({Part::line, 0, {}}); }
  /// A break.
  void hard_line() { parts_.push_back({Part::hard_line, 0, {}}); }
  void begin_group() { parts_.push_back({Part::begin_group, 0, {}}); }
  void end_group() { parts_.push_back({Part::end_group, 0, {}}); }
  void begin_nest(std::uint32_t spaces) { parts_.push_back({Part::begin_nest, spaces, {}}); }
  void end_nest() { parts_.push_back({Part::end_nest, 0, {}}); }

  /// The whole on lines of `line_width` columns where that is possible; nothing when it would be longer than `limit`
  /// bytes. Linear in the text times the width of a line. REQUIRES: the words given to `text` are still there.
  [[nodiscard]] std::optional<std::string> print(std::size_t line_width, std::size_t limit) const;

 private:
  enum class Part : std::uint8_t { text, line, hard_line, begin_group, end_group, begin_nest, end_nest };

  struct Step {
    Part part;
    std::uint32_t width;  // columns; of a nest: spaces
    std::string_view word;
  };

  class Printer;

  [[nodiscard]] static std::uint32_t width_of(std::string_view word) noexcept;
  [[nodiscard]] bool fits(std::size_t first, std::size_t column, std::size_t line_width) const noexcept;

  std::vector<Step> parts_;
};

}  // namespace quis::format
