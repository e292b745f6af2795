// Where values keep their data: memory is handed out by moving a pointer and given back all at once.
//
// Chunks double up to a large page, so a small arena stays small and a large one wastes little, and lies where the
// processor finds it quickly. A request for a good part of a chunk gets one of its own, and the rest of the current
// chunk goes on serving.

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <vector>

#include <quis/base/limits.hpp>
#include <quis/base/value.hpp>

#include "base/large_memory.hpp"

namespace quis {
namespace {

constexpr std::size_t kSmallestChunk = std::size_t{1} << 10U;

/// The bytes to skip from `at` to the next multiple of `alignment`, a power of two.
std::size_t padding(const std::byte* at, std::size_t alignment) noexcept {
  return static_cast<std::size_t>(-reinterpret_cast<std::uintptr_t>(at)) & (alignment - 1);
}

std::uint32_t checked_size(std::size_t size) noexcept {
  if (size > limits::kMaxValueSize) {
    std::terminate();
  }
  return static_cast<std::uint32_t>(size);
}

}  // namespace

struct alignas(std::max_align_t) ValueArena::Chunk {
  Chunk* next;
  std::size_t size;  // without this header

  /// Uninitialised, with so many bytes behind the header.
  [[nodiscard]] static Chunk* make(std::size_t bytes) {
    const std::size_t whole = sizeof(Chunk) + bytes;
    return ::new (whole < kLargePage ? ::operator new(whole) : allocate_large(whole)) Chunk{nullptr, bytes};
  }
  static void free(Chunk* chunk) noexcept {
    if (chunk->whole() < kLargePage) {
      ::operator delete(chunk);
    } else {
      free_large(chunk);
    }
  }

  [[nodiscard]] std::size_t whole() const noexcept { return sizeof(Chunk) + size; }
  std::byte* data() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
  std::byte* end() noexcept { return data() + size; }
};

ValueArena::ValueArena(std::span<std::byte> buffer) noexcept
    : buffer_(buffer), next_(buffer.data()), end_(buffer.data() + buffer.size()) {}

ValueArena::ValueArena(ValueArena&& other) noexcept { take(other); }

ValueArena& ValueArena::operator=(ValueArena&& other) noexcept {
  if (this != &other) {
    free_all();
    take(other);
  }
  return *this;
}

void ValueArena::take(ValueArena& other) noexcept {
  chunks_ = std::exchange(other.chunks_, nullptr);
  spare_ = std::exchange(other.spare_, nullptr);
  buffer_ = std::exchange(other.buffer_, {});
  next_ = std::exchange(other.next_, nullptr);
  end_ = std::exchange(other.end_, nullptr);
  held_ = std::exchange(other.held_, 0);
}

void ValueArena::free_all() noexcept {
  for (Chunk* list : {chunks_, spare_}) {
    while (list != nullptr) {
      Chunk::free(std::exchange(list, list->next));
    }
  }
}

void* ValueArena::allocate(std::size_t bytes, std::size_t alignment) {
  const std::size_t skip = padding(next_, alignment);
  const auto left = static_cast<std::size_t>(end_ - next_);
  if (skip > left || bytes > left - skip) {
    return allocate_slow(bytes, alignment);
  }
  std::byte* const result = next_ + skip;
  next_ = result + bytes;
  return result;
}

void* ValueArena::allocate_slow(std::size_t bytes, std::size_t alignment) {
  constexpr std::size_t kMost = SIZE_MAX / 4;
  if (bytes > kMost || alignment > kMost) {
    throw std::bad_alloc();
  }
  const std::size_t needed = bytes + (alignment > alignof(Chunk) ? alignment : 0);
  const std::size_t usual = std::clamp(held_, kSmallestChunk, kLargePage - sizeof(Chunk));
  if (spare_ != nullptr && needed <= spare_->size) {
    serve_from(std::exchange(spare_, nullptr));
  } else if (needed > usual / 4) {
    Chunk* const own = new_chunk(needed);
    own->next = chunks_;
    chunks_ = own;
    return own->data() + padding(own->data(), alignment);
  } else {
    serve_from(new_chunk(usual));
  }
  return allocate(bytes, alignment);
}

ValueArena::Chunk* ValueArena::new_chunk(std::size_t bytes) {
  Chunk* const chunk = Chunk::make(bytes);
  held_ += chunk->whole();
  return chunk;
}

void ValueArena::serve_from(Chunk* chunk) noexcept {
  chunk->next = chunks_;
  chunks_ = chunk;
  next_ = chunk->data();
  end_ = chunk->end();
}

void ValueArena::reset() noexcept {
  Chunk* largest = spare_;
  while (chunks_ != nullptr) {
    Chunk* drop = std::exchange(chunks_, chunks_->next);
    if (largest == nullptr || drop->size > largest->size) {
      std::swap(drop, largest);
    }
    if (drop != nullptr) {
      held_ -= drop->whole();
      Chunk::free(drop);
    }
  }
  spare_ = largest;
  if (spare_ != nullptr) {
    spare_->next = nullptr;
  }
  next_ = buffer_.data();
  end_ = buffer_.data() + buffer_.size();
}

std::size_t ValueArena::bytes() const noexcept { return held_; }

Value ValueArena::string(std::string_view text) {
  auto* const chars = static_cast<char*>(allocate(checked_size(text.size()), 1));
  std::copy(text.begin(), text.end(), chars);
  return Value::string({chars, text.size()});
}

Value ValueArena::set(std::span<const Value> elements) {
  (void)checked_size(elements.size());
  const std::span<Value> sorted = allocate_array<Value>(elements.size());
  std::uninitialized_copy(elements.begin(), elements.end(), sorted.begin());
  std::sort(sorted.begin(), sorted.end(), [](const Value& a, const Value& b) { return Value::compare(a, b) < 0; });
  return set_over({sorted.begin(), std::unique(sorted.begin(), sorted.end())});
}

Value ValueArena::set_over(std::span<const Value> elements) {
  assert(std::ranges::adjacent_find(
             elements, [](const Value& a, const Value& b) { return !(Value::compare(a, b) < 0); }) == elements.end());
  const bool entities_only = std::ranges::all_of(elements, [](const Value& v) { return v.is(Value::Kind::entity); });
  const std::size_t steps = std::max<std::size_t>((elements.size() + SetData::kStep - 1) / SetData::kStep, 1);
  const std::size_t room = entities_only ? steps * SetData::kStep : 0;
  auto* const data = ::new (allocate(sizeof(SetData) + room * sizeof(EntityId), alignof(SetData))) SetData;
  data->size = checked_size(elements.size());
  data->entities_only = data->all_valid = entities_only;
  data->elements = elements.data();
  auto* const ids = reinterpret_cast<EntityId*>(data + 1);
  EntityId id;
  for (std::size_t i = 0; i < room; ++i) {
    if (i < elements.size()) {
      id = elements[i].as_entity();
      data->all_valid = data->all_valid && id.valid();
    }
    ::new (static_cast<void*>(ids + i)) EntityId(id);
  }
  return Value::set(data);
}

std::optional<Value> ValueArena::record(std::span<const std::pair<SymbolId, Value>> fields) {
  const auto by_key = [](const auto& a, const auto& b) { return a.first < b.first; };
  // The insertion below is quick for few fields and for sorted ones; many in disorder are sorted first.
  constexpr std::size_t kFew = 24;
  std::vector<std::pair<SymbolId, Value>> sorted;
  if (fields.size() > kFew && !std::is_sorted(fields.begin(), fields.end(), by_key)) {
    sorted.assign(fields.begin(), fields.end());
    std::sort(sorted.begin(), sorted.end(), by_key);
    fields = sorted;
  }
  const std::uint32_t size = checked_size(fields.size());
  const std::span<Value> values = allocate_array<Value>(size);
  const std::span<SymbolId> keys = allocate_array<SymbolId>(size);
  for (std::uint32_t i = 0; i < size; ++i) {
    const auto& [key, value] = fields[i];
    std::uint32_t at = i;
    for (; at > 0 && key < keys[at - 1]; --at) {
      keys[at] = keys[at - 1];
      values[at] = values[at - 1];
    }
    if (at > 0 && keys[at - 1] == key) {
      return std::nullopt;
    }
    keys[at] = key;
    values[at] = value;
  }
  auto* const data =
      ::new (allocate(sizeof(RecordData), alignof(RecordData))) RecordData{size, keys.data(), values.data()};
  return Value::record(data);
}

Value ValueArena::ip(const IpAddress& address) {
  return Value::ip(::new (allocate(sizeof(IpAddress), alignof(IpAddress))) IpAddress(address));
}

Value ValueArena::copy(const Value& value) {
  const auto copy_all = [this](const Value* from, std::uint32_t size) {
    const std::span<Value> to = allocate_array<Value>(size);
    std::transform(from, from + size, to.begin(), [this](const Value& element) { return copy(element); });
    return to;
  };
  switch (value.kind()) {
    case Value::Kind::string: return string(value.as_string());
    case Value::Kind::ip: return ip(value.as_ip());
    case Value::Kind::set: return set_over(copy_all(value.as_set().elements, value.as_set().size));
    case Value::Kind::record: {
      auto* const data = ::new (allocate(sizeof(RecordData), alignof(RecordData))) RecordData(value.as_record());
      const std::span<SymbolId> keys = allocate_array<SymbolId>(data->size);
      std::copy_n(data->keys, data->size, keys.begin());
      data->keys = keys.data();
      data->values = copy_all(data->values, data->size).data();
      return Value::record(data);
    }
    case Value::Kind::boolean:
    case Value::Kind::integer:
    case Value::Kind::entity:
    case Value::Kind::decimal:
    case Value::Kind::datetime:
    case Value::Kind::duration: break;
  }
  return value;
}

}  // namespace quis
