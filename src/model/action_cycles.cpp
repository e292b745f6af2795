#include "model/action_cycles.hpp"

#include <unordered_map>

#include <quis/base/vocabulary.hpp>

#include "model/graph.hpp"

namespace quis {

namespace {

// Of a longer cycle the message names the first ones only.
constexpr std::size_t kMaxNamed = 8;

Diagnostic cycle_error(std::span<const ActionDeclaration> actions, const std::vector<std::uint32_t>& cycle) {
  const auto name = [&](std::uint32_t i) { return "`" + to_text(actions[i].uid) + "`"; };
  Diagnostic error;
  error.code = ErrorCode::cycle;
  error.message = "action " + name(cycle.front()) + " is its own ancestor: ";
  for (std::size_t i = 0; i < cycle.size() && i < kMaxNamed; ++i) error.message += name(cycle[i]) + " in ";
  if (cycle.size() > kMaxNamed) error.message += "… in ";
  error.message += name(cycle.front());
  error.help = "take one of these actions out of the other's `in` list";
  return error;
}

}  // namespace

std::vector<ActionCycle> find_action_cycles(std::span<const ActionDeclaration> actions) {
  std::unordered_map<EntityId, std::uint32_t> index;
  for (std::uint32_t i = 0; i < actions.size(); ++i) index.emplace(actions[i].uid, i);
  graph::Graph groups(actions.size());
  for (std::size_t i = 0; i < actions.size(); ++i) {
    for (const EntityId parent : actions[i].parents) {
      if (const auto found = index.find(parent); found != index.end()) groups[i].push_back(found->second);
    }
  }
  std::vector<ActionCycle> cycles;
  for (const std::vector<std::uint32_t>& component : graph::components(groups)) {
    if (!graph::is_cyclic(groups, component)) continue;
    const std::vector<std::uint32_t> cycle = graph::cycle_in(groups, component);
    cycles.push_back({actions[cycle.front()].uid, cycle_error(actions, cycle)});
  }
  return cycles;
}

}  // namespace quis
