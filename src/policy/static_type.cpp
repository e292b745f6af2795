#include "policy/static_type.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <new>
#include <utility>

#include <quis/base/vocabulary.hpp>

namespace quis {

namespace {

using Kind = StaticType::Kind;

constexpr std::size_t kKinds = static_cast<std::size_t>(Kind::record) + 1;
constexpr std::size_t kMaxText = 200;

std::size_t mixed(std::size_t seed, std::size_t value) noexcept {
  return (seed ^ value) * 0x9e37'79b9'7f4a'7c15ULL + (seed >> 29U);
}

template <class T>
std::span<const T> copy_to(ValueArena& arena, std::span<const T> items) {
  if (items.empty()) return {};
  const std::span<T> copy = arena.allocate_array<T>(items.size());
  std::uninitialized_copy(items.begin(), items.end(), copy.begin());
  return copy;
}

void write(const StaticType& type, std::string& out);

void write_record(const StaticType& type, std::string& out) {
  // By name, not by id: ids follow the order of loading.
  std::vector<const StaticField*> sorted;
  sorted.reserve(type.fields.size());
  for (const StaticField& field : type.fields) sorted.push_back(&field);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return text_of(a->name) < text_of(b->name); });
  const char* separator = "";
  out += '{';
  for (const StaticField* field : sorted) {
    if (out.size() > kMaxText) break;
    out += separator;
    out += quoted(text_of(field->name));
    out += field->required ? ": " : "?: ";
    write(*field->type, out);
    separator = ", ";
  }
  if (type.open) {
    out += separator;
    out += "…";
  }
  out += '}';
}

void write(const StaticType& type, std::string& out) {
  if (out.size() > kMaxText) return;
  switch (type.kind) {
    case Kind::never: out += "nothing"; return;
    case Kind::truth: out += "true"; return;
    case Kind::falsity: out += "false"; return;
    case Kind::boolean: out += "Bool"; return;
    case Kind::integer: out += "Long"; return;
    case Kind::string: out += "String"; return;
    case Kind::decimal: out += "decimal"; return;
    case Kind::datetime: out += "datetime"; return;
    case Kind::duration: out += "duration"; return;
    case Kind::ip: out += "ipaddr"; return;
    case Kind::any_entity: out += "an entity"; return;
    case Kind::entity:
      for (const TypeId entity : type.entities) {
        if (entity != type.entities.front()) out += " or ";
        out += text_of(entity);
        if (out.size() > kMaxText) return;
      }
      return;
    case Kind::set:
      out += "Set<";
      if (type.element != nullptr) write(*type.element, out);
      if (type.element == nullptr) out += "…";
      out += '>';
      return;
    case Kind::record: write_record(type, out); return;
  }
}

}  // namespace

const StaticField* StaticType::find(SymbolId name) const noexcept {
  const auto found = std::lower_bound(fields.begin(), fields.end(), name,
                                      [](const StaticField& field, SymbolId id) { return field.name < id; });
  return found != fields.end() && found->name == name ? &*found : nullptr;
}

std::size_t TypeTable::Hash::operator()(TypeRef type) const noexcept {
  std::size_t hash = mixed(static_cast<std::size_t>(type->kind), static_cast<std::size_t>(type->open));
  hash = mixed(hash, std::hash<TypeRef>()(type->element));
  for (const TypeId entity : type->entities) hash = mixed(hash, entity.value);
  for (const StaticField& field : type->fields) {
    hash = mixed(hash, field.name.value * 2ULL + static_cast<std::size_t>(field.required));
    hash = mixed(hash, std::hash<TypeRef>()(field.type));
  }
  return hash;
}

bool TypeTable::Equal::operator()(TypeRef a, TypeRef b) const noexcept {
  return a->kind == b->kind && a->open == b->open && a->element == b->element &&
         std::equal(a->entities.begin(), a->entities.end(), b->entities.begin(), b->entities.end()) &&
         std::equal(a->fields.begin(), a->fields.end(), b->fields.begin(), b->fields.end());
}

TypeTable::TypeTable() {
  simple_.reserve(kKinds);
  for (std::size_t i = 0; i < kKinds; ++i) {
    StaticType type;
    type.kind = static_cast<Kind>(i);
    simple_.push_back(intern(type));
  }
}

TypeRef TypeTable::intern(const StaticType& type) {
  const auto found = types_.find(&type);
  if (found != types_.end()) return *found;
  StaticType copy = type;
  copy.entities = copy_to(arena_, type.entities);
  copy.fields = copy_to(arena_, type.fields);
  const TypeRef made = ::new (arena_.allocate(sizeof(StaticType), alignof(StaticType))) StaticType(copy);
  types_.insert(made);
  return made;
}

TypeRef TypeTable::of_value_kind(Value::Kind kind) const noexcept {
  switch (kind) {
    case Value::Kind::boolean: return of(Kind::boolean);
    case Value::Kind::integer: return of(Kind::integer);
    case Value::Kind::string: return of(Kind::string);
    case Value::Kind::decimal: return of(Kind::decimal);
    case Value::Kind::datetime: return of(Kind::datetime);
    case Value::Kind::duration: return of(Kind::duration);
    case Value::Kind::ip: return of(Kind::ip);
    case Value::Kind::entity: return of(Kind::any_entity);
    case Value::Kind::set: return of(Kind::set);
    case Value::Kind::record: return of(Kind::record);
  }
  return of(Kind::never);
}

TypeRef TypeTable::entity(TypeId type) { return entity_of({&type, 1}); }

TypeRef TypeTable::entity_of(std::span<const TypeId> types) {
  StaticType made;
  made.kind = Kind::entity;
  made.entities = types;
  return intern(made);
}

TypeRef TypeTable::set_of(TypeRef element) {
  StaticType made;
  made.kind = Kind::set;
  made.element = element;
  return intern(made);
}

TypeRef TypeTable::record(std::vector<StaticField> fields, bool open) {
  std::sort(fields.begin(), fields.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  StaticType made;
  made.kind = Kind::record;
  made.open = open;
  made.fields = fields;
  return intern(made);
}

TypeRef TypeTable::from(const Type& type) {
  if (const auto found = converted_.find(&type); found != converted_.end()) return found->second;
  TypeRef made = nullptr;
  switch (type.kind()) {
    case Value::Kind::entity: made = entity(type.entity_type()); break;
    case Value::Kind::set: made = set_of(from(*type.element())); break;
    case Value::Kind::record: {
      std::vector<StaticField> fields;
      fields.reserve(type.attributes().size());
      for (const AttributeType& attribute : type.attributes()) {
        fields.push_back({attribute.name, from(*attribute.type), attribute.required});
      }
      made = record(std::move(fields), false);
      break;
    }
    default: made = of_value_kind(type.kind()); break;
  }
  converted_.emplace(&type, made);
  return made;
}

std::string to_text(const StaticType& type) {
  std::string out;
  write(type, out);
  if (out.size() <= kMaxText) return out;
  std::size_t end = kMaxText;
  while ((static_cast<unsigned char>(out[end]) & 0xc0U) == 0x80U) --end;
  out.resize(end);
  return out + "…";
}

}  // namespace quis
