#pragma once

#include <ostream>
#include <string>
#include <vector>

#include <quis/base/result.hpp>

namespace CLI {
class App;
}

/// The `quis` command line tool: one verb a file, `add_<verb>` declares its flags and says what it does.
namespace quis::cli {

/// What a shell learns. The numbers are those of the `cedar` tool.
enum class Exit : int {
  success = 0,  ///< allowed, or well-formed
  error = 1,    ///< the tool could not do what was asked: bad flags, unreadable or malformed input
  denied = 2,   ///< the request is denied; an answer differs from the expected one
  invalid = 3,  ///< the policies, entities or request do not fit the schema
};

/// What every verb shares: where to write, and how.
struct Tool {
  std::ostream& out;
  std::ostream& err;
  bool json = false;                   ///< one JSON object a line on `out`, errors included
  std::string error_format = "human";  ///< otherwise of errors: `human`, `plain` (no excerpts), `json` (a line each)
  bool color = false;
  Exit exit = Exit::success;

  /// Reports what went wrong, for people on `err` or as JSON on `out`, and sets the exit code.
  void fail(const Errors& errors);
  void fail(ErrorCode code, std::string message, std::string help = {});
  /// Reports what is allowed and probably not meant, in the same places; the exit code stays.
  void warn(const Errors& warnings);
};

/// Runs one command line (without the program's name) and returns its exit code. Never throws.
[[nodiscard]] int run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err, bool color);

void add_authorize(CLI::App& app, Tool& tool);
void add_check_parse(CLI::App& app, Tool& tool);
void add_compile(CLI::App& app, Tool& tool);
void add_digest(CLI::App& app, Tool& tool);
void add_evaluate(CLI::App& app, Tool& tool);
void add_translate_policy(CLI::App& app, Tool& tool);
void add_translate_schema(CLI::App& app, Tool& tool);
void add_format(CLI::App& app, Tool& tool);
void add_link(CLI::App& app, Tool& tool);
void add_run_cases(CLI::App& app, Tool& tool);
/// `who`, `what` and `actions`.
void add_search(CLI::App& app, Tool& tool);
void add_validate(CLI::App& app, Tool& tool);
void add_why(CLI::App& app, Tool& tool);
/// `test`, and `run-tests` with the flags of the `cedar` tool.
void add_test(CLI::App& app, Tool& tool);
void add_diff(CLI::App& app, Tool& tool);

}  // namespace quis::cli
