#include "cli/verb.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace quis::cli {

namespace {

/// CLI11 would take `-1` for the largest number there is.
std::string whole_number(const std::string& text) {
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  return digits ? std::string() : fmt::format("takes a whole number from 0 up, found `{}`", text);
}

/// Of one that is too large, CLI11 says only that it could not be converted.
std::string small_number(const std::string& text) {
  constexpr std::size_t kMostDigits = 9;
  const std::size_t zeros = std::min(text.find_first_not_of('0'), text.size());
  return text.size() - zeros <= kMostDigits ? std::string()
                                            : fmt::format("takes at most {} digits, found `{}`", kMostDigits, text);
}

}  // namespace

Option& Option::required(bool yes) {
  option_->required(yes);
  return *this;
}

Option& Option::excludes(const Option& other) {
  option_->excludes(other.option_);
  return *this;
}

Option& Option::needs(const Option& other) {
  option_->needs(other.option_);
  return *this;
}

Option& Option::one_of(std::vector<std::string> values) {
  option_->check(CLI::IsMember(std::move(values)));
  return *this;
}

Option& Option::between(double low, double high) {
  option_->check([low, high](const std::string& text) {
    double value = 0;
    const bool fits = CLI::detail::lexical_cast(text, value) && value >= low && value <= high;
    return fits ? std::string() : fmt::format("takes a number from {} to {}, found `{}`", low, high, text);
  });
  return *this;
}

Option& Option::show_default() {
  option_->capture_default_str();
  return *this;
}

Verb::Verb(CLI::App& tool, const char* name, const char* about) : verb_(tool.add_subcommand(name, about)) {}

Option Verb::option(const char* names, std::string& value, const char* about) {
  return Option(verb_->add_option(names, value, about));
}
Option Verb::option(const char* names, std::vector<std::string>& values, const char* about) {
  return Option(verb_->add_option(names, values, about));
}
Option Verb::option(const char* names, std::uint32_t& value, const char* about) {
  return Option(verb_->add_option(names, value, about)->check(whole_number)->check(small_number));
}
Option Verb::option(const char* names, std::uint64_t& value, const char* about) {
  return Option(verb_->add_option(names, value, about)->check(whole_number));
}
Option Verb::option(const char* names, double& value, const char* about) {
  return Option(verb_->add_option(names, value, about));
}
Option Verb::option(const char* names, bool& value, const char* about) {
  return Option(verb_->add_option(names, value, about));
}
Option Verb::flag(const char* names, bool& value, const char* about) {
  return Option(verb_->add_flag(names, value, about));
}

Option Verb::find(const char* name) const { return Option(verb_->get_option(name)); }
bool Verb::given(const char* name) const { return verb_->count(name) != 0; }
void Verb::footer(const std::string& text) { verb_->footer(text); }
void Verb::run(std::function<void()> action) { verb_->callback(std::move(action)); }

}  // namespace quis::cli
