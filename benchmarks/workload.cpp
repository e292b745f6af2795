#include "workload.hpp"

#include <array>
#include <filesystem>
#include <iostream>
#include <system_error>
#include <utility>

#include <boost/json.hpp>

#include "base/json.hpp"
#include "cli/case_file.hpp"
#include "cli/inputs.hpp"
#include "condition_workloads.hpp"
#include "scale_policies.hpp"

namespace quis::bench {
namespace {

constexpr std::array<const char*, 5> kPaperCases = {"gdrive", "github", "tinytodo", "gdrive-templates",
                                                    "github-templates"};
constexpr std::array<std::size_t, 3> kPaperSizes = {5, 20, 50};
constexpr std::array<std::size_t, 5> kPolicyCounts = {10, 100, 1'000, 10'000, 100'000};

}  // namespace

Result<std::vector<Workload>> prepare_workloads(const std::string& oopsla, const std::string& generated) {
  std::vector<Workload> workloads;
  std::error_code ignored;
  if (std::filesystem::exists(oopsla, ignored)) {
    for (const std::string name : kPaperCases) {
      for (const std::size_t size : kPaperSizes) {
        const std::string number = std::to_string(size);
        workloads.push_back({"oopsla/" + name + "/" + number, oopsla + "/" + name + "_" + number + ".json"});
      }
    }
  } else {
    std::cerr << "SKIPPED: every oopsla/ workload, because there is no folder " << oopsla
              << " (set QUIS_SHARED to the shared vectors and configure again)\n";
  }
  for (const std::size_t policies : kPolicyCounts) {
    const std::string number = std::to_string(policies);
    const std::string folder = generated + "/scale-policies-" + number;
    const auto written = write_scale_policies(policies, folder);
    if (!written) return tl::make_unexpected(written.error());
    workloads.push_back({"scale/policies/" + number, folder + "/case.json"});
  }
  const auto conditions = write_condition_workloads(generated);
  if (!conditions) return tl::make_unexpected(conditions.error());
  for (const std::string& name : *conditions) {
    workloads.push_back({"conditions/" + name, generated + "/conditions-" + name + "/case.json"});
  }
  return workloads;
}

Subject::Subject(World world, std::optional<Schema> schema)
    : schema_(std::move(schema)), engine_(world), reference_(std::move(world), Evaluator::reference) {}

Result<Subject> Subject::load(const std::string& case_file) {
  const auto test = cli::read_case_file(case_file);
  if (!test) return tl::make_unexpected(test.error());
  auto schema = cli::SchemaInput{test->schema, test->schema_is_json ? "json" : "cedar"}.load();
  if (!schema) return tl::make_unexpected(std::move(schema.error()));
  cli::PolicyInput input;
  input.path = test->policies;
  input.format = test->policies_are_json ? "json" : "cedar";
  input.ids = "position";
  auto policies = input.load();
  if (!policies) return tl::make_unexpected(std::move(policies.error()));
  auto entities = cli::EntitiesInput{test->entities}.load(*schema);
  if (!entities) return tl::make_unexpected(std::move(entities.error()));

  Subject subject(World::build(std::move(*policies), std::move(*entities)), std::move(*schema));
  const Schema* declared = subject.schema_ ? &*subject.schema_ : nullptr;
  for (const cli::CaseRequest& wanted : test->requests) {
    auto request = OwnedRequest::from_json(wanted.json, declared, wanted.validate, case_file);
    if (!request) return tl::make_unexpected(std::move(request.error()));
    const auto json = json::parse(wanted.json, case_file);
    if (!json) return tl::make_unexpected(json.error());
    const auto* context = json->get_object().if_contains("context");
    const Request view = request->view();
    subject.texts_.push_back({to_text(view.principal, view.names), to_text(view.action, view.names),
                              to_text(view.resource, view.names),
                              context != nullptr ? json::to_compact_text(*context) : "{}", wanted.validate});
    subject.owned_.push_back(std::move(*request));
  }
  if (subject.owned_.empty())
    return failure(ErrorCode::invalid_argument, "the case `" + case_file + "` has no requests");
  for (const OwnedRequest& request : subject.owned_) subject.requests_.push_back(request.view());
  return subject;
}

void Subject::from_text(std::size_t i, Response& response) const {
  const RequestText& text = texts_[i];
  const auto request = OwnedRequest::from_text(text.principal, text.action, text.resource, text.context,
                                               schema_ ? &*schema_ : nullptr, text.validate);
  engine_.authorize(request ? request->view() : Request{}, response);
}

}  // namespace quis::bench
