// Expressions from JSON.
//
// An expression is an object of one key, which says what it is. What may stand below each key was taken from Cedar 4.13
// and checked against its own reader, oddities included: extra keys are an error everywhere but in `has`; `"in": null`
// is no `in`. The number of arguments of an extension function is not checked: that is an error of evaluation, as in
// policy text.
//
// Recursion is bounded by `limits::kMaxJsonDepth`, which the document was held to when it was parsed.
#include "policy/json_expression_reader.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <quis/base/extension.hpp>
#include <quis/base/vocabulary.hpp>

#include "policy/json_elements.hpp"
#include "policy/json_literal_reader.hpp"
#include "policy/json_operators.hpp"
#include "policy/spelling.hpp"

namespace quis {
namespace {

namespace bj = boost::json;
using json::Path;

std::string_view view(bj::string_view text) { return {text.data(), text.size()}; }

template <class Table>
auto find_named(const Table& table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [name](const auto& each) { return each.name == name; });
  return found == table.end() ? nullptr : &*found;
}

class Reader {
 public:
  Reader(JsonShape& shape, ExprBuilder& builder) noexcept : shape_(shape), builder_(builder) {}

  BuiltExpr expression(const bj::value& value, const Path& path) {
    const bj::object* object = shape_.object(value, path);
    if (object == nullptr) return {};
    if (object->size() != 1) {
      return refuse(path, ErrorCode::invalid_json,
                    fmt::format("an expression has one key, this has {}", object->size()),
                    "nest the expressions, one operator to an object");
    }
    const std::string_view key = view(object->begin()->key());
    return operation(key, object->begin()->value(), path.child(key));
  }

 private:
  BuiltExpr refuse(const Path& path, ErrorCode code, std::string message, std::string help) {
    shape_.refuse(path, code, std::move(message), std::move(help));
    return {};
  }

  BuiltExpr operation(std::string_view key, const bj::value& value, const Path& path) {
    if (key == "Value") return read_literal_json(shape_, builder_, value, path);
    if (key == "Var") return variable(value, path);
    if (key == "Slot") return slot(value, path);
    if (key == "Set") return set(value, path);
    if (key == "Record") return record(value, path);
    if (key == "if-then-else") return conditional(value, path);
    if (key == ".") return get_attribute(value, path);
    if (key == "has") return has(value, path);
    if (key == "is") return is(value, path);
    if (key == "like") return like(value, path);
    if (const JsonOperator* unary = find_named(kJsonUnary, key)) return this->unary(unary->op, value, path);
    if (const JsonOperator* binary = find_named(kJsonBinary, key)) return this->binary(binary->op, value, path);
    if (const ExtensionSignature* function = find_extension(key)) return call(function->function, value, path);
    return refuse(path, ErrorCode::invalid_json, "unknown operator " + shown(key),
                  "use an operator or an extension function of Cedar's JSON policy form");
  }

  /// The operand under `key`, which must be there.
  BuiltExpr operand(const bj::object& object, const Path& path, std::string_view key) {
    const bj::value* value = shape_.member(object, path, key);
    return value == nullptr ? BuiltExpr{} : expression(*value, path.child(key));
  }

  BuiltExpr variable(const bj::value& value, const Path& path) {
    const auto name = shape_.string(value, path);
    if (!name) return {};
    if (const JsonVariable* known = find_named(kJsonVariables, *name)) return builder_.variable(known->variable);
    return refuse(path, ErrorCode::invalid_json, "there is no variable " + shown(*name),
                  "use " + one_of({"principal", "action", "resource", "context"}));
  }

  BuiltExpr slot(const bj::value&, const Path& path) {
    return refuse(path, ErrorCode::invalid_slot, "a template slot may not stand in a condition",
                  "slots belong in the scope: `principal == ?principal`");
  }

  BuiltExpr unary(Op op, const bj::value& value, const Path& path) {
    const bj::object* object = shape_.object_of(value, path, {"arg"});
    if (object == nullptr) return {};
    const BuiltExpr argument = operand(*object, path, "arg");
    return argument ? builder_.unary(op, argument) : BuiltExpr{};
  }

  BuiltExpr binary(Op op, const bj::value& value, const Path& path) {
    const bj::object* object = shape_.object_of(value, path, {"left", "right"});
    if (object == nullptr) return {};
    const BuiltExpr left = operand(*object, path, "left");
    if (!left) return {};
    const BuiltExpr right = operand(*object, path, "right");
    if (!right) return {};
    if (op == Op::and_ || op == Op::or_) return builder_.chain(op, std::array{left, right});
    return builder_.binary(op, left, right);
  }

  BuiltExpr conditional(const bj::value& value, const Path& path) {
    const bj::object* object = shape_.object_of(value, path, {"if", "then", "else"});
    if (object == nullptr) return {};
    const BuiltExpr condition = operand(*object, path, "if");
    if (!condition) return {};
    const BuiltExpr then = operand(*object, path, "then");
    if (!then) return {};
    const BuiltExpr otherwise = operand(*object, path, "else");
    return otherwise ? builder_.conditional(condition, then, otherwise) : BuiltExpr{};
  }

  BuiltExpr get_attribute(const bj::value& value, const Path& path) {
    const bj::object* object = shape_.object_of(value, path, {"left", "attr"});
    if (object == nullptr) return {};
    const BuiltExpr left = operand(*object, path, "left");
    if (!left) return {};
    const auto name = shape_.string_member(*object, path, "attr");
    return name ? builder_.get_attribute(left, intern_symbol(*name)) : BuiltExpr{};
  }

  BuiltExpr has(const bj::value& value, const Path& path) {
    const bj::object* object = shape_.object(value, path);
    if (object == nullptr) return {};
    const BuiltExpr left = operand(*object, path, "left");
    if (!left) return {};
    const bj::value* attribute = shape_.member(*object, path, "attr");
    if (attribute == nullptr) return {};
    if (const bj::array* steps = attribute->if_array()) return has_path(left, *steps, path.child("attr"));
    const auto name = shape_.string(*attribute, path.child("attr"));
    return name ? builder_.has_attribute(left, intern_symbol(*name)) : BuiltExpr{};
  }

  BuiltExpr has_path(BuiltExpr left, const bj::array& steps, const Path& path) {
    std::vector<SymbolId> names;
    names.reserve(steps.size());
    for (const bj::value& step : steps) {
      const auto name = shape_.string(step, path.child(names.size()));
      if (!name) return {};
      names.push_back(intern_symbol(*name));
    }
    if (names.empty()) return refuse(path, ErrorCode::invalid_json, "the path is empty", "name at least one attribute");
    return builder_.has_chain(left, names);
  }

  BuiltExpr is(const bj::value& value, const Path& path) {
    const bj::object* object = shape_.object_of(value, path, {"left", "entity_type", "in"});
    if (object == nullptr) return {};
    const BuiltExpr left = operand(*object, path, "left");
    if (!left) return {};
    const auto name = shape_.string_member(*object, path, "entity_type");
    if (!name) return {};
    const TypeId type = shape_.type_name(*name, path.child("entity_type"));
    if (!type.valid()) return {};
    const bj::value* parent = object->if_contains("in");
    if (parent == nullptr || parent->is_null()) return builder_.is(left, type);
    const BuiltExpr built = expression(*parent, path.child("in"));
    return built ? builder_.is_in(left, type, built) : BuiltExpr{};
  }

  BuiltExpr like(const bj::value& value, const Path& path) {
    const bj::object* object = shape_.object_of(value, path, {"left", "pattern"});
    if (object == nullptr) return {};
    const BuiltExpr left = operand(*object, path, "left");
    if (!left) return {};
    const bj::value* pattern = shape_.member(*object, path, "pattern");
    if (pattern == nullptr) return {};
    const Path at = path.child("pattern");
    const bj::array* elements = shape_.array(*pattern, at);
    if (elements == nullptr) return {};

    std::vector<std::string> pieces(1);
    for (std::size_t i = 0; i < elements->size(); ++i) {
      if (!pattern_element((*elements)[i], at.child(i), pieces)) return {};
    }
    return builder_.like(left, pieces);
  }

  /// `"Wildcard"` (or `{"Wildcard": null}`) starts a piece, `{"Literal": "…"}` adds to the last.
  bool pattern_element(const bj::value& element, const Path& path, std::vector<std::string>& pieces) {
    if (const bj::string* name = element.if_string(); name != nullptr && *name == "Wildcard") {
      pieces.emplace_back();
      return true;
    }
    if (const bj::object* object = element.if_object(); object != nullptr && object->size() == 1) {
      if (const auto text = find_string(*object, "Literal")) {
        pieces.back() += *text;
        return true;
      }
      if (const bj::value* nothing = object->if_contains("Wildcard"); nothing != nullptr && nothing->is_null()) {
        pieces.emplace_back();
        return true;
      }
    }
    shape_.refuse(path, ErrorCode::invalid_json, "this is not an element of a pattern",
                  "write \"Wildcard\" or {\"Literal\": \"text\"}");
    return false;
  }

  auto as_expression() {
    return [this](const bj::value& value, const Path& path) { return expression(value, path); };
  }

  BuiltExpr set(const bj::value& value, const Path& path) {
    const bj::array* array = shape_.array(value, path);
    if (array == nullptr) return {};
    const auto built = read_elements(*array, path, as_expression());
    return built ? builder_.set(*built) : BuiltExpr{};
  }

  BuiltExpr record(const bj::value& value, const Path& path) {
    const bj::object* object = shape_.object(value, path);
    return object == nullptr ? BuiltExpr{} : read_fields(builder_, *object, path, as_expression());
  }

  BuiltExpr call(ExtensionFunction function, const bj::value& value, const Path& path) {
    const bj::array* array = shape_.array(value, path);
    if (array == nullptr) return {};
    const auto arguments = read_elements(*array, path, as_expression());
    return arguments ? builder_.call(function, *arguments) : BuiltExpr{};
  }

  JsonShape& shape_;
  ExprBuilder& builder_;
};

}  // namespace

BuiltExpr read_expression_json(JsonShape& shape, ExprBuilder& builder, const bj::value& value, const Path& path) {
  return Reader(shape, builder).expression(value, path);
}

}  // namespace quis
