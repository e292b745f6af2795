#include <cstdint>
#include <exception>
#include <limits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <quis/base/limits.hpp>
#include <quis/base/value.hpp>
#include <quis/base/vocabulary.hpp>

#include "base/hash.hpp"

namespace quis {
namespace {

struct EntityKey {
  TypeId type;
  std::string_view id;

  friend bool operator==(const EntityKey&, const EntityKey&) = default;
};

struct EntityKeyHash {
  std::size_t operator()(const EntityKey& key) const noexcept { return hash_bytes(key.id, key.type.value); }
};

std::string_view text_in(const std::string_view& key) noexcept { return key; }
std::string_view text_in(const EntityKey& key) noexcept { return key.id; }
void repoint(std::string_view& key, std::string_view text) noexcept { key = text; }
void repoint(EntityKey& key, std::string_view text) noexcept { key.id = text; }

// Keys and their local ids. The texts are copied into the arena that the tables share.
template <class IdType, class Key, class Hash>
class LocalTable {
 public:
  [[nodiscard]] IdType find(const Key& key) const {
    const auto found = ids_.find(key);
    return found == ids_.end() ? IdType{} : found->second;
  }

  IdType add(Key key, ValueArena& arena) {
    if (keys_.size() == limits::kMaxNames) {
      std::terminate();
    }
    repoint(key, arena.string(text_in(key)).as_string());
    const IdType id{IdType::kLocalBit | static_cast<std::uint32_t>(keys_.size())};
    keys_.push_back(key);
    ids_.emplace(key, id);
    return id;
  }

  /// Null for an id that was never given here.
  [[nodiscard]] const Key* key(IdType id) const noexcept {
    const std::uint32_t index = id.value & ~IdType::kLocalBit;
    return index < keys_.size() ? &keys_[index] : nullptr;
  }

 private:
  std::vector<Key> keys_;
  std::unordered_map<Key, IdType, Hash> ids_;
};

}  // namespace

struct LocalNames::Tables {
  ValueArena texts;
  LocalTable<SymbolId, std::string_view, TextHash> symbols;
  LocalTable<TypeId, std::string_view, TextHash> types;
  LocalTable<EntityId, EntityKey, EntityKeyHash> entities;
  std::uint64_t generation = 0;

  // The local table is asked first: a name that was new a moment ago may have been loaded since, and one request must
  // not know it by two ids.
  template <class Table, class Key, class Find>
  static auto resolve(std::unique_ptr<Tables>& tables, Table Tables::*table, const Key& key, const Find& find_known) {
    if (tables != nullptr) {
      // The analyzer takes the comparison for another.
      // NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage)
      if (const auto mine = (tables.get()->*table).find(key); mine.valid()) {
        return mine;
      }
    }
    const std::uint64_t generation =
        vocabulary_generation();  // before looking: what is learnt meanwhile counts as later
    if (const auto known = find_known(); known.valid()) {
      return known;
    }
    if (tables == nullptr) {
      tables = std::make_unique<Tables>();
      tables->generation = generation;
    }
    return (tables.get()->*table).add(key, tables->texts);
  }
};

LocalNames::LocalNames() = default;
LocalNames::LocalNames(LocalNames&&) noexcept = default;
LocalNames& LocalNames::operator=(LocalNames&&) noexcept = default;
LocalNames::~LocalNames() = default;

SymbolId LocalNames::symbol(std::string_view text) {
  return Tables::resolve(tables_, &Tables::symbols, text, [&] { return find_symbol(text); });
}

TypeId LocalNames::type(std::string_view name) {
  return Tables::resolve(tables_, &Tables::types, name, [&] { return find_type(name); });
}

EntityId LocalNames::entity(TypeId type, std::string_view id) {
  return Tables::resolve(tables_, &Tables::entities, EntityKey{type, id},
                         [&] { return type.local() ? EntityId{} : find_entity(type, id); });
}

std::string_view LocalNames::text(SymbolId symbol) const noexcept {
  if (!symbol.local()) {
    return text_of(symbol);
  }
  const std::string_view* const key = tables_ == nullptr ? nullptr : tables_->symbols.key(symbol);
  return key == nullptr ? std::string_view{} : *key;
}

std::string_view LocalNames::text(TypeId type) const noexcept {
  if (!type.local()) {
    return text_of(type);
  }
  const std::string_view* const key = tables_ == nullptr ? nullptr : tables_->types.key(type);
  return key == nullptr ? std::string_view{} : *key;
}

TypeId LocalNames::type_of(EntityId entity) const noexcept {
  if (!entity.local()) {
    return quis::type_of(entity);
  }
  const EntityKey* const key = tables_ == nullptr ? nullptr : tables_->entities.key(entity);
  return key == nullptr ? TypeId{} : key->type;
}

std::string_view LocalNames::id_text(EntityId entity) const noexcept {
  if (!entity.local()) {
    return id_text_of(entity);
  }
  const EntityKey* const key = tables_ == nullptr ? nullptr : tables_->entities.key(entity);
  return key == nullptr ? std::string_view{} : key->id;
}

std::uint64_t LocalNames::generation() const noexcept {
  return tables_ == nullptr ? std::numeric_limits<std::uint64_t>::max() : tables_->generation;
}

SymbolId Names::symbol(std::string_view text) const {
  return local_ == nullptr ? intern_symbol(text) : local_->symbol(text);
}

TypeId Names::type(std::string_view name) const { return local_ == nullptr ? intern_type(name) : local_->type(name); }

EntityId Names::entity(TypeId type, std::string_view id) const {
  return local_ == nullptr ? intern_entity(type, id) : local_->entity(type, id);
}

}  // namespace quis
