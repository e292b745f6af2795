#include "cli/run_tool.hpp"

namespace quis::test {

TEST_CASE("the value of an expression is printed as Cedar text, or with its kind in JSON") {
  const Run run = run_tool({"evaluate", "[3, 1, 1 + 0]"});
  CHECK(run.exit == 0);
  CHECK(run.out == "[1, 3]\n");
  const boost::json::object json = run_tool({"evaluate", "--json", "1 < 2"}).json();
  CHECK(json.at("value") == "true");
  CHECK(json.at("kind") == "bool");
}

TEST_CASE("an expression sees the request and the entities") {
  const Folder files;
  const std::string entities =
      files.write("e.json", R"([{"uid": {"type": "User", "id": "a"}, "attrs": {"n": 41}, "parents": []}])");
  const std::vector<std::string> request = {"-l", R"(User::"a")",  "-a", R"(Action::"v")",
                                            "-r", R"(Photo::"p")", "-c", R"({"one": 1})"};
  std::vector<std::string> line = {"evaluate", "principal.n + context.one", "--entities", entities};
  line.insert(line.end(), request.begin(), request.end());
  CHECK(run_tool(line).out == "42\n");
}

TEST_CASE("an expression without a value is an error that says why") {
  const Run overflow = run_tool({"evaluate", "9223372036854775807 + 1"});
  CHECK(overflow.exit == 1);
  CHECK(overflow.complains("error[evaluation]"));
  CHECK(run_tool({"evaluate", "--json", "1 + true"}).json().at("error").at("code") == "evaluation");
}

TEST_CASE("what has no value is pointed at, the innermost expression of all") {
  const Run run = run_tool({"evaluate", "[1,\n  if true then {a: 1}.b + 1 else 2]"});
  CHECK(run.exit == 1);
  CHECK(run.complains("expression:2:16: error[evaluation]"));
  const boost::json::object error =
      run_tool({"evaluate", "--json", "2 < 1 || !(1 + true == 2)"}).json().at("error").as_object();
  CHECK(error.at("column") == 12);
  CHECK(error.at("length") == 8);
}

TEST_CASE("an expression that speaks of the request needs one, wherever in it that is") {
  for (const char* expression : {"principal", "if true then 1 else context.n", "{a: [resource == action]}.a"}) {
    CAPTURE(expression);
    const Run run = run_tool({"evaluate", expression});
    CHECK(run.exit == 1);
    CHECK(run.complains("--principal"));
  }
}

TEST_CASE("a malformed expression is an error with its place") {
  const Run run = run_tool({"evaluate", "1 + + 2"});
  CHECK(run.exit == 1);
  CHECK(run.complains("expression:1:5"));
}

}  // namespace quis::test
