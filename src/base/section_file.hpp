#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quis/base/result.hpp>

namespace quis {

using Bytes = std::span<const std::byte>;

/// What a section holds: four letters.
[[nodiscard]] constexpr std::uint32_t section_tag(const char (&letters)[5]) noexcept {
  std::uint32_t tag = 0;
  for (std::size_t i = 0; i < 4; ++i) tag |= std::uint32_t{static_cast<unsigned char>(letters[i])} << (8 * i);
  return tag;
}

/// Writes a file of sections.
///
/// Numbers are little-endian. The header is 32 bytes: eight of magic, the version of the format (u32), the number of
/// sections (u32), the bytes of the whole file (u64) and a checksum over all others (u64): the XXH3 of the XXH3s of
/// each 4 MiB behind the header, and of the XXH3 of the header before the checksum. A table follows, 24 bytes a
/// section: tag (u32), zero (u32), offset (u64), size (u64). Sections begin at multiples of 16.
class SectionWriter {
 public:
  /// The bytes must outlive the calls below.
  void add(std::uint32_t tag, Bytes bytes) { sections_.emplace_back(tag, bytes); }

  /// Writes to a file beside `path`, makes sure that it is on the disk and only then gives it the name: whatever
  /// happens, `path` is the old file or the new one. Fails with `io`, and with `limit_exceeded` when
  /// `SectionFile::open` would refuse the file for its size.
  [[nodiscard]] Result<void> write(const std::string& path) const;
  /// The same bytes in memory.
  [[nodiscard]] std::string bytes() const;

 private:
  std::vector<std::pair<std::uint32_t, Bytes>> sections_;
};

/// A file of sections that is open for reading, mapped into memory. It must not be changed in place meanwhile, only
/// replaced, which is all that `SectionWriter` does.
///
/// Copies share the mapping. Thread safety: immutable.
class SectionFile {
 public:
  /// Fails with `io`, and with `invalid_file` when it is not such a file, was written by another version of the format,
  /// or is not as it was written.
  [[nodiscard]] static Result<SectionFile> open(const std::string& path);
  /// The same for bytes in memory, which must outlive the object. They must lie at a multiple of 16.
  [[nodiscard]] static Result<SectionFile> read(Bytes bytes, std::string_view name);

  /// The section of that tag; nothing when there is none. It begins at a multiple of 16 in memory.
  [[nodiscard]] Bytes section(std::uint32_t tag) const noexcept;
  /// Keeps the mapping for as long as it lives.
  [[nodiscard]] std::shared_ptr<const void> mapping() const noexcept { return mapping_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  std::string name_;
  std::shared_ptr<const void> mapping_;
  std::vector<std::pair<std::uint32_t, Bytes>> sections_;
};

/// Puts the right checksum into a file of sections whose bytes were changed.
void reseal(std::span<std::byte> file);

}  // namespace quis
