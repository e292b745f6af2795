#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/basic_parser.hpp>
#include <boost/json/error.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value_stack.hpp>

#include <base/json.hpp>
#include <quis/base/limits.hpp>

namespace quis::json {

namespace bj = boost::json;

/// What Boost.JSON's event parser drives: makes values of the events, and refuses what that parser lets pass.
///
/// Duplicate keys. The builder keeps the text of every key of the objects that are open, back to back in one string,
/// and looks for equal neighbours when an object closes: all pairs while the object is small, sorted when it is not. No
/// hash, so no input can make it quadratic, and no key is compared with those of another object.
///
/// One element at a time. For `for_each_element` the outermost array is never built: each value that completes directly
/// below it is handed out and its memory (an arena with a fixed first block) starts afresh. The arena is made anew
/// rather than released, because Boost's remembers how far it had grown and would double from there for ever.
class Builder {
 public:
  // What the parser asks of its handler.
  static constexpr std::size_t max_array_size = limits::kMaxValueSize;
  static constexpr std::size_t max_object_size = limits::kMaxValueSize;
  static constexpr std::size_t max_key_size = limits::kMaxValueSize;
  static constexpr std::size_t max_string_size = limits::kMaxValueSize;

  /// Builds the whole document, in `memory`, when `on_element` is null, else hands out the elements of the outermost
  /// array. Borrows all of them.
  Builder(std::string_view text, std::string_view source_name, const ElementCallback* on_element,
          const bj::storage_ptr& memory);

  bool on_document_begin(bj::error_code&) noexcept { return true; }
  bool on_document_end(bj::error_code&) noexcept { return true; }

  bool on_array_begin(bj::error_code&) {
    frames_.push_back({keys_.size(), 0, true});
    return true;
  }
  bool on_array_end(std::size_t count, bj::error_code& stop) {
    frames_.pop_back();
    if (on_element_ != nullptr && frames_.empty()) return true;
    stack_.push_array(count);
    return value_done(stop);
  }
  bool on_object_begin(bj::error_code& stop) {
    if (outside_array()) return refuse_document(stop);
    frames_.push_back({keys_.size(), 0, false});
    return true;
  }
  bool on_object_end(std::size_t count, bj::error_code& stop) {
    if (const auto twice = duplicate_key()) return refuse_duplicate(*twice, stop);
    const std::size_t first_key = frames_.back().first_key;
    if (first_key < keys_.size()) {
      key_text_.resize(keys_[first_key].offset);
      keys_.resize(first_key);
    }
    frames_.pop_back();
    stack_.push_object(count);
    return value_done(stop);
  }

  bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) {
    stack_.push_chars(part);
    key_text_.append(part.data(), part.size());
    return true;
  }
  bool on_key(bj::string_view part, std::size_t size, bj::error_code&) {
    stack_.push_key(part);
    key_text_.append(part.data(), part.size());
    keys_.push_back({key_text_.size() - size, size});
    return true;
  }
  bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(bj::string_view part, std::size_t, bj::error_code& stop) {
    if (outside_array()) return refuse_document(stop);
    stack_.push_string(part);
    return value_done(stop);
  }

  bool on_number_part(bj::string_view, bj::error_code&) noexcept { return true; }
  bool on_int64(std::int64_t number, bj::string_view digits, bj::error_code& stop) {
    if (outside_array()) return refuse_document(stop);
    if (number == 0 && digits.starts_with('-')) {
      stack_.push_double(-0.0);
    } else {
      stack_.push_int64(number);
    }
    return value_done(stop);
  }
  bool on_uint64(std::uint64_t number, bj::string_view, bj::error_code& stop) {
    if (outside_array()) return refuse_document(stop);
    stack_.push_uint64(number);
    return value_done(stop);
  }
  bool on_double(double number, bj::string_view, bj::error_code& stop) {
    if (outside_array()) return refuse_document(stop);
    if (!std::isfinite(number)) {
      stop = bj::error::exponent_overflow;
      return false;
    }
    stack_.push_double(number);
    return value_done(stop);
  }
  bool on_bool(bool truth, bj::error_code& stop) {
    if (outside_array()) return refuse_document(stop);
    stack_.push_bool(truth);
    return value_done(stop);
  }
  bool on_null(bj::error_code& stop) {
    if (outside_array()) return refuse_document(stop);
    stack_.push_null();
    return value_done(stop);
  }
  bool on_comment_part(bj::string_view, bj::error_code&) noexcept { return true; }
  bool on_comment(bj::string_view, bj::error_code&) noexcept { return true; }

  /// REQUIRES: the parser accepted a document, and there is no element callback.
  [[nodiscard]] bj::value release() { return stack_.release(); }
  /// What the builder or its callback refused; empty when the parser itself stopped.
  [[nodiscard]] Errors& errors() noexcept { return errors_; }

 private:
  struct Frame {
    std::size_t first_key;  // of this container, in keys_
    std::size_t elements;   // completed so far; counted for arrays only
    bool is_array;
  };
  struct Key {
    std::size_t offset;  // in key_text_
    std::size_t size;
  };

  [[nodiscard]] bool outside_array() const noexcept { return on_element_ != nullptr && frames_.empty(); }
  [[nodiscard]] std::string_view text_of(const Key& key) const noexcept {
    return std::string_view(key_text_).substr(key.offset, key.size);
  }

  void start_element();
  bool value_done(bj::error_code& stop);
  /// A key that the innermost object has twice.
  [[nodiscard]] std::optional<Key> duplicate_key();
  bool refuse_duplicate(const Key& key, bj::error_code& stop);
  bool refuse_document(bj::error_code& stop);

  std::string_view text_;
  std::string_view source_name_;
  const ElementCallback* on_element_;
  std::unique_ptr<unsigned char[]> arena_buffer_;
  std::optional<bj::monotonic_resource> arena_;
  // Of a few lines, as requests bring them, everything but the values finds room here.
  alignas(bj::value) std::array<unsigned char, 512> stack_room_;
  std::array<std::byte, 1024> room_;
  std::pmr::monotonic_buffer_resource more_room_{room_.data(), room_.size()};
  bj::value_stack stack_;  // after the memory that it holds
  std::pmr::vector<Frame> frames_{&more_room_};
  std::pmr::vector<Key> keys_{&more_room_};
  std::pmr::string key_text_{&more_room_};
  Errors errors_;
};

}  // namespace quis::json
