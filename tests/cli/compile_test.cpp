#include <algorithm>
#include <sstream>
#include <string>

#include <quis/engine/detail/native_plan.hpp>

#include "base/file.hpp"
#include "cli/run_tool.hpp"

namespace quis::test {
namespace {

constexpr const char* kHostile =
    "permit(principal, action, resource) when { resource[\"*/ ?\?/ \\\\ \\\" \\n#include <x> \\\\\"] == "
    "\"\\u{0}\\u{2028}\\\\\\n*/ ?\?/\\\\\" };";

/// A line of generated code that is not of this file's own words would have to come out of a policy.
bool is_harmless(const std::string& line) {
  const bool is_plain = std::ranges::all_of(line, [](char c) { return c >= ' ' && c <= '~'; });
  return is_plain && line.find('\\') == std::string::npos && line.find("??") == std::string::npos;
}

}  // namespace

TEST_CASE("compile prints the program, one line an instruction") {
  const Folder folder;
  const auto policies = folder.write("p.cedar", "permit(principal, action, resource) when { resource.open };");
  const Run run = run_tool({"compile", "-p", policies});
  CHECK(run.exit == 0);
  CHECK(run.says("satisfied:0 if resource[\"open\"]"));
  CHECK(run_tool({"compile", "-p", policies, "--json"}).json().at("program").as_string() == run.out);
}

TEST_CASE("compile writes C++ with the digest of the policies, the same each time") {
  const Folder folder;
  const auto policies = folder.write("p.cedar", "permit(principal, action, resource) when { resource.open };");
  const auto out = folder.path("out.cpp");
  const Run run = run_tool({"compile", "-p", policies, "--emit-cpp", out, "--name", "my_policies"});
  CHECK(run.exit == 0);
  CHECK(run.out.empty());
  const std::string first = *read_file(out);
  std::string digest = run_tool({"digest", "-p", policies}).out;
  digest.pop_back();
  CHECK(first.find("{" + std::to_string(detail::kShapeFormat) + ", \"" + digest + "\"") != std::string::npos);
  CHECK(first.find("const quis::NativeProgram& my_policies() {") != std::string::npos);
  CHECK(run_tool({"compile", "-p", policies, "--emit-cpp", "-", "--name", "my_policies"}).out == first);
  const Run json = run_tool({"compile", "-p", policies, "--emit-cpp", out, "--json"});
  CHECK(json.json().at("plans").as_int64() == 1);
  CHECK(json.json().at("left_out").as_int64() == 0);
}

TEST_CASE("what compile writes depends on what policies say alone: order of actions and layout change nothing") {
  const Folder folder;
  const std::string a = "permit(principal, action == Action::\"a\", resource) when { resource.x };\n";
  const std::string b = "permit(principal, action == Action::\"b\", resource) when { resource.y == principal };\n";
  const auto one = folder.write("one.cedar", "@id(\"a\")" + a + "@id(\"b\")" + b);
  const auto other = folder.write("other.cedar", "\n// last\n@id(\"b\") " + b + "@id(\"a\")" + a);
  const Run first = run_tool({"compile", "-p", one, "--emit-cpp", "-"});
  CHECK(first.says("kPlan1"));
  CHECK(run_tool({"compile", "-p", other, "--emit-cpp", "-"}).out == first.out);
}

TEST_CASE("no text of a policy becomes code, nor ends a comment") {
  const Folder folder;
  const auto policies =
      folder.write("p.cedar", "@id(\"*/ } ?\?/ \\\\ \\n#error id \\u{0} \\\\\") " + std::string(kHostile));
  const Run run = run_tool({"compile", "-p", policies, "--emit-cpp", "-"});
  CHECK(run.exit == 0);
  std::istringstream lines(run.out);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(is_harmless(line));
    const std::size_t word = std::min(line.find("#error"), line.find("#include <x>"));
    if (word != std::string::npos) CHECK(line.find("//") < word);
  }
  CHECK(run.says("#error id"));
}

TEST_CASE("a plan that a compiler would take minutes for is left out of what is written, and the others are not") {
  const Folder folder;
  std::string conditions = "false";
  for (int i = 0; i < 2'400; ++i) conditions += " || resource.a" + std::to_string(i) + " == " + std::to_string(i);
  const auto policies =
      folder.write("p.cedar", "permit(principal, action == Action::\"a\", resource) when { " + conditions +
                                  " };\npermit(principal, action == Action::\"b\", resource) when { resource.open };");
  const auto out = folder.path("out.cpp");
  const Run json = run_tool({"compile", "-p", policies, "--emit-cpp", out, "--json"});
  CHECK(json.json().at("left_out").as_int64() == 1);
  CHECK(json.json().at("plans").as_int64() == 1);
  CHECK(read_file(out)->find("a2399") == std::string::npos);
  CHECK(run_tool({"compile", "-p", policies, "--emit-cpp", out}).complains("1 plans were left out"));
}

TEST_CASE("compile refuses a name that C++ would not take") {
  const Folder folder;
  const auto policies = folder.write("p.cedar", "permit(principal, action, resource);");
  for (const char* name : {"", "1st", "a-b", "a b", "class", "_x", "a__b", "main", "std", "x;y", "\xc3\xa4"}) {
    CAPTURE(name);
    const Run run = run_tool({"compile", "-p", policies, "--emit-cpp", folder.path("out.cpp"), "--name", name});
    CHECK(run.exit == 1);
    CHECK_FALSE(read_file(folder.path("out.cpp")));
  }
  CHECK(run_tool({"compile", "-p", policies, "--name", "x"}).exit == 1);
}

TEST_CASE("compile reports policies that do not parse, and a file that cannot be written") {
  const Folder folder;
  CHECK(run_tool({"compile", "-p", folder.write("bad.cedar", "permit(")}).exit == 1);
  const auto policies = folder.write("p.cedar", "permit(principal, action, resource);");
  const Run run = run_tool({"compile", "-p", policies, "--emit-cpp", folder.path("no/such/out.cpp")});
  CHECK(run.exit == 1);
  CHECK(run.complains("no/such"));
}

TEST_CASE("links and action groups are part of what is compiled") {
  const Folder folder;
  const auto policies =
      folder.write("p.cedar", "@id(\"t\") permit(principal == ?principal, action in Action::\"all\", resource);");
  const auto links =
      folder.write("links.json", R"([{"template_id": "t", "link_id": "l", "args": {"?principal": "User::\"u\""}}])");
  const auto entities = folder.write(
      "entities.json",
      R"([{"uid": {"type": "Action", "id": "x"}, "attrs": {}, "parents": [{"type": "Action", "id": "all"}]}])");
  const Run with = run_tool({"compile", "-p", policies, "-k", links, "--entities", entities, "--emit-cpp", "-"});
  CHECK(with.exit == 0);
  CHECK(with.says("// Decides l\n"));
  CHECK_FALSE(run_tool({"compile", "-p", policies, "--emit-cpp", "-"}).says("// Decides l\n"));
}

}  // namespace quis::test
