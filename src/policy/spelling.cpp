#include "policy/spelling.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <fmt/format.h>

#include "base/code_points.hpp"

namespace quis {

namespace {

// No keyword or function is nearly this long; what is longer is no slip of the finger.
constexpr std::size_t kLongestWord = 40;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_but_for_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::size_t edits(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> table((a.size() + 1) * width);
  const auto cell = [&](std::size_t i, std::size_t j) -> std::size_t& { return table[i * width + j]; };
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cell(i, j) = i + j;
        continue;
      }
      const std::size_t replaced = cell(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1);
      cell(i, j) = std::min({cell(i - 1, j) + 1, cell(i, j - 1) + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cell(i, j) = std::min(cell(i, j), cell(i - 2, j - 2) + 1);
      }
    }
  }
  return table.back();
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> choices) {
  if (word.size() > kLongestWord) return {};
  std::string_view best;
  std::size_t fewest = word.size() / 3 + 1;
  for (const std::string_view choice : choices) {
    if (same_but_for_case(word, choice)) return choice;
    if (const std::size_t distance = edits(word, choice); distance < fewest) {
      fewest = distance;
      best = choice;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> choices, std::string_view otherwise) {
  const std::string_view choice = nearest(word, choices);
  return choice.empty() ? std::string(otherwise) : fmt::format("did you mean `{}`?", choice);
}

std::string shown(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && end < kLongestWord) end += code_point_at(text, end).bytes;
  return fmt::format("`{}{}`", text.substr(0, end), end < text.size() ? "…" : "");
}

}  // namespace quis
