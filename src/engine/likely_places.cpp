#include "engine/likely_places.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <unordered_map>

namespace quis {
namespace {

constexpr std::size_t kSample = 2'048;

using Place = decltype(Instruction::place);

/// An attribute of the context itself.
bool reads_context(const Instruction& i) noexcept {
  const bool is_direct =
      tests_attribute(i.opcode) || i.opcode == Opcode::load_attribute || i.opcode == Opcode::variable_has;
  return is_direct && i.other == Variable::context;
}

/// Counts in which place records have what somebody asks for.
class Places {
 public:
  void add(SymbolId name) { seen_.try_emplace(name); }
  [[nodiscard]] bool empty() const noexcept { return seen_.empty(); }
  void note(const RecordData& record) {
    const std::size_t fields = std::min<std::size_t>(record.size, std::numeric_limits<Place>::max());
    for (std::size_t place = 0; place < fields; ++place) {
      const auto found = seen_.find(record.keys[place]);
      if (found != seen_.end()) ++found->second[static_cast<Place>(place)];
    }
  }
  /// 0 when nobody has it.
  [[nodiscard]] Place likely(SymbolId name) const {
    const auto& places = seen_.at(name);
    const auto most = std::max_element(places.begin(), places.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    return most != places.end() ? most->first : Place{0};
  }

 private:
  std::unordered_map<SymbolId, std::map<Place, std::size_t>> seen_;
};

}  // namespace

void note_likely_places(std::vector<Instruction>& code, const Entities& entities) {
  Places attributes;
  Places tags;
  std::set<SymbolId> of_context;
  for (const Instruction& i : code) {
    const SymbolId name{i.operand};
    if (names_attribute(i.opcode)) attributes.add(name);
    if (names_tag(i.opcode)) tags.add(name);
    if (reads_context(i)) of_context.insert(name);
  }
  if (attributes.empty() && tags.empty()) return;
  entities.sample(kSample, [&](const EntityRecord& record) {
    if (record.tags != nullptr) tags.note(*record.tags);
    attributes.note(record.attributes);
    for (const Value& value : std::span(record.attributes.values, record.attributes.size)) {
      if (value.is(Value::Kind::record)) attributes.note(value.as_record());
    }
  });
  for (Instruction& i : code) {
    const SymbolId name{i.operand};
    if (names_tag(i.opcode)) i.place = tags.likely(name);
    if (!names_attribute(i.opcode)) continue;
    i.place = attributes.likely(name);
    if (!reads_context(i)) continue;
    // Nobody has seen one yet. Say that it has what policies read, and no more.
    const auto place = std::distance(of_context.begin(), of_context.find(name));
    i.place = static_cast<Place>(std::min<std::ptrdiff_t>(place, std::numeric_limits<Place>::max()));
  }
}

}  // namespace quis
