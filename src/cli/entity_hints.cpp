#include "cli/entity_hints.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <quis/base/vocabulary.hpp>

#include "cli/counted.hpp"
#include "model/unread_entity.hpp"
#include "policy/spelling.hpp"

namespace quis::cli {
namespace {

// Recursion is as deep as values nest.
bool holds_unread_entity(const Value& value) {
  if (value.is(Value::Kind::set)) {
    const auto elements = value.as_set().span();
    return std::any_of(elements.begin(), elements.end(), holds_unread_entity);
  }
  if (!value.is(Value::Kind::record)) return false;
  const RecordData& record = value.as_record();
  return reads_like_entity(value) || std::any_of(record.values, record.values + record.size, holds_unread_entity);
}

}  // namespace

Errors entity_hints(const Entities& entities) {
  std::size_t found = 0;
  Errors hints;
  entities.for_each([&](const EntityRecord& record) {
    const RecordData& attributes = record.attributes;
    for (std::uint32_t i = 0; i < attributes.size; ++i) {
      if (!holds_unread_entity(attributes.values[i]) || ++found != 1) continue;
      Diagnostic& hint = hints.emplace_back();
      hint.code = ErrorCode::type_mismatch;
      hint.severity = Severity::warning;
      hint.message = shown(text_of(attributes.keys[i])) + " of " + shown(to_text(record.uid)) +
                     " reads like an entity and is a record to policies";
      hint.help = R"(give the schema, or write {"__entity": …} there)";
    }
  });
  if (found > 1) hints.front().message += " (and " + counted(found - 1, "attribute", "attributes") + " more)";
  return hints;
}

}  // namespace quis::cli
