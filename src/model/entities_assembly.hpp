#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/model/entities.hpp>

#include "model/closure.hpp"
#include "model/entities_storage.hpp"
#include "model/page_memory.hpp"

namespace quis {

/// A store that is being made whole: its pages, and who is a member of what.
class EntitiesAssembly {
 public:
  /// For what the records point to.
  [[nodiscard]] EntityData& data() noexcept { return *data_; }
  [[nodiscard]] Closure& closure() noexcept { return closure_; }

  /// Null when it was not placed.
  [[nodiscard]] const EntityRecord* find(EntityId entity) const noexcept;
  /// Adds an entity, and returns its record for filling in attributes and tags. `parents` is the number of a list of
  /// `closure()`. REQUIRES: not placed before.
  [[nodiscard]] EntityRecord& place(EntityId entity, std::uint32_t parents);

  /// Fails as `Closure::close` does. The ancestries are found without looking at a record, so records may be filled in
  /// meanwhile.
  [[nodiscard]] Result<void> close() { return closure_.close(); }
  /// REQUIRES: `close` succeeded. The assembly is of no use afterwards.
  [[nodiscard]] Entities finish();

 private:
  std::shared_ptr<EntityData> data_ = std::make_shared<EntityData>();
  Closure closure_{data_->lists};
  PageMemory memory_;
  std::vector<std::shared_ptr<OwnedPage>> pages_;  // null where no entity lies
  std::size_t count_ = 0;
};

}  // namespace quis
