#include "model/entity_columns.hpp"

#include <memory>
#include <new>

namespace quis {

EntityColumns::~EntityColumns() {
  for (const auto& codes : codes_) delete codes.load(std::memory_order_relaxed);
  delete ancestors_.load(std::memory_order_relaxed);
}

EntityColumns::Codes::Codes(const EntityPage& page, SymbolId name) noexcept {
  for (std::size_t i = 0; i < EntityPage::kSize; ++i) {
    const Value* const value = page.records[i].attributes.find(name);
    of[i] = value != nullptr ? attribute_code::of(*value) : attribute_code::kAbsent;
  }
}

EntityColumns::Ancestors::Ancestors(const EntityPage& page) noexcept {
  for (std::size_t i = 0; i < EntityPage::kSize; ++i) of[i] = page.records[i].ancestors;
}

/// The first to ask takes a place for the name, and makes the column.
const std::uint32_t* EntityColumns::find_or_make(const EntityPage& page, SymbolId name, std::size_t& place) noexcept {
  for (std::size_t at = 0; at < kMostAttributes; ++at) {
    SymbolId known = names_[at].load(std::memory_order_relaxed);
    if (!known.valid() && names_[at].compare_exchange_strong(known, name, std::memory_order_relaxed)) {
      codes_[at].store(new (std::nothrow) Codes(page, name), std::memory_order_release);
      known = name;
    }
    if (known != name) continue;
    place = at;
    const Codes* const codes = codes_[at].load(std::memory_order_acquire);
    return codes != nullptr ? codes->of : nullptr;
  }
  return nullptr;
}

const AncestorSet* EntityColumns::ancestors(const EntityPage& page) noexcept {
  const Ancestors* known = ancestors_.load(std::memory_order_acquire);
  if (known == nullptr) {
    std::unique_ptr<const Ancestors> made(new (std::nothrow) Ancestors(page));
    if (made == nullptr) return nullptr;
    if (ancestors_.compare_exchange_strong(known, made.get(), std::memory_order_acq_rel, std::memory_order_acquire))
      known = made.release();  // else another thread was quicker
  }
  return known->of;
}

std::size_t EntityColumns::bytes() const noexcept {
  std::size_t bytes = ancestors_.load(std::memory_order_relaxed) != nullptr ? sizeof(Ancestors) : 0;
  for (const auto& codes : codes_) {
    if (codes.load(std::memory_order_relaxed) != nullptr) bytes += sizeof(Codes);
  }
  return bytes;
}

}  // namespace quis
