#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entities.hpp>

#include "model/value_json_writer.hpp"

namespace quis {
namespace {

std::pair<std::string_view, std::string_view> text_key(EntityId entity) {
  return {text_of(type_of(entity)), id_text_of(entity)};
}

void append_entity(std::string& out, const EntityRecord& entity) {
  out += R"({"uid":)";
  append_uid_json(out, entity.uid);
  out += R"(,"attrs":)";
  append_json(out, entity.attributes);
  out += R"(,"parents":[)";
  std::vector<EntityId> parents(entity.direct_parents().begin(), entity.direct_parents().end());
  std::ranges::sort(parents, {}, text_key);
  std::string_view separator;
  for (const EntityId parent : parents) {
    out += separator;
    append_uid_json(out, parent);
    separator = ",";
  }
  out += ']';
  if (entity.tags != nullptr) {
    out += R"(,"tags":)";
    append_json(out, *entity.tags);
  }
  out += '}';
}

}  // namespace

std::string Entities::to_json() const {
  std::vector<const EntityRecord*> records;
  records.reserve(size());
  for_each([&](const EntityRecord& record) { records.push_back(&record); });
  std::ranges::sort(records, {}, [](const EntityRecord* record) { return text_key(record->uid); });

  std::string out = "[";
  std::string_view separator = "\n";
  for (const EntityRecord* record : records) {
    out += separator;
    append_entity(out, *record);
    separator = ",\n";
  }
  out += records.empty() ? "]" : "\n]";
  return out;
}

}  // namespace quis
