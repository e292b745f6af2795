// Any bytes are a set of policies or an error; what was read is written as JSON that reads back to the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <quis/policy/policy_set.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto set = quis::PolicySet::from_json(text);
  if (!set) {
    if (quis::render(set.error()).empty()) std::abort();
    return 0;
  }
  const std::string json = set->to_json();
  const auto again = quis::PolicySet::from_json(json);
  if (!again) {
    // Writing a `Value` that holds nested sets takes more levels than reading it did.
    if (again.error().front().code != quis::ErrorCode::limit_exceeded) std::abort();
    return 0;
  }
  if (again->to_json() != json) std::abort();
  return 0;
}
