#pragma once

#include <quis/base/value.hpp>
#include <quis/base/vocabulary.hpp>

namespace quis {

/// Whether the value is a record `{"type": "…", "id": "…"}`: what JSON that was read without a schema has where its
/// author meant an entity.
[[nodiscard]] inline bool reads_like_entity(const Value& value) {
  if (!value.is(Value::Kind::record) || value.as_record().size != 2) return false;
  const Value* type = value.as_record().find(find_symbol("type"));
  const Value* id = value.as_record().find(find_symbol("id"));
  return type != nullptr && id != nullptr && type->is(Value::Kind::string) && id->is(Value::Kind::string);
}

}  // namespace quis
