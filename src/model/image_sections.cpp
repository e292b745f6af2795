#include "model/image_sections.hpp"

#include <quis/base/limits.hpp>

#include "base/file.hpp"

namespace quis::image {

std::optional<Texts> Texts::read(Bytes section, std::string_view file_name) {
  const auto lists = Lists<char>::read(section);
  if (!lists) return std::nullopt;
  const Texts texts(*lists);
  const std::span<const char> all = lists->members();
  if (!check_utf8({all.data(), all.size()}, file_name)) return std::nullopt;
  // All of it is UTF-8, so each text is if it begins with a character: the one before then ends with one.
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string_view text = texts[i];
    if (text.size() > limits::kMaxValueSize) return std::nullopt;
    if (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xc0U) == 0x80U) return std::nullopt;
  }
  return texts;
}

}  // namespace quis::image
