#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/serialize.hpp>

namespace quis {

/// Writes JSON text as it comes, without a tree of values: policy expressions may be deeper than a tree could be freed.
///
/// The text is laid out with two spaces a level down to `kLaidOutDepth` and on one line below, so that its size stays
/// linear in that of the policy. The caller is trusted to nest properly.
class JsonEmitter {
 public:
  static constexpr std::size_t kLaidOutDepth = 24;

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  /// The next value belongs to this key.
  void key(std::string_view name) {
    next();
    text_ += boost::json::serialize(boost::json::string_view(name));
    text_ += laid_out() ? ": " : ":";
    after_key_ = true;
  }

  void string(std::string_view value) {
    next();
    text_ += boost::json::serialize(boost::json::string_view(value));
  }
  void integer(std::int64_t value) { word(std::to_string(value)); }
  void boolean(bool value) { word(value ? "true" : "false"); }
  void null() { word("null"); }

  /// How many objects and arrays were open at once, at most.
  [[nodiscard]] std::size_t deepest() const noexcept { return deepest_; }
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  [[nodiscard]] bool laid_out() const noexcept { return depth_ <= kLaidOutDepth; }

  void word(std::string_view value) {
    next();
    text_ += value;
  }

  /// What stands before a value or key: nothing after a key, else the comma and the line break.
  void next() {
    if (after_key_) {
      after_key_ = false;
      return;
    }
    if (!empty_) text_ += ',';
    if (depth_ > 0 && laid_out()) new_line();
    empty_ = false;
  }

  void open(char bracket) {
    next();
    text_ += bracket;
    ++depth_;
    deepest_ = std::max(deepest_, depth_);
    empty_ = true;
  }

  void close(char bracket) {
    const bool was_laid_out = laid_out();
    --depth_;
    if (!empty_ && was_laid_out) new_line();
    text_ += bracket;
    empty_ = false;
  }

  void new_line() {
    text_ += '\n';
    text_.append(2 * depth_, ' ');
  }

  std::string text_;
  std::size_t depth_ = 0;
  std::size_t deepest_ = 0;
  bool empty_ = true;  // nothing stands yet in the innermost bracket
  bool after_key_ = false;
};

}  // namespace quis
