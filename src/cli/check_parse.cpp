#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include <quis/policy/expression.hpp>

#include "cli/counted.hpp"
#include "cli/inputs.hpp"
#include "cli/tool.hpp"
#include "cli/verb.hpp"

namespace quis::cli {
namespace {

struct Options {
  PolicyInput policies;
  std::string expression;
  SchemaInput schema;
  EntitiesInput entities;
};

/// What there is, in one line.
std::string summary(const boost::json::object& parsed, bool expression) {
  struct Part {
    const char* key;
    const char* one;
    const char* many;
  };
  constexpr Part kParts[] = {{"policies", "policy", "policies"},
                             {"templates", "template", "templates"},
                             {"entity_types", "entity type", "entity types"},
                             {"actions", "action", "actions"},
                             {"entities", "entity", "entities"}};
  std::string text = expression ? "the expression" : "";
  for (const auto& [key, one, many] : kParts) {
    const std::size_t count = parsed.contains(key) ? parsed.at(key).to_number<std::size_t>() : 0;
    if (!parsed.contains(key) || (count == 0 && key == std::string_view("templates"))) continue;
    text += text.empty() ? "" : ", ";
    text += counted(count, one, many);
  }
  return text;
}

void check_parse(const Options& options, bool read_policies, Tool& tool) {
  Errors errors;
  const auto collect = [&errors](const auto& result) {
    if (!result) errors.insert(errors.end(), result.error().begin(), result.error().end());
    return result.has_value();
  };
  boost::json::object parsed;
  Errors warnings;
  const auto schema = options.schema.load(&warnings);
  tool.warn(warnings);
  if (collect(schema) && *schema) {
    parsed["entity_types"] = (*schema)->entity_types().size();
    parsed["actions"] = (*schema)->actions().size();
  }
  if (!options.entities.path.empty() && schema) {
    const auto entities = options.entities.load(*schema);
    const std::size_t actions = *schema ? (*schema)->actions().size() : 0;  // they are entities of the store too
    if (collect(entities)) parsed["entities"] = entities->size() - actions;
  }
  if (!options.expression.empty()) collect(parse_expression(options.expression));
  if (read_policies) {
    const auto policies = options.policies.load();
    if (collect(policies)) {
      parsed["policies"] = policies->policies().size();
      parsed["templates"] = policies->templates().size();
    }
  }
  if (!errors.empty()) {
    if (!tool.json) tool.out << "MALFORMED: " << counted(errors.size(), "error", "errors") << '\n';
    return tool.fail(errors);
  }
  if (tool.json) {
    parsed["ok"] = true;
    tool.out << parsed << '\n';
  } else {
    tool.out << "WELL-FORMED: " << summary(parsed, !options.expression.empty()) << '\n';
  }
}

}  // namespace

void add_check_parse(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<Options>();
  Verb verb(app, "check-parse",
            "Check that policies, an expression, a schema or entities are well-formed; "
            "report every error at once");
  options->policies.add_to(verb);
  verb.option("--expression", options->expression, "Expression to check");
  options->schema.add_to(verb);
  options->entities.add_to(verb, false);
  verb.footer("Example:\n  quis check-parse -p policies.cedar -s schema.cedarschema --entities entities.json");
  verb.run([options, verb, &tool] {
    // Standard input is read only when nothing else was asked for.
    const bool something_else = verb.given("--expression") || verb.given("--schema") || verb.given("--entities");
    check_parse(*options, verb.given("--policies") || !something_else, tool);
  });
}

}  // namespace quis::cli
