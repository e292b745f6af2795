#pragma once

#include <string>
#include <string_view>

#include <quis/base/ids.hpp>
#include <quis/base/value.hpp>

namespace quis {

/// Appends a value as Cedar's JSON with explicit escapes, on one line. The same value gives the same bytes in every
/// process: records are in order of key, sets in order of their elements' JSON. REQUIRES: no local ids.
void append_json(std::string& out, const Value& value);
void append_json(std::string& out, const RecordData& record);

/// `{"type":"…","id":"…"}`.
void append_uid_json(std::string& out, EntityId entity);

/// A JSON string literal.
void append_json_string(std::string& out, std::string_view text);

}  // namespace quis
