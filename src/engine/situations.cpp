#include "engine/situations.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "base/hash.hpp"

namespace quis {

/// What counts of one attribute.
struct Situations::Part {
  enum class Kind : std::uint8_t { absent, value, rank };

  Kind kind = Kind::absent;
  Value::Kind of = Value::Kind::boolean;  ///< the kind of value that is ranked
  Value value;

  friend bool operator==(const Part&, const Part&) = default;
};

struct Situations::Slice {
  const ActionReads* reads;
  std::span<const Part> parts;
  std::uint64_t hash;
  std::uint16_t number;
};

namespace {

constexpr std::size_t kMostParts = 16;

void mix(std::uint64_t& hash, std::uint64_t value) noexcept {
  hash = ((hash ^ value) * 0x9e37'79b9'7f4a'7c15ULL);
  hash ^= hash >> 29U;
}

// Recursion is as deep as values nest.
void mix(std::uint64_t& hash, const Value& value) noexcept {
  mix(hash, static_cast<std::uint64_t>(value.kind()));
  switch (value.kind()) {
    case Value::Kind::string: mix(hash, hash_bytes(value.as_string())); break;
    case Value::Kind::set:
      for (const Value& element : value.as_set().span()) mix(hash, element);
      break;
    case Value::Kind::record: {
      const RecordData& record = value.as_record();
      for (std::uint32_t i = 0; i < record.size; ++i) {
        mix(hash, record.keys[i].value);
        mix(hash, record.values[i]);
      }
      break;
    }
    case Value::Kind::ip: {
      const IpAddress& ip = value.as_ip();
      mix(hash, hash_bytes({reinterpret_cast<const char*>(ip.bytes), sizeof ip.bytes}, ip.prefix));
      break;
    }
    default: mix(hash, static_cast<std::uint64_t>(value.as_integer())); break;
  }
}

bool ordered(Value::Kind kind) noexcept {
  return kind == Value::Kind::integer || kind == Value::Kind::decimal || kind == Value::Kind::datetime ||
         kind == Value::Kind::duration;
}

/// Where the value lies among the thresholds of its kind: even between two, odd on one. Values that no threshold can be
/// compared with are all alike: comparing fails or is false whatever they are.
Value rank(const Value& value, std::span<const Value> thresholds) noexcept {
  std::int64_t rank = 0;
  if (!ordered(value.kind())) return Value::integer(rank);
  for (const Value& threshold : thresholds) {
    if (!threshold.is(value.kind()) || threshold.as_integer() > value.as_integer()) continue;
    rank += threshold.as_integer() < value.as_integer() ? 2 : 1;
  }
  return Value::integer(rank);
}

}  // namespace

Situations::Situations(std::vector<ActionReads> actions, std::uint32_t cheap)
    : reads_(std::move(actions)), slices_(std::make_unique<std::atomic<const Slice*>[]>(kSlots)) {
  std::vector<Action> entries;
  for (std::uint32_t i = 0; i < reads_.size(); ++i) {
    if (reads_[i].cost <= cheap) continue;
    Action& entry = entries.emplace_back();
    entry.action = reads_[i].action;
    entry.reach = reads_[i].reach;
    entry.reads = i;
    const bool reads_context = reads_[i].whole_context || !reads_[i].context.empty();
    if (reads_context) continue;
    if (last_ == 0xffffU - kMost) {  // more actions than numbers: the rest is not cached
      entries.pop_back();
      break;
    }
    entry.number = static_cast<std::uint16_t>(++last_);
  }
  fixed_ = last_;
  by_action_.build(entries);
}

Situations::~Situations() = default;

std::optional<Situations::Situation> Situations::of_context(const ActionReads& reads, const Value& context) noexcept {
  std::array<Part, kMostParts> parts;
  std::size_t size = 0;
  if (reads.whole_context) {
    parts[size++] = {Part::Kind::value, {}, context};
  } else {
    const RecordData& record = context.as_record();
    for (const ContextRead& read : reads.context) {
      Part& part = parts[size++];
      const Value* const value = record.find(read.name);
      if (value == nullptr) continue;
      if (read.value) {
        part = {Part::Kind::value, {}, *value};
      } else {
        part = {Part::Kind::rank, value->kind(), rank(*value, read.thresholds)};
      }
    }
  }
  const std::span<const Part> made(parts.data(), size);
  std::uint64_t hash = reads.action.value;
  for (const Part& part : made) {
    mix(hash, static_cast<std::uint64_t>(part.kind) << 8U | static_cast<std::uint64_t>(part.of));
    mix(hash, part.value);
  }
  const Slice* found = nullptr;
  (void)probe(reads, made, hash, found);
  if (found == nullptr) found = add(reads, made, hash);
  if (found == nullptr) return std::nullopt;
  return Situation{found->number, reads.reach, reads.action.value + found->number};
}

std::atomic<const Situations::Slice*>& Situations::probe(const ActionReads& reads, std::span<const Part> parts,
                                                         std::uint64_t hash, const Slice*& found) const noexcept {
  for (std::uint64_t slot = hash >> 20U;; ++slot) {
    std::atomic<const Slice*>& here = slices_[slot % kSlots];
    found = here.load(std::memory_order_acquire);
    if (found == nullptr) return here;
    if (found->hash == hash && found->reads == &reads && std::ranges::equal(found->parts, parts)) return here;
  }
}

/// Null when there is no room, or when another thread is adding: the answer is then not cached this time.
const Situations::Slice* Situations::add(const ActionReads& reads, std::span<const Part> parts,
                                         std::uint64_t hash) noexcept {
  const std::unique_lock lock(adding_, std::try_to_lock);
  if (!lock.owns_lock()) return nullptr;
  const Slice* found = nullptr;
  std::atomic<const Slice*>& slot = probe(reads, parts, hash, found);
  if (found != nullptr) return found;
  if (last_ - fixed_ == kMost || arena_.bytes() > kMostBytes) return nullptr;
  const std::span<Part> kept = arena_.allocate_array<Part>(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    new (&kept[i]) Part{parts[i].kind, parts[i].of, arena_.copy(parts[i].value)};
  }
  auto* const slice = new (arena_.allocate(sizeof(Slice), alignof(Slice)))
      Slice{&reads, kept, hash, static_cast<std::uint16_t>(++last_)};
  slot.store(slice, std::memory_order_release);
  return slice;
}

}  // namespace quis
