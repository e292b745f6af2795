#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <quis/base/value.hpp>

#include "base/hash.hpp"

namespace quis {

/// From strings, longs and entities to numbers that are not 0. Open addressing, at most half full, with a hash that
/// nobody outside the process can foresee; values are compared in full. Never changes once built.
class ValueTable {
 public:
  using Entry = std::pair<Value, std::uint32_t>;

  /// REQUIRES: no value twice, and none of another kind. Borrows what the values point to.
  void build(std::span<const Entry> entries) {
    const std::size_t size = std::bit_ceil(std::max<std::size_t>(4, entries.size() * 2));
    slots_.assign(size, {});
    for (const Entry& entry : entries) {
      std::size_t i = home(entry.first);
      while (slots_[i].second != 0) i = (i + 1) & (size - 1);
      slots_[i] = entry;
    }
  }

  /// 0 for a value that is not here. REQUIRES: built.
  [[nodiscard]] std::uint32_t find(const Value& value) const noexcept {
    if (!value.is(Value::Kind::string) && !value.is(Value::Kind::integer) && !value.is(Value::Kind::entity)) return 0;
    for (std::size_t i = home(value);; i = (i + 1) & (slots_.size() - 1)) {
      if (slots_[i].second == 0 || slots_[i].first == value) return slots_[i].second;
    }
  }

 private:
  [[nodiscard]] std::size_t home(const Value& value) const noexcept {
    const std::int64_t number = value.is(Value::Kind::string) ? 0 : value.as_integer();
    const std::string_view bytes = value.is(Value::Kind::string)
                                       ? value.as_string()
                                       : std::string_view(reinterpret_cast<const char*>(&number), sizeof number);
    return hash_bytes(bytes, static_cast<std::uint64_t>(value.kind())) & (slots_.size() - 1);
  }

  std::vector<Entry> slots_;
};

}  // namespace quis
