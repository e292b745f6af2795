#include "cli/output_file.hpp"

#include <sys/stat.h>

#include "base/file.hpp"
#include "cli/run_tool.hpp"

namespace quis::test {

namespace fs = std::filesystem;

TEST_CASE("a file is replaced with its permissions kept, and nothing is left beside it") {
  const Folder folder;
  const std::string file = folder.write("a", "old");
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  REQUIRE(cli::replace_file(file, "new"));
  CHECK(read_file(file).value() == "new");
  CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  REQUIRE(cli::replace_file(folder.path("b"), "made"));
  CHECK(read_file(folder.path("b")).value() == "made");
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 2);
}

TEST_CASE("the file behind a link is replaced, not the link") {
  const Folder folder;
  const std::string file = folder.write("a", "old");
  fs::create_symlink(file, folder.path("link"));
  REQUIRE(cli::replace_file(folder.path("link"), "new"));
  CHECK(fs::is_symlink(folder.path("link")));
  CHECK(read_file(file).value() == "new");
}

TEST_CASE("a pipe, a folder and standard input are not replaced") {
  const Folder folder;
  const std::string pipe = folder.path("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_FALSE(cli::replace_file(pipe, "text"));
  CHECK(fs::is_fifo(pipe));
  CHECK_FALSE(cli::replace_file(folder.path(), "text"));
  CHECK_FALSE(cli::replace_file("-", "text"));
  CHECK_FALSE(fs::exists("-"));
}

TEST_CASE("a folder of policies with a pipe in it is refused instead of waited for") {
  const Folder folder;
  REQUIRE(::mkfifo(folder.path("a.cedar").c_str(), 0600) == 0);
  const Run run = run_tool({"check-parse", "-p", folder.path()});
  CHECK(run.exit == 1);
  CHECK(run.complains("is no regular file"));
}

TEST_CASE("a folder without policies is a mistake, not an empty set") {
  const Folder folder;
  const Run run = run_tool({"check-parse", "-p", folder.path()});
  CHECK(run.exit == 1);
  CHECK(run.complains("holds no policies"));
}

}  // namespace quis::test
