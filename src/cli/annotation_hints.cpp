#include "cli/annotation_hints.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <quis/engine/decision.hpp>

#include "policy/spelling.hpp"

namespace quis::cli {
namespace {

bool is_misspelt(std::string_view key) {
  const std::string_view choices[] = {kStepUp};
  return key != kStepUp && !nearest(key, choices).empty();
}

class Hints {
 public:
  void look(const std::string& id, const PolicyBody& body) {
    for (const Annotation& each : body.annotations) {
      if (each.key == kStepUp && body.effect == Effect::permit) {
        add(id, body, "`@step_up` on a permit does nothing",
            "put it on the forbid that it lifts: a permit permits without asking for more");
      } else if (is_misspelt(each.key) && body.annotation(kStepUp) == nullptr) {
        add(id, body, "the annotation `@" + each.key + "` does nothing", "did you mean `@step_up`?");
      }
    }
  }

  Errors take() { return std::move(hints_); }

 private:
  void add(const std::string& id, const PolicyBody& body, std::string message, std::string help) {
    Diagnostic& hint = hints_.emplace_back();
    hint.code = ErrorCode::ineffective_annotation;
    hint.severity = Severity::warning;
    hint.message = std::move(message);
    hint.help = std::move(help);
    hint.policy = id;
    hint.span = body.span;
    if (body.source_name != nullptr) hint.source = *body.source_name;
  }

  Errors hints_;
};

}  // namespace

Errors annotation_hints(const PolicySet& policies) {
  Hints hints;
  for (const Template& each : policies.templates()) hints.look(each.id, *each.body);
  for (const Policy& each : policies.policies()) {
    if (!each.template_id) hints.look(each.id, *each.body);
  }
  return hints.take();
}

}  // namespace quis::cli
