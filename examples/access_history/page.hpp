#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace access_history {

enum class Style { plain, bold, dim, good, bad, notable };

struct Cell {
  std::string text;
  Style style = Style::plain;
};

/// Columns of text. The widest ones give way, with an ellipsis, when the page is too narrow.
struct Table {
  struct Column {
    std::string title;
    bool right_aligned = false;
  };
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
};

/// The standard output as a page of 80 to 120 columns, coloured or not.
class Page {
 public:
  explicit Page(bool color);

  /// Colour unless the output is no terminal, or NO_COLOR is set; `choice` is `auto`, `always` or `never`.
  [[nodiscard]] static bool wants_color(std::string_view choice);

  void heading(std::string_view text);
  /// Wrapped at the width of the page.
  void paragraph(std::string_view text, Style style = Style::plain);
  /// As it is, indented: policy text, commands.
  void block(std::string_view text, Style style = Style::dim);
  /// The first `rows` rows (0: all), and how many more there are.
  void table(Table table, std::size_t rows = 0);
  void line(std::string_view text, Style style = Style::plain);

 private:
  [[nodiscard]] std::string styled(std::string_view text, Style style) const;

  bool color_;
  std::size_t width_;
};

}  // namespace access_history
