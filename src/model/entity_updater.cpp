// The next version of a store.
//
// The changes are applied to copies of the entities that they name (`StagedEntities`); from that it follows whose
// ancestry changes (`AncestryChange`). Only then is anything written, to pages that nobody else has: an error before
// leaves nothing to undo. The index of members is told last, and follows from memberships that were and are no more.
#include <quis/model/entity_updater.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <span>
#include <unordered_set>
#include <utility>
#include <vector>

#include "model/ancestor_lists.hpp"
#include "model/ancestry_change.hpp"
#include "model/ancestry_errors.hpp"
#include "model/direct_members.hpp"
#include "model/entities_storage.hpp"
#include "model/entity_page_writer.hpp"
#include "model/staged_entities.hpp"

namespace quis {
namespace {

constexpr std::uint32_t kSame = std::numeric_limits<std::uint32_t>::max();

/// An entity that is written anew.
struct Touched {
  EntityId uid;
  const StagedEntity* named = nullptr;  // null when only its ancestry changed
  std::uint32_t ancestors = kSame;      // the number of the list that it has now

  [[nodiscard]] std::uint32_t page() const noexcept { return uid.value / EntityPage::kSize; }
};

/// In order of id.
std::vector<Touched> touched_by(const StagedEntities& entities, const AncestryChange& ancestry) {
  std::vector<Touched> all;
  for (const StagedEntity& entity : entities.named()) {
    if (entity.changed()) all.push_back({entity.uid, &entity});
  }
  for (const AncestryChange::Affected& affected : ancestry.affected()) {
    all.push_back({affected.uid, nullptr, affected.ancestors});
  }
  // An entity may be there twice, named and affected: the two become one.
  std::ranges::stable_sort(all, {}, &Touched::uid);
  std::size_t kept = 0;
  for (const Touched& touched : all) {
    if (kept > 0 && all[kept - 1].uid == touched.uid) {
      all[kept - 1].ancestors = touched.ancestors;
    } else {
      all[kept++] = touched;
    }
  }
  all.resize(kept);
  return all;
}

/// Those of distinct lists outside of records.
std::size_t live_slots(const Entities& entities) {
  std::unordered_set<const EntityId*> seen;
  std::size_t slots = 0;
  entities.for_each([&](const EntityRecord& record) {
    if (record.ancestors.size() == 0 || record.has_ancestors_near() ||
        !seen.insert(record.ancestors.slots().data()).second)
      return;
    slots += record.ancestors.slots().size();
  });
  return slots;
}

/// Writes what was touched, page by page; each list of ancestors once a page.
class PagesWriter {
 public:
  PagesWriter(EntitiesStorage& storage, AncestryChange& ancestry, std::uint64_t version)
      : storage_(storage), ancestry_(ancestry), version_(version), stored_(ancestry.list_count()) {}

  void write(std::span<const Touched> touched) {
    for (std::size_t i = 0; i < touched.size();) {
      const std::uint32_t number = touched[i].page();
      EntityPageWriter page(storage_.page(number));
      for (; i < touched.size() && touched[i].page() == number; ++i) write(touched[i], page);
      auto [finished, gathered_slots] = page.finish();
      storage_.set_page(number, std::move(finished));
      storage_.ancestry_slots += gathered_slots;
    }
  }

 private:
  /// A list that was stored, for the page where it was so last.
  struct Stored {
    std::uint32_t page = kSame;
    AncestorSet set;
  };

  void write(const Touched& touched, EntityPageWriter& page) {
    page.set_version(touched.uid, version_);
    if (touched.named != nullptr && !write(*touched.named, page)) return;
    if (touched.ancestors == kSame) return;
    Stored& stored = stored_[touched.ancestors];
    const bool near = ancestry_.goes_near(touched.ancestors);
    if (stored.page != touched.page()) stored = {touched.page(), page.store(ancestry_.list(touched.ancestors), near)};
    page.set_ancestors(touched.uid, stored.set, near);
  }

  /// False when the entity is no more.
  bool write(const StagedEntity& entity, EntityPageWriter& page) {
    if (entity.exists && entity.before == nullptr) ++storage_.count;
    if (!entity.exists) {
      --storage_.count;
      page.remove(entity.uid);
      return false;
    }
    page.add(entity.uid);
    page.set_attributes(entity.uid, entity.attributes);
    page.set_tags(entity.uid, entity.tags);
    if (entity.moved()) page.set_parents(entity.uid, entity.parents);
    return true;
  }

  EntitiesStorage& storage_;
  AncestryChange& ancestry_;
  const std::uint64_t version_;
  std::vector<Stored> stored_;
};

/// What `PagesWriter` will store.
std::size_t new_slots(std::span<const Touched> touched, AncestryChange& ancestry) {
  std::vector<std::uint32_t> last_page(ancestry.list_count(), kSame);
  std::size_t slots = 0;
  for (const Touched& t : touched) {
    if (t.ancestors == kSame || std::exchange(last_page[t.ancestors], t.page()) == t.page()) continue;
    if (!ancestry.goes_near(t.ancestors)) slots += ancestor_slots(ancestry.list(t.ancestors).size());
  }
  return slots;
}

}  // namespace

struct EntityUpdater::State {
  State(Entities entities, std::size_t most_slots) noexcept : current(std::move(entities)), max_slots(most_slots) {}

  Entities current;
  const std::size_t max_slots;
  DirectMembers members;
  AncestorWalk walk;

  [[nodiscard]] Result<EntityUpdate> apply(const EntityChanges& changes, std::uint64_t version) {
    StagedEntities entities(current);
    if (auto applied = entities.apply(changes); !applied) return tl::unexpected(std::move(applied.error()));
    AncestryChange ancestry(entities, members, walk);
    if (auto found = ancestry.find(max_slots); !found) return tl::unexpected(std::move(found.error()));
    const std::vector<Touched> touched = touched_by(entities, ancestry);
    if (touched.empty()) return EntityUpdate{current, {}};

    auto next = write(touched, ancestry, version);
    if (!next) return tl::unexpected(std::move(next.error()));

    EntityUpdate update{std::move(*next), {}};
    update.touched.reserve(touched.size());
    for (const Touched& t : touched) update.touched.push_back(t.uid);
    members.change(ancestry.added(), ancestry.removed(), update.entities);
    current = update.entities;
    return update;
  }

  [[nodiscard]] Result<Entities> write(std::span<const Touched> touched, AncestryChange& ancestry,
                                       std::uint64_t version) {
    const auto storage = std::make_shared<EntitiesStorage>(*current.storage_);
    const std::size_t slots = new_slots(touched, ancestry);
    if (slots > max_slots - std::min(max_slots, storage->ancestry_slots)) {
      storage->ancestry_slots = live_slots(current);  // without what pages no longer use
      if (slots > max_slots - std::min(max_slots, storage->ancestry_slots)) {
        return tl::unexpected(ancestry_limit_error(max_slots));
      }
    }
    storage->ancestry_slots += slots;
    PagesWriter(*storage, ancestry, version).write(touched);
    return Entities(storage);
  }
};

EntityUpdater::EntityUpdater(Entities entities, std::size_t max_ancestry_slots)
    : state_(std::make_unique<State>(std::move(entities), max_ancestry_slots)) {}
EntityUpdater::EntityUpdater(EntityUpdater&&) noexcept = default;
EntityUpdater& EntityUpdater::operator=(EntityUpdater&&) noexcept = default;
EntityUpdater::~EntityUpdater() = default;

const Entities& EntityUpdater::current() const noexcept { return state_->current; }

std::size_t EntityUpdater::index_bytes() const noexcept { return state_->members.bytes(); }

Result<EntityUpdate> EntityUpdater::apply(const EntityChanges& changes, std::uint64_t version) {
  try {
    return state_->apply(changes, version);
  } catch (const std::bad_alloc&) {
    state_->members.forget();
    return failure(ErrorCode::limit_exceeded, "not enough memory to change the entities",
                   "apply fewer changes at a time, or raise the memory limit");
  }
}

}  // namespace quis
