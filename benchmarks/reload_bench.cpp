// One policy of ten thousand changes, and the world with the change is ready to decide: what a host waits for between
// the edit and the publication.
//
//   set     the host holds the set: it copies it, takes one policy out, adds another, and builds the world
//   files   the policies are in a folder: the changed file is read and parsed, the others are looked at
//
// Writing the file is not timed. Files are left alone for as long as `PolicyDirectory` distrusts fresh ones.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <quis/engine/world.hpp>
#include <quis/policy/policy_directory.hpp>

#include "benchmarks.hpp"
#include "cli/case_file.hpp"
#include "cli/inputs.hpp"

namespace quis::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWorkload = "scale/policies/10000";

struct Running {
  PolicySet policies;
  Entities entities;
};

Result<Running> load(const std::string& case_file) {
  const auto test = cli::read_case_file(case_file);
  if (!test) return tl::make_unexpected(test.error());
  auto policies = PolicySet::from_file(test->policies);
  if (!policies) return tl::make_unexpected(std::move(policies.error()));
  auto entities = cli::EntitiesInput{test->entities}.load(std::nullopt);
  if (!entities) return tl::make_unexpected(std::move(entities.error()));
  return Running{std::move(*policies), std::move(*entities)};
}

std::string changed_policy(std::size_t version) {
  return "permit(principal, action, resource) when { context.version == " + std::to_string(version) + " };\n";
}

void reload_set(benchmark::State& state, const std::string& case_file) {
  const auto running = load(case_file);
  if (!running) return state.SkipWithError(render(running.error()).c_str());
  World world = World::build(running->policies, running->entities);
  std::size_t version = 0;
  for (auto _ : state) {
    PolicySet next = world.policies();
    const auto parsed = PolicySet::from_text(changed_policy(++version));
    const std::string id = next.policies()[next.policies().size() / 2].id;
    if (!next.remove(id) || !next.add(Policy{id, parsed->policies()[0].body, {}, {}, {}})) {
      return state.SkipWithError("the policy could not be replaced");
    }
    world = World::build(std::move(next), running->entities, version);
  }
}

/// The policies spread evenly over files of a new folder.
class Folder {
 public:
  Folder(const PolicySet& policies, std::size_t files) : path_("reload-" + std::to_string(files)) {
    fs::remove_all(path_);
    fs::create_directories(path_);
    const std::size_t each = (policies.policies().size() + files - 1) / files;
    texts_.resize(files);
    for (std::size_t i = 0; i < policies.policies().size(); ++i) {
      texts_[i / each] += to_text(*policies.policies()[i].body) + '\n';
    }
    for (std::size_t i = 0; i < files; ++i) write(i, "", 0);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  /// With another policy put in, somewhere else for each version.
  void write(std::size_t file, const std::string& policy, std::size_t version) const {
    constexpr std::size_t kPlaces = 7;
    const std::string& text = texts_[file];
    const std::size_t line = text.find("\npermit", text.size() / kPlaces * (version % kPlaces));
    const std::size_t at = line == std::string::npos ? text.size() : line + 1;
    std::ofstream(path_ / (std::to_string(file) + ".cedar")) << text.substr(0, at) << policy << text.substr(at);
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  fs::path path_;
  std::vector<std::string> texts_;
};

void reload_files(benchmark::State& state, const std::string& case_file) {
  const auto running = load(case_file);
  if (!running) return state.SkipWithError(render(running.error()).c_str());
  const auto files = static_cast<std::size_t>(state.range(0));
  const Folder folder(running->policies, files);
  const auto settle = [] { std::this_thread::sleep_for(std::chrono::milliseconds(150)); };
  PolicyDirectory directory(folder.path());
  settle();
  if (const auto first = directory.load(); !first) return state.SkipWithError(render(first.error()).c_str());
  std::size_t version = 0;
  for (auto _ : state) {
    state.PauseTiming();
    folder.write(files / 2, changed_policy(++version), version);
    settle();
    state.ResumeTiming();
    auto next = directory.load();
    if (!next) return state.SkipWithError(render(next.error()).c_str());
    benchmark::DoNotOptimize(World::build(*std::move(next), running->entities, version));
  }
  state.counters["read"] = static_cast<double>(directory.last_work().read);
}

}  // namespace

void register_reload(const std::vector<Workload>& workloads) {
  const auto found = std::find_if(workloads.begin(), workloads.end(),
                                  [](const Workload& workload) { return workload.name == kWorkload; });
  if (found == workloads.end()) return;
  benchmark::RegisterBenchmark("reload_one_of_10000/set", reload_set, found->case_file)
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
  benchmark::RegisterBenchmark("reload_one_of_10000/files", reload_files, found->case_file)
      ->Arg(1)
      ->Arg(100)
      ->Arg(10'000)
      ->Iterations(20)
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

}  // namespace quis::bench
