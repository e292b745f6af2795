#include "history.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include <quis/base/extension.hpp>

#include "csv.hpp"

namespace access_history {
namespace {

constexpr std::array<std::string_view, 9> kColumns = {"seq",     "ts",     "actor", "ticket_ref", "event",
                                                      "subject", "object", "old",   "new"};
enum Column : std::size_t { seq, ts, actor, ticket_ref, event, subject, object, old_value, new_value };

constexpr std::pair<std::string_view, EventKind> kKinds[] = {
    {"user_add", EventKind::user_add},
    {"user_ensure", EventKind::user_ensure},
    {"user_record_removed", EventKind::user_record_removed},
    {"ldap_only_add", EventKind::ldap_only_add},
    {"ldap_only_ensure", EventKind::ldap_only_ensure},
    {"ldap_only_removed", EventKind::ldap_only_removed},
    {"expiry_change", EventKind::expiry_change},
    {"kerberos", EventKind::kerberos},
    {"ssh_key_count", EventKind::ssh_key_count},
    {"group_add", EventKind::group_add},
    {"group_removed", EventKind::group_removed},
    {"approver_count", EventKind::approver_count},
    {"member_add", EventKind::member_add},
    {"member_remove", EventKind::member_remove},
    {"privilege_add", EventKind::privilege_add},
    {"privilege_remove", EventKind::privilege_remove},
};

std::optional<EventKind> kind_of(std::string_view name) {
  const auto* found = std::ranges::find(kKinds, name, &std::pair<std::string_view, EventKind>::first);
  if (found == std::end(kKinds)) return std::nullopt;
  return found->second;
}

// `2014-05-23T19:36:13-05:00` is Cedar's datetime but for the colon in the offset.
std::optional<Instant> parse_timestamp(std::string_view text) {
  std::string cedar(text);
  if (cedar.size() == 25 && cedar[22] == ':') cedar.erase(22, 1);
  if (cedar.size() != 24) return std::nullopt;
  return quis::parse_datetime(cedar);
}

std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

quis::Result<Event> to_event(CsvRecord& record, std::string_view text, std::string_view name) {
  auto& fields = record.fields;
  const auto refuse = [&](Column column, std::string_view expected) {
    return csv_error(text, name, record.offset,
                     fmt::format("`{}` is no {} (column `{}`)", fields[column], expected, kColumns[column]),
                     "events are described in data/README.md");
  };
  for (const std::string& field : fields) {
    // These texts end up on terminals and in policies.
    const auto invisible = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
    if (std::ranges::any_of(field, invisible)) {
      return csv_error(text, name, record.offset, "a field holds a control character", "remove it");
    }
  }
  const auto version = parse_number(fields[seq]);
  const auto instant = parse_timestamp(fields[ts]);
  const auto kind = kind_of(fields[event]);
  if (!version) return refuse(seq, "version number");
  if (!instant) return refuse(ts, "time like 2014-05-23T19:36:13+00:00");
  if (!kind) return refuse(event, "known event");
  if (fields[ticket_ref] != "0" && fields[ticket_ref] != "1") return refuse(ticket_ref, "0 or 1");
  if (*kind == EventKind::approver_count && !parse_number(fields[new_value])) return refuse(new_value, "count");
  return Event{.version = *version,
               .instant = *instant,
               .kind = *kind,
               .ticket = fields[ticket_ref] == "1",
               .actor = std::move(fields[actor]),
               .subject = std::move(fields[subject]),
               .object = std::move(fields[object]),
               .before = std::move(fields[old_value]),
               .after = std::move(fields[new_value])};
}

void put_in_force(History& history) {
  std::ranges::stable_sort(history.events, {}, &Event::version);
  Instant latest = history.events.front().instant;
  std::uint32_t version = 0;
  for (Event& event : history.events) {
    if (event.version != version) {
      version = event.version;
      ++history.versions;
      if (event.instant < latest) ++history.backdated;
    }
    latest = std::max(latest, event.instant);
    event.instant = latest;
  }
}

}  // namespace

std::optional<Instant> parse_day(std::string_view text) {
  if (text.size() != 10) return std::nullopt;
  return quis::parse_datetime(text);
}

std::string day_text(Instant instant) { return quis::datetime_text(instant).substr(0, 10); }

quis::Result<History> read_history(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    return quis::failure(quis::ErrorCode::io, fmt::format("cannot read `{}`: {}", path, std::strerror(errno)),
                         "name the file of events with --events");
  }
  auto records = read_csv(text, path);
  if (!records) return tl::unexpected(records.error());
  if (records->empty() || !std::ranges::equal(records->front().fields, kColumns)) {
    return csv_error(text, path, 0, "not a file of access events",
                     fmt::format("its first line must be `{}`", fmt::join(kColumns, ",")));
  }
  if (records->size() == 1) return csv_error(text, path, 0, "no events", "there must be a line for each event");

  History history;
  history.events.reserve(records->size() - 1);
  for (auto record = records->begin() + 1; record != records->end(); ++record) {
    auto read = to_event(*record, text, path);
    if (!read) return tl::unexpected(read.error());
    history.events.push_back(std::move(*read));
  }
  put_in_force(history);
  return history;
}

}  // namespace access_history
