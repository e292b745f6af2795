// Common types are expanded by sharing. Each is resolved once, after those it mentions (the order comes from the graph
// of mentions, not from recursion), and every mention is a pointer to the one result: `type A = {x: B, y: B}` costs two
// pointers, however large B is. Heights are counted, because what walks a type later recurses over it.

#include "policy/schema_type_resolver.hpp"

#include <algorithm>
#include <utility>

#include <quis/base/limits.hpp>
#include <quis/base/vocabulary.hpp>

#include "model/graph.hpp"
#include "policy/schema_names.hpp"
#include "policy/spelling.hpp"

namespace quis::schema_ast {

namespace {

// Of a longer cycle of common types the message names the first ones only.
constexpr std::size_t kMaxNamed = 8;

std::string_view described(Wanted wanted) {
  switch (wanted) {
    case Wanted::common: return "a common type";
    case Wanted::entity: return "an entity type";
    case Wanted::either: break;
  }
  return "a common type or an entity type";
}

// Names that other languages have for these types.
const char* help_for_slip(std::string_view name) noexcept {
  if (name == "Boolean" || name == "bool" || name == "boolean") return "the type of `true` and `false` is `Bool`";
  if (name == "Int" || name == "Integer" || name == "int" || name == "Number") return "the type of numbers is `Long`";
  if (name == "ip" || name == "Ip" || name == "IP") return "the type of IP addresses is `ipaddr`";
  return nullptr;
}

/// Adds the common types that a type is made of.
void collect_mentions(const Scope& scope, const Type& type, std::string_view space, std::vector<std::uint32_t>& out) {
  if (type.kind == Type::Kind::common || type.kind == Type::Kind::entity_or_common) {
    const Wanted wanted = type.kind == Type::Kind::common ? Wanted::common : Wanted::either;
    const Target target = scope.find(type.name, wanted, space);
    if (target.kind == Target::Kind::common) out.push_back(target.common);
  }
  if (type.element) collect_mentions(scope, *type.element, space, out);
  for (const Attribute& attribute : type.attributes) collect_mentions(scope, attribute.type, space, out);
}

/// Which common type is made of which.
graph::Graph mentions_of(const Scope& scope) {
  const std::vector<DeclaredCommon>& declared = scope.commons();
  graph::Graph mentions(declared.size());
  for (std::size_t i = 0; i < declared.size(); ++i) {
    collect_mentions(scope, declared[i].declaration->type, declared[i].space->name.text, mentions[i]);
  }
  return mentions;
}

void report_cycle(const std::vector<std::uint32_t>& cycle, const Scope& scope, Report& report) {
  const auto quoted_name = [&](std::uint32_t i) { return "`" + scope.commons()[i].full + "`"; };
  std::string message = "common type " + quoted_name(cycle.front()) + " contains itself";
  if (cycle.size() > 1) {
    message += ": ";
    for (std::size_t i = 0; i < cycle.size() && i < kMaxNamed; ++i) message += quoted_name(cycle[i]) + " mentions ";
    if (cycle.size() > kMaxNamed) message += "… mentions ";
    message += quoted_name(cycle.front());
  }
  report.add(scope.commons()[cycle.front()].name->place, ErrorCode::cycle, std::move(message),
             "only entities can refer to each other; make one of these types an entity type");
}

}  // namespace

void check_type_cycles(const Scope& scope, Report& report) {
  const graph::Graph mentions = mentions_of(scope);
  for (const std::vector<std::uint32_t>& component : graph::components(mentions)) {
    if (graph::is_cyclic(mentions, component)) report_cycle(graph::cycle_in(mentions, component), scope, report);
  }
}

// What could stand there, as it would be written in namespace `space`.
std::vector<std::string_view> TypeResolver::names_for(Wanted wanted, std::string_view space) const {
  std::vector<std::string_view> names;
  const auto add = [&](const auto& declared) {
    const bool is_near = declared.space->name.text == space || declared.space->name.text.empty();
    names.push_back(is_near ? std::string_view(declared.name->text) : std::string_view(declared.full));
  };
  if (wanted != Wanted::common) {
    for (const DeclaredEntity& entity : scope_.entities()) add(entity);
  }
  if (wanted != Wanted::entity) {
    for (const DeclaredCommon& common : scope_.commons()) add(common);
    const auto& builtins = schema_names::builtin_type_names();
    names.insert(names.end(), builtins.begin(), builtins.end());
  }
  return names;
}

TypeResolver::TypeResolver(const Scope& scope, Report& report)
    : scope_(scope), report_(report), commons_(scope.commons().size()), empty_record_(quis::Type::record({})) {
  const std::vector<DeclaredCommon>& declared = scope_.commons();
  const graph::Graph mentions = mentions_of(scope_);
  for (const std::vector<std::uint32_t>& component : graph::components(mentions)) {
    if (graph::is_cyclic(mentions, component)) {
      report_cycle(graph::cycle_in(mentions, component), scope_, report_);
      continue;
    }
    const DeclaredCommon& common = declared[component.front()];
    commons_[component.front()] = resolve(common.declaration->type, common.space->name.text);
  }
}

Resolved TypeResolver::resolve(const Type& type, std::string_view space) {
  switch (type.kind) {
    case Type::Kind::boolean: return {quis::Type::of(Value::Kind::boolean)};
    case Type::Kind::integer: return {quis::Type::of(Value::Kind::integer)};
    case Type::Kind::string: return {quis::Type::of(Value::Kind::string)};
    case Type::Kind::set: {
      const Resolved element = resolve(*type.element, space);
      if (element.type == nullptr) return {};
      return checked({quis::Type::set_of(element.type), element.height + 1}, type.place);
    }
    case Type::Kind::record: return resolve_record(type, space);
    case Type::Kind::entity_or_common: return resolve_name(type, Wanted::either, space);
    case Type::Kind::common: return resolve_name(type, Wanted::common, space);
    case Type::Kind::entity: return resolve_name(type, Wanted::entity, space);
    case Type::Kind::extension: break;
  }
  if (const auto kind = schema_names::extension_type(type.name)) return {quis::Type::of(*kind)};
  report_.add(type.place, ErrorCode::unknown_type, "there is no extension type `" + type.name + "`",
              "the extension types are `ipaddr`, `decimal`, `datetime` and `duration`");
  return {};
}

Resolved TypeResolver::resolve_name(const Type& type, Wanted wanted, std::string_view space) {
  const Target target = scope_.find(type.name, wanted, space);
  switch (target.kind) {
    case Target::Kind::common: return commons_[target.common];
    case Target::Kind::builtin: return {quis::Type::of(target.builtin)};
    case Target::Kind::entity:
    case Target::Kind::action_type: return {quis::Type::entity(intern_type(target.name))};
    case Target::Kind::nothing: break;
  }
  report_unknown(type.name, type.place, wanted, space);
  return {};
}

Resolved TypeResolver::resolve_record(const Type& type, std::string_view space) {
  if (type.open) {
    report_.add(type.place, ErrorCode::invalid_schema, "`additionalAttributes` cannot be true",
                "declare every attribute, or use tags");
  }
  Resolved record;
  std::vector<AttributeType> attributes;
  attributes.reserve(type.attributes.size());
  bool complete = !type.open;
  for (const Attribute& attribute : type.attributes) {
    Resolved part = resolve(attribute.type, space);
    complete = complete && part.type != nullptr;
    record.height = std::max(record.height, part.height + 1);
    attributes.push_back({intern_symbol(attribute.name.text), std::move(part.type), attribute.required});
  }
  if (!complete) return {};
  record.type = quis::Type::record(std::move(attributes));
  return checked(std::move(record), type.place);
}

Resolved TypeResolver::checked(Resolved resolved, Place place) {
  if (resolved.height <= limits::kMaxTypeDepth) return resolved;
  report_.add(place, ErrorCode::limit_exceeded,
              "this type is nested deeper than " + std::to_string(limits::kMaxTypeDepth) + " levels",
              "make the chain of common types shorter");
  return {};
}

TypePtr TypeResolver::resolve_record_or_name(const Type* type, std::string_view space, std::string_view what) {
  if (type == nullptr) return empty_record_;
  Resolved resolved = resolve(*type, space);
  if (resolved.type == nullptr || resolved.type->kind() == Value::Kind::record) return resolved.type;
  report_.add(type->place, ErrorCode::invalid_schema,
              std::string(what) + " must be a record, not `" + to_text(*resolved.type) + "`",
              "put it into a record: `{ name: … }`");
  return nullptr;
}

void TypeResolver::report_unknown(const std::string& name, Place place, Wanted wanted, std::string_view space) {
  std::string help = "no such name is declared";
  if (!space.empty() && name.find("::") == std::string::npos) {
    help += ", neither in namespace `" + std::string(space) + "` nor outside every namespace";
  }
  if (wanted == Wanted::entity && scope_.find(name, Wanted::common, space).kind != Target::Kind::nothing) {
    help = shown(name) + " is a common type, and only entity types can stand here";
  } else if (wanted == Wanted::common && scope_.find(name, Wanted::entity, space).kind != Target::Kind::nothing) {
    help = shown(name) + " is an entity type, and only common types can stand here";
  } else if (const char* slip = wanted == Wanted::entity ? nullptr : help_for_slip(name); slip != nullptr) {
    help = slip;
  } else {
    help = did_you_mean(name, names_for(wanted, space), help + "; declare it or correct the name");
  }
  report_.add(place, ErrorCode::unknown_type, shown(name) + " is not " + std::string(described(wanted)),
              std::move(help));
}

}  // namespace quis::schema_ast
