#include "model/graph.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace quis::graph {

namespace {

constexpr std::uint32_t kUnseen = std::numeric_limits<std::uint32_t>::max();

// Tarjan's algorithm with its call stack made explicit.
class ComponentFinder {
 public:
  explicit ComponentFinder(const Graph& graph)
      : graph_(graph), order_(graph.size(), kUnseen), low_(graph.size(), kUnseen), on_stack_(graph.size(), false) {}

  std::vector<std::vector<std::uint32_t>> run() {
    for (std::uint32_t node = 0; node < graph_.size(); ++node) {
      if (order_[node] == kUnseen) visit(node);
    }
    return std::move(components_);
  }

 private:
  struct Frame {
    std::uint32_t node;
    std::size_t next_edge;
  };

  void visit(std::uint32_t root) {
    enter(root);
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      const std::uint32_t node = frame.node;
      if (frame.next_edge < graph_[node].size()) {
        const std::uint32_t target = graph_[node][frame.next_edge++];
        if (order_[target] == kUnseen) {
          enter(target);
        } else if (on_stack_[target]) {
          low_[node] = std::min(low_[node], order_[target]);
        }
        continue;
      }
      frames_.pop_back();
      if (!frames_.empty()) low_[frames_.back().node] = std::min(low_[frames_.back().node], low_[node]);
      if (low_[node] == order_[node]) close(node);
    }
  }

  void enter(std::uint32_t node) {
    order_[node] = low_[node] = next_++;
    stack_.push_back(node);
    on_stack_[node] = true;
    frames_.push_back({node, 0});
  }

  void close(std::uint32_t root) {
    std::vector<std::uint32_t>& component = components_.emplace_back();
    std::uint32_t node = kUnseen;
    do {
      node = stack_.back();
      stack_.pop_back();
      on_stack_[node] = false;
      component.push_back(node);
    } while (node != root);
    std::sort(component.begin(), component.end());
  }

  const Graph& graph_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> low_;
  std::vector<bool> on_stack_;
  std::vector<std::uint32_t> stack_;
  std::vector<Frame> frames_;
  std::vector<std::vector<std::uint32_t>> components_;
  std::uint32_t next_ = 0;
};

}  // namespace

std::vector<std::vector<std::uint32_t>> components(const Graph& graph) { return ComponentFinder(graph).run(); }

bool is_cyclic(const Graph& graph, const std::vector<std::uint32_t>& component) {
  const std::vector<std::uint32_t>& edges = graph[component.front()];
  return component.size() > 1 || std::find(edges.begin(), edges.end(), component.front()) != edges.end();
}

std::vector<std::uint32_t> cycle_in(const Graph& graph, const std::vector<std::uint32_t>& component) {
  // Breadth first from the lowest node until an edge leads back to it. Every path back stays within the component.
  const std::uint32_t start = component.front();
  std::vector<std::uint32_t> queue{start};
  std::vector<std::uint32_t> came_from(graph.size(), kUnseen);
  for (std::size_t i = 0; i < queue.size(); ++i) {
    for (const std::uint32_t target : graph[queue[i]]) {
      if (target == start) {
        std::vector<std::uint32_t> cycle;
        for (std::uint32_t node = queue[i]; node != start; node = came_from[node]) cycle.push_back(node);
        cycle.push_back(start);
        std::reverse(cycle.begin(), cycle.end());
        return cycle;
      }
      if (came_from[target] == kUnseen) {
        came_from[target] = queue[i];
        queue.push_back(target);
      }
    }
  }
  return {};
}

std::optional<Graph> closure(const Graph& graph, std::size_t limit) {
  // One declaration may give thousands of nodes the same long list of edges: a walk looks at equal lists once, and
  // nodes that have them reach the same.
  std::vector<std::uint32_t> alike(graph.size());  // the first node with the same edges
  const auto by_content = [](const auto* a, const auto* b) { return *a < *b; };
  std::map<const std::vector<std::uint32_t>*, std::uint32_t, decltype(by_content)> firsts(by_content);
  for (std::uint32_t node = 0; node < graph.size(); ++node) {
    alike[node] = firsts.try_emplace(&graph[node], node).first->second;
  }

  Graph reached(graph.size());
  std::vector<std::uint32_t> seen_by(graph.size(), kUnseen);
  std::vector<std::uint32_t> walked_by(graph.size(), kUnseen);
  std::size_t total = 0;
  for (std::uint32_t node = 0; node < graph.size(); ++node) {
    std::vector<std::uint32_t>& list = reached[node];
    const auto add_targets_of = [&](std::uint32_t from) {
      if (std::exchange(walked_by[alike[from]], node) == node) return;
      for (const std::uint32_t target : graph[from]) {
        if (std::exchange(seen_by[target], node) != node) list.push_back(target);
      }
    };
    if (alike[node] == node) {
      add_targets_of(node);
      for (std::size_t i = 0; i < list.size(); ++i) add_targets_of(list[i]);
    } else {
      list = reached[alike[node]];
    }
    total += list.size();
    if (total > limit) return std::nullopt;
  }
  return reached;
}

}  // namespace quis::graph
