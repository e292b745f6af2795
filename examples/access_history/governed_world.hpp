#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <quis/engine/engine.hpp>
#include <quis/model/schema.hpp>

#include "cedar_text.hpp"
#include "directory.hpp"

namespace access_history {

/// The access file of one moment, put in force: its Cedar text, read and compiled by quis, and the engine that decides.
class GovernedWorld {
 public:
  /// Asks as of the last second of a day. Fails when the day is before the first event, or (a bug here) when quis
  /// refuses the text that was generated.
  [[nodiscard]] static quis::Result<GovernedWorld> as_of(const History& history, Instant midnight);

  [[nodiscard]] const Directory& directory() const { return directory_; }
  [[nodiscard]] const quis::Engine& engine() const { return engine_; }
  [[nodiscard]] const quis::Schema& schema() const { return schema_; }
  [[nodiscard]] const std::string& policies() const { return policies_; }
  [[nodiscard]] const std::string& entities() const { return entities_; }

  /// Everybody with a record or a membership, and every privilege of the history; in order of name.
  [[nodiscard]] const std::map<std::string, quis::EntityId, std::less<>>& users() const { return users_; }
  [[nodiscard]] const std::map<std::string, quis::EntityId, std::less<>>& privileges() const { return privileges_; }

  /// May this user use this privilege, at the world's moment?
  [[nodiscard]] quis::Request request(quis::EntityId user, quis::EntityId privilege) const {
    return {.principal = user, .action = use_, .resource = privilege, .context = context_.value()};
  }

  /// A policy that a decision names.
  [[nodiscard]] const quis::Policy& policy(quis::PolicyIndex index) const {
    return engine_.world().policies().policies()[index];
  }

 private:
  GovernedWorld(Directory directory, quis::Schema schema, quis::Engine engine);

  Directory directory_;
  quis::Schema schema_;
  quis::Engine engine_;
  std::string policies_;
  std::string entities_;
  quis::Context context_;
  quis::EntityId use_;
  std::map<std::string, quis::EntityId, std::less<>> users_;
  std::map<std::string, quis::EntityId, std::less<>> privileges_;
};

/// The value of an annotation; empty when there is none.
[[nodiscard]] std::string_view annotation(const quis::Policy& policy, std::string_view key);

}  // namespace access_history
