#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <quis/engine/engine.hpp>
#include <quis/model/schema.hpp>

namespace quis::bench {

/// A name such as `oopsla/gdrive/50` or `scale/policies/1000`, and a case in the conformance format: policies,
/// entities, perhaps a schema, requests.
struct Workload {
  std::string name;
  std::string case_file;
};

/// Every workload: the cases of the OOPSLA 2024 paper (`gdrive_50.json` …) below `oopsla`, and the generated ones,
/// which are written below `generated` now. When `oopsla` does not exist they are left out, and standard error is told.
[[nodiscard]] Result<std::vector<Workload>> prepare_workloads(const std::string& oopsla, const std::string& generated);

/// A workload, loaded, and the ways to put request `i` to it. None of them can fail: what does not load is refused as a
/// whole.
class Subject {
 public:
  [[nodiscard]] static Result<Subject> load(const std::string& case_file);

  [[nodiscard]] std::size_t size() const noexcept { return requests_.size(); }
  [[nodiscard]] const World& world() const noexcept { return engine_.world(); }

  [[nodiscard]] const Request& request(std::size_t i) const noexcept { return requests_[i]; }

  /// By ids that were resolved before; all determining policies and errors.
  void by_id(std::size_t i, Response& response) const { engine_.authorize(requests_[i], response); }
  /// The same without the list of policies: the decision by value.
  void decision(std::size_t i, Response& response) const {
    response.permitted = engine_.authorize(requests_[i]).permitted();
  }
  /// Uids and context as text, read for each decision, and checked against the schema if the case says so.
  void from_text(std::size_t i, Response& response) const;
  /// As `by_id`, by the reference interpreter.
  void by_reference(std::size_t i, Response& response) const { reference_.authorize(requests_[i], response); }

 private:
  struct RequestText {
    std::string principal;
    std::string action;
    std::string resource;
    std::string context;
    bool validate = true;
  };

  Subject(World world, std::optional<Schema> schema);

  std::optional<Schema> schema_;
  Engine engine_;
  Engine reference_;
  std::vector<OwnedRequest> owned_;
  std::vector<Request> requests_;  // views of owned_
  std::vector<RequestText> texts_;
};

}  // namespace quis::bench
