#include "differential/comparison.hpp"

#include <string_view>
#include <utility>

#include <boost/json.hpp>

#include <quis/policy/policy_set.hpp>
#include <quis/policy/schema_parser.hpp>

#include "base/json.hpp"
#include "policy/schema_equal.hpp"

namespace quis::test {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

std::string_view text(const value& v) { return v.is_string() ? std::string_view(v.get_string()) : std::string_view(); }

/// Why quis may refuse what Cedar takes (DESIGN.md, *Where quis departs from Cedar*); empty when it may not.
std::string departure(const value& refusal) {
  if (text(refusal).starts_with("[limit-exceeded]")) return "nesting beyond the limit";
  if (text(refusal).starts_with("[duplicate-key]")) return "a JSON key that stands twice";
  return {};
}

class Comparer {
 public:
  Comparer(const object& question, const object& quis, const object& cedar)
      : question_(question), quis_(quis), cedar_(cedar) {}

  Comparison compare() {
    if (const auto* panic = cedar_.if_contains("panic")) {
      differ("cedar", std::string(text(*panic)));
      return std::move(result_);
    }
    refusals("schema text", quis_, cedar_, "schema");
    refusals_of_each("policy text", "refused");
    refusals("policy text", quis_, cedar_, "policies");
    if (!quis_.contains("requests") || !cedar_.contains("requests")) return std::move(result_);
    refusals_of_each("link", "links");
    // What was read by a schema that only one of them has cannot be compared.
    if (!result_.differences.empty() || !result_.departures.empty()) return std::move(result_);
    for (const std::string_view verdict : {"strict", "permissive", "level", "warnings"}) this->verdict(verdict);
    policies_json();
    schema_json();
    refusals("entities", quis_, cedar_, "entities");
    refusals("plain entities", quis_, cedar_, "plain_entities");
    if (same_entities()) requests();
    return std::move(result_);
  }

 private:
  void differ(std::string subject, std::string what) {
    result_.differences.push_back({std::move(subject), std::move(what)});
  }

  /// Both accept or both refuse; the messages are their own.
  void refusal(const std::string& subject, const value& quis, const value& cedar) {
    if (quis.is_null() == cedar.is_null()) return;
    if (std::string why = departure(quis); !why.empty()) {
      result_.departures.push_back(std::move(why));
      return;
    }
    differ(subject, quis.is_null() ? "quis accepts; Cedar: " + std::string(text(cedar))
                                   : "Cedar accepts; quis: " + std::string(text(quis)));
  }

  void refusals(const std::string& subject, const object& quis, const object& cedar, std::string_view key) {
    const auto* ours = quis.if_contains(key);
    const auto* theirs = cedar.if_contains(key);
    if (ours != nullptr && theirs != nullptr) refusal(subject, *ours, *theirs);
  }

  void refusals_of_each(const std::string& subject, std::string_view key) {
    const array& quis = quis_.at(key).as_array();
    const array& cedar = cedar_.at(key).as_array();
    for (std::size_t i = 0; i < quis.size() && i < cedar.size(); ++i) refusal(subject, quis[i], cedar[i]);
  }

  /// Policies with errors (or warnings) first, then their kinds.
  void verdict(std::string_view key) {
    const auto* quis = quis_.if_contains(key);
    const auto* cedar = cedar_.if_contains(key);
    if (quis == nullptr || cedar == nullptr || *quis == *cedar) return;
    const object& ours = quis->as_object();
    const object& theirs = cedar->as_object();
    bool same_policies = ours.size() == theirs.size();
    bool complete = true;
    for (const auto& [id, kinds] : ours) {
      same_policies = same_policies && theirs.contains(id);
      for (const value& kind : kinds.as_array()) complete = complete && text(kind) != "limit-exceeded";
    }
    bool sound = true;
    for (const auto& [id, kinds] : theirs) {
      for (const value& kind : kinds.as_array()) sound = sound && text(kind) != "InternalInvariantViolation";
    }
    if (same_policies && !(complete && sound)) {
      result_.departures.emplace_back(sound ? "more errors in one policy than are listed"
                                            : "Cedar reports that its own level check failed");
      return;
    }
    differ(std::string(key) + (same_policies ? " kinds" : ""),
           "quis: " + boost::json::serialize(ours) + "; Cedar: " + boost::json::serialize(theirs));
  }

  void policies_json() {
    const auto* written = question_.if_contains("policies_json");
    if (written == nullptr) return;
    if (const auto* error = cedar_.if_contains("json_error")) {
      differ("policy JSON", "Cedar writes none: " + std::string(text(*error)));
      return;
    }
    const auto quis = json::parse(text(*written), "policies");
    if (!quis) {
      // Cedar's reader has the same bound.
      result_.departures.emplace_back("JSON nested beyond the limit");
      return;
    }
    const value& cedar = cedar_.at("json");
    if (*quis != cedar)
      differ("policy JSON",
             "written by quis: " + boost::json::serialize(*quis) + "\nby Cedar: " + boost::json::serialize(cedar));
    if (const auto& reads = cedar_.at("reads_json"); !reads.is_bool() || !reads.get_bool()) {
      differ("policy JSON", "Cedar reads what quis writes as something else: " + boost::json::serialize(reads));
    }
    const auto read = PolicySet::from_json(boost::json::serialize(cedar));
    if (!read) {
      differ("policy JSON", "quis does not read what Cedar writes: " + render(read.error()));
    } else if (const auto again = json::parse(read->to_json(), "policies"); !again || *again != *quis) {
      differ("policy JSON", "quis reads what Cedar writes as something else");
    }
  }

  void schema_json() {
    const auto* written = cedar_.if_contains("schema_json");
    if (written == nullptr || !question_.contains("schema")) return;
    const auto from_text = parse_schema(text(question_.at("schema")));
    if (!from_text) return;
    if (written->is_string()) {
      differ("schema JSON", "Cedar writes none: " + std::string(text(*written)));
      return;
    }
    const auto read = parse_schema_json(boost::json::serialize(*written));
    if (!read) {
      differ("schema JSON", "quis does not read what Cedar writes: " + render(read.error()));
    } else if (const std::string what = difference(*from_text, *read); !what.empty()) {
      differ("schema JSON", "read from what Cedar writes, another: " + what);
    }
  }

  /// Whether both decide over the same store: the request's answers mean nothing when one of them could not read it.
  [[nodiscard]] bool same_entities() const {
    for (const std::string_view key : {"entities", "plain_entities"}) {
      const auto* ours = quis_.if_contains(key);
      const auto* theirs = cedar_.if_contains(key);
      if (ours != nullptr && theirs != nullptr && ours->is_null() != theirs->is_null()) return false;
    }
    return true;
  }

  void requests() {
    const array& quis = quis_.at("requests").as_array();
    const array& cedar = cedar_.at("requests").as_array();
    for (std::size_t i = 0; i < quis.size() && i < cedar.size(); ++i) {
      const object& ours = quis[i].as_object();
      const object& theirs = cedar[i].as_object();
      const std::size_t before = result_.differences.size();
      refusals("request", ours, theirs, "fits");
      if (ours.contains("plain") != theirs.contains("plain")) {
        // Both readings were refused for the same reason.
        if (ours.contains("plain") && !departure(ours.at("plain")).empty()) {
          result_.departures.push_back(departure(ours.at("plain")));
          continue;
        }
        differ("plain request", "quis: " + boost::json::serialize(ours) + "; Cedar: " + boost::json::serialize(theirs));
      }
      if (ours.contains("reference_differs")) differ("reference", "the reference interpreter answers otherwise");
      if (result_.differences.size() > before || !ours.contains("allow") || !theirs.contains("allow")) continue;
      for (const std::string_view part : {"allow", "reason", "errors"}) {
        if (ours.at(part) == theirs.at(part)) continue;
        const std::string where = "request " + std::to_string(i) + ": ";
        differ("decision",
               where + "quis: " + boost::json::serialize(ours) + "; Cedar: " + boost::json::serialize(theirs));
        break;
      }
    }
  }

  const object& question_;
  const object& quis_;
  const object& cedar_;
  Comparison result_;
};

}  // namespace

Comparison compare(const object& question, const object& quis, const object& cedar) {
  return Comparer(question, quis, cedar).compare();
}

}  // namespace quis::test
