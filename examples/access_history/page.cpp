#include "page.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>

#include <fmt/format.h>

namespace access_history {
namespace {

constexpr std::size_t kNarrowest = 80;
constexpr std::size_t kWidest = 120;
constexpr std::size_t kGap = 2;

std::size_t page_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 100;
  return std::clamp<std::size_t>(size.ws_col, kNarrowest, kWidest);
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// In code points: everything printed here is one column wide.
std::size_t length(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !continues(c); }));
}

std::string fitted(std::string_view text, std::size_t width) {
  if (length(text) <= width) return std::string(text);
  std::size_t end = 0;
  for (std::size_t points = 0; end < text.size(); ++end) {
    if (!continues(text[end]) && ++points == width) break;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::vector<std::size_t> column_widths(const Table& table, std::size_t page) {
  std::vector<std::size_t> widths;
  for (const auto& column : table.columns) widths.push_back(length(column.title));
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], length(row[i].text));
  }
  std::size_t total = std::accumulate(widths.begin(), widths.end(), kGap * widths.size());
  for (; total > page; --total) --*std::ranges::max_element(widths);
  return widths;
}

}  // namespace

Page::Page(bool color) : color_(color), width_(page_width()) {}

bool Page::wants_color(std::string_view choice) {
  if (choice != "auto") return choice == "always";
  const char* refused = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) == 1 && (refused == nullptr || *refused == '\0');
}

std::string Page::styled(std::string_view text, Style style) const {
  constexpr std::string_view kCodes[] = {"", "1", "2", "32", "31", "33"};
  const std::string_view code = kCodes[static_cast<std::size_t>(style)];
  if (!color_ || code.empty() || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

void Page::heading(std::string_view text) {
  line("");
  paragraph(text, Style::bold);
  line("");
}

void Page::line(std::string_view text, Style style) { fmt::print("{}\n", styled(text, style)); }

void Page::paragraph(std::string_view text, Style style) {
  std::string current;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!current.empty() && length(current) + 1 + length(word) > width_) {
      line(current, style);
      current.clear();
    }
    if (!current.empty()) current += ' ';
    current += word;
  }
  line(current, style);
}

void Page::block(std::string_view text, Style style) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    line(fmt::format("    {}", text.substr(0, end)), style);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void Page::table(Table table, std::size_t rows) {
  const std::size_t all = table.rows.size();
  if (rows != 0 && rows < all) table.rows.resize(rows);
  const auto widths = column_widths(table, width_);
  const auto print_row = [&](const auto& cell_of) {
    std::string row;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const Cell cell = cell_of(i);
      const std::string text = fitted(cell.text, widths[i]);
      const std::string padding(widths[i] - length(text), ' ');
      const bool right = table.columns[i].right_aligned;
      row += std::string(kGap, ' ') + (right ? padding : "") + styled(text, cell.style);
      if (!right && i + 1 < widths.size()) row += padding;
    }
    line(row.erase(row.find_last_not_of(' ') + 1));
  };
  print_row([&](std::size_t i) { return Cell{table.columns[i].title, Style::dim}; });
  for (const auto& row : table.rows) print_row([&](std::size_t i) { return row[i]; });
  if (table.rows.size() < all) line(fmt::format("  … and {} more", all - table.rows.size()), Style::dim);
}

}  // namespace access_history
