#include <memory>
#include <string>

#include <boost/json.hpp>

#include <quis/policy/schema_translation.hpp>

#include "base/json.hpp"
#include "cli/inputs.hpp"
#include "cli/tool.hpp"
#include "cli/verb.hpp"

namespace quis::cli {
namespace {

constexpr const char* kToJson = "cedar-to-json";
constexpr const char* kToResolvedJson = "cedar-to-json-with-resolved-types";
constexpr const char* kToText = "json-to-cedar";

struct Options {
  std::string path = kStandardInput;
  std::string direction;
};

void translate(const Options& options, Tool& tool) {
  const auto source = read_input(options.path);
  if (!source) return tool.fail(source.error());
  const std::string name = input_name(options.path);
  Errors warnings;
  const auto translation = options.direction == kToText   ? schema_json_to_text(*source, name)
                           : options.direction == kToJson ? schema_text_to_json(*source, name, &warnings)
                                                          : schema_text_to_resolved_json(*source, name, &warnings);
  tool.warn(warnings);
  if (!translation) return tool.fail(translation.error());
  if (!tool.json) {
    tool.out << *translation << (translation->ends_with('\n') ? "" : "\n");
    return;
  }
  if (options.direction == kToText) {
    tool.out << boost::json::object{{"schema", *translation}} << '\n';
  } else {
    tool.out << boost::json::object{{"schema", json::parse(*translation, name).value()}} << '\n';
  }
}

}  // namespace

void add_translate_schema(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<Options>();
  Verb verb(app, "translate-schema", "Translate a schema between Cedar's schema syntax and Cedar's JSON form");
  verb.option("--direction", options->direction,
              "`cedar-to-json`, `json-to-cedar`, or `cedar-to-json-with-resolved-types`: every name with its "
              "namespace and as an entity or a common type; the schema must be complete")
      .required()
      .one_of({kToJson, kToText, kToResolvedJson});
  verb.option("-s,--schema", options->path, "File with the schema; standard input when left out");
  verb.footer(
      "What only JSON can say (an entity type shaped by a common type, say) is refused, with the reason.\n"
      "Example:\n  quis translate-schema --direction cedar-to-json -s schema.cedarschema");
  verb.run([options, &tool] { translate(*options, tool); });
}

}  // namespace quis::cli
