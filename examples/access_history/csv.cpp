#include "csv.hpp"

#include <optional>

#include <fmt/format.h>

namespace access_history {
namespace {

// Walks the text once. Whatever stops it is kept as the place and the sentence of the error.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return next_ == text_.size(); }

  std::optional<CsvRecord> read_record() {
    CsvRecord record{.offset = next_, .fields = {}};
    do {
      std::string field;
      const bool read = next_is('"') ? read_quoted(field) : read_plain(field);
      if (!read) return std::nullopt;
      record.fields.push_back(std::move(field));
    } while (skip(','));
    if (at_end() || skip_line_break()) return record;
    return fail(next_, "expected `,` or the end of the line after a field",
                "put the whole field in quotes and double every quote in it"),
           std::nullopt;
  }

  std::size_t error_offset = 0;
  std::string error;
  std::string help;

 private:
  bool next_is(char c) const { return !at_end() && text_[next_] == c; }
  bool skip(char c) {
    if (!next_is(c)) return false;
    ++next_;
    return true;
  }
  bool skip_line_break() {
    if (text_.substr(next_, 2) == "\r\n") {
      next_ += 2;
      return true;
    }
    return skip('\n');
  }

  bool read_plain(std::string& field) {
    const std::size_t end = std::min(text_.find_first_of(",\r\n\"", next_), text_.size());
    field = text_.substr(next_, end - next_);
    next_ = end;
    if (next_is('"')) return fail(next_, "a quote inside a field", "put the whole field in quotes and double this one");
    return true;
  }

  bool read_quoted(std::string& field) {
    const std::size_t opening = next_++;
    while (true) {
      const std::size_t quote = text_.find('"', next_);
      if (quote == std::string_view::npos) return fail(opening, "this quote is never closed", "close it");
      field += text_.substr(next_, quote - next_);
      next_ = quote + 1;
      if (!skip('"')) return true;
      field += '"';
    }
  }

  bool fail(std::size_t offset, std::string message, std::string remedy) {
    error_offset = offset;
    error = std::move(message);
    help = std::move(remedy);
    return false;
  }

  std::string_view text_;
  std::size_t next_ = 0;
};

}  // namespace

tl::unexpected<quis::Errors> csv_error(std::string_view text, std::string_view source_name, std::size_t offset,
                                       std::string message, std::string help) {
  quis::Diagnostic diagnostic;
  diagnostic.code = quis::ErrorCode::invalid_argument;
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  const std::size_t line_end = std::min(text.find_first_of("\r\n", offset), text.size());
  quis::attach_source(diagnostic, source_name, text, offset, line_end - offset);
  return quis::failure(std::move(diagnostic));
}

quis::Result<std::vector<CsvRecord>> read_csv(std::string_view text, std::string_view source_name) {
  std::vector<CsvRecord> records;
  CsvReader reader(text);
  while (!reader.at_end()) {
    auto record = reader.read_record();
    if (!record) return csv_error(text, source_name, reader.error_offset, reader.error, reader.help);
    if (!records.empty() && record->fields.size() != records.front().fields.size()) {
      return csv_error(
          text, source_name, record->offset,
          fmt::format("{} fields where the header has {}", record->fields.size(), records.front().fields.size()),
          "every line must have one field for each column");
    }
    records.push_back(std::move(*record));
  }
  return records;
}

}  // namespace access_history
