#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quis {

enum class JsonLayout : std::uint8_t {
  /// For people: two spaces a level down to `JsonEmitter::kLaidOutDepth` and on one line below, so that the size of the
  /// text stays linear in that of the policy. Members in the order in which they are written.
  readable,
  /// For digests: no space anywhere, the members of every object sorted by the bytes of their keys.
  canonical,
};

/// Writes JSON text as it comes, without a tree of values: policy expressions may be deeper than a tree could be freed.
///
/// The caller is trusted to nest properly, and to keep keys alive until their object is closed. Strings are escaped
/// where JSON demands it and nowhere else: `\"`, `\\`, `\b`, `\f`, `\n`, `\r`, `\t`, and `\u00xx` for other controls
/// below U+0020.
class JsonEmitter {
 public:
  static constexpr std::size_t kLaidOutDepth = 24;

  explicit JsonEmitter(JsonLayout layout = JsonLayout::readable) noexcept : layout_(layout) {}

  void begin_object() {
    open('{');
    if (canonical()) objects_.push_back(members_.size());
  }
  void end_object() {
    if (canonical()) sort_members();
    close('}');
  }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  /// The next value belongs to this key.
  void key(std::string_view name) {
    next();
    if (canonical()) members_.push_back({name, text_.size()});
    quote(name);
    text_ += laid_out() ? ": " : ":";
    after_key_ = true;
  }

  void string(std::string_view value) {
    next();
    quote(value);
  }
  void integer(std::int64_t value) { word(std::to_string(value)); }
  void boolean(bool value) { word(value ? "true" : "false"); }
  void null() { word("null"); }

  /// How many objects and arrays were open at once, at most.
  [[nodiscard]] std::size_t deepest() const noexcept { return deepest_; }
  [[nodiscard]] bool canonical() const noexcept { return layout_ == JsonLayout::canonical; }

  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  struct Member {
    std::string_view key;
    std::size_t begin = 0;  ///< of its text
  };

  [[nodiscard]] bool laid_out() const noexcept { return !canonical() && depth_ <= kLaidOutDepth; }

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

  void quote(std::string_view value);
  void sort_members();

  std::string text_;
  std::size_t depth_ = 0;
  std::size_t deepest_ = 0;
  bool empty_ = true;  // nothing stands yet in the innermost bracket
  bool after_key_ = false;
  JsonLayout layout_;
  std::vector<Member> members_;       // canonical: of all open objects, the innermost last
  std::vector<std::size_t> objects_;  // canonical: where each open object's members begin in `members_`
};

}  // namespace quis
