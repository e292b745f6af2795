#include "base/known_uids.hpp"

#include <algorithm>
#include <memory>
#include <new>

#include "base/hash.hpp"

namespace quis {
namespace {

constexpr unsigned kSmallest = 8;  // lines, as a power of two
constexpr unsigned kGrowth = 2;

// A text is in one of four lines side by side: its home, or what follows in the four.
constexpr std::size_t kSide = 4;
std::size_t beside(std::size_t line) noexcept { return (line & ~(kSide - 1)) | ((line + 1) & (kSide - 1)); }

// When the table is full, so many are not even counted for each that is: whoever counts takes the lock.
constexpr unsigned kUncounted = 15;

// Where there was no memory, so many uids are looked up the long way before it is asked for again.
constexpr unsigned kPause = 1U << 16U;

}  // namespace

/// The word of a text: see `ShortWords`.
std::uint64_t KnownUids::word_of(std::string_view text, std::size_t i) noexcept {
  if (text.size() <= kShort) {
    const ShortWords words{text.data(), text.size()};
    return std::array{words.first(), words.second(), words.last_but_one(), words.last()}[i];
  }
  return detail::read_word<std::uint64_t>(text.data() + std::min(8 * i, text.size() - 8));
}

constinit KnownUids::Line KnownUids::no_line;
constinit KnownUids::Table KnownUids::no_table{&no_line};

std::size_t KnownUids::Table::home(std::string_view text) const noexcept {
  if (text.size() <= kShort) return home(ShortWords{text.data(), text.size()});
  return (hash_bytes(text) >> shift) & last_line;  // where there is no table yet, nothing is shifted
}

/// As `Line::has`, for a text of any size. REQUIRES: the head tells this size.
bool KnownUids::Table::has(std::size_t line, std::string_view text, std::uint64_t its_head) const noexcept {
  const Rest* const rest = rests.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < words_in(text); ++i) {
    const Word& word = i < Line::kWords ? lines[line].words[i] : rest[line].words[i - Line::kWords];
    if (word.load(std::memory_order_acquire) != word_of(text, i)) return false;
  }
  return lines[line].head.load(std::memory_order_relaxed) == its_head;
}

/// The entity of the line, from this one on, that has a text of this size for which `has(line, head)` holds.
template <class Has>
EntityId KnownUids::find_from(const Table& table, std::size_t line, std::size_t size, const Has& has) noexcept {
  for (std::size_t i = 0; i < kSide; ++i, line = beside(line)) {
    const std::uint64_t head = table.lines[line].head.load(std::memory_order_acquire);
    if (size_of(head) == size && has(line, head)) return entity_of(head);
    if (head == 0) break;
  }
  return {};
}

EntityId KnownUids::find_at_length(std::string_view text) const noexcept {
  if (text.size() < kLeastSize || text.size() > kMostSize) return {};
  const Table& table = *table_.load(std::memory_order_acquire);
  if (text.size() > kShort) {
    return find_from(table, table.home(text), text.size(),
                     [&](std::size_t line, std::uint64_t head) { return table.has(line, text, head); });
  }
  const ShortWords words{text.data(), text.size()};
  return find_from(table, table.home(words), text.size(),
                   [&](std::size_t line, std::uint64_t head) { return table.lines[line].has(words, head); });
}

void KnownUids::remember(std::string_view text, EntityId entity) noexcept {
  if (text.size() < kLeastSize || text.size() > kMostSize) return;
  if (full_.load(std::memory_order_relaxed)) {
    static constinit thread_local unsigned met = 0;
    if (met++ % (kUncounted + 1) != 0) return;
  }
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock || find(text).valid()) return;
  if (!keep(text, entity)) refuse(full_.load(std::memory_order_relaxed) ? kUncounted + 1 : 1);
}

/// False when there is no room for it.
bool KnownUids::keep(std::string_view text, EntityId entity) noexcept {
  const auto has_used = [&](unsigned part) { return size_ == 0 || used_ >= (std::size_t{1} << size_) / part; };
  if (size_ != largest_ && (has_used(4) || refused_ >= (std::size_t{1} << size_) / 8)) grow();
  return !has_used(2) && write(*table_.load(std::memory_order_relaxed), text, entity);
}

/// False when all lines where the text may be were written in this generation.
bool KnownUids::write(Table& table, std::string_view text, EntityId entity) noexcept {
  std::size_t at = table.home(text);
  for (std::size_t i = 0;; ++i, at = beside(at)) {
    if (i == kSide) return false;
    const std::uint64_t head = table.lines[at].head.load(std::memory_order_relaxed);
    if (head == 0 || generation_of(head) < generation_) break;
  }
  Rest* rest = table.rests.load(std::memory_order_relaxed);
  if (rest == nullptr && words_in(text) > Line::kWords) {
    const std::size_t lines = table.last_line + 1;
    rest = static_cast<Rest*>(take(sizeof(Rest) * lines));
    if (rest == nullptr) return false;
    std::uninitialized_value_construct_n(rest, lines);
    table.rests.store(rest, std::memory_order_release);
  }
  Line& line = table.lines[at];
  line.head.store(0, std::memory_order_relaxed);
  for (std::size_t i = 0; i < words_in(text); ++i) {
    Word& word = i < Line::kWords ? line.words[i] : rest[at].words[i - Line::kWords];
    word.store(word_of(text, i), std::memory_order_release);
  }
  line.head.store(text.size() | std::uint64_t{entity.value} << kSizeBits | generation_ << (kSizeBits + kIdBits),
                  std::memory_order_release);
  ++used_;
  return true;
}

/// Memory for lines, or null.
void* KnownUids::take(std::size_t bytes) noexcept {
  if (pause_ != 0) {
    --pause_;
    return nullptr;
  }
  try {
    void* const taken = memory_.take(bytes, alignof(Line));
    held_.store(memory_.bytes(), std::memory_order_relaxed);
    return taken;
  } catch (const std::bad_alloc&) {
    pause_ = kPause;
    return nullptr;
  }
}

/// Puts an empty table in the place of the one before, if there is memory.
void KnownUids::grow() noexcept {
  const unsigned size = std::min(size_ == 0 ? kSmallest : size_ + kGrowth, largest_);
  const std::size_t lines = std::size_t{1} << size;
  static_assert(alignof(Table) <= alignof(Line));
  void* const memory = take(sizeof(Line) * lines + sizeof(Table));
  if (memory == nullptr) return;
  auto* const first = static_cast<Line*>(memory);
  std::uninitialized_value_construct_n(first, lines);
  Factors factors;
  std::ranges::transform(detail::hash_key().words, factors.begin(), [](std::uint64_t word) { return word & ~3ULL; });
  for (const std::size_t i : {0U, 1U}) factors[i] |= 1U;
  for (const std::size_t i : {2U, 3U}) factors[i] |= 2U;
  table_.store(::new (first + lines) Table{first, lines - 1, 64 - size, factors}, std::memory_order_release);
  size_ = size;
  used_ = 0;
  refused_ = 0;
}

void KnownUids::refuse(std::size_t uids) noexcept {
  refused_ += uids;
  if (size_ < largest_) return;
  const std::size_t lines = std::size_t{1} << size_;
  if (used_ >= lines / 2) full_.store(true, std::memory_order_relaxed);
  if (refused_ < lines || generation_ == kLastGeneration) return;
  ++generation_;
  used_ = 0;
  refused_ = 0;
  full_.store(false, std::memory_order_relaxed);
}

}  // namespace quis
