#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quis {

/// A SHA-256 digest, which names content: nobody can make two contents of one digest.
struct Digest {
  std::array<std::uint8_t, 32> bytes{};

  /// 64 lower-case hexadecimal digits.
  [[nodiscard]] std::string to_hex() const;
  /// Reads what `to_hex` writes; upper case too. Nullopt for anything else.
  [[nodiscard]] static std::optional<Digest> from_hex(std::string_view text) noexcept;

  friend auto operator<=>(const Digest&, const Digest&) = default;
};

}  // namespace quis
