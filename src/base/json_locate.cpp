// From a JSON pointer back to a place in the text.
//
// Values do not know where they came from: eight bytes on every one of millions, for the sake of errors that may never
// come. When one does, the document is scanned again, following the pointer. The scanner takes it that the document (or
// the part before the error) is well formed and only has to find where values end; on other text it finds some
// place within the text, without recursion and without reading beyond it.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

#include <boost/json/parse.hpp>

#include <base/json.hpp>
#include <quis/base/limits.hpp>

namespace quis::json {
namespace {

/// Bytes that are scanned for the sake of all errors of one document: a fraction of a second.
constexpr std::size_t kScannedBytes = std::size_t{1} << 28U;
/// Bytes of a pointer that a diagnostic repeats.
constexpr std::size_t kShownPointer = 300;

struct Place {
  std::size_t offset = 0;
  std::size_t length = 0;
};

class Scanner {
 public:
  explicit Scanner(std::string_view text) noexcept : text_(text) {}

  /// The value that `steps` lead to from the document, or the deepest one on the way. Of equal keys the last is
  /// followed, and for an error about the key itself `mark_key` marks that.
  [[nodiscard]] Place find(const std::vector<std::string>& steps, bool mark_key) {
    Place place = value_at(0);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const bool last = i + 1 == steps.size();
      const bool found =
          is(place.offset, '{') ? enter_object(steps[i], mark_key && last, place) : enter_array(steps[i], place);
      if (!found) break;
    }
    return place;
  }

 private:
  [[nodiscard]] bool is(std::size_t at, char c) const noexcept { return at < text_.size() && text_[at] == c; }

  [[nodiscard]] std::size_t skip_space(std::size_t at) const noexcept {
    return std::min(text_.find_first_not_of(" \t\r\n", at), text_.size());
  }

  /// The offset behind the string that starts at `at`.
  [[nodiscard]] std::size_t skip_string(std::size_t at) const noexcept {
    for (++at; at < text_.size(); ++at) {
      if (text_[at] == '"') return at + 1;
      if (text_[at] == '\\') ++at;
    }
    return text_.size();
  }

  [[nodiscard]] std::size_t skip_value(std::size_t at) const noexcept {
    std::size_t open = 0;
    while (at < text_.size()) {
      const char c = text_[at];
      if (c == '"') {
        at = skip_string(at);
      } else if (c == '{' || c == '[') {
        ++open;
        ++at;
        continue;
      } else if (c == '}' || c == ']') {
        if (open == 0) return at;  // an empty container, or not JSON
        --open;
        ++at;
      } else if (open > 0) {
        ++at;
        continue;
      } else {
        at = std::min(text_.find_first_of(",]} \t\r\n", at), text_.size());
      }
      if (open == 0) return at;
    }
    return text_.size();
  }

  [[nodiscard]] Place value_at(std::size_t at) const noexcept {
    const std::size_t begin = skip_space(at);
    return {begin, skip_value(begin) - begin};
  }

  [[nodiscard]] bool enter_array(std::string_view step, Place& place) const noexcept {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
    if (!is(place.offset, '[') || error != std::errc() || end != step.data() + step.size()) return false;
    std::size_t at = place.offset + 1;
    while (true) {
      const Place element = value_at(at);
      if (element.length == 0) return false;
      if (index-- == 0) {
        place = element;
        return true;
      }
      at = skip_space(element.offset + element.length);
      if (!is(at, ',')) return false;
      ++at;
    }
  }

  [[nodiscard]] bool enter_object(std::string_view step, bool mark_key, Place& place) const {
    bool found = false;
    std::size_t at = place.offset + 1;
    while (true) {
      const Place key = value_at(at);
      const std::size_t colon = skip_space(key.offset + key.length);
      if (!is(key.offset, '"') || !is(colon, ':')) return found;
      const Place value = value_at(colon + 1);
      if (key_is(text_.substr(key.offset, key.length), step)) {
        place = mark_key ? key : value;
        found = true;
      }
      at = skip_space(value.offset + value.length);
      if (!is(at, ',')) return found;
      ++at;
    }
  }

  [[nodiscard]] static bool key_is(std::string_view literal, std::string_view step) {
    if (literal.find('\\') == std::string_view::npos) return literal.substr(1, literal.size() - 2) == step;
    boost::json::error_code error;
    const auto key = boost::json::parse({literal.data(), literal.size()}, error);
    return !error && std::string_view(key.get_string().data(), key.get_string().size()) == step;
  }

  std::string_view text_;
};

/// The reference tokens of an RFC 6901 pointer, with `~1` and `~0` undone.
std::vector<std::string> split(std::string_view pointer) {
  std::vector<std::string> steps;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      steps.emplace_back();
    } else if (!steps.empty()) {
      const bool escaped = pointer[i] == '~' && i + 1 < pointer.size();
      steps.back() += escaped ? (pointer[++i] == '1' ? '/' : '~') : pointer[i];
    }
  }
  return steps;
}

/// Cut between two characters, with an ellipsis, when it is too long to be read.
std::string readable(std::string pointer) {
  if (pointer.size() <= kShownPointer) return pointer;
  std::size_t end = kShownPointer;
  while (end > 0 && (static_cast<unsigned char>(pointer[end]) & 0xC0U) == 0x80U) --end;
  pointer.resize(end);
  return pointer + "…";
}

void append_escaped(std::string& out, std::string_view key) {
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
}

}  // namespace

std::string Path::to_string() const {
  std::vector<const Path*> steps;
  for (const Path* step = this; step->parent_ != nullptr; step = step->parent_) steps.push_back(step);
  std::string pointer;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    pointer += '/';
    if ((*step)->is_index_) {
      pointer += std::to_string((*step)->index_);
    } else {
      append_escaped(pointer, (*step)->key_);
    }
  }
  return pointer;
}

Diagnostic at(std::string_view text, std::string_view source_name, std::string pointer, ErrorCode code,
              std::string message, std::string help) {
  const bool about_key = code == ErrorCode::duplicate_key;
  const Place place = Scanner(text).find(split(pointer), about_key);
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.message = std::move(message);
  diagnostic.path = readable(std::move(pointer));
  diagnostic.help = std::move(help);
  attach_source(diagnostic, source_name, text, place.offset, place.length);
  return diagnostic;
}

Diagnostic at(std::string_view text, std::string_view source_name, const Path& path, ErrorCode code,
              std::string message, std::string help) {
  return at(text, source_name, path.to_string(), code, std::move(message), std::move(help));
}

std::size_t reported_errors(std::size_t document_bytes) noexcept {
  return std::clamp<std::size_t>(kScannedBytes / (document_bytes + 1), 1, limits::kMaxReportedErrors);
}

}  // namespace quis::json
