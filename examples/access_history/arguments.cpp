#include <fmt/format.h>

#include "verbs.hpp"

namespace access_history {

quis::Result<Instant> day_or_last(const History& history, const std::string& text) {
  if (text.empty()) return history.last() / kDay * kDay;
  const auto day = parse_day(text);
  if (!day) {
    return quis::failure(quis::ErrorCode::invalid_argument, fmt::format("`{}` is no date", text),
                         "write it as YYYY-MM-DD, e.g. 2024-10-23");
  }
  return *day;
}

tl::unexpected<quis::Errors> unknown_privilege(const std::string& name) {
  return quis::failure(quis::ErrorCode::invalid_argument, fmt::format("no sudo rule ever granted `{}`", name),
                       "`access_history who` lists the privileges");
}

tl::unexpected<quis::Errors> unknown_user(const std::string& name) {
  return quis::failure(quis::ErrorCode::invalid_argument, fmt::format("no user `{}` in the whole history", name),
                       "`access_history who --privilege root` lists some");
}

}  // namespace access_history
