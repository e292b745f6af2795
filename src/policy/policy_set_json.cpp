// Policy sets in Cedar's JSON form: `{"staticPolicies": {…}, "templates": {…}, "templateLinks": […]}`.
//
// A document that is a single policy is told from a set by having none of these keys. Every policy of a set is read
// even when one before it was refused, so that the errors of all are reported together; links are made only in a set
// that is otherwise whole, because a link to a template that could not be read would be reported twice.
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/value.hpp>

#include <quis/policy/policy_set.hpp>

#include "base/json.hpp"
#include "policy/json_emitter.hpp"
#include "policy/json_reader.hpp"
#include "policy/json_shape.hpp"
#include "policy/json_writer.hpp"

namespace quis {
namespace {

namespace bj = boost::json;
using json::Path;

constexpr std::array<std::string_view, 3> kSetKeys = {"staticPolicies", "templates", "templateLinks"};

class Reader {
 public:
  Reader(std::string_view text, std::string_view source_name)
      : shape_(text, source_name), source_name_(std::make_shared<const std::string>(source_name)) {}

  Result<PolicySet> read(const bj::value& document) {
    const Path root;
    if (is_set(document)) {
      policy_set(document, root);
    } else {
      single_policy(document, root);
    }
    if (!shape_.errors().empty()) return tl::unexpected(shape_.take_errors());
    return std::move(set_);
  }

 private:
  static bool is_set(const bj::value& document) {
    const bj::object* object = document.if_object();
    if (object == nullptr) return false;
    for (const std::string_view key : kSetKeys) {
      if (object->contains(key)) return true;
    }
    return false;
  }

  void policy_set(const bj::value& document, const Path& path) {
    const bj::object* object = shape_.object_of(document, path, {kSetKeys[0], kSetKeys[1], kSetKeys[2]});
    if (object == nullptr) return;
    const bj::value* policies = shape_.member(*object, path, "staticPolicies");
    const bj::value* templates = shape_.member(*object, path, "templates");
    const bj::value* links = shape_.member(*object, path, "templateLinks");
    if (policies == nullptr || templates == nullptr || links == nullptr) return;

    bodies(*policies, path.child("staticPolicies"), false);
    bodies(*templates, path.child("templates"), true);
    if (shape_.errors().empty()) template_links(*links, path.child("templateLinks"));
  }

  void single_policy(const bj::value& document, const Path& path) {
    auto body = read_policy_json(shape_, document, path, source_name_);
    if (!body) return;
    const bool is_template = body->is_template();
    place(add("policy0", std::move(*body), is_template), path);
  }

  void bodies(const bj::value& value, const Path& path, bool are_templates) {
    const bj::object* object = shape_.object(value, path);
    if (object == nullptr) return;
    for (const auto& member : *object) {
      if (shape_.full()) return;
      const std::string_view id = member.key();
      const Path at = path.child(id);
      auto body = read_policy_json(shape_, member.value(), at, source_name_);
      if (!body) continue;
      if (body->is_template() && !are_templates) {
        shape_.refuse(at, ErrorCode::invalid_slot, "a static policy has no slots", "move it to `templates`");
        continue;
      }
      place(add(std::string(id), std::move(*body), are_templates), at);
    }
  }

  Result<void> add(std::string id, PolicyBody body, bool is_template) {
    auto shared = std::make_shared<const PolicyBody>(std::move(body));
    if (is_template) return set_.add(Template{std::move(id), std::move(shared)});
    return set_.add(Policy{std::move(id), std::move(shared), std::nullopt, {}, {}});
  }

  /// Reports the error of `done`, if it is one, at `path`.
  void place(Result<void> done, const Path& path) {
    if (done) return;
    for (Diagnostic& error : done.error()) {
      shape_.refuse(path, error.code, std::move(error.message), std::move(error.help));
    }
  }

  void template_links(const bj::value& value, const Path& path) {
    const bj::array* list = shape_.array(value, path);
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (shape_.full()) return;
      template_link((*list)[i], path.child(i));
    }
  }

  void template_link(const bj::value& value, const Path& path) {
    const bj::object* object = shape_.object_of(value, path, {"templateId", "newId", "values"});
    if (object == nullptr) return;
    const auto template_id = shape_.string_member(*object, path, "templateId");
    const auto new_id = shape_.string_member(*object, path, "newId");
    const bj::value* values = shape_.member(*object, path, "values");
    if (!template_id || !new_id || values == nullptr) return;

    const Path values_path = path.child("values");
    const bj::object* slots = shape_.object_of(*values, values_path, {"?principal", "?resource"});
    if (slots == nullptr) return;
    EntityId principal;
    EntityId resource;
    if (!slot_value(*slots, values_path, "?principal", principal)) return;
    if (!slot_value(*slots, values_path, "?resource", resource)) return;
    place(set_.link(*template_id, std::string(*new_id), principal, resource), path);
  }

  /// Leaves `entity` invalid when the slot has no value; false when it has a bad one.
  bool slot_value(const bj::object& slots, const Path& path, std::string_view slot, EntityId& entity) {
    const bj::value* value = slots.if_contains(slot);
    if (value == nullptr) return true;
    entity = shape_.entity(*value, path.child(slot));
    return entity.valid();
  }

  JsonShape shape_;
  std::shared_ptr<const std::string> source_name_;
  PolicySet set_;
};

}  // namespace

Result<PolicySet> PolicySet::from_json(std::string_view text, std::string_view source_name) {
  const auto document = json::parse(text, source_name);
  if (!document) return tl::unexpected(document.error());
  return Reader(text, source_name).read(*document);
}

std::string PolicySet::to_json() const {
  const std::vector<Entry> entries = in_order();
  JsonEmitter out;
  out.begin_object();
  out.key(kSetKeys[0]);
  out.begin_object();
  for (const Entry& entry : entries) {
    if (entry.policy == nullptr || entry.policy->template_id) continue;
    out.key(entry.policy->id);
    write_policy_json(out, *entry.policy->body);
  }
  out.end_object();
  out.key(kSetKeys[1]);
  out.begin_object();
  for (const Entry& entry : entries) {
    if (entry.policy_template == nullptr) continue;
    out.key(entry.policy_template->id);
    write_policy_json(out, *entry.policy_template->body);
  }
  out.end_object();
  out.key(kSetKeys[2]);
  out.begin_array();
  for (const Entry& entry : entries) {
    if (entry.policy != nullptr && entry.policy->template_id) write_link_json(out, *entry.policy);
  }
  out.end_array();
  out.end_object();
  return std::move(out).take();
}

}  // namespace quis
