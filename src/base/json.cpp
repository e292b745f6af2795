// The JSON reader: Boost.JSON's event parser, driving a builder of our own.
//
// Boost's ready-made parser would build the same values, but it keeps the last of two equal keys without a word, and
// it holds the whole document. Both are settled by sitting between its parser and its value stack: json_builder.hpp.
//
// The parser reports a failure as an error code and an offset. What the builder refuses itself it reports as a finished
// diagnostic in `errors_` and stops the parser with a code that is then ignored.
#include <base/json.hpp>

#include <exception>
#include <utility>

#include <boost/json/basic_parser_impl.hpp>

#include <base/file.hpp>
#include <base/json_builder.hpp>
#include <quis/base/limits.hpp>

namespace quis::json {
namespace {

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

Result<bj::value> parse(std::string_view text, std::string_view source_name, const bj::storage_ptr& memory) {
  return guarded(source_name, [&]() -> Result<bj::value> {
    if (auto checked = check_document(text, source_name); !checked) return tl::unexpected(std::move(checked.error()));
    Parser parser(options(), text, source_name, nullptr, memory);
    if (auto result = run(parser, text, source_name); !result) return tl::unexpected(std::move(result.error()));
    return parser.handler().release();
  });
}

Result<void> for_each_element(std::string_view text, std::string_view source_name, const ElementCallback& callback) {
  return guarded(source_name, [&]() -> Result<void> {
    if (auto checked = check_document(text, source_name); !checked) return checked;
    Parser parser(options(), text, source_name, &callback, bj::storage_ptr());
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
