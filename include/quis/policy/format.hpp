#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <quis/base/result.hpp>

namespace quis {

/// How policies are laid out.
struct FormatOptions {
  /// The widest indentation that may be asked for.
  static constexpr std::uint32_t kMaxIndentWidth = 64;

  std::uint32_t line_width = 80;   ///< lines are broken where they would be longer, if they can be
  std::uint32_t indent_width = 2;  ///< spaces a level
};

/// Policy text laid out anew, as Cedar's formatter does.
///
/// Only white space changes, and commas at the ends of lists go: the policies mean what they meant, every comment is
/// kept between the same words, and formatting the result again gives the same text. All that is checked before it is
/// returned. Fails with the errors of the text when it is not well-formed, with `invalid_argument` for an indentation
/// beyond the limit, and with `limit_exceeded` when the result would be longer than `limits::kMaxSourceBytes`.
///
/// Cost: linear in the text, about that of reading it three times. Grows the vocabulary as `PolicySet::from_text` does.
[[nodiscard]] Result<std::string> format_policies(std::string_view text, const FormatOptions& options = {},
                                                  std::string_view source_name = "policies");

}  // namespace quis
