#include <quis/base/vocabulary.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "base/intern_table.hpp"
#include "base/plain_uid.hpp"
#include "base/type_name.hpp"

namespace quis {

// Ready before any code runs and never destroyed, so that other static objects may use the vocabulary whenever they
// like.
namespace detail {
constinit PagedArray<TypeId> entity_types;
}  // namespace detail

namespace {

struct TypeFacts {
  std::size_t basename_at;
  bool is_action;
  bool is_normalized;
};

constinit InternTable symbols;
constinit InternTable types;
constinit InternTable entities;
constinit detail::PagedArray<TypeFacts> type_facts;

static_assert(std::is_trivially_destructible_v<InternTable>);
static_assert(std::is_trivially_destructible_v<detail::PagedArray<TypeFacts>>);

TypeFacts facts_of(std::string_view name) noexcept {
  const std::size_t separator = name.rfind("::");
  const std::size_t basename_at = separator == std::string_view::npos ? 0 : separator + 2;
  return {basename_at, name.substr(basename_at) == "Action", is_normalized_name(name)};
}

}  // namespace

SymbolId intern_symbol(std::string_view text) noexcept {
  return {symbols.intern({0, text}, [](std::uint32_t) {})};
}

TypeId intern_type(std::string_view name) noexcept {
  return {types.intern({0, name}, [&](std::uint32_t id) { type_facts.append(id, facts_of(name)); })};
}

EntityId intern_entity(TypeId type, std::string_view id) noexcept {
  return {entities.intern({type.value, id}, [&](std::uint32_t added) { detail::entity_types.append(added, type); })};
}

EntityId intern_entity(std::string_view type, std::string_view id) noexcept {
  return intern_entity(intern_type(type), id);
}

SymbolId find_symbol(std::string_view text) noexcept { return {symbols.find({0, text})}; }

TypeId find_type(std::string_view name) noexcept { return {types.find({0, name})}; }

EntityId find_entity(TypeId type, std::string_view id) noexcept { return {entities.find({type.value, id})}; }

void intern_entities(std::span<const EntityName> names, std::span<EntityId> ids) noexcept {
  std::vector<std::uint32_t> numbers(names.size());
  entities.intern_each(
      [&](std::size_t i) {
        return Name{names[i].type.value, names[i].id};
      },
      numbers, [&](std::uint32_t added, std::size_t i) { detail::entity_types.append(added, names[i].type); });
  for (std::size_t i = 0; i < numbers.size(); ++i) ids[i] = {numbers[i]};
}

void find_entities(std::span<const EntityName> names, std::span<EntityId> ids) noexcept {
  entities.find_each(
      names.size(),
      [&](std::size_t i) {
        return Name{names[i].type.value, names[i].id};
      },
      [&](std::size_t i, std::uint32_t id) { ids[i] = {id}; });
}

static_assert(InternIndex::kAbsent == SymbolId::kNone, "an absent name is an invalid id");

std::string_view text_of(SymbolId symbol) noexcept { return symbols.text(symbol.value); }

std::string_view text_of(TypeId type) noexcept { return types.text(type.value); }

std::string_view id_text_of(EntityId entity) noexcept { return entities.text(entity.value); }

std::string_view basename_of(TypeId type) noexcept { return text_of(type).substr(type_facts[type.value].basename_at); }

bool is_action_type(TypeId type) noexcept { return type_facts[type.value].is_action; }

bool is_normalized_name(TypeId type) noexcept { return type_facts[type.value].is_normalized; }

VocabularyStatistics vocabulary_statistics() noexcept {
  const auto s = symbols.statistics([] { return std::size_t{0}; });
  const auto t = types.statistics([] { return type_facts.bytes(); });
  const auto e = entities.statistics([] { return detail::entity_types.bytes(); });
  return {s.count, t.count, e.count, s.bytes + t.bytes + e.bytes + detail::known_uids.bytes()};
}

std::uint64_t vocabulary_generation() noexcept {
  return std::uint64_t{symbols.count()} + types.count() + entities.count();
}

}  // namespace quis
