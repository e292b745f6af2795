#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include <quis/policy/format.hpp>

#include "base/code_points.hpp"
#include "cli/inputs.hpp"
#include "cli/output_file.hpp"
#include "cli/tool.hpp"
#include "cli/verb.hpp"

namespace quis::cli {
namespace {

struct Options {
  std::string path = kStandardInput;
  FormatOptions layout;
  bool write = false;
  bool check = false;
};

/// The first line that formatting changes, counted from 1.
std::size_t first_changed_line(std::string_view text, std::string_view formatted) {
  const auto differ = std::mismatch(text.begin(), text.end(), formatted.begin(), formatted.end()).first;
  return 1 + static_cast<std::size_t>(std::count(text.begin(), differ, '\n'));
}

void format(const Options& options, Tool& tool) {
  const auto text = read_input(options.path);
  if (!text) return tool.fail(text.error());
  const auto formatted = format_policies(*text, options.layout, input_name(options.path));
  if (!formatted) return tool.fail(formatted.error());
  const bool changed = *formatted != *text;
  if (options.write) {
    if (changed) {
      if (const auto written = replace_file(options.path, *formatted); !written) return tool.fail(written.error());
    }
    if (tool.json) tool.out << boost::json::object{{"changed", changed}} << '\n';
    return;
  }
  if (tool.json) {
    tool.out << boost::json::object{{"changed", changed}, {"formatted", *formatted}} << '\n';
  } else if (options.check) {
    tool.out << visible(input_name(options.path)) << (changed ? " is not formatted" : " is formatted");
    if (changed) {
      tool.out << ": line " << first_changed_line(*text, *formatted)
               << " is the first to change; `quis format` prints the text, `--write` mends the file";
    }
    tool.out << '\n';
  } else {
    tool.out << *formatted;
  }
  if (options.check && changed) tool.exit = Exit::error;
}

}  // namespace

void add_format(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<Options>();
  Verb verb(app, "format", "Lay policies out anew: comments stay, and so does the meaning");
  const Option path =
      verb.option("-p,--policies", options->path, "File with the policies; standard input when left out");
  verb.option("-l,--line-width", options->layout.line_width, "Columns a line should have at most").show_default();
  verb.option("-i,--indent-width", options->layout.indent_width, "Spaces a level")
      .between(0, FormatOptions::kMaxIndentWidth)
      .show_default();
  const Option write = verb.flag("-w,--write", options->write, "Replace the file instead of printing").needs(path);
  verb.flag("-c,--check", options->check,
            "Say whether the text is formatted already instead of printing it: exit code 1 when it is not")
      .excludes(write);
  verb.footer("Example:\n  quis format --check -p policies.cedar");
  verb.run([options, &tool] { format(*options, tool); });
}

}  // namespace quis::cli
