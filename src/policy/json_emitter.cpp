#include "policy/json_emitter.hpp"

#include <algorithm>
#include <iterator>

namespace quis {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

/// The letter behind the backslash, or 0 for a control that has none.
char short_escape(char c) noexcept {
  switch (c) {
    case '"':
    case '\\': return c;
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
  }
}

}  // namespace

void JsonEmitter::quote(std::string_view value) {
  const auto plain = [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; };
  text_ += '"';
  while (true) {
    const auto special = std::find_if_not(value.begin(), value.end(), plain);
    const auto length = static_cast<std::size_t>(special - value.begin());
    text_ += value.substr(0, length);
    if (special == value.end()) break;
    text_ += '\\';
    if (const char letter = short_escape(*special); letter != 0) {
      text_ += letter;
    } else {
      const auto code = static_cast<unsigned char>(*special);
      text_ += "u00";
      text_ += kHex[code >> 4U];
      text_ += kHex[code & 0xFU];
    }
    value.remove_prefix(length + 1);
  }
  text_ += '"';
}

// Objects are written in an order that is sorted already wherever they can nest deeply, so that this copies little.
void JsonEmitter::sort_members() {
  const std::size_t first = objects_.back();
  objects_.pop_back();
  const auto members = members_.begin() + static_cast<std::ptrdiff_t>(first);
  const auto by_key = [](const Member& a, const Member& b) { return a.key < b.key; };
  if (!std::is_sorted(members, members_.end(), by_key)) {
    struct Piece {
      Member member;
      std::size_t length = 0;  ///< of its text, the comma behind it left out
    };
    std::vector<Piece> pieces;
    pieces.reserve(members_.size() - first);
    for (auto member = members; member != members_.end(); ++member) {
      const auto next = std::next(member);
      pieces.push_back({*member, (next == members_.end() ? text_.size() : next->begin - 1) - member->begin});
    }
    std::sort(pieces.begin(), pieces.end(), [&](const Piece& a, const Piece& b) { return by_key(a.member, b.member); });
    std::string sorted;
    sorted.reserve(text_.size() - members->begin);
    for (const Piece& piece : pieces) {
      if (!sorted.empty()) sorted += ',';
      sorted.append(text_, piece.member.begin, piece.length);
    }
    text_.replace(members->begin, std::string::npos, sorted);
  }
  members_.resize(first);
}

}  // namespace quis
