#include "model/attribute_columns.hpp"

#include <memory>
#include <new>

namespace quis {

AttributeColumns::~AttributeColumns() {
  for (const auto& column : columns_) delete column.load(std::memory_order_relaxed);
}

AttributeColumns::Column::Column(const EntityPage& page, SymbolId wanted) noexcept : name(wanted) {
  for (std::size_t i = 0; i < EntityPage::kSize; ++i) {
    const Value* const value = page.records[i].attributes.find(wanted);
    codes[i] = value != nullptr ? attribute_code::of(*value) : attribute_code::kAbsent;
  }
}

const std::uint32_t* AttributeColumns::get(const EntityPage& page, SymbolId name) noexcept {
  std::unique_ptr<const Column> made;
  for (auto& place : columns_) {
    const Column* column = place.load(std::memory_order_acquire);
    if (column == nullptr) {
      if (made == nullptr) made.reset(new (std::nothrow) Column(page, name));
      if (made == nullptr) return nullptr;
      if (place.compare_exchange_strong(column, made.get(), std::memory_order_acq_rel, std::memory_order_acquire))
        column = made.release();  // else another thread was here first, and `column` is what it made
    }
    if (column->name == name) return column->codes;
  }
  return nullptr;
}

std::size_t AttributeColumns::bytes() const noexcept {
  std::size_t bytes = 0;
  for (const auto& column : columns_) {
    if (column.load(std::memory_order_relaxed) != nullptr) bytes += sizeof(Column);
  }
  return bytes;
}

}  // namespace quis
