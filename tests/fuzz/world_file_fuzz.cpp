// Saved worlds from any bytes under a right checksum: opening must not crash, and what was opened has policies that
// their own text gives again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

#include <quis/engine/world_file.hpp>

#include "base/section_file.hpp"

namespace {

/// A file that nobody else sees, rewritten for each input.
class File {
 public:
  File() : descriptor_(::memfd_create("world", 0)) {
    if (descriptor_ < 0) std::abort();
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { ::close(descriptor_); }

  void write(std::span<const std::byte> bytes) const {
    if (::ftruncate(descriptor_, 0) != 0) std::abort();
    if (::pwrite(descriptor_, bytes.data(), bytes.size(), 0) != static_cast<::ssize_t>(bytes.size())) std::abort();
  }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto given = std::as_bytes(std::span(data, size));
  std::vector<std::byte> bytes(given.begin(), given.end());
  quis::reseal(bytes);
  const File file;
  file.write(bytes);
  const auto opened = quis::open_world(file.path());
  if (!opened) {
    if (opened.error().empty()) std::abort();
    return 0;
  }
  const quis::PolicySet& policies = opened->world.policies();
  const auto again = quis::PolicySet::from_json(policies.to_json());
  if (!again || again->digest() != policies.digest()) std::abort();
  for (const quis::TimedMembership& membership : opened->memberships) {
    if (!membership.member.valid() || !membership.group.valid()) std::abort();
  }
  return 0;
}
