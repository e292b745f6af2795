#include "differential/question.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include <quis/engine/engine.hpp>
#include <quis/policy/schema_parser.hpp>

#include "differential/validation.hpp"

namespace quis::test {
namespace {

namespace json = boost::json;

std::string_view text(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

template <class T>
json::value message(const Result<T>& result) {
  if (result) return nullptr;
  const Diagnostic& first = result.error().front();
  return json::string("[" + std::string(to_string(first.code)) + "] " + first.message);
}

EntityId entity_of(const json::value& uid) {
  if (!uid.is_object()) return {};
  return intern_entity(text(uid.get_object(), "type"), text(uid.get_object(), "id"));
}

json::value parsed(const std::string& uid) { return uid.empty() ? json::value(nullptr) : json::parse(uid); }

Result<void> link(PolicySet& policies, const json::object& values) {
  return policies.link(text(values, "template"), std::string(text(values, "id")), entity_of(values.at("principal")),
                       entity_of(values.at("resource")));
}

json::array ids(const Engine& engine, const std::vector<PolicyIndex>& positions) {
  std::set<std::string_view> sorted;
  for (const PolicyIndex position : positions) sorted.insert(engine.policy_id(position));
  json::array result;
  for (const std::string_view id : sorted) result.emplace_back(id);
  return result;
}

json::object decide(const Request& request, const Engine& compiled, const Engine& reference, Coverage* coverage) {
  Response response;
  Response expected;
  compiled.authorize(request, response);
  reference.authorize(request, expected);
  if (coverage != nullptr) coverage->add(response);
  std::vector<PolicyIndex> failed;
  for (const PolicyError& error : response.errors) failed.push_back(error.policy);
  json::object answer{{"allow", response.permitted},
                      {"reason", ids(compiled, response.determining)},
                      {"errors", ids(compiled, failed)}};
  const bool same_errors = std::ranges::equal(
      response.errors, expected.errors,
      [](const PolicyError& a, const PolicyError& b) { return a.policy == b.policy && a.error == b.error; });
  if (response.permitted != expected.permitted || response.determining != expected.determining || !same_errors) {
    answer["reference_differs"] = true;
  }
  return answer;
}

Entities read_entities(json::object& answer, std::string_view source, const Schema* schema) {
  if (schema != nullptr) {
    auto fitting = Entities::from_json(source, schema);
    answer["entities"] = message(fitting);
    if (fitting) return std::move(*fitting);
  }
  auto plain = Entities::from_json(source);
  answer["plain_entities"] = message(plain);
  return plain ? std::move(*plain) : Entities();
}

json::object answer_request(std::string_view source, const Schema* schema, const Engine& compiled,
                            const Engine& reference, Coverage* coverage) {
  json::object fits;
  std::optional<Result<OwnedRequest>> request;
  if (schema != nullptr) {
    request = OwnedRequest::from_json(source, schema);
    fits["fits"] = message(*request);
    if (coverage != nullptr) coverage->count("request", *request ? "fits" : "does not fit");
  }
  if (!request || !*request) request = OwnedRequest::from_json(source);
  json::object answer;
  if (*request) {
    answer = decide((*request)->view(), compiled, reference, coverage);
  } else {
    answer["plain"] = message(*request);
  }
  answer.insert(fits.begin(), fits.end());
  return answer;
}

}  // namespace

json::object question_of(const GeneratedWorld& world, bool json_forms) {
  json::object question;
  if (!world.schema.empty()) question["schema"] = world.schema;
  const std::string accepted = world.policies_text();
  const std::vector<std::string> ids = world.policy_ids();
  json::array refused;
  for (const std::string& policy : world.policies) {
    if (!PolicySet::from_text(policy)) refused.emplace_back(policy);
  }
  question["policies"] = accepted;
  question["refused"] = std::move(refused);
  json::array links;
  for (const GeneratedLink& link : world.links) {
    links.push_back(json::object{{"template", ids[link.policy]},
                                 {"id", link.id},
                                 {"principal", parsed(link.principal)},
                                 {"resource", parsed(link.resource)}});
  }
  if (json_forms) {
    if (const auto policies = world.policy_set(accepted)) question["policies_json"] = policies->to_json();
  }
  question["links"] = std::move(links);
  question["entities"] = world.entities_json();
  json::array requests;
  for (const GeneratedRequest& request : world.requests) requests.emplace_back(request.json());
  question["requests"] = std::move(requests);
  question["level"] = world.level;
  return question;
}

json::object answer_of(const json::object& question, Coverage* coverage) {
  json::object answer;
  std::optional<Schema> schema;
  if (question.contains("schema")) {
    auto read = parse_schema(text(question, "schema"));
    answer["schema"] = message(read);
    if (coverage != nullptr) coverage->count("schema", read ? "well-formed" : "refused");
    if (read) schema = std::move(*read);
  }
  json::array refused;
  for (const json::value& source : question.at("refused").as_array()) {
    refused.push_back(message(PolicySet::from_text(std::string_view(source.as_string()))));
    if (coverage != nullptr) coverage->count("policy", "no policy");
  }
  answer["refused"] = std::move(refused);
  auto policies = PolicySet::from_text(text(question, "policies"));
  answer["policies"] = message(policies);
  if (!policies) return answer;
  json::array links;
  for (const json::value& values : question.at("links").as_array()) {
    links.push_back(message(link(*policies, values.as_object())));
  }
  answer["links"] = std::move(links);
  if (coverage != nullptr) coverage->add(*policies);
  if (schema) {
    validate(answer, *schema, *policies, static_cast<std::uint32_t>(question.at("level").to_number<std::uint64_t>()),
             coverage);
  }
  const Schema* fitting = schema ? &*schema : nullptr;
  Entities entities = read_entities(answer, text(question, "entities"), fitting);
  const World world = World::build(std::move(*policies), std::move(entities));
  const Engine compiled(world);
  const Engine reference(world, Evaluator::reference);
  json::array answers;
  for (const json::value& request : question.at("requests").as_array()) {
    answers.push_back(answer_request(std::string_view(request.as_string()), fitting, compiled, reference, coverage));
  }
  answer["requests"] = std::move(answers);
  return answer;
}

}  // namespace quis::test
