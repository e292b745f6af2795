#include <memory>
#include <string>

#include <boost/json.hpp>

#include "base/json.hpp"
#include "cli/inputs.hpp"
#include "cli/link_file.hpp"
#include "cli/output_file.hpp"
#include "cli/tool.hpp"
#include "cli/verb.hpp"

namespace quis::cli {
namespace {

struct Options {
  PolicyInput policies;
  std::string template_id;
  std::string new_id;
  std::string arguments;
};

void link(Options options, Tool& tool) {
  options.policies.may_lack_links = true;
  auto policies = options.policies.load();
  if (!policies) return tool.fail(policies.error());
  const auto arguments = json::parse(options.arguments, "--arguments");
  if (!arguments) return tool.fail(arguments.error());
  TemplateLink new_link{options.template_id, options.new_id, EntityId{}, EntityId{}};
  if (const auto read = read_slots(new_link, *arguments, {}, "--arguments", options.arguments); !read) {
    return tool.fail(read.error());
  }
  const auto linked = policies->link(new_link.template_id, new_link.link_id, new_link.principal, new_link.resource);
  if (!linked) return tool.fail(linked.error());
  if (!options.policies.links.empty()) {
    auto file = read_links(options.policies.links, true);
    if (!file) return tool.fail(file.error());
    file->links.push_back(new_link);
    const auto written = replace_file(options.policies.links, to_json(file->links));
    if (!written) return tool.fail(written.error());
  }
  const std::string text = linked_text(*policies->find(new_link.link_id));
  if (tool.json) {
    tool.out << boost::json::object{{"id", new_link.link_id}, {"template", new_link.template_id}, {"policy", text}}
             << '\n';
  } else {
    tool.out << text << '\n';
  }
}

}  // namespace

void add_link(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<Options>();
  Verb verb(app, "link", "Make a policy of a template and print it");
  options->policies.add_to(verb);
  verb.option("--template-id", options->template_id, "Id of the template").required();
  verb.option("-n,--new-id", options->new_id, "Id of the new policy").required();
  verb.option("-a,--arguments", options->arguments,
              "What to put into the slots: a JSON object of slots and entity uids in text")
      .required();
  verb.footer(
      "With -k the link is also added to that file, which is made if it is not there; nothing is printed when that "
      "fails.\n"
      "Example:\n"
      "  quis link -p policies.cedar -k links.json --template-id policy0 -n ann-views \\\n"
      "       -a '{\"?principal\": \"User::\\\"ann\\\"\"}'");
  verb.run([options, &tool] { link(*options, tool); });
}

}  // namespace quis::cli
