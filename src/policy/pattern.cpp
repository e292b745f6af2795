#include <quis/policy/ast.hpp>

namespace quis {

// The first text must stand at the beginning and the last at the end. Each between them may take the leftmost place
// that is free: taking a later one never leaves more room for the rest, so nothing is ever tried twice.
bool matches(Pattern pattern, std::string_view text) noexcept {
  const std::string_view first = pattern.front();
  if (pattern.size() == 1) return text == first;
  if (!text.starts_with(first)) return false;
  text.remove_prefix(first.size());

  for (const std::string_view piece : pattern.subspan(1, pattern.size() - 2)) {
    const std::size_t found = text.find(piece);
    if (found == std::string_view::npos) return false;
    text.remove_prefix(found + piece.size());
  }
  return text.ends_with(pattern.back());
}

}  // namespace quis
