#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include <quis/base/ids.hpp>

#include "base/hash.hpp"
#include "base/text_tail.hpp"

/// Entity uids as programs write them: `A::B::"id"`, eight bytes or more of ASCII without controls, escapes, comments,
/// or spaces around the parts. Requests bring three of them each, so they do not go through the lexer, which reads all
/// others and says what is wrong with those that are no uids.
namespace quis {

struct PlainUid {
  std::string_view type;  ///< not looked at: it may be no type name
  std::string_view id;
};

/// Nothing when the text is written in another way, right or wrong.
[[nodiscard]] std::optional<PlainUid> read_plain_uid(std::string_view text) noexcept;

/// The types that uids in one place most likely have: four of those before. How a text begins is compared with how
/// theirs do, which takes half the time of taking the type out of it and looking it up.
///
/// Thread safety: none; each thread has its own.
class LikelyTypes {
 public:
  constexpr LikelyTypes() noexcept = default;

 private:
  friend EntityId find_plain_uid(std::string_view text, LikelyTypes& likely) noexcept;

  /// What stands before the id: `Type::"`.
  struct Opening {
    static constexpr std::size_t kMostSize = 64;  // longer ones are not remembered

    TypeId type;
    std::size_t size = 0;  // 0 while there is none
    char text[kMostSize] = {};

    /// REQUIRES: at least eight bytes.
    [[nodiscard]] bool opens(std::string_view uid) const noexcept {
      const auto same = [&]<class Word>(Word, std::size_t at) {
        return detail::read_word<Word>(uid.data() + at) == detail::read_word<Word>(text + at);
      };
      // By words that overlap: who writes requests has types of few sizes.
      if (size == 0 || size > uid.size()) return false;
      if (size < 8) return same(std::uint32_t{}, 0) && same(std::uint32_t{}, size - 4);
      if (!same(std::uint64_t{}, 0) || !same(std::uint64_t{}, size - 8)) return false;
      return size <= 16 || std::memcmp(uid.data() + 8, text + 8, size - 16) == 0;
    }
  };

  /// Where to look first, by the first bytes, which no opening is shorter than: types without a namespace are mostly
  /// there, and no processor has to guess which of them comes next.
  [[nodiscard]] static std::size_t place_of(std::string_view uid) noexcept {
    return detail::read_word<std::uint32_t>(uid.data()) * 0x9e37'79b1U >> 30U;
  }
  /// The one that opens the text, or null.
  [[nodiscard]] const Opening* opening_of(std::string_view uid) const noexcept {
    const Opening& first = openings_[place_of(uid)];
    return first.opens(uid) ? &first : any_opening_of(uid);
  }
  [[nodiscard]] const Opening* any_opening_of(std::string_view uid) const noexcept;
  /// A type that was not among them takes the place of another.
  void learn(std::string_view uid, TypeId type, std::string_view name) noexcept;

  static constexpr std::size_t kCount = 4;
  std::array<Opening, kCount> openings_;
  std::size_t learnt_ = 0;
};

/// The entity of a text that is plain and whose type and id are known, else an invalid id. Lock-free, allocates
/// nothing. The text's type becomes one of the likely ones, unless its name is very long.
[[nodiscard]] EntityId find_plain_uid(std::string_view text, LikelyTypes& likely) noexcept;

/// The vocabulary's `find_entity`, for those who have the id's tail at hand. REQUIRES: it is that of the id.
[[nodiscard]] EntityId find_entity(TypeId type, std::string_view id, TextTail tail) noexcept;

}  // namespace quis
