#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <base/json.hpp>
#include <quis/base/limits.hpp>

namespace json = quis::json;
using quis::ErrorCode;

namespace {

quis::Diagnostic refused(std::string_view text) {
  const auto document = json::parse(text, "t.json");
  REQUIRE_FALSE(document.has_value());
  REQUIRE(document.error().size() == 1);
  return document.error()[0];
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

/// The elements that a stream delivers before it ends or fails.
struct Streamed {
  explicit Streamed(std::string_view text)
      : result(json::for_each_element(text, "t.json", [this](const boost::json::value& element, std::size_t index) {
          CHECK(index == elements.size());
          elements.push_back(json::to_compact_text(element));
          return quis::Result<void>();
        })) {}

  std::vector<std::string> elements;
  quis::Result<void> result;
};

}  // namespace

TEST_CASE("a document is read as one value, keys in order") {
  const auto document = json::parse(R"( {"b": [1, -2, 2.5, true, null, "x\n\u00e9\ud83d\ude00"], "a": {}} )", "t.json");
  REQUIRE(document.has_value());
  CHECK(json::to_compact_text(*document) == "{\"b\":[1,-2,2.5E0,true,null,\"x\\né😀\"],\"a\":{}}");
  CHECK(json::parse("\"scalar\"", "t.json").has_value());
}

TEST_CASE("numbers keep their kind") {
  const auto kind = [](std::string_view text) { return json::parse(text, "t.json").value().kind(); };
  CHECK(kind("0") == boost::json::kind::int64);
  CHECK(kind("9223372036854775807") == boost::json::kind::int64);
  CHECK(kind("-9223372036854775808") == boost::json::kind::int64);
  CHECK(kind("9223372036854775808") == boost::json::kind::uint64);
  CHECK(kind("18446744073709551615") == boost::json::kind::uint64);
  CHECK(kind("18446744073709551616") == boost::json::kind::double_);
  CHECK(kind("-9223372036854775809") == boost::json::kind::double_);
  CHECK(kind("-0") == boost::json::kind::double_);
  CHECK(kind("1.0") == boost::json::kind::double_);
  CHECK(kind("1e2") == boost::json::kind::double_);
  CHECK(refused("1e400").code == ErrorCode::invalid_json);
  CHECK(refused("[-1e99999999999]").code == ErrorCode::invalid_json);
}

TEST_CASE("what is not JSON is refused where it stops being so") {
  struct Row {
    std::string_view text;
    std::uint32_t line;
    std::uint32_t column;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"{\n  \"a\": 1,\n  }", 3, 3},
           {"[1, 2", 1, 6},
           {"", 1, 1},
           {"[1] x", 1, 5},
           {"{'a': 1}", 1, 2},
           {"[1,\n // no\n 2]", 2, 2},
           {"[1,]", 1, 4},
           {"nul", 1, 4},
           {"[NaN]", 1, 2},
           {"[01]", 1, 3},
           {"[+1]", 1, 2},
           {"[.5]", 1, 2},
           {"\"a\tb\"", 1, 3},
       }) {
    CAPTURE(row.text);
    const quis::Diagnostic error = refused(row.text);
    CHECK(error.code == ErrorCode::invalid_json);
    CHECK(error.span.line == row.line);
    CHECK(error.span.column == row.column);
    CHECK(error.source == "t.json");
    CHECK_FALSE(error.help.empty());
  }
}

TEST_CASE("text that is not UTF-8, a byte order mark and half characters are refused") {
  CHECK(refused("[\"\xFF\"]").code == ErrorCode::invalid_utf8);
  CHECK(refused("[\"\xED\xA0\x80\"]").code == ErrorCode::invalid_utf8);
  CHECK(refused("\xEF\xBB\xBF[]").message == "the document starts with a byte order mark");
  for (const std::string_view text : {R"(["\ud83d"])", R"(["\ud83dx"])", R"(["\ude00"])", R"(["\ud83d\ud83d"])",
                                      R"(["\ud83d\n"])", R"({"\ud83d": 1})"}) {
    CAPTURE(text);
    CHECK(refused(text).code == ErrorCode::invalid_json);
  }
}

TEST_CASE("a key that stands twice is refused, at its second place") {
  struct Row {
    std::string_view text;
    std::string_view path;
    std::uint32_t offset;
  };
  for (const Row& row : std::initializer_list<Row>{
           {R"({"a": 1, "a": 1})", "/a", 9},
           {R"({"a": 1, "b": {}, "\u0061": 2})", "/a", 18},
           {R"({"": 1, "": 2})", "/", 8},
           {R"([0, {"x": [{"k": 1}, {"k": 1, "k": 2}]}])", "/1/x/1/k", 30},
           {R"({"a": {"b": 1}, "c": {"b": 1, "a/~": 2, "a/~": 3}})", "/c/a~1~0", 40},
       }) {
    CAPTURE(row.text);
    const quis::Diagnostic error = refused(row.text);
    CHECK(error.code == ErrorCode::duplicate_key);
    CHECK(error.path == row.path);
    CHECK(error.span.offset == row.offset);
  }
  CHECK(json::parse(R"({"a": {"a": [{"a": 1}, {"a": 1}]}, "b": {"a": 1}, "A": 2, "ab": 3, "": 4})", "t.json")
            .has_value());
}

TEST_CASE("duplicates are found in objects of any size") {
  for (const int size : {11, 12, 13, 14, 1000, 100'000}) {
    std::string text = R"({"outer": {"k0": 0)";
    for (int i = 1; i < size; ++i) text += ", \"k" + std::to_string(i) + "\": 0";
    CAPTURE(size);
    CHECK(json::parse(text + "}, \"k0\": {\"k1\": 1}}", "t.json").has_value());
    CHECK(refused(text + ", \"k7\": 1}}").path == "/outer/k7");
    CHECK(refused(text + "}, \"outer\": 1}").path == "/outer");
  }
}

TEST_CASE("nesting has a limit") {
  CHECK(json::parse(nested(127), "t.json").has_value());
  CHECK(refused(nested(128)).code == ErrorCode::limit_exceeded);
  CHECK(refused(std::string(10'000'000, '[')).code == ErrorCode::limit_exceeded);
  std::string objects;
  for (int i = 0; i < 1'000'000; ++i) objects += "{\"a\":";
  CHECK(refused(objects).code == ErrorCode::limit_exceeded);
}

TEST_CASE("no prefix of a document is a document, and none harms the reader") {
  const std::string text = R"({"a": ["x\u00e9\ud83d\ude00", -1.5e-3, true, {"b": null, "": [[], {}]}]})";
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(json::parse(text.substr(0, size), "t.json").has_value());
    (void)json::at(text.substr(0, size), "t.json", "/a/3//1", ErrorCode::invalid_value, "anywhere inside");
  }
}

TEST_CASE("an array is streamed one element at a time") {
  CHECK(Streamed(R"([1, "two", [3, [4]], {"five": {"six": []}}, null])").elements ==
        std::vector<std::string>{"1", "\"two\"", "[3,[4]]", R"({"five":{"six":[]}})", "null"});
  CHECK(Streamed(" [ ] ").result.has_value());
  CHECK(Streamed("[]").elements.empty());
}

TEST_CASE("large elements do not make the next ones larger") {
  const std::string element = "\"" + std::string(200'000, 'x') + "\"";
  std::string text = "[" + element;
  for (int i = 1; i < 100; ++i) text += "," + element;
  CHECK(Streamed(text + "]").elements.size() == 100);
}

TEST_CASE("a stream stops at the first error, its own or the callback's") {
  const Streamed broken(R"([1, {"a": 1}, {"a": 1, "b": [{"c": 1, "c": 2}]}, 4])");
  CHECK(broken.elements.size() == 2);
  REQUIRE_FALSE(broken.result.has_value());
  CHECK(broken.result.error()[0].path == "/2/b/0/c");

  int calls = 0;
  const auto result = json::for_each_element("[1, 2, 3]", "t.json", [&](const boost::json::value&, std::size_t index) {
    ++calls;
    return index == 1 ? quis::Result<void>(quis::failure(ErrorCode::invalid_value, "enough")) : quis::Result<void>();
  });
  CHECK(calls == 2);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error()[0].message == "enough");
}

TEST_CASE("only an array can be streamed") {
  for (const std::string_view text :
       {"{}", "{\"a\": [1]}", "1", "-1.5", "18446744073709551615", "\"x\"", "true", "null"}) {
    CAPTURE(text);
    const Streamed streamed(text);
    CHECK(streamed.elements.empty());
    REQUIRE_FALSE(streamed.result.has_value());
    CHECK(streamed.result.error()[0].message == "expected an array");
  }
  CHECK_FALSE(Streamed("[1] [2]").result.has_value());
  CHECK_FALSE(Streamed("[1").result.has_value());
  CHECK_FALSE(Streamed("").result.has_value());
}

TEST_CASE("a path is written as a JSON pointer") {
  const json::Path root;
  const json::Path third = root.child(3);
  const json::Path attributes = third.child("attrs");
  const json::Path odd = attributes.child("a/b~c");
  CHECK(root.to_string().empty());
  CHECK(odd.to_string() == "/3/attrs/a~1b~0c");
  CHECK(attributes.child("").to_string() == "/3/attrs/");
}

TEST_CASE("a pointer leads to the value's place in the text") {
  const std::string_view text = "{\n  \"a\": [1, {\"b/~\": \"x\\\"]\"}],\n  \"\\u00e9\": -2.5 ,\"\": {\"}\": true}}";
  struct Row {
    std::string_view pointer;
    std::string_view marked;
    std::uint32_t line;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"", text, 1},
           {"/a", "[1, {\"b/~\": \"x\\\"]\"}]", 2},
           {"/a/0", "1", 2},
           {"/a/1/b~1~0", "\"x\\\"]\"", 2},
           {"/é", "-2.5", 3},
           {"/", "{\"}\": true}", 3},
           {"//}", "true", 3},
           {"/a/2", "[1, {\"b/~\": \"x\\\"]\"}]", 2},
           {"/a/x", "[1, {\"b/~\": \"x\\\"]\"}]", 2},
           {"/a/0/deeper", "1", 2},
           {"/missing", text, 1},
       }) {
    CAPTURE(row.pointer);
    const auto error = json::at(text, "t.json", std::string(row.pointer), ErrorCode::invalid_value, "m", "h");
    CHECK(text.substr(error.span.offset, error.span.length) == row.marked);
    CHECK(error.span.line == row.line);
    CHECK(error.path == row.pointer);
    CHECK(error.message == "m");
    CHECK(error.help == "h");
  }
}

TEST_CASE("a pointer that is too long to read is cut, and still leads to its place") {
  std::string key;
  for (int i = 0; i < 1000; ++i) key += "é";
  const std::string text = "{\"" + key + "\": 12}";
  const auto diagnostic = quis::json::at(text, "t", "/" + key, quis::ErrorCode::invalid_json, "wrong");
  CHECK(diagnostic.span.offset == text.find("12"));
  CHECK(diagnostic.span.length == 2);
  CHECK(diagnostic.path.size() < 310);
  CHECK(diagnostic.path.starts_with("/éé"));
  CHECK(diagnostic.path.ends_with("é…"));
}

TEST_CASE("the larger a document, the fewer of its errors are worth a scan, and one always is") {
  CHECK(quis::json::reported_errors(0) == quis::limits::kMaxReportedErrors);
  CHECK(quis::json::reported_errors(1'000'000) == quis::limits::kMaxReportedErrors);
  CHECK(quis::json::reported_errors(100'000'000) == 2);
  CHECK(quis::json::reported_errors(quis::limits::kMaxDocumentBytes) == 1);
}

TEST_CASE("text for people is indented, and reads back the same") {
  const auto document = json::parse(R"({"b":[1,{"c":"x,{\"y\":[]}"}],"a":{},"d":[]})", "t.json").value();
  const std::string text = json::to_text(document);
  CHECK(text == R"({
  "b": [
    1,
    {
      "c": "x,{\"y\":[]}"
    }
  ],
  "a": {},
  "d": []
})");
  CHECK(json::parse(text, "t.json").value() == document);
}

TEST_CASE("kinds have the names that JSON gives them") {
  const auto document = json::parse(R"([null, true, 1, 18446744073709551615, 0.5, "", [], {}])", "t.json").value();
  std::string names;
  for (const boost::json::value& value : document.get_array()) names += std::string(json::kind_name(value)) + " ";
  CHECK(names == "null boolean number number number string array object ");
}
