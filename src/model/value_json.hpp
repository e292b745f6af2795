#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include <quis/base/extension.hpp>
#include <quis/base/ids.hpp>
#include <quis/base/value.hpp>
#include <quis/base/vocabulary.hpp>
#include <quis/model/type.hpp>
#include "base/json.hpp"

#include "model/json_escapes.hpp"
#include "model/json_problems.hpp"
#include "model/record_shapes.hpp"

namespace quis {

class Schema;

/// Reads Cedar values from JSON, for entities and contexts alike.
///
/// Without a type JSON means what it says: strings are strings, objects are records, and only the explicit escapes of
/// json_escapes.hpp stand for entities and extension values. With a type the escapes may be left out (`"10.0.0.1"`
/// where an `ipaddr` is declared) and the value must fit. A record type is read key by key: no escape is looked for in
/// it.
///
/// Everything wrong goes to `problems`; a failed call has added at least one.
class ValueReader {
 public:
  /// Borrows all but `names`. Records share their keys where there are `shapes`. With a schema, entities that are read
  /// by a type must exist by it: members of enumerated types and actions are declared one by one.
  ValueReader(Names names, ValueArena& arena, JsonProblems& problems, RecordShapes* shapes = nullptr,
              const Schema* schema = nullptr) noexcept
      : names_(names), arena_(arena), problems_(problems), shapes_(shapes), schema_(schema) {}

  /// `type` may be null.
  [[nodiscard]] std::optional<Value> value(const boost::json::value& json, const json::Path& path, const Type* type);

  /// The members of an object as fields, appended to `fields`; all of one type, which may be null.
  [[nodiscard]] bool fields(const boost::json::object& json, const json::Path& path, const Type* type_of_each,
                            std::vector<Field>& fields);
  /// The same by a record type: none may be missing that is required, and none may be there that is not declared.
  [[nodiscard]] bool declared_fields(const boost::json::object& json, const json::Path& path, const Type& record,
                                     std::vector<Field>& fields);

  /// An entity uid where nothing else may stand: `{"type", "id"}` or that within `__entity`.
  [[nodiscard]] std::optional<EntityId> uid(const boost::json::value& json, const json::Path& path);

  /// False when the schema says that there is no such entity.
  [[nodiscard]] bool check_exists(EntityId entity, const json::Path& path);

 private:
  [[nodiscard]] std::optional<Value> untyped(const boost::json::value& json, const json::Path& path);
  [[nodiscard]] std::optional<Value> object(const boost::json::value& json, const json::Path& path);
  [[nodiscard]] std::optional<Value> set(const boost::json::array& json, const json::Path& path, const Type* element);
  [[nodiscard]] std::optional<Value> record(const boost::json::object& json, const json::Path& path, const Type* type);
  [[nodiscard]] std::optional<Value> entity(const boost::json::value& json, const json::Path& path, const Type& type);
  [[nodiscard]] std::optional<Value> extension(const boost::json::value& json, const json::Path& path,
                                               Value::Kind kind);
  [[nodiscard]] std::optional<Value> call(const FunctionCall& call, const json::Path& path, bool typed);
  [[nodiscard]] std::optional<Value> apply(ExtensionFunction function, std::span<const Value> arguments,
                                           const json::Path& path);
  [[nodiscard]] std::optional<TypeAndId> type_and_id(const boost::json::value& json, const json::Path& path);
  [[nodiscard]] std::optional<EntityId> make_uid(TypeAndId uid, const json::Path& path);
  [[nodiscard]] TypeId type_name(std::string_view text);

  std::nullopt_t refuse(const json::Path& path, ErrorCode code, std::string message, std::string help);
  std::nullopt_t refuse_number(const json::Path& path);
  std::nullopt_t refuse_expression(const json::Path& path);
  std::nullopt_t refuse_kind(const json::Path& path, std::string_view expected, const boost::json::value& found);
  std::nullopt_t refuse_value(const json::Path& path, std::string_view expected, const Value& found);
  std::nullopt_t refuse_found(const json::Path& path, std::string_view expected, const std::string& found);

  Names names_;
  ValueArena& arena_;
  JsonProblems& problems_;
  RecordShapes* shapes_;
  const Schema* schema_;
  std::vector<Field> members_;  // of the records that are being read, those of inner ones behind
  std::string last_type_text_;  // entities of one type come in runs
  TypeId last_type_;
};

}  // namespace quis
