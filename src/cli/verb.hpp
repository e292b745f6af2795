#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

/// What a verb says of its command line. CLI11 does the work and stays behind this header: its own takes longer to
/// compile than all the verbs together.
namespace quis::cli {

/// An option or flag that a verb has. A handle: copies mean the same one.
class Option {
 public:
  Option& required(bool yes = true);
  /// May not be given together with `other`.
  Option& excludes(const Option& other);
  /// May only be given together with `other`.
  Option& needs(const Option& other);
  Option& one_of(std::vector<std::string> values);
  /// A number from `low` to `high`, both included.
  Option& between(double low, double high);
  /// The help says what the value is now.
  Option& show_default();

 private:
  friend class Verb;
  explicit Option(CLI::Option* option) noexcept : option_(option) {}

  CLI::Option* option_;
};

/// A verb of the tool. A handle: copies mean the same one. What it fills must live as long as the command line is read.
class Verb {
 public:
  Verb(CLI::App& tool, const char* name, const char* about);

  /// `names` as in `-p,--policies`; without dashes the option has a place instead of a name.
  Option option(const char* names, std::string& value, const char* about);
  Option option(const char* names, std::vector<std::string>& values, const char* about);
  Option option(const char* names, std::uint32_t& value, const char* about);
  Option option(const char* names, std::uint64_t& value, const char* about);
  Option option(const char* names, double& value, const char* about);
  Option option(const char* names, bool& value, const char* about);
  Option flag(const char* names, bool& value, const char* about);

  /// The option that was declared by this name.
  [[nodiscard]] Option find(const char* name) const;
  /// Whether the command line gave it.
  [[nodiscard]] bool given(const char* name) const;

  /// What the help ends with: an example.
  void footer(const std::string& text);
  /// What the verb does, once its command line was read.
  void run(std::function<void()> action);

 private:
  CLI::App* verb_;
};

}  // namespace quis::cli
