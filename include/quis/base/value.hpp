#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <quis/base/detail/id_scan.hpp>
#include <quis/base/ids.hpp>
#include <quis/base/limits.hpp>

namespace quis {

class LocalNames;

/// An IP address or range: what Cedar's `ip("…")` makes. Equal when address *and* prefix are equal.
struct IpAddress {
  std::uint8_t bytes[16] = {};  ///< network order; an IPv4 address fills the first four
  std::uint8_t prefix = 0;      ///< 0..32 or 0..128
  bool is_v6 = false;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

class Value;

/// The elements of a set in canonical order without duplicates, so that equal sets are equal arrays. Made by a
/// `ValueArena` alone: behind one of entities lie their ids once more, where a look at a few of them is one comparison.
struct alignas(16) SetData {
  /// Ids come in as many whole steps as there are elements for, and at least one.
  static constexpr std::uint32_t kStep = 8;

  std::uint32_t size = 0;
  bool entities_only = false;  ///< every element is an entity (true for the empty set)
  bool all_valid = false;      ///< and each of them has a valid id
  const Value* elements = nullptr;

  SetData(const SetData&) = delete;  // it would be without its ids
  SetData& operator=(const SetData&) = delete;

  [[nodiscard]] std::span<const Value> span() const noexcept;
  /// The ids of the elements, in the same order; the last stands again until the step is full, and in an empty set an
  /// invalid one does. REQUIRES: `entities_only`.
  [[nodiscard]] const EntityId* ids() const noexcept { return reinterpret_cast<const EntityId*>(this + 1); }
  /// O(log n).
  [[nodiscard]] bool contains(const Value& value) const noexcept;
  /// The same for an entity. O(log n), and quicker. An invalid id is in no set. REQUIRES: `entities_only`.
  [[nodiscard]] bool contains_entity(EntityId entity) const noexcept {
    if (!entity.valid()) [[unlikely]]
      return false;  // though it may fill the last step up
    if (size <= kStep) [[likely]]
      return detail::ids_contain<kStep>(ids(), entity);
    return contains_entity_of_many(entity);
  }

 private:
  friend class ValueArena;
  SetData() = default;
  [[nodiscard]] bool contains_entity_of_many(EntityId entity) const noexcept;
};

/// The fields of a record, sorted by key id, each key once.
struct RecordData {
  std::uint32_t size = 0;
  const SymbolId* keys = nullptr;
  const Value* values = nullptr;

  /// The field's value or null. O(log n); linear for the small records that are the rule.
  [[nodiscard]] const Value* find(SymbolId key) const noexcept;

 private:
  [[nodiscard]] const Value* find_sorted(SymbolId key) const noexcept;
};

/// A Cedar value in 16 bytes: a kind and either the thing itself or a pointer to data that never changes.
///
/// Values are handles: copying one copies 16 bytes and owns nothing. The strings, sets and records behind it belong to
/// the `ValueArena` (or entity store, or policy set) that made it and must outlive it. There are no reference counts,
/// so reading values from many threads shares no cache line that anyone writes.
///
/// Thread safety: immutable.
class Value {
 public:
  enum class Kind : std::uint8_t { boolean, integer, string, entity, set, record, decimal, datetime, duration, ip };

  /// `false`; a value has no empty state.
  constexpr Value() noexcept : kind_(Kind::boolean), integer_(0) {}

  [[nodiscard]] static constexpr Value boolean(bool b) noexcept { return {Kind::boolean, std::int64_t{b}}; }
  [[nodiscard]] static constexpr Value integer(std::int64_t i) noexcept { return {Kind::integer, i}; }
  [[nodiscard]] static constexpr Value entity(EntityId e) noexcept { return {Kind::entity, std::int64_t{e.value}}; }
  /// In ten-thousandths.
  [[nodiscard]] static constexpr Value decimal(std::int64_t i) noexcept { return {Kind::decimal, i}; }
  /// Milliseconds since 1970-01-01T00:00:00Z.
  [[nodiscard]] static constexpr Value datetime(std::int64_t ms) noexcept { return {Kind::datetime, ms}; }
  /// Milliseconds.
  [[nodiscard]] static constexpr Value duration(std::int64_t ms) noexcept { return {Kind::duration, ms}; }
  /// Borrows: the pointee must outlive the value. REQUIRES: no larger than `limits::kMaxValueSize` (ends the process).
  [[nodiscard]] static Value string(std::string_view text) noexcept;
  [[nodiscard]] static Value set(const SetData* data) noexcept;
  [[nodiscard]] static Value record(const RecordData* data) noexcept;
  [[nodiscard]] static Value ip(const IpAddress* data) noexcept;
  [[nodiscard]] static Value empty_record() noexcept;

  [[nodiscard]] constexpr Kind kind() const noexcept { return kind_; }
  [[nodiscard]] constexpr bool is(Kind kind) const noexcept { return kind_ == kind; }

  /// REQUIRES: the value is of that kind (each of these).
  [[nodiscard]] constexpr bool as_boolean() const noexcept { return integer_ != 0; }
  [[nodiscard]] constexpr std::int64_t as_integer() const noexcept {
    return integer_;
  }  ///< also decimal, datetime, duration
  [[nodiscard]] constexpr EntityId as_entity() const noexcept { return {static_cast<std::uint32_t>(integer_)}; }
  [[nodiscard]] std::string_view as_string() const noexcept { return {chars_, size_}; }
  [[nodiscard]] const SetData& as_set() const noexcept { return *set_; }
  [[nodiscard]] const RecordData& as_record() const noexcept { return *record_; }
  [[nodiscard]] const IpAddress& as_ip() const noexcept { return *ip_; }

  /// Cedar's `==`: deep, never fails, values of different kinds are unequal.
  friend bool operator==(const Value& a, const Value& b) noexcept {
    if (a.head() != b.head()) return false;
    return has_data(a.kind_) ? equal_data(a, b) : a.integer_ == b.integer_;
  }
  /// A total order for canonical sets: by kind, then content. Its meaning ends there; it follows ids, not text.
  [[nodiscard]] static std::strong_ordering compare(const Value& a, const Value& b) noexcept;

 private:
  constexpr Value(Kind kind, std::int64_t integer) noexcept : kind_(kind), integer_(integer) {}

  static constexpr bool has_data(Kind kind) noexcept {
    return kind == Kind::string || kind == Kind::set || kind == Kind::record || kind == Kind::ip;
  }
  [[nodiscard]] static bool equal_data(const Value& a, const Value& b) noexcept;
  /// All but the last word. Where it differs, so do the values.
  [[nodiscard]] std::uint64_t head() const noexcept {
    std::uint64_t head;
    static_assert(sizeof(kind_) + sizeof(sample_) + sizeof(size_) == sizeof head, "no padding, which has any value");
    std::memcpy(&head, this, sizeof head);
    return head;
  }

  Kind kind_;
  char sample_[3] = {};     // of a string: its last, middle and last but one byte, so that most unequal ones are told
                            // apart without a look at their text
  std::uint32_t size_ = 0;  // of a string
  union {
    std::int64_t integer_;
    const char* chars_;
    const SetData* set_;
    const RecordData* record_;
    const IpAddress* ip_;
  };
};
static_assert(sizeof(Value) == 16);

inline Value Value::string(std::string_view text) noexcept {
  if (text.size() > limits::kMaxValueSize) {
    std::terminate();
  }
  Value value;
  value.kind_ = Kind::string;
  value.size_ = static_cast<std::uint32_t>(text.size());
  value.chars_ = text.data();
  if (const std::size_t size = text.size(); size != 0) {
    value.sample_[0] = text[size - 1];
    value.sample_[1] = text[size / 2];
    value.sample_[2] = text[size - (size > 1 ? 2 : 1)];
  }
  return value;
}

inline Value Value::set(const SetData* data) noexcept {
  Value value;
  value.kind_ = Kind::set;
  value.set_ = data;
  return value;
}

inline Value Value::record(const RecordData* data) noexcept {
  Value value;
  value.kind_ = Kind::record;
  value.record_ = data;
  return value;
}

inline Value Value::ip(const IpAddress* data) noexcept {
  Value value;
  value.kind_ = Kind::ip;
  value.ip_ = data;
  return value;
}

inline const Value* RecordData::find(SymbolId key) const noexcept {
  // Most records have a few fields, and there looking at each beats jumping about.
  constexpr std::uint32_t kFew = 8;
  if (size > kFew) return find_sorted(key);
  for (std::uint32_t i = 0; i < size; ++i) {
    if (keys[i] == key) return values + i;
  }
  return nullptr;
}

/// The name of a kind as Cedar's own messages have it: `bool`, `long`, `string`, `(entity)`, `set`, `record`,
/// `decimal`, `datetime`, `duration`, `ipaddr`.
[[nodiscard]] std::string_view to_string(Value::Kind kind) noexcept;

/// The value as Cedar source text, for people and for error messages; equal values give equal texts. `local` may be
/// null when the value came from a load, not from a request.
[[nodiscard]] std::string to_text(const Value& value, const LocalNames* local = nullptr);

/// Owns the data behind values: a bump allocator that frees everything at once. Memory running out throws
/// `std::bad_alloc`, as in any standard container. An arena that was moved from is empty and may be used.
///
/// Thread safety: as a standard container. The values made by it may be read by any thread once they were handed over.
class ValueArena {
 public:
  ValueArena() noexcept = default;
  /// Serves from `buffer` first and allocates only when that is full. For evaluation scratch.
  explicit ValueArena(std::span<std::byte> buffer) noexcept;
  ValueArena(ValueArena&&) noexcept;
  ValueArena& operator=(ValueArena&&) noexcept;
  ValueArena(const ValueArena&) = delete;
  ValueArena& operator=(const ValueArena&) = delete;
  ~ValueArena() {
    if (chunks_ != nullptr || spare_ != nullptr) free_all();
  }

  /// Uninitialised memory, aligned to 16 bytes or to `alignment`.
  [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t));
  template <class T>
  [[nodiscard]] std::span<T> allocate_array(std::size_t count) {
    return {static_cast<T*>(allocate(count * sizeof(T), alignof(T))), count};
  }

  /// Copies the text.
  [[nodiscard]] Value string(std::string_view text);
  /// Sorts and removes duplicates; copies the elements' handles, not what they point to.
  [[nodiscard]] Value set(std::span<const Value> elements);
  /// A set of elements that live as long, and are not copied. REQUIRES: they are in the order of `Value::compare`,
  /// each once.
  [[nodiscard]] Value set_over(std::span<const Value> elements);
  /// Sorts by key. A key that stands twice gives nullopt. Copies the handles, not what they point to.
  [[nodiscard]] std::optional<Value> record(std::span<const std::pair<SymbolId, Value>> fields);
  [[nodiscard]] Value ip(const IpAddress& address);
  /// A deep copy that depends on nothing but this arena (and on the `LocalNames` of its local ids).
  [[nodiscard]] Value copy(const Value& value);

  /// Forgets everything and keeps the memory (the buffer and the largest chunk) for reuse. Values made before are
  /// dangling.
  void reset() noexcept;
  /// Bytes held from the system, the buffer excluded.
  [[nodiscard]] std::size_t bytes() const noexcept;

 private:
  struct Chunk;
  void* allocate_slow(std::size_t bytes, std::size_t alignment);
  Chunk* new_chunk(std::size_t bytes);
  void serve_from(Chunk* chunk) noexcept;
  void take(ValueArena& other) noexcept;
  void free_all() noexcept;

  Chunk* chunks_ = nullptr;  // in use, in no order that matters
  Chunk* spare_ = nullptr;   // kept by `reset`
  std::span<std::byte> buffer_;
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  std::size_t held_ = 0;
};

}  // namespace quis
