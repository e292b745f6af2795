#include <base/json_builder.hpp>

#include <algorithm>
#include <utility>

namespace quis::json {
namespace {

/// Objects of at most this many keys are searched for duplicates pair by pair.
constexpr std::size_t kFewKeys = 12;
constexpr std::size_t kElementArenaBytes = std::size_t{1} << 16U;

}  // namespace

Builder::Builder(std::string_view text, std::string_view source_name, const ElementCallback* on_element,
                 const bj::storage_ptr& memory)
    : text_(text),
      source_name_(source_name),
      on_element_(on_element),
      stack_({}, stack_room_.data(), stack_room_.size()) {
  if (on_element_ == nullptr) {
    stack_.reset(memory);
  } else {
    arena_buffer_ = std::make_unique<unsigned char[]>(kElementArenaBytes);
    start_element();
  }
}

void Builder::start_element() {
  arena_.emplace(arena_buffer_.get(), kElementArenaBytes);
  stack_.reset(&*arena_);
}

bool Builder::value_done(bj::error_code& stop) {
  if (frames_.empty() || !frames_.back().is_array) return true;
  const std::size_t index = frames_.back().elements++;
  if (on_element_ == nullptr || frames_.size() > 1) return true;
  {
    const bj::value element = stack_.release();
    if (auto result = (*on_element_)(element, index); !result) {
      errors_ = std::move(result.error());
      stop = bj::error::exception;
      return false;
    }
  }
  start_element();
  return true;
}

std::optional<Builder::Key> Builder::duplicate_key() {
  const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(frames_.back().first_key);
  const auto equal = [this](const Key& a, const Key& b) { return text_of(a) == text_of(b); };
  if (keys_.end() - first <= static_cast<std::ptrdiff_t>(kFewKeys)) {
    for (auto key = first; key != keys_.end(); ++key) {
      if (std::any_of(first, key, [&](const Key& other) { return equal(*key, other); })) return *key;
    }
    return std::nullopt;
  }
  // The order of the keys is of no use any more, but the first one's offset is: it says where the object's text
  // begins.
  const Key lowest = *first;
  std::sort(first, keys_.end(), [this](const Key& a, const Key& b) { return text_of(a) < text_of(b); });
  const auto twice = std::adjacent_find(first, keys_.end(), equal);
  const auto found = twice == keys_.end() ? std::nullopt : std::optional<Key>(*twice);
  *first = lowest;
  return found;
}

bool Builder::refuse_duplicate(const Key& key, bj::error_code& stop) {
  // Every open container but the innermost is left by its last key or its element count.
  std::vector<Path> path(1);
  path.reserve(frames_.size() + 1);  // children point to their parents: no moving
  for (std::size_t depth = 0; depth + 1 < frames_.size(); ++depth) {
    const Path& parent = path.back();
    if (frames_[depth].is_array) {
      path.push_back(parent.child(frames_[depth].elements));
    } else {
      path.push_back(parent.child(text_of(keys_[frames_[depth + 1].first_key - 1])));
    }
  }
  path.push_back(path.back().child(text_of(key)));
  errors_.push_back(at(text_, source_name_, path.back(), ErrorCode::duplicate_key,
                       "the key `" + std::string(text_of(key)) + "` stands twice in one object",
                       "remove one of the two; readers disagree on which one counts"));
  stop = bj::error::exception;
  return false;
}

bool Builder::refuse_document(bj::error_code& stop) {
  errors_.push_back(at(text_, source_name_, std::string(), ErrorCode::invalid_json, "expected an array",
                       "put the elements between `[` and `]`"));
  stop = bj::error::exception;
  return false;
}

}  // namespace quis::json
