#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "base/json.hpp"
#include "policy/expr_builder.hpp"

#include <quis/base/vocabulary.hpp>

namespace quis {

/// Reads every element with `read(value, path)`. Nothing when one of them is refused.
template <class Read>
std::optional<std::vector<BuiltExpr>> read_elements(const boost::json::array& array, const json::Path& path,
                                                    Read read) {
  std::vector<BuiltExpr> built;
  built.reserve(array.size());
  for (std::size_t i = 0; i < array.size(); ++i) {
    built.push_back(read(array[i], path.child(i)));
    if (!built.back()) return std::nullopt;
  }
  return built;
}

/// Makes a record of an object whose values `read(value, path)` reads. Null when one of them is refused.
template <class Read>
BuiltExpr read_fields(ExprBuilder& builder, const boost::json::object& object, const json::Path& path, Read read) {
  std::vector<SymbolId> keys;
  std::vector<BuiltExpr> values;
  keys.reserve(object.size());
  values.reserve(object.size());
  for (const auto& member : object) {
    const std::string_view key = member.key();
    values.push_back(read(member.value(), path.child(key)));
    if (!values.back()) return {};
    keys.push_back(intern_symbol(key));
  }
  return builder.record(keys, values);
}

}  // namespace quis
