#include <cstdio>

#include "cli/run_tool.hpp"

namespace quis::test {

TEST_CASE("the help names every verb, the exit codes and an example") {
  const Run help = run_tool({"--help"});
  CHECK(help.exit == 0);
  for (const char* text : {"authorize", "check-parse", "digest", "evaluate", "format", "link", "translate-policy",
                           "translate-schema", "run-cases", "compile", "who", "what", "actions", "validate", "why",
                           "test", "diff", "Exit codes", "Example:"}) {
    CHECK_MESSAGE(help.says(text), text);
  }
}

TEST_CASE("the help of every verb has an example that calls it") {
  for (const char* verb :
       {"authorize", "check-parse", "digest", "evaluate", "format", "link", "translate-policy", "translate-schema",
        "run-cases", "compile", "who", "what", "actions", "validate", "why", "test", "diff"}) {
    CAPTURE(verb);
    const Run help = run_tool({verb, "--help"});
    CHECK(help.exit == 0);
    CHECK(help.says("Example:\n  quis " + std::string(verb)));
  }
}

TEST_CASE("an argument that is not UTF-8 is refused before anything is done with it") {
  const Run run = run_tool({"--json", "format", "-p", "\xff\xfe"});
  CHECK(run.exit == 1);
  CHECK(run.json().at("error").at("code") == "invalid-utf8");
  CHECK(run.json().at("error").at("message") == "argument 4 is not UTF-8");
}

TEST_CASE("the version names the release and the language") {
  const Run version = run_tool({"--version"});
  CHECK(version.exit == 0);
  CHECK(version.says("quis "));
  CHECK(version.says("Cedar language 4.5"));
}

TEST_CASE("a command line that makes no sense is an error that says where to look") {
  const std::vector<std::vector<std::string>> lines = {{},
                                                       {"authorise"},
                                                       {"--frobnicate"},
                                                       {"authorize", "--frobnicate"},
                                                       {"authorize"},
                                                       {"run-cases"},
                                                       {"evaluate"},
                                                       {"translate-policy"},
                                                       {"translate-policy", "--direction", "sideways"},
                                                       {"translate-schema"},
                                                       {"translate-schema", "--direction", "sideways"},
                                                       {"format", "--write"},
                                                       {"format", "-w", "-c", "-p", "p.cedar"},
                                                       {"format", "--indent-width", "65"},
                                                       {"link", "--template-id", "t"},
                                                       {"check-parse", "--ids", "random"},
                                                       {"check-parse", "--policy-format", "xml"},
                                                       {"evaluate", "1", "2"},
                                                       {"authorize", "--policies"}};
  for (const auto& line : lines) {
    const Run run = run_tool(line);
    CAPTURE(line.size());
    CHECK(run.exit == 1);
    CHECK(run.complains("error[invalid-argument]: "));
    CHECK(run.complains("--help"));
    CHECK(run.out.empty());
  }
}

TEST_CASE("a misspelt flag is what the error is about, and what it was meant to be") {
  const Run run = run_tool({"authorize", "--entites", "e.json", "-p", "p.cedar"});
  CHECK(run.exit == 1);
  CHECK(run.complains("`quis authorize` does not take `--entites`"));
  CHECK(run.complains("did you mean `--entities`?"));
}

TEST_CASE("a misspelt verb is told the nearest, and a missing one where they are listed") {
  CHECK(run_tool({"authorise"}).complains("did you mean `authorize`? `quis --help` lists the verbs"));
  const Run far = run_tool({"frobnicate"});
  CHECK(far.complains("there is no verb `frobnicate`"));
  CHECK_FALSE(far.complains("did you mean"));
  CHECK(run_tool({}).complains("a verb is required"));
}

TEST_CASE("an option that is given twice is told so") {
  CHECK(run_tool({"check-parse", "-p", "a", "-p", "b"}).complains("--policies is given more than once\n"));
}

TEST_CASE("with --json a bad command line is reported as JSON on the output") {
  const Run run = run_tool({"--json", "authorise"});
  CHECK(run.exit == 1);
  CHECK(run.err.empty());
  CHECK(run.json().at("error").at("code") == "invalid-argument");
}

TEST_CASE("a command line that a verb does not take exits with 1, whichever verb it is") {
  for (const char* verb :
       {"authorize", "check-parse", "digest", "evaluate", "translate-policy", "translate-schema", "format", "link",
        "run-cases", "who", "what", "actions", "validate", "why", "test", "run-tests", "diff"}) {
    CAPTURE(verb);
    CHECK(run_tool({verb, "--no-such-flag"}).exit == 1);
    CHECK(run_tool({verb, "--no-such-flag", "--json"}).json().at("error").at("code") == "invalid-argument");
  }
}

TEST_CASE("a number that is none, or out of range, is refused in words") {
  const std::vector<std::string> who = {"who", "-a", "Action::\"v\"", "-r", "A::\"a\"", "--entities", "e", "--limit"};
  for (const std::string number : {"-1", "x", "1.5", "1e3", ""}) {
    CAPTURE(number);
    std::vector<std::string> line = who;
    line.push_back(number);
    const Run run = run_tool(line);
    CHECK(run.exit == 1);
    CHECK(run.complains("--limit: takes a whole number from 0 up, found `" + number + "`"));
  }
  CHECK(run_tool({"test", "x", "--min-coverage", "101"}).complains("takes a number from 0 to 100, found `101`"));
}

TEST_CASE("the flags of the cedar tool for versions and errors are understood") {
  CHECK(run_tool({"-V"}).out == run_tool({"--version"}).out);
  const Folder files;
  const std::string bad = files.write("bad.cedar", "permit(principal, action");
  const Run human = run_tool({"check-parse", "-p", bad});
  const Run plain = run_tool({"check-parse", "-p", bad, "-f", "plain"}, true);
  const Run json = run_tool({"check-parse", "-p", bad, "--error-format", "json"});
  CHECK(human.complains("^"));
  CHECK(plain.exit == 1);
  CHECK(plain.complains("bad.cedar:1:"));
  CHECK_FALSE(plain.complains("^"));
  CHECK(json.exit == 1);
  CHECK(json.out == "MALFORMED: 1 error\n");
  CHECK(boost::json::parse(json.err).at("error").at("line") == 1);
  CHECK(run_tool({"check-parse", "-p", bad, "-f", "loud"}).exit == 1);
}

TEST_CASE("a file that stands alone where a flag is needed is told the flag") {
  const Run run = run_tool({"format", "photos.cedar"});
  CHECK(run.exit == 1);
  CHECK(run.complains("`quis format` does not take `photos.cedar`"));
  CHECK(run.complains("name a file with policies by `-p photos.cedar`; "));
}

TEST_CASE("a number that is too large is told so") {
  const Run run = run_tool({"validate", "-s", "s.cedarschema", "--level", "99999999999"});
  CHECK(run.exit == 1);
  CHECK(run.complains("--level: takes at most 9 digits, found `99999999999`"));
}

TEST_CASE("two inputs cannot both come from standard input: the second would be empty, and valid") {
  REQUIRE(std::freopen("/dev/null", "r", stdin) != nullptr);
  const Run run = run_tool({"validate", "-s", "-"});
  CHECK(run.exit == 1);
  CHECK(run.out.empty());
  CHECK(run.complains("standard input was read already"));
}

}  // namespace quis::test
