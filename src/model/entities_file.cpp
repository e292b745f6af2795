#include <quis/model/entities_file.hpp>

#include <new>

#include "base/section_file.hpp"

#include "model/entities_image.hpp"

namespace quis {

Result<void> save_entities(const Entities& entities, const std::string& path) {
  try {
    const auto image = EntitiesImage::of(entities);
    if (!image) return tl::unexpected(image.error());
    SectionWriter writer;
    image->add_to(writer);
    return writer.write(path);
  } catch (const std::bad_alloc&) {
    return failure(ErrorCode::limit_exceeded, "not enough memory to save the entities in `" + path + "`",
                   "raise the memory limit");
  }
}

Result<Entities> open_entities(const std::string& path) {
  const auto file = SectionFile::open(path);
  if (!file) return tl::unexpected(file.error());
  return read_entities_image(*file);
}

}  // namespace quis
