#include "base/plain_uid.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <quis/base/limits.hpp>
#include <quis/base/vocabulary.hpp>

#include "base/hash.hpp"
#include "base/text_tail.hpp"
#include "base/type_name.hpp"

namespace quis {
namespace {

constexpr std::string_view kBetween = "::\"";
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

/// Whether a byte of the text is special. REQUIRES: `tail` is that of the text.
bool has_special(std::string_view text, [[maybe_unused]] const TextTail& tail) noexcept {
#ifdef __SSE2__
  const auto last = _mm_set_epi64x(static_cast<long long>(tail.last), static_cast<long long>(tail.before));
  std::uint32_t found = special_of(last);
  if (text.size() < TextTail::kSize) return found >> (TextTail::kSize - text.size()) != 0;
  for (std::size_t at = 0; at + TextTail::kSize < text.size(); at += TextTail::kSize)
    found |= special_of(_mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at)));
  return found != 0;
#else
  return std::ranges::any_of(text, is_special);
#endif
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

const LikelyTypes::Opening* LikelyTypes::any_opening_of(std::string_view uid) const noexcept {
  const auto found = std::ranges::find_if(openings_, [&](const Opening& opening) { return opening.opens(uid); });
  return found == openings_.end() ? nullptr : &*found;
}

void LikelyTypes::learn(std::string_view uid, TypeId type, std::string_view name) noexcept {
  const std::size_t size = name.size() + kBetween.size();
  if (size > Opening::kMostSize) return;
  Opening* place = &openings_[place_of(uid)];
  if (place->size != 0) place = &openings_[learnt_++ % kCount];  // each gives way in turn
  place->type = type;
  place->size = size;
  std::ranges::copy(kBetween, std::ranges::copy(name, place->text).out);
}

EntityId find_plain_uid(std::string_view text, LikelyTypes& likely) noexcept {
  if (text.size() < kLeast || text.size() > limits::kMaxSourceBytes) return {};
  const LikelyTypes::Opening* const opening = text.size() == kLeast ? nullptr : likely.opening_of(text);
  if (opening == nullptr) {
    const auto uid = read_plain_uid(text);
    if (!uid) return {};
    const TypeId type = find_type(uid->type);
    if (!type.valid() || !is_normalized_name(type)) return {};
    likely.learn(text, type, uid->type);
    return find_entity(type, uid->id);
  }
  const std::size_t rest = text.size() - opening->size;
  if (rest == 0 || text.back() != '"') return {};
  const std::string_view id(text.data() + opening->size, rest - 1);
  // Eight bytes or more end where the id does, for the text has one more.
  const TextTail tail = tail_of(id, text.data());
  if (has_special(id, tail)) return {};
  return find_entity(opening->type, id, tail);
}

}  // namespace quis
