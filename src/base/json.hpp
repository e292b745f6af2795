#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include <quis/base/result.hpp>

/// Reading JSON: strict, bounded, and able to say where.
///
/// Two documents that a careless reader takes for the same are the classic way around an access check, so this one
/// refuses what others let pass: duplicate keys anywhere, invalid UTF-8, lone surrogates, a byte order mark, text after
/// the end, and nesting beyond `limits::kMaxJsonDepth`. Numbers keep their kind: integers are `int64`, or `uint64` when
/// only that holds them; everything else (fractions, exponents, `-0`) is `double`, so that a loader of Cedar values can
/// refuse it.
///
/// Nothing here throws; memory running out is `limit_exceeded`.
namespace quis::json {

/// The whole document as one value, in `memory`, by default the heap.
[[nodiscard]] Result<boost::json::value> parse(std::string_view text, std::string_view source_name,
                                               const boost::json::storage_ptr& memory = {});

/// Called for one element of an array; the value is gone when the call returns.
using ElementCallback = std::function<Result<void>(const boost::json::value& element, std::size_t index)>;

/// Reads a document that must be an array, one element at a time, in the memory that one element needs.
///
/// Stops at the first error, the callback's or its own. Elements before it were delivered already: a loader whose
/// failures must change nothing collects first and applies at the end.
[[nodiscard]] Result<void> for_each_element(std::string_view text, std::string_view source_name,
                                            const ElementCallback& callback);

/// Where a reader stands in a document: a linked list through the stack frames of the descent, which costs nothing
/// until an error needs its text. A path must not outlive its parent, nor the key it was made with.
///
///     void read_entity(const value& entity, const Path& path) { read_attrs(entity.at("attrs"), path.child("attrs")); }
class Path {
 public:
  /// The document itself.
  constexpr Path() noexcept = default;

  [[nodiscard]] constexpr Path child(std::string_view key) const& noexcept { return Path(this, key, 0, false); }
  [[nodiscard]] constexpr Path child(std::size_t index) const& noexcept { return Path(this, {}, index, true); }
  Path child(std::string_view key) const&& = delete;  // its parent would be gone at the end of the expression
  Path child(std::size_t index) const&& = delete;

  /// The RFC 6901 pointer, e.g. `/3/attrs/a~1b`; empty for the document itself.
  [[nodiscard]] std::string to_string() const;

 private:
  constexpr Path(const Path* parent, std::string_view key, std::size_t index, bool is_index) noexcept
      : parent_(parent), key_(key), index_(index), is_index_(is_index) {}

  const Path* parent_ = nullptr;
  std::string_view key_;
  std::size_t index_ = 0;
  bool is_index_ = false;
};

/// A diagnostic about the value at `pointer` (RFC 6901) in a document that parsed: fills path, line and column. The
/// nearest enclosing value that exists is marked when the pointer leads nowhere. A pointer that is too long to be read
/// is cut in the diagnostic, and ends in `…`. Cost: a scan of the text; for error paths only.
[[nodiscard]] Diagnostic at(std::string_view text, std::string_view source_name, std::string pointer, ErrorCode code,
                            std::string message, std::string help = {});
[[nodiscard]] Diagnostic at(std::string_view text, std::string_view source_name, const Path& path, ErrorCode code,
                            std::string message, std::string help = {});

/// How many errors a reader reports of a document of this size: `limits::kMaxReportedErrors` of a document up to some
/// megabytes, fewer of a larger one, because each costs a scan of the text.
[[nodiscard]] std::size_t reported_errors(std::size_t document_bytes) noexcept;

/// JSON text for people: two spaces of indentation, keys in the object's order, no line break at the end.
[[nodiscard]] std::string to_text(const boost::json::value& value);
/// JSON text on one line, without spaces.
[[nodiscard]] std::string to_compact_text(const boost::json::value& value);

/// `null`, `boolean`, `number`, `string`, `array` or `object`, for messages.
[[nodiscard]] std::string_view kind_name(const boost::json::value& value) noexcept;

}  // namespace quis::json
