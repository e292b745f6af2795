#include "generator/entities_generator.hpp"

#include <algorithm>
#include <utility>

#include "generator/literals.hpp"
#include "generator/value_generator.hpp"

namespace quis::test {
namespace {

class EntitiesGenerator {
 public:
  EntitiesGenerator(Choices& choices, const SchemaModel& schema, bool may_be_faulty)
      : choices_(choices),
        schema_(schema),
        faults_(may_be_faulty && choices.chance(12) ? choices.between(1, 4) : 0),
        values_(choices, schema, faults_) {}

  GeneratedEntities generate(bool with_actions) {
    result_.faults = faults_;
    result_.ids_of_type.resize(schema_.entity_types.size());
    name_entities();
    for (std::size_t i = 0; i < all_.size(); ++i) add(i);
    if (with_actions) {
      for (const ActionModel& action : schema_.actions) add(action);
    }
    return std::move(result_);
  }

 private:
  struct Uid {
    std::size_t type = 0;
    std::string id;
  };

  void name_entities() {
    const std::size_t wide_type = choices_.below(schema_.entity_types.size());
    const std::size_t wide = choices_.chance(15) ? choices_.between(14, 40) : 0;
    for (std::size_t type = 0; type < schema_.entity_types.size(); ++type) {
      const EntityTypeModel& declared = schema_.entity_types[type];
      for (const std::string& id : declared.choices) {
        if (choices_.chance(60)) all_.push_back({type, id});
      }
      if (!declared.choices.empty()) continue;
      for (std::size_t i = 0; i < 5; ++i) {
        if (choices_.chance(70)) all_.push_back({type, "e" + std::to_string(i)});
      }
      if (choices_.chance(10)) all_.push_back({type, any_entity_id(choices_)});
      for (std::size_t i = 0; type == wide_type && i < wide; ++i) all_.push_back({type, "w" + std::to_string(i)});
    }
    // Parents stand after their children in the list, so there are no cycles; an entity stands once, but for faults.
    for (std::size_t i = all_.size(); i > 1; --i) std::swap(all_[i - 1], all_[choices_.below(i)]);
    if (choices_.chance(faults_)) return;
    std::vector<Uid> distinct;
    for (Uid& uid : all_) {
      const bool known =
          std::ranges::any_of(distinct, [&](const Uid& other) { return other.type == uid.type && other.id == uid.id; });
      if (!known) distinct.push_back(std::move(uid));
    }
    all_ = std::move(distinct);
  }

  std::string json_of(const Uid& uid) {
    return ValueGenerator::uid(schema_.entity_types[uid.type].name.full(), uid.id);
  }

  void add(std::size_t position) {
    const Choices::Part part(choices_);
    const Uid& uid = all_[position];
    const EntityTypeModel& type = schema_.entity_types[uid.type];
    std::string parents;
    const std::size_t likely = choices_.chance(10) ? 70 : 15;
    for (std::size_t i = choices_.chance(faults_) ? 0 : position + 1; i < all_.size() && !type.parents.empty(); ++i) {
      const bool allowed = std::ranges::find(type.parents, all_[i].type) != type.parents.end();
      if ((allowed || choices_.chance(faults_)) && choices_.chance(likely)) {
        parents += (parents.empty() ? "" : ",") + json_of(all_[i]);
      }
    }
    if (!type.parents.empty() && choices_.chance(10)) {
      // One that need not be in the store; by fault it may be, and close a cycle.
      const std::size_t parent = choices_.pick(type.parents);
      const bool listed = !schema_.entity_types[parent].choices.empty();
      const std::string id = choices_.chance(faults_) || listed ? values_.id_of(parent) : "absent";
      if (parent != uid.type || !listed) parents += (parents.empty() ? "" : ",") + json_of({parent, id});
    }
    std::string text = "{\"uid\":" + json_of(uid) + ",\"attrs\":" + values_.record(type.attributes);
    if (type.tags != nullptr ? choices_.chance(70) : choices_.chance(faults_)) text += ",\"tags\":" + tags(type.tags);
    result_.json.push_back(text + ",\"parents\":[" + parents + "]}");
    result_.ids_of_type[uid.type].push_back(uid.id);
  }

  std::string tags(const ShapePtr& shape) {
    std::vector<std::string> keys;
    std::string text;
    while (choices_.chance(60)) {
      std::string key = any_tag_key(choices_);
      if (std::ranges::find(keys, key) != keys.end()) continue;
      text += (text.empty() ? "" : ",") + json_string(key) + ':' +
              values_.value(shape != nullptr ? *shape : Shape{.kind = Shape::Kind::integer});
      keys.push_back(std::move(key));
    }
    return '{' + text + '}';
  }

  void add(const ActionModel& action) {
    std::string parents;
    for (const std::size_t parent : action.parents) {
      const ActionModel& group = schema_.actions[parent];
      parents += (parents.empty() ? "" : ",") + ValueGenerator::uid(group.type(), group.id);
    }
    result_.json.push_back("{\"uid\":" + ValueGenerator::uid(action.type(), action.id) + ",\"attrs\":{},\"parents\":[" +
                           parents + "]}");
  }

  Choices& choices_;
  const SchemaModel& schema_;
  std::size_t faults_;
  ValueGenerator values_;
  std::vector<Uid> all_;
  GeneratedEntities result_;
};

}  // namespace

GeneratedEntities generate_entities(Choices& choices, const SchemaModel& schema, bool with_actions,
                                    bool may_be_faulty) {
  return EntitiesGenerator(choices, schema, may_be_faulty).generate(with_actions);
}

}  // namespace quis::test
