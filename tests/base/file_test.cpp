#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include <base/file.hpp>

namespace {

struct TemporaryFile {
  explicit TemporaryFile(std::string_view content)
      : path(std::filesystem::temp_directory_path() / ("quis_file_test_" + std::to_string(counter++))) {
    std::ofstream(path, std::ios::binary) << content;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove(path); }

  static inline int counter = 0;
  std::filesystem::path path;
};

}  // namespace

TEST_CASE("a file is read byte for byte") {
  using namespace std::string_literals;
  for (const std::string& content : {""s, "one line\r\n"s, "a\0b\xFF"s, std::string(300'000, 'x')}) {
    const TemporaryFile file(content);
    CHECK(quis::read_file(file.path.string()) == content);
  }
}

TEST_CASE("what cannot be read says why") {
  const auto missing = quis::read_file("no/such/file.json");
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error()[0].code == quis::ErrorCode::io);
  CHECK(missing.error()[0].message == "cannot read `no/such/file.json`: there is no such file");
  CHECK_FALSE(missing.error()[0].help.empty());

  const auto folder = quis::read_file(std::filesystem::temp_directory_path().string());
  REQUIRE_FALSE(folder.has_value());
  CHECK(folder.error()[0].code == quis::ErrorCode::io);
  CHECK(folder.error()[0].message.ends_with("it is a folder"));
}

TEST_CASE("UTF-8 is what Unicode says it is") {
  for (const std::string_view text : {"", "plain ASCII text, longer than one word", "é", "\u0800", "\uFFFF",
                                      "\U00010000", "\U0010FFFF", "\uD7FF", "\uE000", "1234567é", "\x7F"}) {
    CAPTURE(text);
    CHECK(quis::check_utf8(text, "t").has_value());
  }
}

TEST_CASE("bytes that are not UTF-8 are found where they stand") {
  struct Row {
    std::string_view text;
    std::uint32_t offset;
  };
  for (const Row& row :
       {Row{"\x80", 0}, Row{"\xC0\x80", 0}, Row{"\xC1\xBF", 0}, Row{"\xE0\x9F\xBF", 0}, Row{"\xED\xA0\x80", 0},
        Row{"\xED\xBF\xBF", 0}, Row{"\xF0\x8F\xBF\xBF", 0}, Row{"\xF4\x90\x80\x80", 0}, Row{"\xF5\x80\x80\x80", 0},
        Row{"\xFF", 0}, Row{"\xC3", 0}, Row{"\xE2\x82", 0}, Row{"\xF0\x9F\x98", 0}, Row{"\xE2\x82(", 0},
        Row{"abc\xC3(", 3}, Row{"twelve bytes\xFE more", 12}, Row{"\xC3\xA9\xC3\xA9\xA9", 4}}) {
    CAPTURE(row.text);
    const auto checked = quis::check_utf8(row.text, "t");
    REQUIRE_FALSE(checked.has_value());
    CHECK(checked.error()[0].code == quis::ErrorCode::invalid_utf8);
    CHECK(checked.error()[0].span.offset == row.offset);
    CHECK(checked.error()[0].source == "t");
  }
}
