#include <quis/model/context.hpp>

#include <array>
#include <new>
#include <utility>

#include <boost/json/monotonic_resource.hpp>

#include <quis/model/type.hpp>

#include "base/json.hpp"
#include "model/json_problems.hpp"
#include "model/value_json.hpp"

namespace quis {

Result<Context> Context::from_json(std::string_view text, LocalNames& names, const Type* type,
                                   std::string_view source_name) {
  if (text == "{}" && (type == nullptr || type->may_be_empty())) return Context();
  std::array<unsigned char, 2048> room;  // of a document of a few lines
  boost::json::monotonic_resource memory(room.data(), room.size());
  const auto document = json::parse(text, source_name, &memory);
  if (!document) return tl::unexpected(document.error());
  try {
    JsonProblems problems(text, source_name);
    ValueArena arena;
    const json::Path root;
    const auto value = ValueReader(Names(names), arena, problems).value(*document, root, type);
    if (value && !value->is(Value::Kind::record)) {
      problems.add(root, ErrorCode::type_mismatch, "a context must be a record",
                   R"(write an object, {"key": value, …})");
    }
    if (!problems.empty()) return tl::unexpected(problems.take());
    return Context(*value, std::move(arena));
  } catch (const std::bad_alloc&) {
    return failure(ErrorCode::limit_exceeded, "not enough memory for the context",
                   "send less, or raise the memory limit");
  }
}

}  // namespace quis
