#pragma once

#include <string>

#include <quis/base/result.hpp>
#include <quis/engine/live_engine.hpp>

namespace quis {

/// Saves policies, entities, the version and the memberships that end, in one file that opens much faster than texts
/// load.
///
/// The file is complete or not there: it is written under another name, brought to the disk and then renamed. It holds
/// names, not the ids of this process, so any process can open it. Fails with `io`, and with `limit_exceeded` when the
/// world is too large for the form or for the memory that writing takes (that of the file), and when a policy's JSON
/// nests deeper than `limits::kMaxJsonDepth` (a chain of some sixty operands does): what was saved can be opened.
[[nodiscard]] Result<void> save_world(const TimedWorld& saved, const std::string& path);
/// A world in which no membership ends.
[[nodiscard]] Result<void> save_world(const World& world, const std::string& path);

/// Opens what `save_world` wrote: policies are parsed and compiled, entities opened as `open_entities` does, which
/// opens the entities of such a file, too. The file is mapped: it may be replaced or removed while the world is in use,
/// but not changed in place.
///
/// Fails with `io`, and with `invalid_file` when it is not such a file, was written by a version of quis with another
/// form, or is damaged. Content is not trusted: a file with a right checksum and wrong content is refused, or is a
/// world like any other. The policies are those that were saved if the file is: their digest is in it and compared.
///
///     auto opened = quis::open_world(path);
///     quis::LiveEngine engine(*std::move(opened));
[[nodiscard]] Result<TimedWorld> open_world(const std::string& path);

}  // namespace quis
