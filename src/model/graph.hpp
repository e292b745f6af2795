#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

/// Directed graphs of the size of a schema: which type uses or may be a member of which, which action is in which
/// group. Nothing here recurses, so a chain of a million nodes is as safe as one of two.
namespace quis::graph {

/// Node `i` has an edge to each of `edges[i]`. Nodes are numbered from 0; edges may repeat.
using Graph = std::vector<std::vector<std::uint32_t>>;

/// The strongly connected components, each after all components that it has edges to: when an edge means "uses", what
/// is used comes first. Linear.
[[nodiscard]] std::vector<std::vector<std::uint32_t>> components(const Graph& graph);

/// Whether the nodes of a component lie on a cycle: there are several, or the only one has an edge to itself.
[[nodiscard]] bool is_cyclic(const Graph& graph, const std::vector<std::uint32_t>& component);

/// A shortest cycle through the lowest node of a cyclic component; its first node is not repeated at the end.
[[nodiscard]] std::vector<std::uint32_t> cycle_in(const Graph& graph, const std::vector<std::uint32_t>& component);

/// For each node the nodes that can be reached over at least one edge, in no particular order; a node on a cycle
/// reaches itself. Null when the lists together are longer than `limit`.
[[nodiscard]] std::optional<Graph> closure(const Graph& graph, std::size_t limit);

}  // namespace quis::graph
