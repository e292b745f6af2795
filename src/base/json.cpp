// The JSON reader: Boost.JSON's event parser, driving a builder of our own.
//
// Boost's ready-made parser would build the same values, but it keeps the last of two equal keys without a word, and
// it holds the whole document. Both are settled by sitting between its parser and its value stack:
//
// Duplicate keys. The builder keeps the text of every key of the objects that are open, back to back in one string, and
// looks for equal neighbours when an object closes: all pairs while the object is small, sorted when it is not. No
// hash, so no input can make it quadratic, and no key is compared with those of another object.
//
// One element at a time. For `for_each_element` the outermost array is never built: each value that completes directly
// below it is handed out and its memory (an arena with a fixed first block) starts afresh. The arena is made anew
// rather than released, because Boost's remembers how far it had grown and would double from there for ever.
//
// The parser reports a failure as an error code and an offset. What the builder refuses itself it reports as a finished
// diagnostic in `errors_` and stops the parser with a code that is then ignored.
#include <base/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value_stack.hpp>

#include <base/file.hpp>
#include <quis/base/limits.hpp>

namespace quis::json {
namespace {

namespace bj = boost::json;

/// Objects of at most this many keys are searched for duplicates pair by pair.
constexpr std::size_t kFewKeys = 12;
constexpr std::size_t kElementArenaBytes = std::size_t{1} << 16U;

class Builder {
 public:
  // What the parser asks of its handler.
  static constexpr std::size_t max_array_size = limits::kMaxValueSize;
  static constexpr std::size_t max_object_size = limits::kMaxValueSize;
  static constexpr std::size_t max_key_size = limits::kMaxValueSize;
  static constexpr std::size_t max_string_size = limits::kMaxValueSize;

  /// Builds the whole document when `on_element` is null, else hands out the elements of the outermost array.
  Builder(std::string_view text, std::string_view source_name, const ElementCallback* on_element)
      : text_(text), source_name_(source_name), on_element_(on_element) {
    if (on_element_ != nullptr) arena_buffer_ = std::make_unique<unsigned char[]>(kElementArenaBytes);
    start_value();
  }

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

  void start_value() {
    if (on_element_ == nullptr) {
      stack_.reset();
    } else {
      arena_.emplace(arena_buffer_.get(), kElementArenaBytes);
      stack_.reset(&*arena_);
    }
  }

  bool value_done(bj::error_code& stop) {
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
    start_value();
    return true;
  }

  /// A key that the innermost object has twice.
  [[nodiscard]] std::optional<Key> duplicate_key() {
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

  bool refuse_duplicate(const Key& key, bj::error_code& stop) {
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

  bool refuse_document(bj::error_code& stop) {
    errors_.push_back(at(text_, source_name_, std::string(), ErrorCode::invalid_json, "expected an array",
                         "put the elements between `[` and `]`"));
    stop = bj::error::exception;
    return false;
  }

  std::string_view text_;
  std::string_view source_name_;
  const ElementCallback* on_element_;
  std::unique_ptr<unsigned char[]> arena_buffer_;
  std::optional<bj::monotonic_resource> arena_;
  bj::value_stack stack_;  // after the arena, whose memory it holds
  std::vector<Frame> frames_;
  std::vector<Key> keys_;
  std::string key_text_;
  Errors errors_;
};

/// The parser's error in words: what is wrong and what to do.
Diagnostic describe(const bj::error_code& code) {
  Diagnostic diagnostic;
  diagnostic.code = ErrorCode::invalid_json;
  if (code == bj::error::incomplete) {
    diagnostic.message = "the document ends too early";
    diagnostic.help = "close every string, array and object";
  } else if (code == bj::error::extra_data) {
    diagnostic.message = "text after the end of the document";
    diagnostic.help = "a document is one JSON value; wrap several into an array";
  } else if (code == bj::error::too_deep) {
    diagnostic.code = ErrorCode::limit_exceeded;
    diagnostic.message = "more than " + std::to_string(limits::kMaxJsonDepth) + " arrays and objects inside each other";
    diagnostic.help = "flatten the document";
  } else if (code == bj::error::exponent_overflow) {
    diagnostic.message = "a number too large to represent";
    diagnostic.help = "write large numbers as strings";
  } else if (code == bj::error::illegal_leading_surrogate || code == bj::error::illegal_trailing_surrogate ||
             code == bj::error::expected_utf16_escape) {
    diagnostic.message = "half of a surrogate pair, which is no character";
    diagnostic.help = "write both halves, `\\ud83d\\ude00`, or the character itself";
  } else if (code == bj::error::expected_hex_digit) {
    diagnostic.message = "`\\u` must be followed by four hexadecimal digits";
  } else if (code == bj::error::object_too_large || code == bj::error::array_too_large ||
             code == bj::error::key_too_large || code == bj::error::string_too_large) {
    diagnostic.code = ErrorCode::limit_exceeded;
    diagnostic.message =
        "a string, array or object of more than " + std::to_string(limits::kMaxValueSize) + " elements";
    diagnostic.help = "split the document";
  } else {
    diagnostic.message = "not JSON from here on";
    diagnostic.help = "look for a missing quote or comma; comments and trailing commas are not JSON";
  }
  return diagnostic;
}

Result<void> check_document(std::string_view text, std::string_view source_name) {
  if (text.size() > limits::kMaxDocumentBytes) {
    return failure(
        ErrorCode::limit_exceeded,
        "`" + std::string(source_name) + "` is larger than " + std::to_string(limits::kMaxDocumentBytes) + " bytes",
        "split the document");
  }
  if (text.starts_with("\xEF\xBB\xBF")) {
    Diagnostic diagnostic;
    diagnostic.code = ErrorCode::invalid_json;
    diagnostic.message = "the document starts with a byte order mark";
    diagnostic.help = "save it as UTF-8 without a byte order mark";
    attach_source(diagnostic, source_name, text, 0, 3);
    return failure(std::move(diagnostic));
  }
  return check_utf8(text, source_name);
}

using Parser = bj::basic_parser<Builder>;

Result<void> run(Parser& parser, std::string_view text, std::string_view source_name) {
  bj::error_code code;
  const std::size_t consumed = parser.write_some(false, text.data(), text.size(), code);
  if (!code && consumed < text.size()) code = bj::error::extra_data;
  if (!code) return {};
  if (Errors& errors = parser.handler().errors(); !errors.empty()) return tl::unexpected(std::move(errors));
  Diagnostic diagnostic = describe(code);
  attach_source(diagnostic, source_name, text, consumed, consumed < text.size() ? 1 : 0);
  return failure(std::move(diagnostic));
}

/// Runs `body`, which may run out of memory anywhere, without letting an exception out.
template <class Body>
auto guarded(std::string_view source_name, const Body& body) -> decltype(body()) {
  try {
    return body();
  } catch (const std::exception&) {
    return failure(ErrorCode::limit_exceeded, "not enough memory to read `" + std::string(source_name) + "`",
                   "split the document or raise the memory limit");
  }
}

bj::parse_options options() noexcept {
  bj::parse_options options;
  options.max_depth = limits::kMaxJsonDepth;
  options.allow_invalid_utf8 = true;  // checked before, and faster
  return options;
}

}  // namespace

Result<bj::value> parse(std::string_view text, std::string_view source_name) {
  return guarded(source_name, [&]() -> Result<bj::value> {
    if (auto checked = check_document(text, source_name); !checked) return tl::unexpected(std::move(checked.error()));
    Parser parser(options(), text, source_name, nullptr);
    if (auto result = run(parser, text, source_name); !result) return tl::unexpected(std::move(result.error()));
    return parser.handler().release();
  });
}

Result<void> for_each_element(std::string_view text, std::string_view source_name, const ElementCallback& callback) {
  return guarded(source_name, [&]() -> Result<void> {
    if (auto checked = check_document(text, source_name); !checked) return checked;
    Parser parser(options(), text, source_name, &callback);
    return run(parser, text, source_name);
  });
}

std::string_view kind_name(const bj::value& value) noexcept {
  switch (value.kind()) {
    case bj::kind::null: return "null";
    case bj::kind::bool_: return "boolean";
    case bj::kind::int64:
    case bj::kind::uint64:
    case bj::kind::double_: return "number";
    case bj::kind::string: return "string";
    case bj::kind::array: return "array";
    case bj::kind::object: return "object";
  }
  return "value";
}

}  // namespace quis::json
