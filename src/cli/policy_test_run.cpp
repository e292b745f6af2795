#include "cli/policy_test_run.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <quis/engine/engine.hpp>
#include <quis/model/schema.hpp>
#include <quis/policy/schema_parser.hpp>

#include "base/file.hpp"
#include "cli/counted.hpp"
#include "cli/files_below.hpp"
#include "cli/inputs.hpp"
#include "cli/link_file.hpp"
#include "cli/listed.hpp"
#include "cli/why_sentence.hpp"

namespace quis::cli {
namespace {

namespace fs = std::filesystem;

/// The cases of one file, run one after the other.
class TestRun {
 public:
  TestRun(TestFile file, const TestDefaults& defaults) : file_(std::move(file)), defaults_(defaults) {}

  Result<FileResult> run() {
    if (!load()) return tl::make_unexpected(std::move(errors_));
    PolicyCoverage coverage(*policies_);
    FileResult result{file_.document.source_name(), {}, {}};
    result.cases.reserve(file_.tests.size());
    for (const TestCase& test : file_.tests) {
      if (auto ran = run(test, coverage)) result.cases.push_back(std::move(*ran));
    }
    if (!errors_.empty()) return tl::make_unexpected(std::move(errors_));
    result.coverage = coverage.report();
    return result;
  }

 private:
  /// A path in the file, from where it was typed.
  [[nodiscard]] std::string resolved(const std::string& path) const {
    if (path.empty() || fs::path(path).is_absolute()) return path;
    const fs::path joined = fs::path(file_.document.source_name()).parent_path() / path;
    // `tests/../policies` is told as `policies`, unless `tests` is a link and that is another folder.
    const fs::path plain = joined.lexically_normal();
    std::error_code error;
    return (fs::equivalent(joined, plain, error) ? plain : joined).string();
  }

  template <class T>
  bool keep(Result<T> result, std::optional<T>& into) {
    if (!result) {
      errors_.insert(errors_.end(), result.error().begin(), result.error().end());
      return false;
    }
    into = std::move(*result);
    return true;
  }

  /// The same of a file that the member at `pointer` names: one that cannot be read is an error of that member.
  /// Where the pointer is empty, the command line named it.
  template <class T>
  bool keep_named(Result<T> result, const std::string& pointer, std::optional<T>& into) {
    if (!result && !pointer.empty()) {
      for (Diagnostic& error : result.error()) {
        if (error.code != ErrorCode::io) continue;
        error = file_.document.at(pointer, error.code, std::move(error.message), std::move(error.help));
      }
    }
    return keep(std::move(result), into);
  }

  bool load() {
    bool loaded = true;
    const std::string& source = file_.document.source_name();
    if (file_.schema_text) {
      loaded = keep(parse_schema(*file_.schema_text, source + " (schema_text)"), schema_);
    } else if (const std::string path = file_.schema.empty() ? defaults_.schema : resolved(file_.schema);
               !path.empty()) {
      loaded = keep_named(schema_from_file(path), file_.schema.empty() ? "" : "/schema", schema_);
    }
    if (file_.policy_text) {
      const auto read = PolicySet::from_text(*file_.policy_text, source + " (policy_text)");
      loaded = keep(read ? named_by_annotation(*read) : read, policies_) && loaded;
    } else {
      PolicyInput input;
      input.path = file_.policies.empty() ? defaults_.policies : resolved(file_.policies);
      if (input.path.empty()) {
        errors_.push_back(file_.document.at("", ErrorCode::invalid_test, "the file names no policies",
                                            "add `policies: FILE` or `policy_text: |`, or give --policies"));
        return false;
      }
      loaded = keep_named(input.load(), file_.policies.empty() ? "" : "/policies", policies_) && loaded;
    }
    if (policies_) loaded = link() && loaded;
    return loaded && shared_world();
  }

  /// Adds the links of templates to the policies, if there are any.
  bool link() {
    const std::string links = file_.links.empty() ? defaults_.links : resolved(file_.links);
    if (links.empty()) return true;
    const auto linked = [&]() -> Result<PolicySet> {
      PolicySet policies = *policies_;
      if (auto added = add_links(policies, links); !added) return tl::make_unexpected(std::move(added.error()));
      return policies;
    };
    return keep_named(linked(), file_.links.empty() ? "" : "/links", policies_);
  }

  [[nodiscard]] const Schema* schema() const { return schema_ ? &*schema_ : nullptr; }

  /// The world of the cases that have no entities of their own.
  bool shared_world() {
    std::optional<Entities> entities;
    const bool read =
        !file_.entities.empty() ? keep_inline(file_.entities, "/entities", entities)
        : !file_.entities_file.empty()
            ? keep_named(Entities::from_json_file(resolved(file_.entities_file), schema()), "/entities", entities)
        : !defaults_.entities.empty() ? keep(Entities::from_json_file(defaults_.entities, schema()), entities)
                                      : keep(Entities::from_json("[]", schema()), entities);
    if (read) shared_.emplace(World::build(*policies_, *entities));
    return read;
  }

  /// Entities that stand in the test file: their errors are told by their place there.
  bool keep_inline(const std::string& text, const std::string& pointer, std::optional<Entities>& into) {
    return relocated(Entities::from_json(text, schema()), pointer, into);
  }

  template <class T>
  bool relocated(Result<T> result, const std::string& pointer, std::optional<T>& into) {
    if (result) {
      into = std::move(*result);
      return true;
    }
    for (Diagnostic& error : result.error()) {
      if (errors_.size() >= file_.document.reported_errors()) break;
      const std::string within = error.source == "context" ? pointer + "/context" : pointer;
      errors_.push_back(
          file_.document.at(within + error.path, error.code, std::move(error.message), std::move(error.help)));
    }
    return false;
  }

  std::optional<CaseResult> run(const TestCase& test, PolicyCoverage& coverage) {
    std::optional<Entities> own;
    if (!test.entities.empty() && !keep_inline(test.entities, test.pointer + "/entities", own)) return std::nullopt;
    if (!test.entities_file.empty() && !keep_named(Entities::from_json_file(resolved(test.entities_file), schema()),
                                                   test.pointer + "/entities", own)) {
      return std::nullopt;
    }
    const World world = own ? World::build(*policies_, *own) : *shared_;
    std::optional<OwnedRequest> request;  // after the world: see `Request`
    if (!relocated(OwnedRequest::from_json(test.request_json, schema()), test.request_pointer, request))
      return std::nullopt;
    const auto start = std::chrono::steady_clock::now();
    const Engine engine(world);
    Response response;
    engine.authorize(request->view(), response);
    coverage.observe(request->view(), world.entities(), response);
    CaseResult result = compare(test, engine, response);
    if (!result.failures.empty()) result.because = why_sentence(engine.explain(request->view()));
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
  }

  CaseResult compare(const TestCase& test, const Engine& engine, const Response& response) const {
    CaseResult result;
    result.name = test.name;
    result.span = test.span;
    result.decision = response.permitted ? "allow" : response.step_up.empty() ? "deny" : "step-up";
    for (const PolicyIndex index : response.determining) result.reasons.emplace_back(engine.policy_id(index));
    for (const PolicyError& error : response.errors) result.errors.emplace_back(engine.policy_id(error.policy));
    result.step_up.assign(response.step_up.begin(), response.step_up.end());
    std::sort(result.reasons.begin(), result.reasons.end());
    std::sort(result.errors.begin(), result.errors.end());
    const Expectation& expected = test.expected;
    const auto fail = [&](std::string sentence) { result.failures.push_back(std::move(sentence)); };
    if (expected.permitted != response.permitted || (expected.lifted && response.step_up.empty())) {
      fail(fmt::format("expected {}, got {}",
                       expected.permitted ? "allow"
                       : expected.lifted  ? "step-up"
                                          : "deny",
                       result.decision));
    }
    const auto same = [&](const char* what, const std::optional<std::vector<std::string>>& wanted,
                          const std::vector<std::string>& got) {
      if (wanted && *wanted != got) fail(fmt::format("expected {} {}, got {}", what, listed(*wanted), listed(got)));
    };
    same("reasons", expected.reasons, result.reasons);
    same("errors", expected.errors, result.errors);
    std::vector<std::string> needs = result.step_up;
    std::sort(needs.begin(), needs.end());
    same("step-up", expected.step_up, needs);
    for (const std::string& reason : expected.reason) {
      if (!std::binary_search(result.reasons.begin(), result.reasons.end(), reason))
        fail(fmt::format("expected `{}` among the reasons, got {}", reason, listed(result.reasons)));
    }
    if (expected.error_count && *expected.error_count != result.errors.size())
      fail(fmt::format("expected {}, got {}: {}", counted(*expected.error_count, "error", "errors"),
                       result.errors.size(), listed(result.errors)));
    return result;
  }

  TestFile file_;
  const TestDefaults& defaults_;
  std::optional<Schema> schema_;
  std::optional<PolicySet> policies_;
  std::optional<World> shared_;
  Errors errors_;
};

bool is_test_file(std::string_view name) {
  return name.ends_with(".test.yaml") || name.ends_with(".test.yml") || name.ends_with(".test.json");
}

}  // namespace

std::size_t FileResult::failed() const noexcept {
  return static_cast<std::size_t>(
      std::count_if(cases.begin(), cases.end(), [](const CaseResult& test) { return !test.failures.empty(); }));
}

Result<FileResult> run_test_file(const std::string& path, const TestDefaults& defaults) {
  auto text = read_file(path);
  if (!text) return tl::make_unexpected(std::move(text.error()));
  auto document = TestDocument::from_text(std::move(*text), path);
  if (!document) return tl::make_unexpected(std::move(document.error()));
  auto file = read_test_file(std::move(*document));
  if (!file) return tl::make_unexpected(std::move(file.error()));
  return TestRun(std::move(*file), defaults).run();
}

Result<std::vector<std::string>> find_test_files(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector<std::string>{path};
  auto files = files_below(path, is_test_file);
  if (files && files->empty()) {
    return failure(ErrorCode::io, "there are no policy tests below `" + path + "`",
                   "name them `*.test.yaml` or `*.test.json`, or give the files themselves");
  }
  return files;
}

}  // namespace quis::cli
