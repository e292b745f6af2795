// Literals from JSON: what stands below `Value`.
//
// JSON has no entities and no extension values, so two escapes stand for them: `{"__entity": {"type", "id"}}` and
// `{"__extn": {"fn", "arg"}}`. As in Cedar they are escapes only when they are the sole key and what they hold has the
// right shape; else they are the keys of an ordinary record.
//
// Cedar lets an unknown function pass inside `__extn` and fails when it evaluates it; here it is refused at once.
#include "policy/json_literal_reader.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <quis/base/extension.hpp>

#include "policy/json_elements.hpp"
#include "policy/spelling.hpp"

namespace quis {
namespace {

namespace bj = boost::json;
using json::Path;

/// Whether Cedar would take this for a value, where it does not look any further.
bool is_readable(const bj::value& value) {
  if (const bj::array* array = value.if_array()) return std::all_of(array->begin(), array->end(), is_readable);
  if (const bj::object* object = value.if_object()) {
    return std::all_of(object->begin(), object->end(), [](const auto& member) { return is_readable(member.value()); });
  }
  return !value.is_double() && !value.is_uint64();
}

class Reader {
 public:
  Reader(JsonShape& shape, ExprBuilder& builder) noexcept : shape_(shape), builder_(builder) {}

  /// For `read_elements` and `read_fields`.
  auto as_literal() {
    return [this](const bj::value& value, const Path& path) { return literal(value, path); };
  }

  BuiltExpr literal(const bj::value& value, const Path& path) {
    switch (value.kind()) {
      case bj::kind::bool_: return builder_.boolean(value.get_bool());
      case bj::kind::int64: return builder_.integer(value.get_int64());
      case bj::kind::string: return builder_.string(std::string_view(value.get_string()));
      case bj::kind::array: {
        const auto built = read_elements(value.get_array(), path, as_literal());
        return built ? builder_.set(*built) : BuiltExpr{};
      }
      case bj::kind::object: return literal_object(value.get_object(), path);
      case bj::kind::null:
        return refuse(path, ErrorCode::invalid_value, "`null` is not a Cedar value", "leave the attribute out");
      default: return refuse_number(path);
    }
  }

 private:
  BuiltExpr refuse(const Path& path, ErrorCode code, std::string message, std::string help) {
    shape_.refuse(path, code, std::move(message), std::move(help));
    return {};
  }

  BuiltExpr refuse_number(const Path& path) {
    return refuse(path, ErrorCode::invalid_value, "this number is not a Cedar value",
                  "write an integer of 64 bits, or a decimal as {\"__extn\": {\"fn\": \"decimal\", \"arg\": \"1.0\"}}");
  }

  BuiltExpr literal_object(const bj::object& object, const Path& path) {
    if (object.size() == 1) {
      const bj::value& only = object.begin()->value();
      const bj::object* inner = only.if_object();
      if (find_string(object, "__expr")) {
        return refuse(path, ErrorCode::invalid_value, "the escape `__expr` is no longer supported",
                      "write the expression in the JSON policy form");
      }
      // The other keys of an escape mean nothing, but what they hold must be readable all the same.
      if (object.contains("__entity") && inner != nullptr && find_string(*inner, "type") && find_string(*inner, "id")) {
        if (!is_readable(only)) return refuse_number(path.child("__entity"));
        const EntityId entity = shape_.entity(*inner, path.child("__entity"));
        return entity.valid() ? builder_.entity(entity) : BuiltExpr{};
      }
      if (object.contains("__extn") && inner != nullptr && find_string(*inner, "fn")) {
        const bj::value* argument = inner->if_contains("arg");
        const bj::value* arguments = inner->if_contains("args");
        if (argument != nullptr || (arguments != nullptr && arguments->is_array())) {
          if (!is_readable(only)) return refuse_number(path.child("__extn"));
          return literal_call(*inner, path.child("__extn"));
        }
      }
    }
    return read_fields(builder_, object, path, as_literal());
  }

  /// `{"fn": …, "arg": …}` or `{"fn": …, "args": […]}`; `arg` wins when both are there.
  BuiltExpr literal_call(const bj::object& escape, const Path& path) {
    const std::string_view name = *find_string(escape, "fn");
    const ExtensionSignature* function = find_extension(name);
    if (function == nullptr) {
      return refuse(path.child("fn"), ErrorCode::unknown_function, "there is no extension function " + shown(name),
                    "name a function such as `ip` or `decimal`");
    }
    if (const bj::value* only = escape.if_contains("arg")) {
      const BuiltExpr argument = literal(*only, path.child("arg"));
      return argument ? builder_.call(function->function, {&argument, 1}) : BuiltExpr{};
    }
    const auto arguments = read_elements(escape.at("args").get_array(), path.child("args"), as_literal());
    return arguments ? builder_.call(function->function, *arguments) : BuiltExpr{};
  }

  JsonShape& shape_;
  ExprBuilder& builder_;
};

}  // namespace

BuiltExpr read_literal_json(JsonShape& shape, ExprBuilder& builder, const bj::value& value, const Path& path) {
  return Reader(shape, builder).literal(value, path);
}

}  // namespace quis
