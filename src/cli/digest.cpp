#include <memory>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "cli/inputs.hpp"
#include "cli/tool.hpp"
#include "cli/verb.hpp"

namespace quis::cli {
namespace {

void print_digest(const PolicyInput& input, Tool& tool) {
  const auto policies = input.load();
  if (!policies) return tool.fail(policies.error());
  const std::string digest = policies->digest().to_hex();
  if (tool.json) {
    tool.out << boost::json::object{{"digest", digest},
                                    {"policies", policies->policies().size()},
                                    {"templates", policies->templates().size()}}
             << '\n';
  } else {
    tool.out << digest << '\n';
  }
}

}  // namespace

void add_digest(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<PolicyInput>();
  Verb verb(app, "digest",
            "Print the SHA-256 that names a policy set in evidence: it changes with what the policies say, not with "
            "their layout, order or files");
  options->add_to(verb);
  verb.footer(
      "Ids count: a policy without `@id` is called by its place, as `policy0` or, in a folder, `file/policy0`, so\n"
      "moving such a policy changes the digest. A host calls all policies in text by their place: what it puts into\n"
      "evidence is the digest with `--ids position`.\n"
      "Example:\n  quis digest -p policies/");
  verb.run([options, &tool] { print_digest(*options, tool); });
}

}  // namespace quis::cli
