#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <quis/base/digest.hpp>

namespace quis {

/// SHA-256 (FIPS 180-4) of what is added piece by piece. Pieces are not told apart: who needs that writes lengths.
///
/// A process whose OpenSSL has no SHA-256 ends here, for it could name no evidence. Thread safety: as a container.
class Sha256 {
 public:
  Sha256();

  void add(std::string_view bytes);
  /// Eight bytes, the most significant first.
  void add_number(std::uint64_t number);
  void add(const Digest& digest);

  /// The digest of everything added since the last call; begins anew.
  [[nodiscard]] Digest finish();

 private:
  struct Free {
    void operator()(void* context) const noexcept;
  };

  void begin();

  std::unique_ptr<void, Free> context_;
};

/// Of a text at hand.
[[nodiscard]] Digest sha256(std::string_view bytes);

}  // namespace quis
