#include "cli/junit.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "base/code_points.hpp"

namespace quis::cli {
namespace {

/// Text for XML. What XML 1.0 cannot say at all, even escaped, becomes U+FFFD.
std::string escaped(std::string_view text) {
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t line_break = std::min(text.find('\n', at), text.size());
    for (const char c : visible(text.substr(at, line_break - at))) {
      switch (c) {
        case '&': result += "&amp;"; break;
        case '<': result += "&lt;"; break;
        case '>': result += "&gt;"; break;
        case '"': result += "&quot;"; break;
        default: result += c;
      }
    }
    if (line_break < text.size()) result += "&#10;";
    at = line_break + 1;
  }
  return result;
}

void append_case(std::string& to, const FileResult& file, const CaseResult& test) {
  fmt::format_to(std::back_inserter(to),
                 "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\" time=\"{:.6f}\"",
                 escaped(test.name), escaped(file.file), escaped(file.file), test.span.line, test.seconds);
  if (test.failures.empty()) {
    to += "/>\n";
    return;
  }
  std::string message;
  for (const std::string& failure : test.failures) message += (message.empty() ? "" : "; ") + failure;
  fmt::format_to(std::back_inserter(to), ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                 escaped(message), escaped(test.because));
}

}  // namespace

std::string junit_text(const std::vector<FileResult>& results, const std::vector<BrokenFile>& broken) {
  std::size_t cases = broken.size();
  std::size_t failures = 0;
  for (const FileResult& file : results) {
    cases += file.cases.size();
    failures += file.failed();
  }
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"quis test\" tests=\"{}\" failures=\"{}\" "
      "errors=\"{}\">\n",
      cases, failures, broken.size());
  const auto out = std::back_inserter(xml);
  for (const FileResult& file : results) {
    fmt::format_to(out, "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n", escaped(file.file),
                   file.cases.size(), file.failed());
    for (const CaseResult& test : file.cases) append_case(xml, file, test);
    xml += "  </testsuite>\n";
  }
  for (const BrokenFile& file : broken) {
    fmt::format_to(out,
                   "  <testsuite name=\"{0}\" tests=\"1\" failures=\"0\" errors=\"1\">\n    <testcase name=\"{0}\" "
                   "classname=\"{0}\">\n      <error message=\"{1}\">{2}</error>\n    </testcase>\n  </testsuite>\n",
                   escaped(file.file), escaped(file.errors.front().message), escaped(render(file.errors)));
  }
  return xml + "</testsuites>\n";
}

}  // namespace quis::cli
