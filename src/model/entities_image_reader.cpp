// From the sections of a file to a store.
//
// Nothing in the sections is believed. Each number is compared with what it counts or points into before it is used.
// Values refer to composites that stand before them only, so there are no cycles; each is referred to once, so that a
// few bytes cannot stand for a tree of astronomical size; and their depth is counted, so that no walk over values
// exhausts the stack. Ancestries are not in the file but computed, which also finds cycles.
//
// Ids of this process may come in another order than those of the process that saved. What is sorted by id (keys of
// records, elements of sets, parents) is then put in order again; what stands twice in there is refused.
#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quis/base/limits.hpp>
#include <quis/base/vocabulary.hpp>
#include "base/file.hpp"
#include "base/type_name.hpp"

#include "model/entities_assembly.hpp"
#include "model/entities_image.hpp"
#include "model/id_lists.hpp"

namespace quis {
namespace {

static_assert(static_cast<int>(Value::Kind::ip) == 9, "the kinds are part of the form: another order is another form");

/// Reads a section of words from its beginning.
class Words {
 public:
  explicit Words(Bytes section) noexcept : rest_(section) {}

  /// Nothing when there are fewer.
  [[nodiscard]] std::optional<std::span<const std::uint32_t>> take(std::size_t count) noexcept {
    if (count > rest_.size() / sizeof(std::uint32_t)) return std::nullopt;
    const std::span taken(reinterpret_cast<const std::uint32_t*>(rest_.data()), count);
    rest_ = rest_.subspan(taken.size_bytes());
    return taken;
  }
  [[nodiscard]] Bytes rest() const noexcept { return rest_; }

 private:
  Bytes rest_;
};

/// Lists one after another: their sizes, and where their members begin. `rest` has `width` bytes for each member and
/// nothing else.
struct Lists {
  std::span<const std::uint32_t> sizes;
  Bytes rest;

  [[nodiscard]] static std::optional<Lists> read(Bytes section, std::size_t width) noexcept {
    Words words(section);
    const auto count = words.take(1);
    if (!count) return std::nullopt;
    const auto sizes = words.take(count->front());
    if (!sizes) return std::nullopt;
    std::uint64_t members = 0;  // cannot overflow: at most 2^32 numbers below 2^32
    for (const std::uint32_t size : *sizes) members += size;
    if (words.rest().size() % width != 0 || words.rest().size() / width != members) return std::nullopt;
    return Lists{*sizes, words.rest()};
  }
};

std::string_view text_in(Bytes bytes) noexcept { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

template <class T>
std::optional<std::span<const T>> items_in(Bytes section) noexcept {
  if (section.size() % sizeof(T) != 0) return std::nullopt;
  return std::span(reinterpret_cast<const T*>(section.data()), section.size() / sizeof(T));
}

bool in_character(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U; }

class ImageReader {
 public:
  explicit ImageReader(const SectionFile& file) : file_(file) {}

  [[nodiscard]] Result<Entities> read() {
    if (!read_names() || !read_shapes() || !read_parents() || !read_composites() || !read_entities()) {
      return failure(ErrorCode::invalid_file, "`" + file_.name() + "` holds no entities that fit together: " + wrong_,
                     "save it again from its source");
    }
    EntityData& data = assembly_.data();
    data.borrowed = file_.mapping();
    data.borrowed_bytes = texts_.size();
    auto finished = assembly_.finish();
    if (!finished) {
      for (Diagnostic& why : finished.error()) why.source = file_.name();
    }
    return finished;
  }

 private:
  /// How the fields of a record are laid out here.
  struct Shape {
    std::span<const SymbolId> keys;
    std::vector<std::uint32_t> places;  // of the fields in the file's order; empty when that is the order here
  };
  struct Composite {
    Value value;
    std::size_t depth = 0;
    bool held = false;
  };

  bool wrong(const char* what) noexcept {
    wrong_ = what;
    return false;
  }

  /// Calls `name(text)` for each text of a list, as long as that is true.
  template <class Name>
  [[nodiscard]] bool for_each_text(std::uint32_t tag, const Name& name) {
    const auto lists = Lists::read(file_.section(tag), 1);
    if (!lists) return wrong("a list of names");
    const std::string_view texts = text_in(lists->rest);
    if (!check_utf8(texts, file_.name())) return wrong("a name that is not UTF-8");
    std::size_t at = 0;
    for (const std::uint32_t size : lists->sizes) {
      const std::string_view text = texts.substr(at, size);
      if (!text.empty() && in_character(text.front())) return wrong("a name that is not UTF-8");
      if (!name(text)) return false;
      at += size;
    }
    return true;
  }

  [[nodiscard]] bool read_names() {
    std::vector<TypeId> types;
    const auto uid_types = items_in<std::uint32_t>(file_.section(image::kUidTypes));
    if (!uid_types) return wrong("the types of uids");
    uids_.reserve(uid_types->size());
    return for_each_text(image::kSymbols,
                         [&](std::string_view text) {
                           symbols_.push_back(intern_symbol(text));
                           return true;
                         }) &&
           for_each_text(image::kTypes,
                         [&](std::string_view text) {
                           if (!is_normalized_name(text)) return wrong("a type name that is none");
                           types.push_back(intern_type(text));
                           return true;
                         }) &&
           for_each_text(image::kUids, [&](std::string_view text) {
             const std::size_t number = uids_.size();
             if (number >= uid_types->size() || (*uid_types)[number] >= types.size()) {
               return wrong("a uid without a type");
             }
             uids_.push_back(intern_entity(types[(*uid_types)[number]], text));
             return true;
           });
  }

  [[nodiscard]] bool read_shapes() {
    const auto lists = Lists::read(file_.section(image::kShapes), sizeof(std::uint32_t));
    if (!lists) return wrong("the keys of records");
    const std::uint32_t* next = reinterpret_cast<const std::uint32_t*>(lists->rest.data());
    shapes_.reserve(lists->sizes.size());
    std::vector<SymbolId> keys;
    std::vector<std::uint32_t> order;
    for (const std::uint32_t size : lists->sizes) {
      keys.clear();
      for (const std::uint32_t number : std::span(next, size)) {
        if (number >= symbols_.size()) return wrong("a key that has no name");
        keys.push_back(symbols_[number]);
      }
      next += size;
      Shape shape;
      if (!std::ranges::is_sorted(keys)) {
        order.resize(size);
        std::iota(order.begin(), order.end(), 0U);
        std::ranges::sort(order, {}, [&](std::uint32_t field) { return keys[field]; });
        shape.places.resize(size);
        for (std::uint32_t place = 0; place < size; ++place) shape.places[order[place]] = place;
        std::ranges::sort(keys);
      }
      if (std::ranges::adjacent_find(keys) != keys.end()) return wrong("a key that stands twice");
      shape.keys = keys_[keys_.intern(keys, assembly_.data().values)];
      shapes_.push_back(std::move(shape));
    }
    return true;
  }

  [[nodiscard]] bool read_parents() {
    const auto lists = Lists::read(file_.section(image::kParents), sizeof(std::uint32_t));
    if (!lists) return wrong("the lists of parents");
    const std::uint32_t* next = reinterpret_cast<const std::uint32_t*>(lists->rest.data());
    parent_lists_.reserve(lists->sizes.size());
    std::vector<EntityId> parents;
    for (const std::uint32_t size : lists->sizes) {
      parents.clear();
      for (const std::uint32_t number : std::span(next, size)) {
        if (number >= uids_.size()) return wrong("a parent that has no uid");
        parents.push_back(uids_[number]);
      }
      next += size;
      if (!std::ranges::is_sorted(parents)) std::ranges::sort(parents);
      if (std::ranges::adjacent_find(parents) != parents.end()) return wrong("a parent that stands twice");
      parent_lists_.push_back(assembly_.closure().list_number(parents));
    }
    return true;
  }

  [[nodiscard]] bool read_composites() {
    texts_ = text_in(file_.section(image::kTexts));
    if (!check_utf8(texts_, file_.name())) return wrong("texts that are not UTF-8");
    const auto cells = items_in<image::Cell>(file_.section(image::kCells));
    if (!cells || !read_addresses()) return wrong("values");
    cells_ = *cells;
    values_ = assembly_.data().values.allocate_array<Value>(cells_.size());

    const auto composites = items_in<image::Composite>(file_.section(image::kComposites));
    if (!composites) return wrong("sets and records");
    composites_.reserve(composites->size());
    for (const image::Composite& composite : *composites) {
      if (composite.is_record > 1) return wrong("something that is neither a set nor a record");
      const bool made = composite.is_record == 1 ? read_record(composite.what) : read_set(composite.what);
      if (!made) return false;
    }
    return true;
  }

  [[nodiscard]] bool read_addresses() {
    const Bytes section = file_.section(image::kAddresses);
    if (section.size() % sizeof(image::Address) != 0) return false;
    for (std::size_t at = 0; at < section.size(); at += sizeof(image::Address)) {
      image::Address read;
      std::memcpy(&read, section.data() + at, sizeof(read));
      const bool is_v6 = read.is_v6 == 1;
      const bool tail_is_zero = std::all_of(read.bytes + 4, read.bytes + 16, [](std::uint8_t b) { return b == 0; });
      if (read.is_v6 > 1 || read.prefix > (is_v6 ? 128 : 32) || (!is_v6 && !tail_is_zero)) return false;
      IpAddress address;
      std::ranges::copy(read.bytes, address.bytes);
      address.prefix = read.prefix;
      address.is_v6 = is_v6;
      addresses_.push_back(assembly_.data().values.ip(address));
    }
    return true;
  }

  [[nodiscard]] bool read_set(std::uint32_t size) {
    std::size_t depth = 0;
    const auto elements = read_values(size, nullptr, depth);
    if (!elements) return false;
    const auto less = [](const Value& a, const Value& b) { return Value::compare(a, b) < 0; };
    if (!std::ranges::is_sorted(*elements, less)) std::ranges::sort(*elements, less);
    if (std::ranges::adjacent_find(*elements) != elements->end()) return wrong("an element that stands twice");
    ValueArena& arena = assembly_.data().values;
    auto* const set = ::new (arena.allocate(sizeof(SetData), alignof(SetData))) SetData;
    set->size = size;
    set->elements = elements->data();
    set->entities_only =
        std::ranges::all_of(*elements, [](const Value& element) { return element.is(Value::Kind::entity); });
    composites_.push_back({Value::set(set), depth + 1});
    return true;
  }

  [[nodiscard]] bool read_record(std::uint32_t shape) {
    std::size_t depth = 0;
    const auto record = read_fields(shape, depth);
    if (!record) return false;
    ValueArena& arena = assembly_.data().values;
    void* const place = arena.allocate(sizeof(RecordData), alignof(RecordData));
    composites_.push_back({Value::record(::new (place) RecordData(*record)), depth + 1});
    return true;
  }

  [[nodiscard]] std::optional<RecordData> read_fields(std::uint32_t number, std::size_t& depth) {
    if (number >= shapes_.size()) {
      wrong("a record without keys");
      return std::nullopt;
    }
    const Shape& shape = shapes_[number];
    const auto values = read_values(shape.keys.size(), shape.places.empty() ? nullptr : shape.places.data(), depth);
    if (!values) return std::nullopt;
    if (values->empty()) return RecordData{};
    return RecordData{static_cast<std::uint32_t>(values->size()), shape.keys.data(), values->data()};
  }

  /// The next `count` cells as values, the i-th at `places[i]`, or at i when that is null. `depth` becomes that of the
  /// deepest composite among them.
  [[nodiscard]] std::optional<std::span<Value>> read_values(std::size_t count, const std::uint32_t* places,
                                                            std::size_t& depth) {
    if (count > cells_.size() - next_cell_) {
      wrong("fewer values than sets and records hold");
      return std::nullopt;
    }
    const std::span<Value> values = values_.subspan(next_cell_, count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto value = value_of(cells_[next_cell_ + i], depth);
      if (!value) {
        wrong("a value that is none");
        return std::nullopt;
      }
      values[places == nullptr ? i : places[i]] = *value;
    }
    next_cell_ += count;
    if (depth >= image::kMostDepth) {
      wrong("values that nest too deeply");
      return std::nullopt;
    }
    return values;
  }

  [[nodiscard]] std::optional<Value> value_of(const image::Cell& cell, std::size_t& depth) {
    const std::uint64_t payload = cell.payload;
    if (cell.kind > static_cast<std::uint32_t>(Value::Kind::ip)) return std::nullopt;
    const auto kind = static_cast<Value::Kind>(cell.kind);
    if (cell.size != 0 && kind != Value::Kind::string) return std::nullopt;
    switch (kind) {
      case Value::Kind::boolean: return payload <= 1 ? std::optional(Value::boolean(payload == 1)) : std::nullopt;
      case Value::Kind::integer: return Value::integer(static_cast<std::int64_t>(payload));
      case Value::Kind::decimal: return Value::decimal(static_cast<std::int64_t>(payload));
      case Value::Kind::datetime: return Value::datetime(static_cast<std::int64_t>(payload));
      case Value::Kind::duration: return Value::duration(static_cast<std::int64_t>(payload));
      case Value::Kind::entity:
        return payload < uids_.size() ? std::optional(Value::entity(uids_[payload])) : std::nullopt;
      case Value::Kind::ip: return payload < addresses_.size() ? std::optional(addresses_[payload]) : std::nullopt;
      case Value::Kind::string: return text_of_cell(cell);
      case Value::Kind::set:
      case Value::Kind::record: break;
    }
    if (payload >= composites_.size()) return std::nullopt;
    Composite& composite = composites_[payload];
    if (!composite.value.is(kind) || std::exchange(composite.held, true)) return std::nullopt;
    depth = std::max(depth, composite.depth);
    return composite.value;
  }

  [[nodiscard]] std::optional<Value> text_of_cell(const image::Cell& cell) const {
    if (cell.payload > texts_.size() || cell.size > texts_.size() - cell.payload) return std::nullopt;
    if (cell.size > limits::kMaxValueSize) return std::nullopt;
    const std::string_view text = texts_.substr(cell.payload, cell.size);
    const std::size_t end = cell.payload + cell.size;
    const bool whole =
        text.empty() || (!in_character(text.front()) && (end == texts_.size() || !in_character(texts_[end])));
    return whole ? std::optional(Value::string(text)) : std::nullopt;
  }

  [[nodiscard]] bool read_entities() {
    const auto rows = items_in<image::Entity>(file_.section(image::kEntities));
    if (!rows) return wrong("the entities");
    for (const image::Entity& row : *rows) {
      if (row.uid >= uids_.size()) return wrong("an entity without uid");
      if (row.parents >= parent_lists_.size()) return wrong("an entity without a list of parents");
      if (assembly_.find(uids_[row.uid]) != nullptr) return wrong("an entity that stands twice");
      std::size_t depth = 0;
      const auto attributes = read_fields(row.shape, depth);
      const auto tags =
          row.tag_shape == image::kNoTags ? std::optional(RecordData{}) : read_fields(row.tag_shape, depth);
      if (!attributes || !tags) return false;
      assembly_.place(uids_[row.uid], *attributes, *tags, parent_lists_[row.parents]);
    }
    return next_cell_ == cells_.size() || wrong("values that belong to nothing");
  }

  const SectionFile& file_;
  const char* wrong_ = "";
  EntitiesAssembly assembly_;
  IdLists<SymbolId> keys_;
  std::vector<SymbolId> symbols_;  // by their numbers in the file, as are the next ones
  std::vector<EntityId> uids_;
  std::vector<Shape> shapes_;
  std::vector<std::uint32_t> parent_lists_;
  std::vector<Value> addresses_;
  std::vector<Composite> composites_;
  std::string_view texts_;
  std::span<const image::Cell> cells_;
  std::span<Value> values_;    // of all cells
  std::size_t next_cell_ = 0;  // the first that was not read
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
