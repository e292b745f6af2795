#include "base/plain_uid.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <quis/base/limits.hpp>
#include <quis/base/vocabulary.hpp>

#include "base/type_name.hpp"

namespace quis {
namespace {

constexpr std::size_t kLeast = 8;
constexpr std::size_t kMostAtOnce = 64;

/// Quotes, backslashes, controls, and what is not ASCII.
bool is_special(char c) noexcept { return c < ' ' || c > '~' || c == '"' || c == '\\'; }

/// A bit for each special byte; the first byte is the lowest. REQUIRES: from `kLeast` to `kMostAtOnce` bytes.
#ifdef __SSE2__
std::uint32_t special_of(__m128i bytes) noexcept {
  // Bytes are compared as signed ones, so what is not ASCII is less than a space.
  const __m128i hidden =
      _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\x7f')));
  const __m128i marks =
      _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_or_si128(hidden, marks)));
}

std::uint64_t special_bytes(std::string_view text) noexcept {
  const char* const first = text.data();
  // The last bytes are looked at together, and so some of them twice.
  if (text.size() < 16) {
    const std::size_t last = text.size() - 8;
    const std::uint64_t both =
        special_of(_mm_unpacklo_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(first)),
                                      _mm_loadl_epi64(reinterpret_cast<const __m128i*>(first + last))));
    return (both & 0xffU) | (both >> 8U) << last;
  }
  const std::size_t last = text.size() - 16;
  std::uint64_t found = 0;
  for (std::size_t at = 0;; at = std::min(at + 16, last)) {
    found |= std::uint64_t{special_of(_mm_loadu_si128(reinterpret_cast<const __m128i*>(first + at)))} << at;
    if (at == last) return found;
  }
}
#else
std::uint64_t special_bytes(std::string_view text) noexcept {
  std::uint64_t found = 0;
  for (std::size_t i = 0; i < text.size(); ++i) found |= std::uint64_t{is_special(text[i])} << i;
  return found;
}
#endif

/// Where the first of two special bytes is, if the other is the last byte; else the last byte's place. REQUIRES: at
/// least `kLeast` bytes.
std::size_t first_of_two_special(std::string_view text) noexcept {
  const std::size_t last = text.size() - 1;
  if (text.size() > kMostAtOnce) {
    const bool two = is_special(text.back()) && std::ranges::count_if(text, is_special) == 2;
    return two ? static_cast<std::size_t>(std::ranges::find_if(text, is_special) - text.begin()) : last;
  }
  const std::uint64_t special = special_bytes(text);
  const auto first = static_cast<std::size_t>(std::countr_zero(special));
  return first < last && special == (std::uint64_t{1} << first | std::uint64_t{1} << last) ? first : last;
}

}  // namespace

std::optional<PlainUid> read_plain_uid(std::string_view text) noexcept {
  if (text.size() < kLeast || text.size() > limits::kMaxSourceBytes) return {};
  const std::size_t last = text.size() - 1;
  const std::size_t quote = first_of_two_special(text);
  if (quote == last || quote < 3) return {};
  const char* const at = text.data() + quote;
  if (at[-2] != ':' || at[-1] != ':' || at[0] != '"' || text[last] != '"') return {};
  return PlainUid{{text.data(), quote - 2}, {at + 1, last - quote - 1}};
}

namespace {

/// The entity of a plain uid, else an invalid id.
EntityId look_up(std::string_view text) noexcept {
  const auto uid = read_plain_uid(text);
  if (!uid) return {};
  const TypeId type = find_type(uid->type);
  if (!type.valid() || !is_normalized_name(type)) return {};
  return find_entity(type, uid->id);
}

}  // namespace

namespace detail {

// Ready before any code runs and never destroyed, as the vocabulary.
constinit KnownUids known_uids;
static_assert(std::is_trivially_destructible_v<KnownUids>);

EntityId find_new_plain_uid(std::string_view text) noexcept {
  std::array<char, KnownUids::kMostSize> own;
  if (text.size() > own.size()) return look_up(text);
  // A copy is looked up and remembered, for then both have the same bytes. A host that lets them be written meanwhile
  // may get a wrong answer, but it must not become everybody's.
  std::ranges::copy(text, own.begin());
  const std::string_view copy(own.data(), text.size());
  const EntityId entity = look_up(copy);
  if (entity.valid()) known_uids.remember(copy, entity);
  return entity;
}

}  // namespace detail
}  // namespace quis
