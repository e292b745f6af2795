#include <quis/engine/filter.hpp>

#include <utility>

#include <quis/base/vocabulary.hpp>
#include <quis/model/schema.hpp>

#include "engine/filter_translator.hpp"

namespace quis {
namespace {

using Kind = FilterExpr::Kind;

/// What the values of a filter refer to.
struct Storage {
  PolicySet residuals;
  ValueArena values;
};

Result<void> check(const PartialRequest& request, const Schema& schema) {
  const auto unknown = [](const PartialEntity& entity) { return !entity.entity.valid(); };
  if (unknown(request.principal) == unknown(request.resource)) {
    return failure(ErrorCode::invalid_request, "a filter is about one unknown entity",
                   "leave either the principal or the resource unknown");
  }
  const TypeId type = unknown(request.principal) ? request.principal.type : request.resource.type;
  if (!type.valid() || type.local() || schema.find(type) == nullptr) {
    return failure(ErrorCode::invalid_request, "a filter is about entities of one type that the schema declares",
                   "state the type of the unknown entity");
  }
  if (request.context_open || !request.open_entities.empty()) {
    return failure(ErrorCode::invalid_request, "a filter needs everything known but one entity",
                   "pass the whole context, and no open entities");
  }
  return {};
}

std::string path_text(const FilterPath& path) {
  std::string text;
  for (const std::string& name : path) {
    if (!text.empty()) text += '.';
    text += name;
  }
  return text.empty() ? "row" : text;
}

std::string list_text(const std::vector<Value>& values) {
  std::string text = "[";
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text += ", ";
    text += to_text(values[i]);
  }
  return text + ']';
}

std::string joined(const std::vector<FilterExpr>& operands, const char* separator) {
  std::string text = "(";
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (i > 0) text += separator;
    text += to_text(operands[i]);
  }
  return text + ')';
}

std::string pattern_text(const std::vector<std::string>& pieces) {
  std::string text;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i > 0) text += '*';
    text += pieces[i];
  }
  return quoted(text);
}

}  // namespace

Result<Filter> make_filter(const World& world, PartialRequest request, const Schema& schema) {
  if (auto valid = check(request, schema); !valid) return tl::unexpected(std::move(valid.error()));
  const bool principal = !request.principal.entity.valid();
  PartialEntity& unknown = principal ? request.principal : request.resource;
  unknown.exists = true;  // a row is an entity with its attributes
  auto response = partially_authorize(world, request, &schema);
  if (!response) return tl::unexpected(std::move(response.error()));
  const auto storage = std::make_shared<Storage>();
  storage->residuals = std::move(response->residuals);
  Filter filter;
  filter.type = unknown.type;
  filter.storage = storage;
  if (response->decision) {
    filter.root.value = *response->decision;
    return filter;
  }
  const Request known{request.principal.entity, request.action, request.resource.entity, request.names,
                      request.context};
  FilterTranslator translator(world.entities(), schema, known, principal ? Variable::principal : Variable::resource,
                              unknown.type, storage->values);
  std::vector<FilterExpr> permits;
  std::vector<FilterExpr> forbids;
  for (const Policy& policy : storage->residuals.policies()) {
    (policy.body->effect == Effect::permit ? permits : forbids).push_back(translator.satisfied(policy));
  }
  std::vector<FilterExpr> parts{translator.any_of(std::move(permits))};
  parts.push_back(translator.negation(translator.any_of(std::move(forbids))));
  filter.root = translator.all_of(std::move(parts));
  if (Errors problems = translator.take_problems(); !problems.empty()) return tl::unexpected(std::move(problems));
  return filter;
}

std::string to_text(const FilterExpr& filter) {
  constexpr const char* kSigns[] = {" == ", " != ", " < ", " <= ", " > ", " >= "};
  const std::string path = path_text(filter.path);
  switch (filter.kind) {
    case Kind::constant: return filter.value ? "true" : "false";
    case Kind::all: return joined(filter.operands, " and ");
    case Kind::any: return joined(filter.operands, " or ");
    case Kind::none: return "not " + to_text(filter.operands.front());
    case Kind::present: return "present(" + path + ')';
    case Kind::compare:
      return path + kSigns[static_cast<std::size_t>(filter.comparison)] +
             (filter.values.empty() ? path_text(filter.other) : to_text(filter.values.front()));
    case Kind::one_of: return path + " one of " + list_text(filter.values);
    case Kind::is_in: return path + " in " + list_text(filter.values);
    case Kind::contains_any: return path + " contains any of " + list_text(filter.values);
    case Kind::is_empty: return path + " is empty";
    case Kind::like: return path + " like " + pattern_text(filter.pattern);
  }
  return {};
}

}  // namespace quis
