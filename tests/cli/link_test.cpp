#include "cli/run_tool.hpp"
#include "shared_data.hpp"

namespace quis::test {
namespace {

constexpr std::string_view kPolicies =
    "@id(\"viewers\") permit(principal == ?principal, action, resource in ?resource);\n"
    "forbid(principal, action, resource) when { context.no };\n";
constexpr const char* kArguments = R"({"?principal": "User::\"ann\"", "?resource": "Album::\"a\""})";

Run link(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"link"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_tool(arguments);
}

}  // namespace

TEST_CASE("a template and the values of its slots make a policy, which is printed") {
  const Folder files;
  const std::string file = files.write("p.cedar", kPolicies);
  const Run run = link({"-p", file, "--template-id", "viewers", "--new-id", "ann", "--arguments", kArguments});
  CHECK(run.exit == 0);
  CHECK(run.says(R"(principal == User::"ann")"));
  CHECK(run.says(R"(resource in Album::"a")"));
  CHECK_FALSE(run.says("?"));
  CHECK(run_tool({"check-parse", "-p", files.write("linked.cedar", run.out)}).exit == 0);
}

TEST_CASE("links are added to their file, which may not be there yet, and then take part in decisions") {
  const Folder files;
  const std::string file = files.write("p.cedar", kPolicies);
  const std::string links = files.path("links.json");
  CHECK(link({"-p", file, "-k", links, "--template-id", "viewers", "-n", "ann", "-a", kArguments}).exit == 0);
  const std::string bob = R"({"?resource": "Album::\"a\"", "?principal": "User::\"bob\""})";
  CHECK(link({"-p", file, "-k", links, "--template-id", "viewers", "-n", "bob", "-a", bob}).exit == 0);
  CHECK(boost::json::parse(read_file(links)).as_array().size() == 2);
  const std::vector<std::string> request = {"authorize",
                                            "-p",
                                            file,
                                            "-k",
                                            links,
                                            "--entities",
                                            files.write("e.json", "[]"),
                                            "-l",
                                            "User::\"bob\"",
                                            "-a",
                                            "Action::\"x\"",
                                            "-r",
                                            "Album::\"a\"",
                                            "--json"};
  const Run decided = run_tool(request);
  CHECK(decided.exit == 0);
  CHECK(boost::json::serialize(decided.json().at("reason")) == R"(["bob"])");
}

TEST_CASE("a link that cannot be made leaves the file of links as it is") {
  const Folder files;
  const std::string file = files.write("p.cedar", kPolicies);
  const std::string links = files.path("links.json");
  REQUIRE(link({"-p", file, "-k", links, "--template-id", "viewers", "-n", "ann", "-a", kArguments}).exit == 0);
  const std::string before = read_file(links);
  const std::vector<std::vector<std::string>> wrong = {
      {"--template-id", "viewers", "-n", "ann", "-a", kArguments},           // taken
      {"--template-id", "nobody", "-n", "b", "-a", kArguments},              // no such template
      {"--template-id", "viewers", "-n", "b", "-a", "{}"},                   // slots without values
      {"--template-id", "viewers", "-n", "b", "-a", R"({"?action": "A"})"},  // no such slot
      {"--template-id", "viewers", "-n", "b", "-a", R"({"?principal": "ann", "?resource": "Album::\"a\""})"},
      {"--template-id", "viewers", "-n", "b", "-a", "["},
  };
  for (const auto& arguments : wrong) {
    std::vector<std::string> all = {"-p", file, "-k", links};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Run run = link(all);
    CAPTURE(arguments.back());
    CHECK(run.exit == 1);
    CHECK(run.complains("error["));
    CHECK(run.out.empty());
    CHECK(read_file(links) == before);
  }
}

TEST_CASE("a link that cannot be kept is not printed") {
  const Folder files;
  const std::string file = files.write("p.cedar", kPolicies);
  const Run run =
      link({"-p", file, "-k", files.path("no/links.json"), "--template-id", "viewers", "-n", "ann", "-a", kArguments});
  CHECK(run.exit == 1);
  CHECK(run.out.empty());
  CHECK(run.complains("No such file or directory"));
}

TEST_CASE("what is wrong in a file of links is told with its line and column, all of it") {
  const Folder files;
  const std::string file = files.write("p.cedar", kPolicies);
  const auto validated = [&](std::string_view links) {
    return run_tool({"check-parse", "-p", file, "-k", files.write("links.json", links)});
  };
  const Run bad_uids = validated(R"([
  {"template_id": "viewers", "link_id": "a",
   "args": {"?principal": "ann", "?resource": "Album::\"a\""}},
  {"template_id": "viewers", "link_id": "b",
   "args": {"?principal": "User::\"b\"", "?resource": "User::"}}
])");
  CHECK(bad_uids.exit == 1);
  CHECK(bad_uids.complains("links.json:3:27: error[invalid-entity-uid]"));
  CHECK(bad_uids.complains("links.json:5:55: error["));
  const Run bad_links = validated(R"([
  {"template_id": "nobody", "link_id": "a", "args": {}},
  {"template_id": "viewers", "link_id": "b",
   "args": {"?principal": "User::\"b\""}},
  {"template_id": "viewers", "link_id": "viewers",
   "args": {"?principal": "User::\"b\"", "?resource": "User::\"b\""}}
])");
  CHECK(bad_links.exit == 1);
  CHECK(bad_links.complains("links.json:2:19: error[unknown-template]"));
  CHECK(bad_links.complains("links.json:4:12: error[invalid-link]"));
  CHECK(bad_links.complains("links.json:5:41: error[duplicate-policy-id]"));
}

TEST_CASE("with --json the linked policy comes in an object") {
  const Folder files;
  const Run run = link(
      {"--json", "-p", files.write("p.cedar", kPolicies), "--template-id", "viewers", "-n", "ann", "-a", kArguments});
  CHECK(run.json().at("id") == "ann");
  CHECK(run.json().at("template") == "viewers");
}

}  // namespace quis::test
