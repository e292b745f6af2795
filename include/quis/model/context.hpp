#pragma once

#include <string_view>
#include <utility>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/base/value.hpp>
#include <quis/base/vocabulary.hpp>

namespace quis {

class Schema;
class Type;

/// The context of a request: a record of facts that hold for this one request. Owns its values.
///
/// Thread safety: immutable once built.
class Context {
 public:
  /// The empty record.
  Context() noexcept = default;

  /// Reads a JSON object with the same escapes as entities. With `type` (the declared context of the request's action)
  /// values are read by their declared types and must fit it. New names become local in `names`, which must outlive the
  /// context.
  [[nodiscard]] static Result<Context> from_json(std::string_view text, LocalNames& names, const Type* type = nullptr,
                                                 std::string_view source_name = "context");

  /// Takes a record value and the arena that owns its data.
  Context(Value record, ValueArena arena) noexcept : value_(record), arena_(std::move(arena)) {}

  [[nodiscard]] const Value& value() const noexcept { return value_; }

 private:
  Value value_ = Value::empty_record();
  ValueArena arena_;
};

}  // namespace quis
