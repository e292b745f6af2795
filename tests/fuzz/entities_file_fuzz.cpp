// Saved entities from any bytes under a right checksum: opening must not crash, and what was opened must be saved and
// opened again as the same store.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "base/section_file.hpp"
#include "model/entities_image.hpp"

namespace {

/// At a multiple of 16, as a mapping is.
class Aligned {
 public:
  explicit Aligned(std::span<const std::byte> bytes) : blocks_(bytes.size() / sizeof(Block) + 1), size_(bytes.size()) {
    std::ranges::copy(bytes, reinterpret_cast<std::byte*>(blocks_.data()));
    quis::reseal({reinterpret_cast<std::byte*>(blocks_.data()), size_});
  }
  [[nodiscard]] quis::Bytes bytes() const { return {reinterpret_cast<const std::byte*>(blocks_.data()), size_}; }

 private:
  struct alignas(16) Block {
    std::byte bytes[16];
  };
  std::vector<Block> blocks_;
  std::size_t size_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Aligned input(std::as_bytes(std::span(data, size)));
  const auto file = quis::SectionFile::read(input.bytes(), "input");
  if (!file) return 0;
  const auto entities = quis::read_entities_image(*file);
  if (!entities) {
    if (entities.error().empty()) std::abort();
    return 0;
  }
  const std::string text = entities->to_json();
  entities->for_each([&](const quis::EntityRecord& record) {
    if (record.ancestors.contains(record.uid)) std::abort();
  });

  quis::SectionWriter writer;
  const auto image = quis::EntitiesImage::of(*entities);
  if (!image) std::abort();
  image->add_to(writer);
  const std::string saved = writer.bytes();
  const Aligned again(std::as_bytes(std::span(saved)));
  const auto file_again = quis::SectionFile::read(again.bytes(), "again");
  if (!file_again) std::abort();
  const auto entities_again = quis::read_entities_image(*file_again);
  if (!entities_again || entities_again->to_json() != text) std::abort();
  return 0;
}
