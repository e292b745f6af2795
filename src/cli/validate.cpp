#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>
#include <boost/json.hpp>

#include <quis/policy/validator.hpp>

#include "cli/annotation_hints.hpp"
#include "cli/counted.hpp"
#include "cli/inputs.hpp"
#include "cli/json_output.hpp"
#include "cli/tool.hpp"
#include "cli/verb.hpp"

namespace quis::cli {
namespace {

struct Options {
  DecisionInput input;
  std::string mode = "strict";
  std::uint32_t level = 0;
  bool has_level = false;
  bool deny_warnings = false;
};

struct Findings {
  std::size_t policies = 0;
  std::size_t templates = 0;
  Errors errors;
  Errors warnings;
};

/// Whether data is well-formed and merely not what the schema asks for.
bool is_about_schema(const Errors& errors) {
  return std::all_of(errors.begin(), errors.end(), [](const Diagnostic& error) {
    switch (error.code) {
      case ErrorCode::type_mismatch:
      case ErrorCode::missing_attribute:
      case ErrorCode::unexpected_attribute:
      case ErrorCode::unknown_entity_type:
      case ErrorCode::unknown_action:
      case ErrorCode::invalid_request:
      case ErrorCode::invalid_entity_uid: return true;
      default: return false;
    }
  });
}

/// Adds what is wrong with loaded data to the findings; false when it is not even well-formed, which was reported.
template <class T>
bool collect(const Result<T>& loaded, Findings& findings, Tool& tool) {
  if (loaded) return true;
  if (!is_about_schema(loaded.error())) {
    tool.fail(loaded.error());
    return false;
  }
  findings.errors.insert(findings.errors.end(), loaded.error().begin(), loaded.error().end());
  return true;
}

boost::json::array to_array(const Errors& diagnostics) {
  boost::json::array all;
  all.reserve(diagnostics.size());
  for (const Diagnostic& each : diagnostics) all.push_back(to_json(each));
  return all;
}

/// A policy that no action applies to is impossible for that reason, and one whose names the schema does not know is
/// both for that reason; Cedar counts all, and a person reads the first.
void fold_consequences(Findings& findings) {
  std::unordered_set<std::string> unknown;
  for (const Diagnostic& each : findings.errors) {
    const bool name = each.code == ErrorCode::unknown_action || each.code == ErrorCode::unknown_entity_type;
    if (name) unknown.insert(each.policy);
  }
  std::unordered_set<std::string> inapplicable;
  for (const Diagnostic& each : findings.warnings) {
    if (each.code == ErrorCode::inapplicable_action) inapplicable.insert(each.policy);
  }
  std::erase_if(findings.warnings, [&](const Diagnostic& each) {
    const bool impossible = each.code == ErrorCode::impossible_policy;
    const bool about_all = impossible || each.code == ErrorCode::inapplicable_action;
    return (about_all && unknown.contains(each.policy)) || (impossible && inapplicable.contains(each.policy));
  });
}

void print_text(const Findings& findings, bool valid, Tool& tool) {
  const char* const on = !tool.color ? "" : valid ? "\x1b[1;32m" : "\x1b[1;31m";
  tool.out << on << (valid ? "VALID" : "INVALID") << (tool.color ? "\x1b[0m" : "") << ": "
           << counted(findings.policies, "policy", "policies") << ", "
           << (findings.templates == 0 ? "" : counted(findings.templates, "template", "templates") + ", ")
           << counted(findings.errors.size(), "error", "errors") << ", "
           << counted(findings.warnings.size(), "warning", "warnings") << '\n';
  for (const Errors* all : {&findings.errors, &findings.warnings}) {
    for (const Diagnostic& each : *all) {
      tool.out << '\n';
      Diagnostic shown = each;
      if (!shown.policy.empty()) shown.message.insert(0, fmt::format("policy `{}`: ", shown.policy));
      tool.out << render(shown);
    }
  }
}

void validate_all(const Options& options, Tool& tool) {
  Errors about_schema;
  const auto schema = options.input.schema.load(&about_schema);
  if (!schema) return tool.fail(schema.error());
  SourceTexts texts;
  const auto policies = options.input.policies.load(texts);
  if (!policies) return tool.fail(policies.error());

  ValidationOptions how;
  how.mode = options.mode == "strict" ? ValidationMode::strict : ValidationMode::permissive;
  if (options.has_level) how.level = options.level;
  ValidationResult result = validate(*policies, **schema, how);
  Findings findings{policies->policies().size(), policies->templates().size(), std::move(result.errors),
                    std::move(result.warnings)};
  const Errors hints = annotation_hints(*policies);
  findings.warnings.insert(findings.warnings.end(), hints.begin(), hints.end());
  if (!options.input.entities.path.empty() && !collect(options.input.entities.load(*schema), findings, tool)) return;
  if (options.input.request.given() && !collect(options.input.request.load(*schema), findings, tool)) return;

  const bool valid = findings.errors.empty() && (findings.warnings.empty() || !options.deny_warnings);
  // What is odd about the schema is said, and is no reason to refuse the policies.
  findings.warnings.insert(findings.warnings.begin(), about_schema.begin(), about_schema.end());
  if (tool.json) {
    tool.out << boost::json::object{{"valid", valid},
                                    {"policies", findings.policies},
                                    {"templates", findings.templates},
                                    {"errors", to_array(findings.errors)},
                                    {"warnings", to_array(findings.warnings)}}
             << '\n';
  } else {
    fold_consequences(findings);
    texts.add_excerpts(findings.errors);
    texts.add_excerpts(findings.warnings);
    print_text(findings, valid, tool);
  }
  tool.exit = valid ? Exit::success : Exit::invalid;
}

}  // namespace

void add_validate(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<Options>();
  Verb verb(app, "validate",
            "Check policies against a schema, and entities and a request if they are given: "
            "exit code 3 when they do not fit");
  options->input.add_to(verb, false);
  verb.find("--schema").required();
  verb.option("--validation-mode", options->mode,
              "`strict`, or `permissive` to allow values of different types to be compared and mixed")
      .one_of({"strict", "permissive"})
      .show_default();
  verb.option("--level", options->level, "References between entities that a policy may follow (RFC 76)");
  verb.flag("--deny-warnings", options->deny_warnings, "Count warnings as errors");
  verb.footer("Example:\n  quis validate -p policies.cedar -s schema.cedarschema --deny-warnings");
  verb.run([options, verb, &tool] {
    options->has_level = verb.given("--level");
    validate_all(*options, tool);
  });
}

}  // namespace quis::cli
