#include <algorithm>
#include <limits>
#include <span>
#include <string_view>
#include <utility>

#include <quis/base/vocabulary.hpp>

#include "model/entities_image.hpp"
#include "model/id_lists.hpp"
#include "model/image_sections.hpp"

namespace quis {
namespace {

using image::bytes_of;
using image::list_of_lists;
using image::Section;

constexpr std::uint32_t kUnused = std::numeric_limits<std::uint32_t>::max();

/// The ids that a store uses, numbered from 0 in order of id: then a process that opens the file first of all, or was
/// started alike, gets them in the same order, and nothing needs to be sorted.
template <class AnyId>
class Numbering {
 public:
  void use(AnyId id) {
    if (id.value >= numbers_.size()) numbers_.resize(std::max<std::size_t>(id.value + 1, numbers_.size() * 2), kUnused);
    numbers_[id.value] = 0;
  }
  void number() {
    for (std::uint32_t id = 0; id < numbers_.size(); ++id) {
      if (numbers_[id] == kUnused) continue;
      numbers_[id] = static_cast<std::uint32_t>(used_.size());
      used_.push_back({id});
    }
  }
  [[nodiscard]] std::uint32_t operator[](AnyId id) const noexcept { return numbers_[id.value]; }
  [[nodiscard]] const std::vector<AnyId>& used() const noexcept { return used_; }

 private:
  std::vector<std::uint32_t> numbers_;
  std::vector<AnyId> used_;
};

template <class TextOf, class AnyId>
Section text_list(const std::vector<AnyId>& ids, TextOf text_of_id) {
  return list_of_lists<char>(ids.size(), [&](std::size_t i) { return std::span(text_of_id(ids[i])); });
}

class ImageWriter {
 public:
  explicit ImageWriter(const Entities& entities) : entities_(entities) {}

  /// False when values nest too deeply.
  [[nodiscard]] bool write() {
    bool fits = true;
    entities_.for_each([&](const EntityRecord& record) {
      uids_.use(record.uid);
      for (const EntityId parent : record.direct_parents()) uids_.use(parent);
      fits = fits && use(record.attributes, 1) && (record.tags == nullptr || use(*record.tags, 1));
    });
    if (!fits) return false;
    symbols_.number();
    uids_.number();
    for (const EntityId uid : uids_.used()) types_.use(type_of(uid));
    types_.number();
    entities_.for_each([&](const EntityRecord& record) { add(record); });
    return true;
  }

  /// Whether every place that is written as a word fits one.
  [[nodiscard]] bool countable() const noexcept {
    constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
    std::size_t id_bytes = 0;
    for (const EntityId uid : uids_.used()) id_bytes += id_text_of(uid).size();
    return words_.size() <= kMost && text_bytes_ <= kMost && id_bytes <= kMost;
  }

  [[nodiscard]] std::vector<std::pair<std::uint32_t, Section>> sections() const {
    std::vector<std::uint32_t> uid_types;
    uid_types.reserve(uids_.used().size());
    for (const EntityId uid : uids_.used()) uid_types.push_back(types_[type_of(uid)]);
    const auto parents = [&](std::size_t i) {
      std::vector<std::uint32_t> numbers;
      for (const EntityId parent : parents_[static_cast<std::uint32_t>(i)]) numbers.push_back(uids_[parent]);
      return numbers;
    };

    std::vector<std::pair<std::uint32_t, Section>> all;
    all.emplace_back(image::kSymbols, text_list(symbols_.used(), [](SymbolId id) { return text_of(id); }));
    all.emplace_back(image::kTypes, text_list(types_.used(), [](TypeId id) { return text_of(id); }));
    all.emplace_back(image::kUidTypes, bytes_of(uid_types));
    all.emplace_back(image::kUids, text_list(uids_.used(), id_text_of));
    all.emplace_back(image::kParents, list_of_lists<std::uint32_t>(parents_.size(), parents));
    all.emplace_back(image::kTexts, list_of_lists<char>(texts_.size(), [&](std::size_t i) {
                       return texts_[static_cast<std::uint32_t>(i)];
                     }));
    all.emplace_back(image::kAddresses, bytes_of(addresses_));
    all.emplace_back(image::kLayouts, list_of_lists<std::uint32_t>(layouts_.size(), [&](std::size_t i) {
                       return layouts_[static_cast<std::uint32_t>(i)];
                     }));
    all.emplace_back(image::kValues, bytes_of(words_));
    all.emplace_back(image::kEntities, bytes_of(rows_));
    all.emplace_back(image::kBlocks, bytes_of(blocks_));
    return all;
  }

 private:
  [[nodiscard]] bool use(const RecordData& record, std::size_t depth) {
    for (const SymbolId key : std::span(record.keys, record.size)) symbols_.use(key);
    return std::all_of(record.values, record.values + record.size, [&](const Value& v) { return use(v, depth); });
  }

  [[nodiscard]] bool use(const Value& value, std::size_t depth) {
    switch (value.kind()) {
      case Value::Kind::entity: uids_.use(value.as_entity()); return true;
      case Value::Kind::set:
        return depth < image::kMostDepth && std::ranges::all_of(value.as_set().span(), [&](const Value& element) {
                 return use(element, depth + 1);
               });
      case Value::Kind::record: return depth < image::kMostDepth && use(value.as_record(), depth + 1);
      default: return true;
    }
  }

  void add(const EntityRecord& record) {
    if (rows_.size() % image::kBlockEntities == 0) blocks_.push_back(static_cast<std::uint32_t>(words_.size()));
    image::Entity row{uids_[record.uid], layout_of(record.attributes), image::kNoTags,
                      parents_.intern(record.direct_parents(), arena_)};
    add_values(record.attributes);
    if (record.tags != nullptr) {
      row.tag_layout = layout_of(*record.tags);
      add_values(*record.tags);
    }
    rows_.push_back(row);
  }

  [[nodiscard]] std::uint32_t layout_of(const RecordData& record) {
    std::vector<std::uint32_t>& fields = layout_;
    fields.clear();
    for (std::uint32_t i = 0; i < record.size; ++i) {
      fields.push_back(symbols_[record.keys[i]]);
      fields.push_back(static_cast<std::uint32_t>(record.values[i].kind()));
    }
    return layouts_.intern(fields, arena_);
  }

  void add_values(const RecordData& record) {
    for (const Value& value : std::span(record.values, record.size)) add(value);
  }

  void add(const Value& value) {
    switch (value.kind()) {
      case Value::Kind::boolean: words_.push_back(value.as_boolean() ? 1 : 0); break;
      case Value::Kind::integer:
      case Value::Kind::decimal:
      case Value::Kind::datetime:
      case Value::Kind::duration: {
        const auto bits = static_cast<std::uint64_t>(value.as_integer());
        words_.push_back(static_cast<std::uint32_t>(bits));
        words_.push_back(static_cast<std::uint32_t>(bits >> 32U));
        break;
      }
      case Value::Kind::entity: words_.push_back(uids_[value.as_entity()]); break;
      case Value::Kind::string: words_.push_back(text_number(value.as_string())); break;
      case Value::Kind::ip: words_.push_back(address_number(value.as_ip())); break;
      case Value::Kind::set: add(value.as_set()); break;
      case Value::Kind::record:
        words_.push_back(layout_of(value.as_record()));
        add_values(value.as_record());
        break;
    }
  }

  void add(const SetData& set) {
    const std::span<const Value> elements = set.span();
    const bool mixed = std::ranges::any_of(elements, [&](const Value& v) { return !v.is(elements.front().kind()); });
    const auto kind_of = [](const Value& value) { return static_cast<std::uint32_t>(value.kind()); };
    words_.push_back(set.size);
    words_.push_back(mixed ? image::kMixed : elements.empty() ? 0 : kind_of(elements.front()));
    for (const Value& element : elements) {
      if (mixed) words_.push_back(kind_of(element));
      add(element);
    }
  }

  [[nodiscard]] std::uint32_t text_number(std::string_view text) {
    const std::uint32_t before = texts_.size();
    const std::uint32_t number = texts_.intern(std::span(text), arena_);
    if (number == before) text_bytes_ += text.size();
    return number;
  }

  [[nodiscard]] std::uint32_t address_number(const IpAddress& ip) {
    image::Address address{};
    std::ranges::copy(ip.bytes, address.bytes);
    address.prefix = ip.prefix;
    address.is_v6 = ip.is_v6 ? 1 : 0;
    const std::string_view bytes(reinterpret_cast<const char*>(&address), sizeof(address));
    const std::uint32_t number = address_numbers_.intern(std::span(bytes), arena_);
    if (number == addresses_.size()) addresses_.push_back(address);
    return number;
  }

  const Entities& entities_;
  Numbering<SymbolId> symbols_;
  Numbering<TypeId> types_;
  Numbering<EntityId> uids_;
  ValueArena arena_;  // of the lists
  IdLists<EntityId> parents_;
  IdLists<std::uint32_t> layouts_;
  IdLists<char> texts_;
  IdLists<char> address_numbers_;
  std::vector<image::Address> addresses_;
  std::vector<std::uint32_t> words_;
  std::vector<image::Entity> rows_;
  std::vector<std::uint32_t> blocks_;
  std::vector<std::uint32_t> layout_;  // scratch
  std::size_t text_bytes_ = 0;
};

}  // namespace

Result<EntitiesImage> EntitiesImage::of(const Entities& entities) {
  ImageWriter writer(entities);
  if (!writer.write()) {
    return failure(ErrorCode::limit_exceeded,
                   "values nest deeper than " + std::to_string(image::kMostDepth) + " sets and records",
                   "make them flatter");
  }
  if (!writer.countable()) {
    return failure(ErrorCode::limit_exceeded, "the entities are more than one file can hold",
                   "save them in several stores");
  }
  EntitiesImage image;
  image.sections_ = writer.sections();
  return image;
}

void EntitiesImage::add_to(SectionWriter& writer) const {
  for (const auto& [tag, bytes] : sections_) writer.add(tag, bytes);
}

}  // namespace quis
