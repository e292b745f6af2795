// Reloading: an engine that runs goes on as it is while the folder holds a mistake, and follows once that is mended.

#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include <quis/policy/policy_directory.hpp>

#include "engine/decide.hpp"

namespace quis::test {
namespace {

/// A host that decides by the policies of a folder.
class Host {
 public:
  explicit Host(const std::string& folder)
      : directory_(folder), engine_(World::build(require(directory_.load()), Entities(), 1)) {}

  /// What went wrong, for the operator; empty when the new policies decide now.
  Errors reload() {
    auto policies = directory_.load();
    if (!policies) return policies.error();
    engine_ = Engine(World::build(*std::move(policies), engine_.world().entities(), engine_.world().version() + 1));
    return {};
  }
  [[nodiscard]] bool permits(std::string_view user) const {
    const auto decision = engine_.authorize("User::\"" + std::string(user) + "\"", "Action::\"view\"", "Photo::\"p\"");
    return require(decision).permitted();
  }
  [[nodiscard]] std::uint64_t version() const { return engine_.world().version(); }

 private:
  PolicyDirectory directory_;
  Engine engine_;
};

}  // namespace

TEST_CASE("a bad file keeps the running policies, and a good one replaces them") {
  const auto folder =
      std::filesystem::temp_directory_path() / ("quis-reload-" + std::to_string(std::random_device()()));
  std::filesystem::create_directories(folder);
  const auto write = [&](const char* name, std::string_view text) { std::ofstream(folder / name) << text; };
  write("a.cedar", "permit(principal == User::\"alice\", action, resource);");
  write("b.cedar", "permit(principal == User::\"bob\", action, resource);");
  Host host(folder.string());
  CHECK(host.permits("alice"));
  CHECK(host.permits("bob"));

  write("a.cedar", "permit(principal == User::\"carol\" action, resource);");
  write("b.cedar", "");
  const Errors errors = host.reload();
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].source == (folder / "a.cedar").string());
  CHECK(host.version() == 1);
  CHECK(host.permits("alice"));
  CHECK(host.permits("bob"));

  write("a.cedar", "permit(principal == User::\"carol\", action, resource);");
  CHECK(host.reload().empty());
  CHECK(host.version() == 2);
  CHECK(host.permits("carol"));
  CHECK_FALSE(host.permits("alice"));
  CHECK_FALSE(host.permits("bob"));
  std::filesystem::remove_all(folder);
}

}  // namespace quis::test
