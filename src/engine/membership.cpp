#include "engine/membership.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <unordered_map>

#include <quis/engine/explanation.hpp>

#include "engine/shown.hpp"

namespace quis {
namespace {

constexpr std::size_t kListedGroups = 4;

std::string named(EntityId entity, const LocalNames* names) { return shortened(to_text(entity, names)); }

/// Breadth first, so that the way found is a shortest one.
std::vector<EntityId> shortest_way(const Entities& entities, EntityId from, EntityId to) {
  std::unordered_map<EntityId, EntityId> came_from{{from, EntityId{}}};
  std::deque<EntityId> open{from};
  while (!open.empty() && !came_from.contains(to)) {
    const EntityId entity = open.front();
    open.pop_front();
    const EntityRecord* record = entities.find(entity);
    if (record == nullptr) continue;
    for (const EntityId parent : record->direct_parents()) {
      if (came_from.try_emplace(parent, entity).second) open.push_back(parent);
    }
  }
  std::vector<EntityId> way;
  for (EntityId at = to; at.valid() && came_from.contains(at); at = came_from.at(at)) way.push_back(at);
  std::reverse(way.begin(), way.end());
  return way;
}

}  // namespace

std::vector<std::string> membership_path(const Entities& entities, EntityId from, EntityId to,
                                         const LocalNames* names) {
  std::vector<std::string> path;
  if (!entities.is_in(from, to)) return path;
  const std::vector<EntityId> way = shortest_way(entities, from, to);
  const std::size_t left_out = way.size() > limits::kMaxExplainedPath ? way.size() - limits::kMaxExplainedPath : 0;
  constexpr std::size_t kHead = limits::kMaxExplainedPath / 2;
  for (std::size_t i = 0; i < way.size(); ++i) {
    if (left_out != 0 && i == kHead) {
      path.push_back("… " + std::to_string(left_out) + " more");
      i += left_out;
    }
    path.push_back(named(way[i], names));
  }
  return path;
}

std::string groups_note(const Entities& entities, EntityId entity, const LocalNames* names) {
  const std::string name = named(entity, names);
  const EntityRecord* record = entities.find(entity);
  if (record == nullptr) return "the entities do not hold " + name;
  if (record->ancestors.size() == 0) return name + " is in no group";
  std::vector<EntityId> groups(record->direct_parents().begin(), record->direct_parents().end());
  record->ancestors.for_each([&](EntityId ancestor) {
    const auto direct = record->direct_parents();
    if (groups.size() < direct.size() + kListedGroups &&
        std::find(direct.begin(), direct.end(), ancestor) == direct.end())
      groups.push_back(ancestor);
  });
  if (groups.size() > kListedGroups) groups.resize(kListedGroups);
  std::string note = name + " is in ";
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i != 0) note += ", ";
    note += named(groups[i], names);
  }
  const std::size_t all = record->ancestors.size();
  if (all > groups.size()) note += " and " + std::to_string(all - groups.size()) + " more";
  return note;
}

}  // namespace quis
