#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quis/base/result.hpp>

/// Where the parts of a schema came from, so that an error found late can still point at its cause.
namespace quis::schema_ast {

/// Where a part stands: 8 bytes, to be read together with the `Source` it came from. In schema text it is a range of
/// bytes; in JSON it is the number of a place that the reader noted down.
struct Place {
  std::uint32_t start = 0;
  std::uint32_t length = 0;
};

/// The text of a schema and what is known about places in it. Borrows the text and its name: both must outlive it.
class Source {
 public:
  [[nodiscard]] static Source text(std::string_view text, std::string_view name) { return {text, name, false}; }
  [[nodiscard]] static Source json(std::string_view text, std::string_view name) { return {text, name, true}; }

  /// Notes a value of a JSON document: the child `key` (of an array: its index in decimal) of the value at `parent`.
  /// The document itself is `Place{}`. REQUIRES: a JSON source.
  [[nodiscard]] Place child(Place parent, std::string_view key);

  /// A diagnostic about a place.
  [[nodiscard]] Diagnostic at(Place place, ErrorCode code, std::string message, std::string help = {},
                              std::string label = {}) const;

  [[nodiscard]] std::string_view bytes() const noexcept { return text_; }
  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] bool is_json() const noexcept { return is_json_; }

 private:
  Source(std::string_view text, std::string_view name, bool is_json) : text_(text), name_(name), is_json_(is_json) {}

  struct JsonValue {
    std::uint32_t parent;
    std::string key;
  };

  [[nodiscard]] std::string pointer_to(Place place) const;

  std::string_view text_;
  std::string_view name_;
  bool is_json_;
  std::vector<JsonValue> values_;  // value number n is at n - 1; number 0 is the document
};

/// Collects the errors of one schema, up to `limits::kMaxReportedErrors`, or fewer of a large JSON document.
class Report {
 public:
  explicit Report(const Source& source) noexcept;

  void add(Place place, ErrorCode code, std::string message, std::string help = {}, std::string label = {});
  /// Takes over what was reported elsewhere.
  void add(const Errors& errors);
  [[nodiscard]] bool empty() const noexcept { return errors_.empty(); }
  /// Nothing more will be reported: time to stop looking.
  [[nodiscard]] bool full() const noexcept;
  [[nodiscard]] const Errors& errors() const noexcept { return errors_; }
  /// In source order.
  [[nodiscard]] Errors take();

 private:
  const Source& source_;
  std::size_t enough_;
  Errors errors_;
};

}  // namespace quis::schema_ast
