#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <quis/base/result.hpp>

#include "history.hpp"
#include "page.hpp"

/// What the program can be asked, one file for each. Each writes to the standard output; an error leaves it to `main`.
namespace access_history {

struct Session {
  const History& history;
  Page& page;
  bool json = false;
};

/// A day of the command line, or the history's last one.
[[nodiscard]] quis::Result<Instant> day_or_last(const History& history, const std::string& text);

/// The errors of a name that the history never mentions.
[[nodiscard]] tl::unexpected<quis::Errors> unknown_privilege(const std::string& name);
[[nodiscard]] tl::unexpected<quis::Errors> unknown_user(const std::string& name);

struct WhoOptions {
  std::string as_of;
  std::string privilege;  ///< empty: all of them, in a table
  std::size_t rows = 0;   ///< 0: all
};
[[nodiscard]] quis::Result<void> who(const Session& session, const WhoOptions& options);

struct WhyOptions {
  std::string user;
  std::string privilege;
  std::string as_of;
};
[[nodiscard]] quis::Result<void> why(const Session& session, const WhyOptions& options);

struct DiffOptions {
  std::string from;
  std::string to;
  std::size_t rows = 0;  ///< 0: all
};
[[nodiscard]] quis::Result<void> diff(const Session& session, const DiffOptions& options);

struct PoliciesOptions {
  std::string as_of;
  bool schema = false;
  bool entities = false;
};
[[nodiscard]] quis::Result<void> policies(const Session& session, const PoliciesOptions& options);

struct BenchOptions {
  std::size_t requests = 1'000'000;
  std::uint64_t seed = 1;
  std::string as_of;
};
[[nodiscard]] quis::Result<void> bench(const Session& session, const BenchOptions& options);

struct GroupsOptions {
  std::string as_of;
  std::size_t rows = 0;  ///< 0: all
};
[[nodiscard]] quis::Result<void> groups(const Session& session, const GroupsOptions& options);

struct DemoOptions {
  std::size_t requests = 1'000'000;
};
[[nodiscard]] quis::Result<void> demo(const Session& session, const DemoOptions& options);

/// Compares the rebuilt access file of the last day with the real one.
[[nodiscard]] quis::Result<void> check_snapshot(const Session& session, const std::string& path);

}  // namespace access_history
