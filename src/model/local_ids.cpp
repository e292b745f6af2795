#include "model/local_ids.hpp"

#include <algorithm>

namespace quis {

bool mentions_local(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::entity: return value.as_entity().local();
    case Value::Kind::set:
      return std::ranges::any_of(value.as_set().span(), [](const Value& element) { return mentions_local(element); });
    case Value::Kind::record: {
      const RecordData& record = value.as_record();
      return std::any_of(record.keys, record.keys + record.size, [](SymbolId key) { return key.local(); }) ||
             std::any_of(record.values, record.values + record.size,
                         [](const Value& field) { return mentions_local(field); });
    }
    default: return false;
  }
}

bool mentions_local(std::span<const std::pair<SymbolId, Value>> fields) {
  return std::ranges::any_of(fields, [](const auto& f) { return f.first.local() || mentions_local(f.second); });
}

tl::unexpected<Errors> local_ids_refused() {
  return failure(ErrorCode::invalid_argument, "an entity store cannot hold names that only one request knows",
                 "make its ids with `intern_entity` and `intern_symbol`");
}

}  // namespace quis
