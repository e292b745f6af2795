// From the sections of a file to a store.
//
// Nothing in the sections is believed. Each number is compared with what it counts or points into before it is used.
// Values are read off one after another, so they are trees, and no longer than the file; their depth is counted, so
// that no walk over values exhausts the stack. Uids and entities are found to be different from each other before a
// second thread may write to their records. Ancestries are not in the file but computed, which also finds cycles.
//
// A million entities are mostly values: 14 million of them where an entity has ten attributes. So texts are checked
// beside the names, and values are read by blocks, each on any thread, while ancestries are computed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include "base/parallel.hpp"
#include "base/type_name.hpp"

#include "model/entities_assembly.hpp"
#include "model/entities_image.hpp"
#include "model/image_layouts.hpp"
#include "model/image_sections.hpp"
#include "model/image_values.hpp"
#include "model/record_shapes.hpp"

namespace quis {
namespace {

/// Arenas for threads that take parts of one work: each serves one part after the other, and few are made.
class SharedArenas {
 public:
  [[nodiscard]] ValueArena take() {
    const std::scoped_lock lock(mutex_);
    if (free_.empty()) return {};
    ValueArena arena = std::move(free_.back());
    free_.pop_back();
    return arena;
  }
  void give_back(ValueArena arena) {
    const std::scoped_lock lock(mutex_);
    free_.push_back(std::move(arena));
  }
  [[nodiscard]] std::vector<ValueArena> all() && { return std::move(free_); }

 private:
  std::mutex mutex_;
  std::vector<ValueArena> free_;
};

/// What is wrong with the first part that is.
class Complaint {
 public:
  void say(const char* what) {
    const std::scoped_lock lock(mutex_);
    if (what_ == nullptr) what_ = what;
  }
  [[nodiscard]] const char* what() const noexcept { return what_; }

 private:
  std::mutex mutex_;
  const char* what_ = nullptr;
};

class ImageReader {
 public:
  explicit ImageReader(const SectionFile& file) : file_(file) {}

  [[nodiscard]] Result<Entities> read() {
    in_parallel(2, [&](std::size_t part) {
      if (const char* wrong = part == 0 ? read_structure() : read_texts()) complaint_.say(wrong);
    });
    Result<void> closed;
    if (complaint_.what() == nullptr) {
      in_parallel(blocks_.size() + 1, [&](std::size_t part) {
        if (part == 0) {
          closed = assembly_.close();
        } else {
          read_block(part - 1);
        }
      });
    }
    if (complaint_.what() != nullptr) {
      return failure(ErrorCode::invalid_file,
                     "`" + file_.name() + "` holds no entities that fit together: " + complaint_.what(),
                     "save it again from its source");
    }
    if (!closed) {
      for (Diagnostic& why : closed.error()) why.source = file_.name();
      return tl::unexpected(std::move(closed.error()));
    }
    EntityData& data = assembly_.data();
    data.borrowed = file_.mapping();
    data.borrowed_bytes = referents_.texts.bytes();
    data.more_values = std::move(arenas_).all();
    return assembly_.finish();
  }

 private:
  // Each of these says what is wrong, or null.

  [[nodiscard]] const char* read_texts() {
    const auto texts = image::Texts::read(file_.section(image::kTexts), file_.name());
    if (!texts) return "the texts of strings";
    referents_.texts = *texts;
    ValueArena arena = arenas_.take();
    const char* wrong = image::read_addresses(file_.section(image::kAddresses), arena, referents_.addresses);
    arenas_.give_back(std::move(arena));
    return wrong;
  }

  [[nodiscard]] const char* read_structure() {
    const char* wrong = read_names();
    if (wrong == nullptr) {
      wrong =
          image::read_layouts(file_.section(image::kLayouts), symbols_, assembly_.data().values, referents_.layouts);
    }
    if (wrong == nullptr) wrong = read_parents();
    if (wrong == nullptr) wrong = read_rows();
    return wrong;
  }

  [[nodiscard]] const char* read_names() {
    const auto symbols = image::Texts::read(file_.section(image::kSymbols), file_.name());
    const auto types = image::Texts::read(file_.section(image::kTypes), file_.name());
    const auto uids = image::Texts::read(file_.section(image::kUids), file_.name());
    const auto uid_types = image::items_in<std::uint32_t>(file_.section(image::kUidTypes));
    if (!symbols || !types || !uids) return "a list of names";
    if (!uid_types || uid_types->size() != uids->size()) return "the types of uids";

    symbols_.reserve(symbols->size());
    for (std::size_t i = 0; i < symbols->size(); ++i) symbols_.push_back(intern_symbol((*symbols)[i]));
    std::vector<TypeId> type_ids;
    type_ids.reserve(types->size());
    for (std::size_t i = 0; i < types->size(); ++i) {
      if (!is_normalized_name((*types)[i])) return "a type name that is none";
      type_ids.push_back(intern_type((*types)[i]));
    }
    referents_.uids.resize(uids->size());
    constexpr std::size_t kAtOnce = std::size_t{1} << 17U;
    std::vector<EntityName> names;
    for (std::size_t begin = 0; begin < uids->size(); begin += kAtOnce) {
      const std::size_t end = std::min(uids->size(), begin + kAtOnce);
      names.clear();
      for (std::size_t i = begin; i < end; ++i) {
        if ((*uid_types)[i] >= type_ids.size()) return "a uid without a type";
        names.push_back({type_ids[(*uid_types)[i]], (*uids)[i]});
      }
      intern_entities(names, std::span(referents_.uids).subspan(begin, end - begin));
    }
    return are_distinct(referents_.uids) ? nullptr : "a uid that stands twice";
  }

  [[nodiscard]] static bool are_distinct(std::span<const EntityId> ids) {
    if (std::ranges::adjacent_find(ids, std::ranges::greater_equal()) == ids.end()) return true;
    std::vector<EntityId> sorted(ids.begin(), ids.end());
    std::ranges::sort(sorted);
    return std::ranges::adjacent_find(sorted) == sorted.end();
  }

  [[nodiscard]] const char* read_parents() {
    const auto lists = image::Lists<std::uint32_t>::read(file_.section(image::kParents));
    if (!lists) return "the lists of parents";
    parent_lists_.reserve(lists->size());
    std::vector<EntityId> parents;
    for (std::size_t i = 0; i < lists->size(); ++i) {
      const image::Words list = (*lists)[i];
      const auto number_at = [&](std::size_t at) { return list[at]; };
      const char* wrong = image::ids_in_order<EntityId>(list.size(), number_at, referents_.uids, parents);
      if (wrong != nullptr) return wrong;
      parent_lists_.push_back(assembly_.closure().list_number(parents));
    }
    return nullptr;
  }

  [[nodiscard]] const char* read_rows() {
    const auto rows = image::items_in<image::Entity>(file_.section(image::kEntities));
    const auto blocks = image::items_in<std::uint32_t>(file_.section(image::kBlocks));
    const auto values = image::items_in<std::uint32_t>(file_.section(image::kValues));
    if (!rows) return "the entities";
    if (!values || !blocks || blocks->size() != (rows->size() + image::kBlockEntities - 1) / image::kBlockEntities ||
        !std::ranges::is_sorted(*blocks) || (blocks->empty() ? !values->empty() : blocks->front() != 0) ||
        (!blocks->empty() && blocks->back() > values->size())) {
      return "the blocks of values";
    }
    rows_ = *rows;
    blocks_ = *blocks;
    values_ = *values;
    records_.reserve(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const image::Entity& row = rows_[i];
      if (row.uid >= referents_.uids.size()) return "an entity without uid";
      if (i > 0 && row.uid <= rows_[i - 1].uid) return "entities that are not in the order of their uids";
      if (row.parents >= parent_lists_.size()) return "an entity without a list of parents";
      records_.push_back(&assembly_.place(referents_.uids[row.uid], parent_lists_[row.parents]));
    }
    return nullptr;
  }

  void read_block(std::size_t number) {
    const std::size_t begin = blocks_[number];
    const std::size_t end = number + 1 < blocks_.size() ? blocks_[number + 1] : values_.size();
    const std::size_t first = number * image::kBlockEntities;
    const std::size_t last = std::min(first + image::kBlockEntities, rows_.size());
    ValueArena arena = arenas_.take();
    image::ValueReader reader(referents_, values_.subspan(begin, end - begin), arena);
    bool right = true;
    for (std::size_t i = first; i < last && right; ++i) {
      RecordData tags;
      right = reader.read(rows_[i].layout, records_[i]->attributes, near_values(*records_[i])) &&
              (rows_[i].tag_layout == image::kNoTags || reader.read(rows_[i].tag_layout, tags, {}));
      if (right) records_[i]->tags = stored_record(tags, arena);
    }
    if (!right) {
      complaint_.say(reader.wrong());
    } else if (!reader.at_end()) {
      complaint_.say("values that belong to nothing");
    }
    arenas_.give_back(std::move(arena));
  }

  const SectionFile& file_;
  Complaint complaint_;
  EntitiesAssembly assembly_;
  std::vector<SymbolId> symbols_;  // by their numbers in the file
  image::Referents referents_;
  std::vector<std::uint32_t> parent_lists_;
  std::span<const image::Entity> rows_;
  std::vector<EntityRecord*> records_;  // of the rows
  image::Words blocks_;
  image::Words values_;
  SharedArenas arenas_;
};

}  // namespace

Result<Entities> read_entities_image(const SectionFile& file) {
  try {
    return ImageReader(file).read();
  } catch (const std::bad_alloc&) {
    return failure(ErrorCode::limit_exceeded, "not enough memory for the entities of `" + file.name() + "`",
                   "raise the memory limit");
  }
}

}  // namespace quis
