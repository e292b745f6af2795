#include <memory>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include <quis/engine/world.hpp>

#include "cli/inputs.hpp"
#include "cli/output_file.hpp"
#include "cli/tool.hpp"
#include "cli/verb.hpp"
#include "engine/native_text.hpp"
#include "engine/program.hpp"

namespace quis::cli {
namespace {

struct Options {
  PolicyInput policies;
  SchemaInput schema;
  EntitiesInput entities;
  std::string output;
  std::string name = "native_policies";
};

void write_native(const World& world, const Options& options, Tool& tool) {
  NativeText native;
  native.add(world.program(), world.policies().policies());
  const std::string digest = world.policies().digest().to_hex();
  const std::string text = native.text(options.name, digest);
  if (options.output == kStandardInput) {
    tool.out << text;
    return;
  }
  if (const auto written = replace_file(options.output, text); !written) return tool.fail(written.error());
  if (tool.json) {
    tool.out << boost::json::object{{"digest", digest}, {"plans", native.plans()}, {"left_out", native.left_out()}}
             << '\n';
  } else if (native.left_out() != 0) {
    tool.err << native.left_out() << " plans were left out, and will be evaluated: they are too long for a compiler\n";
  }
}

void compile_policies(const Options& options, Tool& tool) {
  if (!NativeText::is_identifier(options.name)) {
    return tool.fail(ErrorCode::invalid_argument, "`" + options.name + "` cannot be the name of a C++ function",
                     "use letters, digits and single underscores, a letter first, and no word that C++ keeps");
  }
  const auto declared = options.schema.load();
  if (!declared) return tool.fail(declared.error());
  auto policies = options.policies.load();
  if (!policies) return tool.fail(policies.error());
  auto entities = options.entities.load(*declared);
  if (!entities) return tool.fail(entities.error());
  const World world = World::build(std::move(*policies), std::move(*entities));
  if (!options.output.empty()) return write_native(world, options, tool);
  const std::string program = world.program().to_text();
  if (tool.json) {
    tool.out << boost::json::object{{"program", program}} << '\n';
  } else {
    tool.out << program;
  }
}

}  // namespace

void add_compile(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<Options>();
  Verb verb(app, "compile",
            "Print what the policies are compiled to, or write it as C++ that a host can link: decisions are the same "
            "and take less time");
  options->policies.add_to(verb);
  options->schema.add_to(verb);
  options->entities.add_to(verb, false);
  const Option output = verb.option("--emit-cpp", options->output, "C++ source file to write; `-` for standard output");
  verb.option("--name", options->name, "What the function is called that gives the host the compiled policies")
      .needs(output)
      .show_default();
  verb.footer(
      "Schema or entities say which actions are in which groups: give those that the host will have.\n"
      "In CMake, `quis_compile_policies` runs this verb whenever a policy has changed, and writes the header. By "
      "hand:\n"
      "declare `const quis::NativeProgram& app_policies();` and give it to `quis::use_native` (native_program.hpp).\n"
      "Example:\n  quis compile -p policies/ -s app.cedarschema --emit-cpp policies.cpp --name app_policies");
  verb.run([options, &tool] { compile_policies(*options, tool); });
}

}  // namespace quis::cli
