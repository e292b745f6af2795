#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "policy/schema_ast.hpp"

namespace quis::schema_ast {

inline std::string_view view(const boost::json::string& text) noexcept { return {text.data(), text.size()}; }
inline std::string_view view(boost::json::string_view text) noexcept { return {text.data(), text.size()}; }

/// Reads what the declarations of a JSON schema are made of: names, types, annotations, and objects that have certain
/// keys. What is wrong is reported, and what stands for it has no meaning: the document is refused in the end.
class JsonParts {
 public:
  using Keys = std::initializer_list<std::string_view>;

  explicit JsonParts(Source& source) noexcept : source_(source), report_(source) {}

  [[nodiscard]] Place child(Place parent, std::string_view key) { return source_.child(parent, key); }
  [[nodiscard]] Report& report() noexcept { return report_; }
  void error(Place place, ErrorCode code, std::string message, std::string help = {}) {
    report_.add(place, code, std::move(message), std::move(help));
  }

  /// Null when the value is of another kind. `what` says what the object describes.
  const boost::json::object* as_object(const boost::json::value& content, Place place, std::string_view what);
  const boost::json::array* as_array(const boost::json::value& content, Place place);
  const boost::json::string* as_string(const boost::json::value& content, Place place);
  /// The value of a key that must be there; null when it is not.
  const boost::json::value* required(const boost::json::object& fields, Place place, std::string_view key);
  /// The value of a key that may be there; `otherwise` when it is not.
  bool flag(const boost::json::object& fields, Place place, std::string_view key, bool otherwise);
  void check_keys(const boost::json::object& fields, Place place, Keys known, Keys others = {});

  void check_identifier(const Name& name);
  void check_path(std::string_view path, Place place);
  Name read_path(const boost::json::value& content, Place place);
  std::vector<Name> read_paths(const boost::json::value& content, Place place);
  /// Those under the key `annotations`, if it is there.
  std::vector<Annotation> annotations(const boost::json::object& fields, Place place);

  Type read_type(const boost::json::value& content, Place place);
  /// `others` are keys that the object may have because it is more than a type.
  Type read_type(const boost::json::object& fields, Place place, Keys others);

 private:
  void read_record(Type& type, const boost::json::object& fields);
  void not_identifier(const Name& name);
  void wrong_kind(const boost::json::value& content, Place place, const std::string& wanted);

  Source& source_;
  Report report_;
};

}  // namespace quis::schema_ast
