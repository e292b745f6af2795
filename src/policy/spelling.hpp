#pragma once

#include <span>
#include <string>
#include <string_view>

namespace quis {

/// The choice that `word` was probably meant to be, or empty: one that differs in case only, else the nearest by edits
/// (insert, remove, replace, swap neighbours), of which there may be one for every three letters.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> choices);

/// "did you mean `…`?", or `otherwise` when nothing is near.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> choices,
                                       std::string_view otherwise);

/// The text in backticks for a message; of a long one, the beginning.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace quis
