#pragma once

#include <string>

#include <quis/base/result.hpp>
#include <quis/model/entities.hpp>

namespace quis {

/// Saves a store in a binary form that opens much faster than JSON loads.
///
/// The file is complete or not there: it is written under another name, brought to the disk and then renamed. It holds
/// names, not the ids of this process, so any process can open it; `Entities::version_of` is not kept. Fails with `io`,
/// and with `limit_exceeded` when the store is too large for the form or for the memory that writing takes (that of the
/// file).
[[nodiscard]] Result<void> save_entities(const Entities& entities, const std::string& path);

/// Opens what `save_entities` wrote. The file is mapped, and the texts of attributes stay in it: it may be replaced or
/// removed while the store is in use, but not changed in place.
///
/// Fails with `io`, and with `invalid_file` when it is not such a file, was written by a version of quis with another
/// form, or is damaged. Content is not trusted: a file with a right checksum and wrong content is refused, or is a
/// store like any other, with its ancestry computed anew. Larger than `limits::kMaxDocumentBytes` is `limit_exceeded`.
[[nodiscard]] Result<Entities> open_entities(const std::string& path);

}  // namespace quis
