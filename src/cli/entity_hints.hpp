#pragma once

#include <quis/base/result.hpp>
#include <quis/model/entities.hpp>

namespace quis::cli {

/// Warns of records that read like entities (see `reads_like_entity`) in entities that were read without a schema: no
/// policy takes them for entities, so who may do what is told wrong and no error says so. One warning, about the first.
[[nodiscard]] Errors entity_hints(const Entities& entities);

}  // namespace quis::cli
