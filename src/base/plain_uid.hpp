#pragma once

#include <optional>
#include <string_view>

#include <quis/base/ids.hpp>

#include "base/known_uids.hpp"

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

namespace detail {
extern constinit KnownUids known_uids;
/// Reads and looks up a uid that is not known, and makes it known.
[[nodiscard]] EntityId find_new_plain_uid(std::string_view text) noexcept;
}  // namespace detail

/// The entity of a text that is plain and whose type and id are known, else an invalid id. Takes no lock that another
/// thread may hold; allocates only to know more uids than before.
[[nodiscard]] inline EntityId find_plain_uid(std::string_view text) noexcept {
  const EntityId known = detail::known_uids.find(text);
  if (known.valid()) [[likely]]
    return known;
  return detail::find_new_plain_uid(text);
}

}  // namespace quis
