// Entities from any bytes: loading must not crash, and what was loaded must be written and read back as the same store.
//
// One thing is beyond Cedar's JSON: a record of the very shape of an escape. Without a schema none can be loaded, so it
// cannot break the round trip here.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <quis/model/entities.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto entities = quis::Entities::from_json({reinterpret_cast<const char*>(data), size});
  if (!entities) {
    if (entities.error().empty()) std::abort();
    return 0;
  }
  const std::string text = entities->to_json();
  const auto again = quis::Entities::from_json(text);
  if (!again || again->size() != entities->size() || again->to_json() != text) std::abort();
  entities->for_each([&](const quis::EntityRecord& record) {
    record.ancestors.for_each([&](quis::EntityId ancestor) {
      if (!again->is_in(record.uid, ancestor) || entities->is_in(ancestor, record.uid)) std::abort();
    });
  });
  return 0;
}
