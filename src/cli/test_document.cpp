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

/// The position in document order of the value at `pointer`, or of the nearest one that holds it.
std::size_t order_of(const boost::json::value& root, std::string_view pointer) {
  std::size_t order = 0;
  const boost::json::value* at = &root;
  while (pointer.starts_with('/')) {
    const std::string step = take_step(pointer);
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
    if (next == nullptr) return order;
    order += before;
    at = next;
  }
  return order;
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
  return TestDocument(std::move(*root), std::move(text), std::move(source_name), false, {});
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
  const std::size_t order = order_of(root_, pointer);
  attach_source(diagnostic, source_name_, text_, order < offsets_.size() ? offsets_[order] : 0, 1);
  return diagnostic;
}

}  // namespace quis::cli
