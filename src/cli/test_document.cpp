#include "cli/test_document.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/file.hpp"
#include "base/json.hpp"
#include "cli/yaml_reader.hpp"

namespace quis::cli {
namespace {

/// Values in this one, itself included.
std::size_t count(const boost::json::value& value) {
  std::size_t all = 1;
  if (const auto* array = value.if_array()) {
    for (const auto& element : *array) all += count(element);
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object) all += count(member.value());
  }
  return all;
}

/// One step of a pointer, unescaped; shortens `pointer`.
std::string take_step(std::string_view& pointer) {
  pointer.remove_prefix(1);
  const std::size_t end = std::min(pointer.find('/'), pointer.size());
  std::string step;
  for (std::size_t i = 0; i < end; ++i) {
    const bool escaped = pointer[i] == '~' && i + 1 < end;
    step += !escaped ? pointer[i] : pointer[++i] == '1' ? '/' : '~';
  }
  pointer.remove_prefix(end);
  return step;
}

struct Found {
  const boost::json::value* value = nullptr;
  std::size_t order = 0;  ///< its position in document order
};

/// The value at `pointer`, or the nearest one that holds it; `pointer` is left with what was not found.
Found find(const boost::json::value& root, std::string_view& pointer) {
  std::size_t order = 0;
  const boost::json::value* at = &root;
  while (pointer.starts_with('/')) {
    std::string_view rest = pointer;
    const std::string step = take_step(rest);
    std::size_t before = 1;
    const boost::json::value* next = nullptr;
    if (const auto* array = at->if_array()) {
      for (std::size_t i = 0; i < array->size() && next == nullptr; ++i) {
        if (std::to_string(i) == step) next = &(*array)[i];
        before += next == nullptr ? count((*array)[i]) : 0;
      }
    } else if (const auto* object = at->if_object()) {
      for (auto member = object->begin(); member != object->end() && next == nullptr; ++member) {
        if (std::string_view(member->key()) == step) next = &member->value();
        before += next == nullptr ? count(member->value()) : 0;
      }
    }
    if (next == nullptr) break;
    order += before;
    at = next;
    pointer = rest;
  }
  return {at, order};
}

/// Where the values of a well-formed JSON document start, in document order.
std::vector<std::uint32_t> value_offsets(std::string_view text) {
  std::vector<std::uint32_t> offsets;
  std::string open;  // the brackets around the place
  bool key_follows = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    if (c == ',') {
      key_follows = open.ends_with('{');
    } else if (c == ':') {
      key_follows = false;
    } else if (c == '}' || c == ']') {
      open.pop_back();
      key_follows = false;
    } else {
      if (!key_follows) offsets.push_back(static_cast<std::uint32_t>(at));
      if (c == '{' || c == '[') {
        open += c;
        key_follows = c == '{';
      } else if (c == '"') {
        for (++at; text[at] != '"'; ++at) at += text[at] == '\\' ? 1U : 0U;
      } else {
        at = std::min(text.find_first_of(",]} \t\r\n", at), text.size()) - 1;
      }
    }
  }
  return offsets;
}

Result<void> check(const std::string& text, const std::string& source_name) {
  if (text.size() > kMaxTestFileBytes) {
    return failure(ErrorCode::limit_exceeded,
                   "`" + source_name + "` has more than " + std::to_string(kMaxTestFileBytes) + " bytes",
                   "keep large entities in a file of their own");
  }
  return check_utf8(text, source_name);
}

}  // namespace

Result<TestDocument> TestDocument::from_json(std::string text, std::string source_name) {
  if (const auto checked = check(text, source_name); !checked) return tl::make_unexpected(checked.error());
  auto root = json::parse(text, source_name);
  if (!root) return tl::make_unexpected(std::move(root.error()));
  std::vector<std::uint32_t> offsets = value_offsets(text);
  return TestDocument(std::move(*root), std::move(text), std::move(source_name), false, std::move(offsets));
}

Result<TestDocument> TestDocument::from_yaml(std::string text, std::string source_name) {
  if (const auto checked = check(text, source_name); !checked) return tl::make_unexpected(checked.error());
  auto read = read_yaml(text, source_name);
  if (!read) return tl::make_unexpected(std::move(read.error()));
  return TestDocument(std::move(read->root), std::move(text), std::move(source_name), true, std::move(read->offsets));
}

Result<TestDocument> TestDocument::from_text(std::string text, std::string source_name) {
  if (source_name.ends_with(".json")) return from_json(std::move(text), std::move(source_name));
  return from_yaml(std::move(text), std::move(source_name));
}

Diagnostic TestDocument::at(const std::string& pointer, ErrorCode code, std::string message, std::string help) const {
  if (!is_yaml_) return json::at(text_, source_name_, pointer, code, std::move(message), std::move(help));
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  diagnostic.path = pointer;
  std::string_view path = pointer;
  const std::size_t order = find(root_, path).order;
  attach_source(diagnostic, source_name_, text_, order < offsets_.size() ? offsets_[order] : 0, 1);
  return diagnostic;
}

std::vector<SourceSpan> TestDocument::spans_of_elements(const std::string& pointer) const {
  std::vector<SourceSpan> spans;
  std::string_view path = pointer;
  const Found found = find(root_, path);
  const auto* list = found.value->if_array();
  if (list == nullptr || !path.empty()) return spans;
  spans.reserve(list->size());
  std::size_t order = found.order + 1;
  std::size_t line_start = 0;
  std::uint32_t line = 1;
  for (const boost::json::value& element : *list) {
    if (order >= offsets_.size()) break;
    const std::size_t offset = std::min<std::size_t>(offsets_[order], text_.size());
    for (std::size_t end; (end = text_.find('\n', line_start)) < offset; ++line) line_start = end + 1;
    SourceSpan span = locate(std::string_view(text_).substr(line_start), offset - line_start, 1);
    span.offset = static_cast<std::uint32_t>(offset);
    span.line = line;
    spans.push_back(span);
    order += count(element);
  }
  return spans;
}

std::size_t TestDocument::reported_errors() const noexcept { return json::reported_errors(text_.size()); }

}  // namespace quis::cli
