#pragma once

#include <optional>
#include <string_view>

#include <quis/base/ids.hpp>

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

/// The entity of a text that is plain and whose type and id are known, else an invalid id. Lock-free, allocates
/// nothing. `likely` is the type it most likely has, or none, and becomes the one it has: most principals are of the
/// type of the one before, and comparing takes a fifth of the time of looking up.
[[nodiscard]] EntityId find_plain_uid(std::string_view text, TypeId& likely) noexcept;

}  // namespace quis
