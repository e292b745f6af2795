#include "model/image_layouts.hpp"

#include <utility>

namespace quis::image {

const char* read_layouts(Bytes section, std::span<const SymbolId> symbols, ValueArena& arena,
                         std::vector<Layout>& layouts) {
  const auto lists = Lists<std::uint32_t>::read(section);
  if (!lists) return "the layouts of records";
  IdLists<SymbolId> shapes;
  std::vector<SymbolId> keys;
  layouts.reserve(lists->size());
  for (std::size_t i = 0; i < lists->size(); ++i) {
    Layout layout;
    layout.fields = (*lists)[i];
    if (layout.fields.size() % 2 != 0) return "a key without a kind of value";
    const std::size_t size = layout.fields.size() / 2;
    const auto number_at = [&](std::size_t field) { return layout.fields[2 * field]; };
    if (const char* wrong = ids_in_order(size, number_at, symbols, keys)) return wrong;
    bool in_order = true;
    for (std::size_t field = 0; field < size; ++field) {
      if (!is_kind(layout.fields[2 * field + 1])) return "a kind of value that is none";
      in_order = in_order && symbols[number_at(field)] == keys[field];
    }
    for (std::size_t field = 0; !in_order && field < size; ++field) {
      const auto place = std::ranges::lower_bound(keys, symbols[number_at(field)]);
      layout.places.push_back(static_cast<std::uint32_t>(place - keys.begin()));
    }
    layout.keys = shapes[shapes.intern(keys, arena)];
    layouts.push_back(std::move(layout));
  }
  return nullptr;
}

}  // namespace quis::image
