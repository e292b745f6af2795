#include <quis/base/value.hpp>

#include <algorithm>
#include <exception>

#include <quis/base/limits.hpp>

namespace quis {
namespace {

// Most sets and records have a few elements, and there looking at each beats jumping about.
constexpr std::uint32_t kLinear = 8;

std::strong_ordering order_of(int c) noexcept { return c <=> 0; }

bool same_bytes(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && (a.data() == b.data() || a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

// By length first, which is cheaper than by content: the order has no meaning beyond being one.
std::strong_ordering compare_strings(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) {
    return a.size() <=> b.size();
  }
  return a.empty() ? std::strong_ordering::equal : order_of(std::memcmp(a.data(), b.data(), a.size()));
}

std::strong_ordering compare_elements(const Value* a, const Value* b, std::uint32_t size) noexcept {
  for (std::uint32_t i = 0; i < size; ++i) {
    if (const auto order = Value::compare(a[i], b[i]); order != std::strong_ordering::equal) {
      return order;
    }
  }
  return std::strong_ordering::equal;
}

std::strong_ordering compare_sets(const SetData& a, const SetData& b) noexcept {
  if (a.size != b.size) {
    return a.size <=> b.size;
  }
  return compare_elements(a.elements, b.elements, a.size);
}

std::strong_ordering compare_records(const RecordData& a, const RecordData& b) noexcept {
  if (a.size != b.size) {
    return a.size <=> b.size;
  }
  for (std::uint32_t i = 0; i < a.size; ++i) {
    if (a.keys[i] != b.keys[i]) {
      return a.keys[i] <=> b.keys[i];
    }
  }
  return compare_elements(a.values, b.values, a.size);
}

std::strong_ordering compare_addresses(const IpAddress& a, const IpAddress& b) noexcept {
  if (a.is_v6 != b.is_v6) {
    return a.is_v6 <=> b.is_v6;
  }
  if (const int c = std::memcmp(a.bytes, b.bytes, sizeof(a.bytes)); c != 0) {
    return order_of(c);
  }
  return a.prefix <=> b.prefix;
}

constexpr RecordData kEmptyRecord;

}  // namespace

std::span<const Value> SetData::span() const noexcept { return {elements, size}; }

bool SetData::contains(const Value& value) const noexcept {
  if (size <= kLinear) {
    return std::any_of(elements, elements + size, [&](const Value& element) { return element == value; });
  }
  return std::binary_search(elements, elements + size, value,
                            [](const Value& a, const Value& b) { return Value::compare(a, b) < 0; });
}

bool SetData::contains_entity_of_many(EntityId entity) const noexcept {
  constexpr std::uint32_t kScanned = 8 * kStep;  // takes less than halving, whose turns cannot be predicted
  if (size > kScanned) return std::binary_search(ids(), ids() + size, entity);
  bool found = false;  // no way out of the loop: where it is cannot be predicted
  for (std::uint32_t i = 0; i < size; i += kStep) found |= detail::ids_contain<kStep>(ids() + i, entity);
  return found;
}

const Value* RecordData::find_sorted(SymbolId key) const noexcept {
  const SymbolId* const end = keys + size;
  const SymbolId* const found = std::lower_bound(keys, end, key);
  return found == end || *found != key ? nullptr : values + (found - keys);
}

Value Value::empty_record() noexcept { return record(&kEmptyRecord); }

// Both recurse as deep as the values nest, which `limits::kMaxJsonDepth` and `kMaxNesting` bound to a few hundred small
// frames.
bool Value::equal_data(const Value& a, const Value& b) noexcept {
  switch (a.kind_) {
    case Kind::string: return same_bytes(a.as_string(), b.as_string());
    case Kind::set: return a.set_ == b.set_ || std::ranges::equal(a.set_->span(), b.set_->span());
    case Kind::record: {
      const RecordData& x = *a.record_;
      const RecordData& y = *b.record_;
      // Values first: records that are compared have the same keys, nearly always.
      return &x == &y || (x.size == y.size && std::equal(x.values, x.values + x.size, y.values) &&
                          std::equal(x.keys, x.keys + x.size, y.keys));
    }
    case Kind::ip: return *a.ip_ == *b.ip_;
    case Kind::boolean:
    case Kind::integer:
    case Kind::entity:
    case Kind::decimal:
    case Kind::datetime:
    case Kind::duration: break;
  }
  return a.integer_ == b.integer_;
}

std::strong_ordering Value::compare(const Value& a, const Value& b) noexcept {
  if (a.kind_ != b.kind_) {
    return a.kind_ <=> b.kind_;
  }
  switch (a.kind_) {
    case Kind::string: return compare_strings(a.as_string(), b.as_string());
    case Kind::set: return a.set_ == b.set_ ? std::strong_ordering::equal : compare_sets(*a.set_, *b.set_);
    case Kind::record:
      return a.record_ == b.record_ ? std::strong_ordering::equal : compare_records(*a.record_, *b.record_);
    case Kind::ip: return compare_addresses(*a.ip_, *b.ip_);
    case Kind::boolean:
    case Kind::integer:
    case Kind::entity:
    case Kind::decimal:
    case Kind::datetime:
    case Kind::duration: break;
  }
  return a.integer_ <=> b.integer_;
}

}  // namespace quis
