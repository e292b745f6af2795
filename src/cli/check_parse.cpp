#include <memory>
#include <string>

#include <boost/json.hpp>

#include <quis/policy/expression.hpp>

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
    if (collect(entities)) parsed["entities"] = entities->size();
  }
  if (!options.expression.empty()) collect(parse_expression(options.expression));
  if (read_policies) {
    const auto policies = options.policies.load();
    if (collect(policies)) {
      parsed["policies"] = policies->policies().size();
      parsed["templates"] = policies->templates().size();
    }
  }
  if (!errors.empty()) return tool.fail(errors);
  parsed["ok"] = true;
  if (tool.json) tool.out << parsed << '\n';
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
