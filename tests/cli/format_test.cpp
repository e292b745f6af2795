#include "cli/run_tool.hpp"
#include "shared_data.hpp"

namespace quis::test {
namespace {

constexpr std::string_view kMessy = "permit(principal,action,resource)when{context.a};// why\n";
constexpr std::string_view kTidy = "permit (principal, action, resource)\nwhen { context.a }; // why\n";

}  // namespace

TEST_CASE("a formatted text is printed") {
  const Folder files;
  const Run run = run_tool({"format", "-p", files.write("p.cedar", kMessy)});
  CHECK(run.exit == 0);
  CHECK(run.out == kTidy);
}

TEST_CASE("--check tells by the exit code whether a file is formatted") {
  const Folder files;
  CHECK(run_tool({"format", "--check", "-p", files.write("p.cedar", kMessy)}).exit == 1);
  CHECK(run_tool({"format", "--check", "-p", files.write("p.cedar", kTidy)}).exit == 0);
  CHECK(run_tool({"format", "--check", "--indent-width", "8", "-p", files.write("p.cedar", kTidy)}).exit == 0);
  CHECK(run_tool({"format", "--check", "--line-width", "20", "-p", files.write("p.cedar", kTidy)}).exit == 1);
}

TEST_CASE("--check says in one line what it found, and where the first change is") {
  const Folder files;
  const std::string file = files.write("p.cedar", std::string(kTidy) + std::string(kMessy));
  const Run run = run_tool({"format", "--check", "-p", file});
  CHECK(run.out.starts_with(file + " is not formatted: line 3 is the first to change; "));
  CHECK(run.out.find('\n') == run.out.size() - 1);
  CHECK(run_tool({"format", "--check", "-p", files.write("p.cedar", kTidy)}).out == file + " is formatted\n");
}

TEST_CASE("--write replaces the file and prints nothing") {
  const Folder files;
  const std::string file = files.write("p.cedar", kMessy);
  const Run run = run_tool({"format", "--write", "-p", file});
  CHECK(run.exit == 0);
  CHECK(run.out.empty());
  CHECK(read_file(file) == kTidy);
  CHECK(std::distance(std::filesystem::directory_iterator(files.path()), std::filesystem::directory_iterator()) == 1);
}

TEST_CASE("a file with mistakes stays as it is, and all of them are reported") {
  const Folder files;
  const std::string wrong = "permit(principal,action);\nforbid(principal, action, resource) when {};\n";
  const std::string file = files.write("p.cedar", wrong);
  const Run run = run_tool({"format", "--write", "-p", file});
  CHECK(run.exit == 1);
  CHECK(run.complains("p.cedar:1:"));
  CHECK(run.complains("p.cedar:2:"));
  CHECK(read_file(file) == wrong);
}

TEST_CASE("with --json the text comes in an object that says whether it changed") {
  const Folder files;
  const Run run = run_tool({"format", "--json", "-p", files.write("p.cedar", kMessy)});
  CHECK(run.json().at("changed") == true);
  CHECK(run.json().at("formatted").as_string() == boost::json::string_view(kTidy));
}

}  // namespace quis::test
