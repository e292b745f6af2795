#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

#include "base/json.hpp"

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>

namespace quis {

/// Checks that JSON values have the shape that a reader expects, and collects what is wrong with those that have not.
///
/// Every question that fails adds an error, with its place, and answers with nothing; the reader passes the nothing on.
/// So the readers stay free of error plumbing, and a document with several bad policies can be reported whole.
class JsonShape {
 public:
  /// Both texts must outlive the object.
  JsonShape(std::string_view text, std::string_view source_name) noexcept
      : text_(text), source_name_(source_name), enough_(json::reported_errors(text.size())) {}

  void refuse(const json::Path& path, ErrorCode code, std::string message, std::string help = {});

  [[nodiscard]] const boost::json::object* object(const boost::json::value& value, const json::Path& path);
  [[nodiscard]] const boost::json::array* array(const boost::json::value& value, const json::Path& path);
  [[nodiscard]] std::optional<std::string_view> string(const boost::json::value& value, const json::Path& path);

  /// An object that has no other keys than these; some of them may be absent.
  [[nodiscard]] const boost::json::object* object_of(const boost::json::value& value, const json::Path& path,
                                                     std::initializer_list<std::string_view> keys);
  /// The value of a key that must be there.
  [[nodiscard]] const boost::json::value* member(const boost::json::object& object, const json::Path& path,
                                                 std::string_view key);
  [[nodiscard]] std::optional<std::string_view> string_member(const boost::json::object& object, const json::Path& path,
                                                              std::string_view key);

  /// A normalised type name, e.g. `A::B`. Invalid when it is none.
  [[nodiscard]] TypeId type_name(std::string_view name, const json::Path& path);
  /// An entity where nothing else may stand: `{"type": …, "id": …}`, or that in `{"__entity": …}`. Other keys beside
  /// these are ignored, as Cedar does. Invalid when it is none.
  [[nodiscard]] EntityId entity(const boost::json::value& value, const json::Path& path);

  [[nodiscard]] const Errors& errors() const noexcept { return errors_; }
  /// True when nothing more will be reported.
  [[nodiscard]] bool full() const noexcept { return errors_.size() >= enough_; }
  [[nodiscard]] Errors take_errors() noexcept { return std::move(errors_); }

 private:
  std::string_view text_;
  std::string_view source_name_;
  std::size_t enough_;
  Errors errors_;
};

/// The string that `key` has in `object`, if it has one.
[[nodiscard]] std::optional<std::string_view> find_string(const boost::json::object& object,
                                                          std::string_view key) noexcept;

/// The alternatives for a message: "`a`, `b` or `c`".
[[nodiscard]] std::string one_of(std::initializer_list<std::string_view> names);

}  // namespace quis
