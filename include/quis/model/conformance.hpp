#pragma once

#include <quis/base/result.hpp>
#include <quis/base/value.hpp>
#include <quis/base/vocabulary.hpp>
#include <quis/model/entities.hpp>
#include <quis/model/schema.hpp>

namespace quis {

/// Checks data that was built without a schema, by the rules by which `Entities::from_json` and `OwnedRequest` check it
/// while they load. What they loaded with the schema conforms.
///
/// Each reports what is wrong of everything, up to `limits::kMaxReportedErrors`, with the attribute's place in
/// `Diagnostic::path` and the codes of loading: `type_mismatch`, `missing_attribute`, `unexpected_attribute`,
/// `unknown_entity_type`, `unknown_action`, `invalid_entity_uid`. Linear in the data. Thread safety: may run in many
/// threads at once.

/// Every entity is of a declared type, has the declared attributes and tags, is only in what its type may be in, and
/// is listed if its type is enumerated; every action is the schema's. That the schema's actions are there is not asked.
[[nodiscard]] Result<void> validate(const Entities& entities, const Schema& schema);

/// The record is of the declared context type. `local` may be null when no key or entity in it is local.
[[nodiscard]] Result<void> validate_context(const Value& context, const ActionDeclaration& action, const Schema& schema,
                                            const LocalNames* local = nullptr);

}  // namespace quis
