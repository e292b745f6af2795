#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/value.hpp>

#include "model/id_lists.hpp"
#include "model/image_sections.hpp"

namespace quis::image {

/// The ids that the file calls by `number_at(i)` for each i below `count`, in order of id. Says what is wrong, or null.
///
/// Ids of this process may come in another order than those of the process that saved, so what is sorted by id (keys of
/// records, elements of sets, parents) is put in order again.
template <class AnyId, class NumberAt>
[[nodiscard]] const char* ids_in_order(std::size_t count, const NumberAt& number_at, std::span<const AnyId> known,
                                       std::vector<AnyId>& ids) {
  ids.clear();
  ids.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t number = number_at(i);
    if (number >= known.size()) return "a name that is not there";
    ids.push_back(known[number]);
  }
  if (!std::ranges::is_sorted(ids)) std::ranges::sort(ids);
  return std::ranges::adjacent_find(ids) == ids.end() ? nullptr : "a key or a parent that stands twice";
}

/// How a record lies in the file, and here.
struct Layout {
  std::span<const SymbolId> keys;     // sorted
  Words fields;                       // in the file's order, the number of the key and the kind by turns
  std::vector<std::uint32_t> places;  // of the fields in `keys`; empty when they are in the same order

  [[nodiscard]] std::size_t size() const noexcept { return keys.size(); }
  [[nodiscard]] Value::Kind kind(std::size_t field) const noexcept {
    return static_cast<Value::Kind>(fields[2 * field + 1]);
  }
  [[nodiscard]] std::size_t place(std::size_t field) const noexcept { return places.empty() ? field : places[field]; }
};

/// Reads the section of layouts. Keys are stored in `arena`, once for all layouts that have the same. Says what is
/// wrong, or null.
[[nodiscard]] const char* read_layouts(Bytes section, std::span<const SymbolId> symbols, ValueArena& arena,
                                       std::vector<Layout>& layouts);

[[nodiscard]] constexpr bool is_kind(std::uint32_t word) noexcept {
  return word <= static_cast<std::uint32_t>(Value::Kind::ip);
}

}  // namespace quis::image
