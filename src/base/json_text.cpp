#include <base/json.hpp>

#include <boost/json/serialize.hpp>

namespace quis::json {

std::string to_compact_text(const boost::json::value& value) { return boost::json::serialize(value); }

// Lays out the compact text instead of walking the value: the serializer keeps its own stack, so deep values are safe.
std::string to_text(const boost::json::value& value) {
  const std::string compact = to_compact_text(value);
  std::string text;
  text.reserve(compact.size() * 2);
  std::size_t depth = 0;
  bool in_string = false;
  const auto new_line = [&] {
    text += '\n';
    text.append(2 * depth, ' ');
  };
  for (std::size_t i = 0; i < compact.size(); ++i) {
    const char c = compact[i];
    if (in_string) {
      text += c;
      if (c == '\\') text += compact[++i];
      in_string = c != '"';
    } else if (c == '{' || c == '[') {
      text += c;
      const char next = compact[i + 1];
      if (next == '}' || next == ']') {
        text += next;
        ++i;
      } else {
        ++depth;
        new_line();
      }
    } else if (c == '}' || c == ']') {
      --depth;
      new_line();
      text += c;
    } else if (c == ',') {
      text += c;
      new_line();
    } else {
      text += c;
      if (c == ':') text += ' ';
      in_string = c == '"';
    }
  }
  return text;
}

}  // namespace quis::json
