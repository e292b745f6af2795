#include "model/image_values.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "model/entities_image.hpp"

namespace quis::image {
namespace {

constexpr const char* kTooDeep = "values that nest too deeply";

}  // namespace

inline bool ValueReader::read_value(Value::Kind kind, Value& value, std::size_t depth) {
  using Kind = Value::Kind;
  const std::uint32_t* const at = next_;
  if (at == end_) return false;
  const auto take_number = [&](Value (*make)(std::int64_t) noexcept) {
    if (end_ - at < 2) return false;
    std::int64_t number = 0;
    std::memcpy(&number, at, sizeof(number));
    next_ = at + 2;
    value = make(number);
    return true;
  };
  switch (kind) {
    case Kind::boolean:
      next_ = at + 1;
      value = Value::boolean(*at == 1);
      return *at <= 1 || is_wrong("a boolean that is none");
    case Kind::integer: return take_number(Value::integer);
    case Kind::decimal: return take_number(Value::decimal);
    case Kind::datetime: return take_number(Value::datetime);
    case Kind::duration: return take_number(Value::duration);
    case Kind::entity:
      if (*at >= referents_.uids.size()) return is_wrong("a value of an entity that has no uid");
      next_ = at + 1;
      value = Value::entity(referents_.uids[*at]);
      return true;
    case Kind::string:
      if (*at >= referents_.texts.size()) return is_wrong("a string that is not there");
      next_ = at + 1;
      value = Value::string(referents_.texts[*at]);
      return true;
    case Kind::ip:
      if (*at >= referents_.addresses.size()) return is_wrong("an address that is not there");
      next_ = at + 1;
      value = referents_.addresses[*at];
      return true;
    case Kind::set: return depth == kMostDepth ? is_wrong(kTooDeep) : read_set(value, depth);
    case Kind::record: break;
  }
  if (depth == kMostDepth) return is_wrong(kTooDeep);
  next_ = at + 1;
  auto* const record = ::new (arena_.allocate(sizeof(RecordData), alignof(RecordData))) RecordData;
  value = Value::record(record);
  return read_record(*at, *record, {}, depth + 1);
}

bool ValueReader::read_record(std::uint32_t number, RecordData& record, std::span<Value> room, std::size_t depth) {
  if (number >= referents_.layouts.size()) return is_wrong("a record without a layout");
  const Layout& layout = referents_.layouts[number];
  const std::size_t size = layout.size();
  if (size > left()) return false;
  if (size == 0) {
    record = {};
    return true;
  }
  Value* const values = size <= room.size() ? room.data() : arena_.allocate_array<Value>(size).data();
  for (std::size_t field = 0; field < size; ++field) {
    if (!read_value(layout.kind(field), values[layout.place(field)], depth)) return false;
  }
  record = {static_cast<std::uint32_t>(size), layout.keys.data(), values};
  return true;
}

bool ValueReader::read_set(Value& value, std::size_t depth) {
  if (left() < 2) return false;
  const std::uint32_t size = next_[0];
  const std::uint32_t kind = next_[1];
  next_ += 2;
  if (size > left()) return false;
  if (kind != kMixed && !is_kind(kind)) return is_wrong("a kind of value that is none");
  const std::span<Value> elements = arena_.allocate_array<Value>(size);
  bool in_order = true;
  for (std::size_t i = 0; i < size; ++i) {
    std::uint32_t its_kind = kind;
    if (kind == kMixed) {
      if (left() == 0) return false;
      its_kind = *next_++;
      if (!is_kind(its_kind)) return is_wrong("a kind of value that is none");
    }
    if (!read_value(static_cast<Value::Kind>(its_kind), elements[i], depth + 1)) return false;
    in_order = in_order && (i == 0 || Value::compare(elements[i - 1], elements[i]) < 0);
  }
  if (!in_order) {
    std::ranges::sort(elements, [](const Value& a, const Value& b) { return Value::compare(a, b) < 0; });
    if (std::ranges::adjacent_find(elements) != elements.end()) return is_wrong("an element that stands twice");
  }
  value = arena_.set_over(elements);
  return true;
}

const char* read_addresses(Bytes section, ValueArena& arena, std::vector<Value>& addresses) {
  const auto all = items_in<Address>(section);
  if (!all) return "the addresses";
  addresses.reserve(all->size());
  for (const Address& read : *all) {
    const bool is_v6 = read.is_v6 == 1;
    const bool tail_is_zero = std::all_of(read.bytes + 4, read.bytes + 16, [](std::uint8_t b) { return b == 0; });
    if (read.is_v6 > 1 || read.prefix > (is_v6 ? 128 : 32) || (!is_v6 && !tail_is_zero)) {
      return "an address that is none";
    }
    IpAddress address;
    std::ranges::copy(read.bytes, address.bytes);
    address.prefix = read.prefix;
    address.is_v6 = is_v6;
    addresses.push_back(arena.ip(address));
  }
  return nullptr;
}

}  // namespace quis::image
