#pragma once

#include <cstdint>
#include <string_view>

namespace quis {

/// A hash for tables in memory, keyed by random bits of this process: whoever writes a document or a request cannot
/// know which names collide, so cannot make a table slow. Different in each process: never store or print it.
/// `salt` is hashed along with the bytes. A few ns for the length of a name.
[[nodiscard]] std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t salt = 0) noexcept;

/// For standard containers keyed by text.
struct TextHash {
  [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept { return hash_bytes(text); }
};

}  // namespace quis
