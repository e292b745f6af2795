#include "engine/likely_places.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <unordered_map>

namespace quis {
namespace {

constexpr std::size_t kSample = 2'048;

using Place = decltype(Instruction::place);

}  // namespace

void note_likely_places(std::vector<Instruction>& code, const Entities& entities) {
  std::unordered_map<SymbolId, std::map<Place, std::size_t>> seen;
  for (const Instruction& i : code) {
    if (names_attribute(i.opcode)) seen.try_emplace(SymbolId{i.operand});
  }
  if (seen.empty()) return;
  entities.sample(kSample, [&](const EntityRecord& record) {
    const std::size_t fields = std::min<std::size_t>(record.attributes.size, std::numeric_limits<Place>::max());
    for (std::size_t place = 0; place < fields; ++place) {
      const auto found = seen.find(record.attributes.keys[place]);
      if (found != seen.end()) ++found->second[static_cast<Place>(place)];
    }
  });
  std::unordered_map<SymbolId, Place> likely;
  for (const auto& [name, places] : seen) {
    const auto most = std::max_element(places.begin(), places.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most != places.end()) likely.emplace(name, most->first);
  }
  for (Instruction& i : code) {
    if (!names_attribute(i.opcode)) continue;
    const auto found = likely.find(SymbolId{i.operand});
    if (found != likely.end()) i.place = found->second;
  }
}

}  // namespace quis
