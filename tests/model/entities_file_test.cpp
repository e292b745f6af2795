#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entities_file.hpp>
#include <quis/model/entity_updater.hpp>
#include "base/file.hpp"
#include "base/section_file.hpp"
#include "model/entities_image.hpp"

using namespace quis;

namespace {

namespace fs = std::filesystem;

/// A folder that goes away with the test.
class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("quis_entities_file_" + std::to_string(::getpid()))) {
    fs::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(const char* name) const { return path_ / name; }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
  }

 private:
  fs::path path_;
};

constexpr const char* kJson = R"([
  {"uid": {"type": "FileTest::User", "id": "alice"},
   "attrs": {"name": "Alice \"Ä\"", "age": 41, "negative": -7, "active": true, "empty": "", "none": [],
             "friend": {"__entity": {"type": "FileTest::User", "id": "bob"}},
             "net": {"__extn": {"fn": "ip", "arg": "10.0.0.0/8"}},
             "net6": {"__extn": {"fn": "ip", "arg": "fe80::/10"}},
             "price": {"__extn": {"fn": "decimal", "arg": "1.25"}},
             "since": {"__extn": {"fn": "datetime", "arg": "2024-02-29"}},
             "span": {"__extn": {"fn": "duration", "arg": "1d2h"}},
             "roles": ["writer", "reader", ["nested", {"deep": [1, 2, {"er": {}}]}], 3, true],
             "friends": [{"__entity": {"type": "FileTest::User", "id": "carol"}},
                         {"__entity": {"type": "FileTest::User", "id": "bob"}}],
             "address": {"city": "Ghent", "zip": "9000"}},
   "parents": [{"type": "FileTest::Group", "id": "staff"}, {"type": "FileTest::Group", "id": "admins"}],
   "tags": {"colour": "red", "size": {"w": 1, "h": 2}}},
  {"uid": {"type": "FileTest::User", "id": ""}, "attrs": {"address": {"zip": "1", "city": "2"}}, "parents": []},
  {"uid": {"type": "FileTest::Group", "id": "staff"}, "attrs": {},
   "parents": [{"type": "FileTest::Group", "id": "everyone"}]}
])";

Entities example() {
  auto read = Entities::from_json(kJson);
  REQUIRE(read);
  return *read;
}

std::string image_of(const Entities& entities) {
  const auto image = EntitiesImage::of(entities);
  REQUIRE(image);
  SectionWriter writer;
  image->add_to(writer);
  return writer.bytes();
}

/// Reads bytes from where a mapping would have them.
Result<Entities> read_image(const std::string& bytes) {
  struct alignas(16) Block {
    char bytes[16];
  };
  std::vector<Block> aligned(bytes.size() / sizeof(Block) + 1);
  std::memcpy(aligned.data(), bytes.data(), bytes.size());
  const auto file = SectionFile::read({reinterpret_cast<const std::byte*>(aligned.data()), bytes.size()}, "image");
  if (!file) return tl::unexpected(file.error());
  auto entities = read_entities_image(*file);
  // The texts are in `aligned`: look at all of them while it is there.
  if (entities) CHECK(Entities::from_json(entities->to_json()).has_value());
  return entities;
}

ErrorCode code_of(const Result<Entities>& result) {
  REQUIRE_FALSE(result);
  CHECK_FALSE(result.error().at(0).help.empty());
  return result.error().at(0).code;
}

void write(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

/// The n-th word of a section, for changing.
void set_word(std::string& bytes, std::uint32_t tag, std::size_t word, std::uint32_t value) {
  const auto file = SectionFile::read(std::as_bytes(std::span(bytes)), "image");
  REQUIRE(file);
  const Bytes section = file->section(tag);
  REQUIRE(section.size() >= (word + 1) * 4);
  const auto at = static_cast<std::size_t>(section.data() - std::as_bytes(std::span(bytes)).data()) + word * 4;
  std::memcpy(bytes.data() + at, &value, 4);
  reseal(std::as_writable_bytes(std::span(bytes)));
}

}  // namespace

TEST_CASE("a saved store opens as the same store, with values of every kind") {
  const Folder folder;
  const Entities saved = example();
  REQUIRE(save_entities(saved, folder.file("store")));
  CHECK(folder.files() == 1);
  const auto opened = open_entities(folder.file("store"));
  REQUIRE(opened);
  CHECK(opened->to_json() == saved.to_json());
  CHECK(opened->size() == 3);
  const EntityId alice = intern_entity("FileTest::User", "alice");
  CHECK(opened->is_in(alice, intern_entity("FileTest::Group", "everyone")));
  CHECK_FALSE(opened->is_in(alice, intern_entity("FileTest::User", "bob")));
  CHECK(opened->find(alice)->attributes.keys[0] == saved.find(alice)->attributes.keys[0]);
  const SymbolId friends = intern_symbol("friends");
  CHECK(opened->find(alice)->attributes.find(friends)->as_set().entities_only);
}

TEST_CASE("an empty store is saved and opened") {
  const Folder folder;
  REQUIRE(save_entities(Entities(), folder.file("empty")));
  const auto opened = open_entities(folder.file("empty"));
  REQUIRE(opened);
  CHECK(opened->size() == 0);
}

TEST_CASE("an opened store stays whole when its file is replaced or removed, and can be changed") {
  const Folder folder;
  REQUIRE(save_entities(example(), folder.file("store")));
  auto opened = open_entities(folder.file("store"));
  REQUIRE(opened);
  REQUIRE(save_entities(Entities(), folder.file("store")));
  fs::remove(folder.file("store"));
  CHECK(opened->to_json() == example().to_json());

  EntityUpdater updater(*opened);
  opened = Entities();
  for (std::int64_t age = 0; age < 50; ++age) {
    EntityChanges changes;
    REQUIRE(changes.set_attribute(intern_entity("FileTest::User", "alice"), intern_symbol("age"), Value::integer(age)));
    REQUIRE(updater.apply(changes, 1));
  }
  EntityChanges back;
  REQUIRE(back.set_attribute(intern_entity("FileTest::User", "alice"), intern_symbol("age"), Value::integer(41)));
  CHECK(updater.apply(back, 2)->entities.to_json() == example().to_json());
}

TEST_CASE("what is not a saved file is refused, and said to be so") {
  const Folder folder;
  CHECK(code_of(open_entities(folder.file("missing"))) == ErrorCode::io);
  CHECK(code_of(open_entities(fs::path(folder.file("x")).parent_path())) == ErrorCode::invalid_file);
  write(folder.file("empty"), "");
  CHECK(code_of(open_entities(folder.file("empty"))) == ErrorCode::invalid_file);
  write(folder.file("json"), kJson);
  const auto json = open_entities(folder.file("json"));
  CHECK(code_of(json) == ErrorCode::invalid_file);
  CHECK(json.error().at(0).message.find("is not a file of quis") != std::string::npos);

  std::string other_format = image_of(example());
  other_format[8] = 77;
  write(folder.file("newer"), other_format);
  const auto newer = open_entities(folder.file("newer"));
  CHECK(code_of(newer) == ErrorCode::invalid_file);
  CHECK(newer.error().at(0).message.find("has the format 77") != std::string::npos);
}

TEST_CASE("saving where nothing can be written fails and leaves nothing") {
  const Folder folder;
  const auto saved = save_entities(example(), folder.file("no such folder/store"));
  REQUIRE_FALSE(saved);
  CHECK(saved.error().at(0).code == ErrorCode::io);
  CHECK(folder.files() == 0);
}

TEST_CASE("a file with any byte changed, or cut anywhere, is refused") {
  const std::string whole = image_of(example());
  REQUIRE(read_image(whole));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    CHECK_FALSE(read_image(damaged).has_value());
  }
  for (std::size_t size = 0; size < whole.size(); size += 7) CHECK_FALSE(read_image(whole.substr(0, size)).has_value());
  CHECK_FALSE(read_image(whole + '\0').has_value());
}

TEST_CASE("wrong content under a right checksum is refused or is a store, whatever byte is wrong") {
  const std::string whole = image_of(example());
  std::size_t refused = 0;
  for (std::size_t at = 32; at < whole.size(); ++at) {
    for (const int change : {1, 0x80, 0xff}) {
      std::string wrong = whole;
      wrong[at] = static_cast<char>(wrong[at] ^ change);
      reseal(std::as_writable_bytes(std::span(wrong)));
      if (!read_image(wrong)) ++refused;
    }
  }
  CHECK(refused > whole.size());
}

TEST_CASE("a cycle in a file is refused as one") {
  const EntityId a = intern_entity("FileTest::Cycle", "a");
  const EntityId b = intern_entity("FileTest::Cycle", "b");
  EntitiesBuilder builder;
  REQUIRE(builder.add(a, {}, std::vector{b}));
  std::string bytes = image_of(*builder.build());
  // One list of one parent: uid 1, which becomes uid 0.
  set_word(bytes, image::kParents, 2, 0);
  const auto opened = read_image(bytes);
  CHECK(code_of(opened) == ErrorCode::cycle);
}

TEST_CASE("values that go on behind the end of their block, or stop before it, are refused") {
  EntitiesBuilder builder;
  const Value set = builder.arena().set(std::vector{Value::integer(1), Value::integer(2)});
  const std::vector<std::pair<SymbolId, Value>> fields{{intern_symbol("a"), set}};
  REQUIRE(builder.add(intern_entity("FileTest::User", "counted"), fields, {}));
  const std::string whole = image_of(*builder.build());
  REQUIRE(read_image(whole));
  for (const std::uint32_t wrong_size : {0U, 1U, 3U, 4U, 0x7fff'ffffU, 0xffff'ffffU}) {
    std::string bytes = whole;
    set_word(bytes, image::kValues, 0, wrong_size);
    CHECK(code_of(read_image(bytes)) == ErrorCode::invalid_file);
  }
}

TEST_CASE("values that nest deeper than a file may have them are refused") {
  EntitiesBuilder builder;
  std::vector<Value> numbers;
  for (int i = 0; i < 600; ++i) numbers.push_back(Value::integer(i));
  const std::vector<std::pair<SymbolId, Value>> fields{{intern_symbol("a"), builder.arena().set(numbers)}};
  REQUIRE(builder.add(intern_entity("FileTest::User", "nested"), fields, {}));
  std::string bytes = image_of(*builder.build());
  // The size of a set and its kind, then a number of two words for each element: they become sets of one set each.
  const auto set_of = [](Value::Kind kind) { return static_cast<std::uint32_t>(kind); };
  for (std::size_t i = 0; i < 600; ++i) {
    set_word(bytes, image::kValues, 2 * i, 1);
    set_word(bytes, image::kValues, 2 * i + 1, set_of(Value::Kind::set));
  }
  set_word(bytes, image::kValues, 1199, set_of(Value::Kind::integer));
  const auto opened = read_image(bytes);
  CHECK(code_of(opened) == ErrorCode::invalid_file);
  CHECK(opened.error().at(0).message.find("nest too deeply") != std::string::npos);
}

TEST_CASE("an entity or a uid that stands twice in a file is refused") {
  EntitiesBuilder builder;
  REQUIRE(builder.add(intern_entity("FileTest::Twin", "twin1"), {}, {}));
  REQUIRE(builder.add(intern_entity("FileTest::Twin", "twin2"), {}, {}));
  const std::string whole = image_of(*builder.build());
  std::string bytes = whole;
  set_word(bytes, image::kEntities, 4, 0);
  CHECK(code_of(read_image(bytes)) == ErrorCode::invalid_file);

  bytes = whole;
  bytes[bytes.find("twin2") + 4] = '1';
  reseal(std::as_writable_bytes(std::span(bytes)));
  CHECK(code_of(read_image(bytes)) == ErrorCode::invalid_file);
}

TEST_CASE("a store of many blocks opens as the same store, and wrong values in the last are found") {
  EntitiesBuilder builder;
  const std::vector<SymbolId> names{intern_symbol("a"), intern_symbol("b"), intern_symbol("c")};
  const std::size_t count = 3 * image::kBlockEntities + 17;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    ValueArena& arena = builder.arena();
    std::vector<std::pair<SymbolId, Value>> fields;
    fields.emplace_back(names[0], arena.string("text " + number));
    if (i % 2 == 0) fields.emplace_back(names[1], arena.set(std::vector{arena.string(number), Value::boolean(true)}));
    if (i % 3 == 0) fields.emplace_back(names[2], *arena.record(fields));
    const std::vector<std::pair<SymbolId, Value>> tags{{names[i % 3], Value::integer(static_cast<std::int64_t>(i))}};
    const std::vector<EntityId> parents{intern_entity("FileTest::Many", std::to_string(i / 10 + count))};
    REQUIRE(builder.add(intern_entity("FileTest::Many", number), fields, parents, tags));
  }
  const Entities saved = *builder.build();
  const Folder folder;
  REQUIRE(save_entities(saved, folder.file("many")));
  const auto opened = open_entities(folder.file("many"));
  REQUIRE(opened);
  CHECK(opened->size() == count);
  const bool same = opened->to_json() == saved.to_json();
  CHECK(same);

  std::string bytes = image_of(saved);
  const auto file = SectionFile::read(std::as_bytes(std::span(bytes)), "image");
  REQUIRE(file);
  set_word(bytes, image::kValues, file->section(image::kValues).size() / 4 - 2 - 1, 0x7fff'ffffU);
  CHECK(code_of(read_image(bytes)) == ErrorCode::invalid_file);
}

TEST_CASE("values that nest deeper than a file may have them are not saved") {
  EntitiesBuilder builder;
  Value value = Value::integer(1);
  for (int i = 0; i < 300; ++i) value = builder.arena().set(std::vector{value});
  const std::vector<std::pair<SymbolId, Value>> fields{{intern_symbol("a"), value}};
  REQUIRE(builder.add(intern_entity("FileTest::User", "deep"), fields, {}));
  const Folder folder;
  const auto saved = save_entities(*builder.build(), folder.file("deep"));
  REQUIRE_FALSE(saved);
  CHECK(saved.error().at(0).code == ErrorCode::limit_exceeded);
}

TEST_CASE("a file of a process that met the names in another order opens as the same store") {
  // The file was saved after reading `entities.json` beside it from top to bottom, so this is the other way round.
  for (const char* key : {"z", "y", "x", "b", "a"}) (void)intern_symbol(key);
  for (const char* id : {"last", "middle", "first"}) (void)intern_entity("OtherOrder::Thing", id);
  const std::string folder = QUIS_TEST_DATA_DIR "/saved/";
  const auto opened = open_entities(folder + "entities.quis");
  REQUIRE(opened);
  const auto read = Entities::from_json_file(folder + "entities.json");
  REQUIRE(read);
  CHECK(opened->size() == read->size());
  CHECK(opened->to_json() == read->to_json());
  read->for_each([&](const EntityRecord& record) {
    const EntityRecord& other = *opened->find(record.uid);
    CHECK(std::ranges::is_sorted(other.direct_parents()));
    CHECK(std::equal(record.attributes.keys, record.attributes.keys + record.attributes.size, other.attributes.keys));
    CHECK(std::equal(record.attributes.values, record.attributes.values + record.attributes.size,
                     other.attributes.values));
  });
}
