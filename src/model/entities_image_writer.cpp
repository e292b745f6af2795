#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <quis/base/vocabulary.hpp>

#include "model/entities_image.hpp"
#include "model/id_lists.hpp"

namespace quis {
namespace {

constexpr std::uint32_t kUnused = std::numeric_limits<std::uint32_t>::max();

template <class T>
void append(std::vector<std::byte>& bytes, std::span<const T> items) {
  const std::size_t end = bytes.size();
  bytes.resize(end + items.size_bytes());
  if (!items.empty()) std::memcpy(bytes.data() + end, items.data(), items.size_bytes());
}

template <class T>
std::vector<std::byte> bytes_of(const std::vector<T>& items) {
  std::vector<std::byte> bytes;
  append<T>(bytes, items);
  return bytes;
}

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
std::vector<std::byte> text_list(const std::vector<AnyId>& ids, TextOf text_of_id) {
  std::vector<std::uint32_t> sizes{static_cast<std::uint32_t>(ids.size())};
  sizes.reserve(ids.size() + 1);
  for (const AnyId id : ids) sizes.push_back(static_cast<std::uint32_t>(text_of_id(id).size()));
  std::vector<std::byte> bytes = bytes_of(sizes);
  for (const AnyId id : ids) append<char>(bytes, text_of_id(id));
  return bytes;
}

template <class AnyId>
std::vector<std::byte> list_list(const IdLists<AnyId>& lists, const Numbering<AnyId>& numbers) {
  std::vector<std::uint32_t> words{lists.size()};
  for (std::uint32_t i = 0; i < lists.size(); ++i) words.push_back(static_cast<std::uint32_t>(lists[i].size()));
  for (std::uint32_t i = 0; i < lists.size(); ++i) {
    for (const AnyId id : lists[i]) words.push_back(numbers[id]);
  }
  return bytes_of(words);
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

  [[nodiscard]] std::vector<std::pair<std::uint32_t, std::vector<std::byte>>> sections() {
    std::vector<std::uint32_t> uid_types;
    uid_types.reserve(uids_.used().size());
    for (const EntityId uid : uids_.used()) uid_types.push_back(types_[type_of(uid)]);
    std::vector<std::byte> cells = bytes_of(composite_cells_);
    append<image::Cell>(cells, entity_cells_);

    std::vector<std::pair<std::uint32_t, std::vector<std::byte>>> all;
    all.emplace_back(image::kSymbols, text_list(symbols_.used(), [](SymbolId id) { return text_of(id); }));
    all.emplace_back(image::kTypes, text_list(types_.used(), [](TypeId id) { return text_of(id); }));
    all.emplace_back(image::kUidTypes, bytes_of(uid_types));
    all.emplace_back(image::kUids, text_list(uids_.used(), id_text_of));
    all.emplace_back(image::kShapes, list_list(shapes_, symbols_));
    all.emplace_back(image::kParents, list_list(parents_, uids_));
    all.emplace_back(image::kTexts, std::move(texts_));
    all.emplace_back(image::kAddresses, bytes_of(addresses_));
    all.emplace_back(image::kComposites, bytes_of(composites_));
    all.emplace_back(image::kCells, std::move(cells));
    all.emplace_back(image::kEntities, bytes_of(rows_));
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
    image::Entity row{uids_[record.uid], add(record.attributes), image::kNoTags,
                      parents_.intern(record.direct_parents(), arena_)};
    if (record.tags != nullptr) row.tag_shape = add(*record.tags);
    rows_.push_back(row);
  }

  /// Returns the shape.
  std::uint32_t add(const RecordData& fields) {
    for (const Value& value : std::span(fields.values, fields.size)) entity_cells_.push_back(cell_of(value));
    return shapes_.intern({fields.keys, fields.size}, arena_);
  }

  [[nodiscard]] image::Cell cell_of(const Value& value) {
    image::Cell cell{static_cast<std::uint32_t>(value.kind()), 0, 0};
    switch (value.kind()) {
      case Value::Kind::boolean: cell.payload = value.as_boolean() ? 1 : 0; break;
      case Value::Kind::integer:
      case Value::Kind::decimal:
      case Value::Kind::datetime:
      case Value::Kind::duration: cell.payload = static_cast<std::uint64_t>(value.as_integer()); break;
      case Value::Kind::entity: cell.payload = uids_[value.as_entity()]; break;
      case Value::Kind::string:
        cell.size = static_cast<std::uint32_t>(value.as_string().size());
        cell.payload = texts_.size();
        append<char>(texts_, value.as_string());
        break;
      case Value::Kind::ip: {
        image::Address address{};
        std::ranges::copy(value.as_ip().bytes, address.bytes);
        address.prefix = value.as_ip().prefix;
        address.is_v6 = value.as_ip().is_v6 ? 1 : 0;
        cell.payload = addresses_.size();
        addresses_.push_back(address);
        break;
      }
      case Value::Kind::set: cell.payload = add_composite({0, value.as_set().size}, value.as_set().span()); break;
      case Value::Kind::record: {
        const RecordData& record = value.as_record();
        cell.payload =
            add_composite({1, shapes_.intern({record.keys, record.size}, arena_)}, {record.values, record.size});
        break;
      }
    }
    return cell;
  }

  /// After whatever it holds.
  [[nodiscard]] std::uint64_t add_composite(image::Composite composite, std::span<const Value> values) {
    std::vector<image::Cell> cells;
    cells.reserve(values.size());
    for (const Value& value : values) cells.push_back(cell_of(value));
    composite_cells_.insert(composite_cells_.end(), cells.begin(), cells.end());
    composites_.push_back(composite);
    return composites_.size() - 1;
  }

  const Entities& entities_;
  Numbering<SymbolId> symbols_;
  Numbering<TypeId> types_;
  Numbering<EntityId> uids_;
  ValueArena arena_;  // of the next two
  IdLists<SymbolId> shapes_;
  IdLists<EntityId> parents_;
  std::vector<std::byte> texts_;
  std::vector<image::Address> addresses_;
  std::vector<image::Composite> composites_;
  std::vector<image::Cell> composite_cells_;
  std::vector<image::Cell> entity_cells_;
  std::vector<image::Entity> rows_;
};

}  // namespace

Result<EntitiesImage> EntitiesImage::of(const Entities& entities) {
  ImageWriter writer(entities);
  if (!writer.write()) {
    return failure(ErrorCode::limit_exceeded,
                   "values nest deeper than " + std::to_string(image::kMostDepth) + " sets and records",
                   "make them flatter");
  }
  EntitiesImage image;
  image.sections_ = writer.sections();
  return image;
}

void EntitiesImage::add_to(SectionWriter& writer) const {
  for (const auto& [tag, bytes] : sections_) writer.add(tag, bytes);
}

}  // namespace quis
