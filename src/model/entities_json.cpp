// Loading entities from JSON.
//
// One entity's JSON is in memory at a time; its values go straight into the arena of the store that is being built.
// What is wrong is collected over the whole document, so that one run shows all of it, and any of it refuses the
// document.
//
// With a schema there are two kinds of entities. Ordinary ones are read by their declarations and checked as they come.
// Actions belong to the schema: it adds them all, and a document may repeat them only exactly. Whether it does can be
// said when the ancestors of the given actions are known, so they are built as a small store of their own first.
#include <algorithm>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/model/entities.hpp>
#include <quis/model/schema.hpp>
#include "base/file.hpp"
#include "base/json.hpp"

#include "model/json_escapes.hpp"
#include "model/json_problems.hpp"
#include "model/value_json.hpp"

namespace quis {
namespace {

namespace bj = boost::json;

class EntitiesLoader {
 public:
  EntitiesLoader(std::string_view text, const Schema* schema, std::string_view source_name)
      : text_(text), source_name_(source_name), schema_(schema), problems_(text, source_name) {}

  [[nodiscard]] Result<Entities> load();

 private:
  struct Parts {
    const bj::value* uid;
    const bj::object* attributes;
    const bj::array* parents;
    const bj::object* tags;  // null when there are none
  };

  void read_entity(const bj::value& json, const json::Path& path);
  [[nodiscard]] std::optional<Parts> parts_of(const bj::value& json, const json::Path& path);
  [[nodiscard]] bool read_by_schema(const Parts& parts, EntityId uid, const json::Path& path);
  [[nodiscard]] bool read_tags_by_schema(const bj::object& tags, const EntityTypeDeclaration& type,
                                         const json::Path& path);
  [[nodiscard]] bool read_freely(const Parts& parts, EntityId uid, const json::Path& path);
  [[nodiscard]] bool read_parents(const bj::array& parents, const json::Path& path, EntityId child,
                                  const EntityTypeDeclaration* type);
  [[nodiscard]] bool may_be_parent(EntityId parent, const json::Path& path, EntityId child,
                                   const EntityTypeDeclaration* type);
  void add(EntityId uid, const json::Path& path);

  void add_schema_actions();
  void check_given_actions();
  [[nodiscard]] Result<Entities> build();

  bool refuse(const json::Path& path, ErrorCode code, std::string message, std::string help) {
    problems_.add(path, code, std::move(message), std::move(help));
    return false;
  }

  std::string_view text_;
  std::string_view source_name_;
  const Schema* schema_;
  JsonProblems problems_;
  EntitiesBuilder builder_;
  EntitiesBuilder actions_builder_;
  std::vector<std::pair<EntityId, std::size_t>> given_actions_;  // with a schema; and where they stand
  RecordShapes shapes_;
  ValueReader reader_{Names(), builder_.arena(), problems_, &shapes_, schema_};
  std::vector<Field> attributes_;  // of the entity that is being read
  std::vector<Field> tags_;
  std::vector<EntityId> parents_;
  std::size_t index_ = 0;
};

Result<Entities> EntitiesLoader::load() {
  auto read =
      json::for_each_element(text_, source_name_, [this](const bj::value& json, std::size_t index) -> Result<void> {
        const json::Path document;
        index_ = index;
        read_entity(json, document.child(index));
        if (problems_.full()) return tl::unexpected(problems_.take());
        return {};
      });
  Errors errors = problems_.take();
  if (!read) errors.insert(errors.end(), read.error().begin(), read.error().end());
  if (!errors.empty()) return tl::unexpected(std::move(errors));

  if (schema_ != nullptr) {
    check_given_actions();
    if (!problems_.empty()) return tl::unexpected(problems_.take());
    add_schema_actions();
  }
  return build();
}

void EntitiesLoader::read_entity(const bj::value& json, const json::Path& path) {
  problems_.set_subject();
  const auto parts = parts_of(json, path);
  if (!parts) return;
  const auto uid = reader_.uid(*parts->uid, path.child("uid"));
  if (!uid) return;

  problems_.set_subject(*uid);
  attributes_.clear();
  tags_.clear();
  parents_.clear();
  const bool by_schema = schema_ != nullptr && !is_action_type(type_of(*uid));
  if (by_schema ? read_by_schema(*parts, *uid, path) : read_freely(*parts, *uid, path)) add(*uid, path);
}

std::optional<EntitiesLoader::Parts> EntitiesLoader::parts_of(const bj::value& json, const json::Path& path) {
  if (!json.is_object()) {
    refuse(path, ErrorCode::invalid_json, "expected an entity, found " + std::string(json::kind_name(json)),
           R"(write {"uid": …, "attrs": {}, "parents": []})");
    return std::nullopt;
  }
  std::string missing;
  for (const char* required : {"uid", "attrs", "parents"}) {
    if (member(json, required) == nullptr) missing += (missing.empty() ? "" : ", ") + in_backticks(required);
  }
  if (!missing.empty()) {
    refuse(path, ErrorCode::invalid_json, "an entity without " + missing,
           R"(write all of {"uid": …, "attrs": {}, "parents": []})");
    return std::nullopt;
  }
  const bj::value* tags = member(json, "tags");
  const Parts parts{member(json, "uid"), member(json, "attrs")->if_object(), member(json, "parents")->if_array(),
                    tags == nullptr ? nullptr : tags->if_object()};
  const auto refuse_part = [&](std::string_view key, std::string_view wanted) {
    refuse(path.child(key), ErrorCode::invalid_json,
           "expected an " + std::string(wanted) + ", found " + std::string(json::kind_name(*member(json, key))),
           "`attrs` and `tags` are objects, `parents` is an array");
    return std::nullopt;
  };
  if (parts.attributes == nullptr) return refuse_part("attrs", "object");
  if (parts.parents == nullptr) return refuse_part("parents", "array");
  if (tags != nullptr && parts.tags == nullptr) return refuse_part("tags", "object");
  return parts;
}

bool EntitiesLoader::read_by_schema(const Parts& parts, EntityId uid, const json::Path& path) {
  const json::Path uid_path = path.child("uid");
  const EntityTypeDeclaration* type = schema_->find(type_of(uid));
  if (type == nullptr) {
    return refuse(uid_path, ErrorCode::unknown_entity_type,
                  "the schema declares no entity type " + in_backticks(text_of(type_of(uid))),
                  "declare the type, or correct its name");
  }
  bool complete = reader_.check_exists(uid, uid_path);
  complete =
      reader_.declared_fields(*parts.attributes, path.child("attrs"), *type->attributes, attributes_) && complete;
  complete = read_parents(*parts.parents, path.child("parents"), uid, type) && complete;
  if (parts.tags != nullptr) complete = read_tags_by_schema(*parts.tags, *type, path.child("tags")) && complete;
  return complete;
}

bool EntitiesLoader::read_tags_by_schema(const bj::object& tags, const EntityTypeDeclaration& type,
                                         const json::Path& path) {
  if (type.tags != nullptr) return reader_.fields(tags, path, type.tags.get(), tags_);
  for (const bj::key_value_pair& tag : tags) {
    refuse(path.child(text_of(tag.key())), ErrorCode::unexpected_attribute,
           in_backticks(text_of(type.name)) + " has no tags", "remove them, or declare `tags` in the schema");
  }
  return tags.empty();
}

bool EntitiesLoader::read_freely(const Parts& parts, EntityId uid, const json::Path& path) {
  bool complete = reader_.fields(*parts.attributes, path.child("attrs"), nullptr, attributes_);
  complete = read_parents(*parts.parents, path.child("parents"), uid, nullptr) && complete;
  if (parts.tags != nullptr) complete = reader_.fields(*parts.tags, path.child("tags"), nullptr, tags_) && complete;
  return complete;
}

bool EntitiesLoader::read_parents(const bj::array& parents, const json::Path& path, EntityId child,
                                  const EntityTypeDeclaration* type) {
  bool complete = true;
  for (std::size_t i = 0; i < parents.size(); ++i) {
    const json::Path at = path.child(i);
    const auto parent = reader_.uid(parents[i], at);
    if (parent && may_be_parent(*parent, at, child, type)) {
      parents_.push_back(*parent);
    } else {
      complete = false;
    }
  }
  return complete;
}

/// By the child's declaration, if it is read by one; actions are in actions only, whatever a schema says.
bool EntitiesLoader::may_be_parent(EntityId parent, const json::Path& path, EntityId child,
                                   const EntityTypeDeclaration* type) {
  if (type != nullptr) {
    if (!reader_.check_exists(parent, path)) return false;
    if (type->may_have_ancestor(type_of(parent))) return true;
    return refuse(path, ErrorCode::type_mismatch,
                  in_backticks(text_of(type->name)) + " is not a member of " + in_backticks(text_of(type_of(parent))) +
                      " in the schema",
                  "remove the parent, or declare the type `in` it");
  }
  if (!is_action_type(type_of(child)) || is_action_type(type_of(parent))) return true;
  return refuse(path, ErrorCode::type_mismatch, "an action cannot be in `" + to_text(parent) + "`, which is no action",
                "put actions into actions only");
}

void EntitiesLoader::add(EntityId uid, const json::Path& path) {
  const bool is_given_action = schema_ != nullptr && is_action_type(type_of(uid));
  if (is_given_action) {
    if (!reader_.check_exists(uid, path.child("uid"))) return;
    given_actions_.emplace_back(uid, index_);
  }
  const auto added = (is_given_action ? actions_builder_ : builder_).add(uid, attributes_, parents_, tags_);
  if (added) return;
  problems_.set_subject();
  const Diagnostic& why = added.error().front();
  problems_.add(path, why.code, why.message, why.help);
}

/// What the document says of an action must be what the schema says.
void EntitiesLoader::check_given_actions() {
  problems_.set_subject();
  const json::Path document;
  const auto given = actions_builder_.build();
  if (!given) {
    const Diagnostic& why = given.error().front();
    refuse(document, why.code, why.message, why.help);
    return;
  }
  for (const auto& [uid, index] : given_actions_) {
    const EntityRecord& action = *given->find(uid);
    const ActionDeclaration& declared = *schema_->find(uid);
    const bool same_ancestors =
        std::ranges::all_of(declared.ancestors, [&](EntityId ancestor) { return action.ancestors.contains(ancestor); });
    if (same_ancestors && action.ancestors.size() == declared.ancestors.size() && action.attributes.size == 0 &&
        action.tags == nullptr) {
      continue;
    }
    refuse(document.child(index), ErrorCode::type_mismatch,
           in_backticks(to_text(uid)) + " differs from the action that the schema declares",
           "leave it out: the schema's actions and their groups are added by themselves");
  }
}

void EntitiesLoader::add_schema_actions() {
  for (const ActionDeclaration& action : schema_->actions()) {
    // Cannot fail: an action is declared once, and a document's actions went elsewhere.
    (void)builder_.add(action.uid, {}, action.parents);
  }
}

Result<Entities> EntitiesLoader::build() {
  auto built = builder_.build();
  if (built) return built;
  for (Diagnostic& why : built.error()) why.source = source_name_;
  return built;
}

}  // namespace

Result<Entities> Entities::from_json(std::string_view text, const Schema* schema, std::string_view source_name) {
  try {
    return EntitiesLoader(text, schema, source_name).load();
  } catch (const std::bad_alloc&) {
    return failure(ErrorCode::limit_exceeded, "not enough memory for the entities of " + in_backticks(source_name),
                   "load fewer of them, or raise the memory limit");
  }
}

Result<Entities> Entities::from_json_file(const std::string& path, const Schema* schema) {
  const auto text = read_file(path);
  if (!text) return tl::unexpected(text.error());
  return from_json(*text, schema, path);
}

}  // namespace quis
