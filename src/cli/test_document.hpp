#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include <quis/base/result.hpp>

namespace quis::cli {

/// Bytes of one file of policy tests. What belongs to many cases stands in files of its own.
inline constexpr std::size_t kMaxTestFileBytes = std::size_t{16} << 20U;

/// A JSON or YAML document with the places of its values, so that whoever reads meaning into it can say where.
///
/// Of YAML it takes what JSON can say, and nothing that two readers may take for different things: no anchors and
/// aliases (so no document is larger than it looks), no tags, no second document, no key twice, at most
/// `limits::kMaxJsonDepth` levels, and no plain scalar that YAML 1.1 and 1.2 read differently (`yes`, `010`, `1_000`).
class TestDocument {
 public:
  [[nodiscard]] static Result<TestDocument> from_json(std::string text, std::string source_name);
  [[nodiscard]] static Result<TestDocument> from_yaml(std::string text, std::string source_name);
  /// By the name: `.json` is JSON, everything else YAML.
  [[nodiscard]] static Result<TestDocument> from_text(std::string text, std::string source_name);

  [[nodiscard]] const boost::json::value& root() const noexcept { return root_; }
  [[nodiscard]] const std::string& source_name() const noexcept { return source_name_; }

  /// A diagnostic about the value at `pointer` (RFC 6901), or about the nearest one that holds it.
  [[nodiscard]] Diagnostic at(const std::string& pointer, ErrorCode code, std::string message,
                              std::string help = {}) const;

  /// Where the elements of the list at `pointer` stand, in order; empty when there is no list. Linear in the document.
  [[nodiscard]] std::vector<SourceSpan> spans_of_elements(const std::string& pointer) const;

  /// How many diagnostics to make of this document: each is found by reading it again.
  [[nodiscard]] std::size_t reported_errors() const noexcept;

 private:
  TestDocument(boost::json::value root, std::string text, std::string source_name, bool is_yaml,
               std::vector<std::uint32_t> offsets)
      : root_(std::move(root)),
        text_(std::move(text)),
        source_name_(std::move(source_name)),
        is_yaml_(is_yaml),
        offsets_(std::move(offsets)) {}

  boost::json::value root_;
  std::string text_;
  std::string source_name_;
  bool is_yaml_ = false;
  std::vector<std::uint32_t> offsets_;  // where each value starts, in document order
};

}  // namespace quis::cli
