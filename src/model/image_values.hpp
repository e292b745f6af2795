#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/value.hpp>

#include "model/image_layouts.hpp"
#include "model/image_sections.hpp"

namespace quis::image {

/// What the values of a file refer to, by number.
struct Referents {
  Texts texts;
  std::vector<EntityId> uids;
  std::vector<Value> addresses;
  std::vector<Layout> layouts;
};

/// Reads values from words, one record after another.
///
/// Each number is compared with what it counts or points into before it is used, and each value takes a word at least,
/// so that no few words stand for much memory.
class ValueReader {
 public:
  /// All must outlive the values but `words`.
  ValueReader(const Referents& referents, Words words, ValueArena& arena) noexcept
      : referents_(referents), next_(words.data()), end_(words.data() + words.size()), arena_(arena) {}

  /// The fields of a record of that layout; false when they are not as they must be. The values go to `room` if it is
  /// large enough.
  [[nodiscard]] bool read(std::uint32_t layout, RecordData& record, std::span<Value> room) {
    return read_record(layout, record, room, 0);
  }

  [[nodiscard]] bool at_end() const noexcept { return next_ == end_; }
  /// After something returned false.
  [[nodiscard]] const char* wrong() const noexcept { return wrong_; }

 private:
  [[nodiscard]] bool is_wrong(const char* what) noexcept {
    wrong_ = what;
    return false;
  }
  [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - next_); }

  [[nodiscard]] bool read_record(std::uint32_t layout, RecordData& record, std::span<Value> room, std::size_t depth);
  [[nodiscard]] bool read_set(Value& set, std::size_t depth);
  [[nodiscard]] bool read_value(Value::Kind kind, Value& value, std::size_t depth);

  const Referents& referents_;
  const std::uint32_t* next_;
  const std::uint32_t* end_;
  ValueArena& arena_;
  const char* wrong_ = "values that are too few";
};

/// Reads the section of addresses; says what is wrong, or null.
[[nodiscard]] const char* read_addresses(Bytes section, ValueArena& arena, std::vector<Value>& addresses);

}  // namespace quis::image
