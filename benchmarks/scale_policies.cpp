#include "scale_policies.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "case_files.hpp"
#include "random.hpp"

namespace quis::bench {
namespace {

enum class Kind { personal, team, shared, owner, clearance, lock };

/// The mix, spread so that ten policies already have every kind.
constexpr std::array<Kind, 20> kMix = {Kind::personal, Kind::team,      Kind::shared,   Kind::personal, Kind::owner,
                                       Kind::personal, Kind::clearance, Kind::lock,     Kind::personal, Kind::team,
                                       Kind::personal, Kind::shared,    Kind::team,     Kind::personal, Kind::team,
                                       Kind::personal, Kind::shared,    Kind::personal, Kind::team,     Kind::personal};
constexpr std::array<std::string_view, 5> kActions = {"view", "edit", "comment", "share", "delete"};
constexpr std::size_t kRequests = 500;

struct DrawnPolicy {
  Kind kind = Kind::personal;
  bool whole_area = false;  ///< `place` is an area, not a folder
  std::size_t who = 0;      ///< user or team
  std::size_t place = 0;    ///< folder, area or document
  std::string_view action;
};

struct DrawnRequest {
  std::size_t user = 0;
  std::string_view action;
  std::size_t document = 0;
};

class DocumentStore {
 public:
  explicit DocumentStore(std::size_t policies) : areas_(std::max<std::size_t>(10, policies / 500)), random_(policies) {
    for (std::size_t i = 0; i < policies; ++i) policies_.push_back(draw_policy(kMix[i % kMix.size()]));
  }

  [[nodiscard]] Case draw() {
    Case drawn;
    for (const DrawnPolicy& policy : policies_) drawn.policies += policy_text(policy) + "\n";
    const auto add = [&](std::string text) { drawn.entities.push_back(std::move(text)); };
    for (std::size_t a = 0; a < areas_; ++a) add(entity_json("Folder", area_id(a), ""));
    for (std::size_t f = 0; f < folders(); ++f) {
      add(entity_json("Folder", folder_id(f), "", uid_json("Folder", area_id(f % areas_))));
    }
    for (std::size_t t = 0; t < teams(); ++t) add(entity_json("Team", team_id(t), ""));
    for (std::size_t u = 0; u < users(); ++u) {
      add(entity_json("User", user_id(u), fmt::format(R"("clearance":{})", u % 5),
                      uid_json("Team", team_id(u % teams())) + "," + uid_json("Team", team_id((u * 7 + 3) % teams()))));
    }
    for (std::size_t d = 0; d < documents(); ++d) {
      const std::string attributes =
          fmt::format(R"("owner":{{"__entity":{}}},"classification":{})", uid_json("User", user_id(d)), d / 5 % 5);
      add(entity_json("Document", document_id(d), attributes, uid_json("Folder", folder_id(d % folders()))));
    }
    for (std::size_t i = 0; i < kRequests; ++i) {
      const DrawnRequest request = random_.below(2) == 0 ? draw_permitted_request() : draw_request();
      drawn.requests.push_back(request_json(uid_json("User", user_id(request.user)), uid_json("Action", request.action),
                                            uid_json("Document", document_id(request.document)),
                                            fmt::format(R"("mfa":{})", random_.below(5) != 0)));
    }
    return drawn;
  }

 private:
  [[nodiscard]] std::size_t folders() const noexcept { return areas_ * 10; }
  [[nodiscard]] std::size_t documents() const noexcept { return folders() * 10; }
  [[nodiscard]] std::size_t users() const noexcept { return documents(); }
  [[nodiscard]] std::size_t teams() const noexcept { return users() / 10; }

  static std::string area_id(std::size_t n) { return fmt::format("area_{}", n); }
  static std::string folder_id(std::size_t n) { return fmt::format("folder_{}", n); }
  static std::string document_id(std::size_t n) { return fmt::format("doc_{}", n); }
  static std::string user_id(std::size_t n) { return fmt::format("user_{}", n); }
  static std::string team_id(std::size_t n) { return fmt::format("team_{}", n); }

  DrawnPolicy draw_policy(Kind kind) {
    DrawnPolicy policy;
    policy.kind = kind;
    policy.action = kActions[random_.below(kActions.size())];
    policy.who = random_.below(kind == Kind::team || kind == Kind::clearance ? teams() : users());
    policy.whole_area = kind != Kind::shared && random_.below(10) == 0;
    policy.place = random_.below(kind == Kind::shared ? documents() : policy.whole_area ? areas_ : folders());
    return policy;
  }

  static std::string policy_text(const DrawnPolicy& policy) {
    const std::string user = fmt::format("principal == User::\"{}\"", user_id(policy.who));
    const std::string team = fmt::format("principal in Team::\"{}\"", team_id(policy.who));
    const std::string action = fmt::format("action == Action::\"{}\"", policy.action);
    const std::string folder =
        fmt::format("resource in Folder::\"{}\"", policy.whole_area ? area_id(policy.place) : folder_id(policy.place));
    switch (policy.kind) {
      case Kind::personal: return fmt::format("permit ({}, {}, {});", user, action, folder);
      case Kind::team:
        return fmt::format("permit ({}, action in [Action::\"view\", Action::\"{}\"], {});", team, policy.action,
                           folder);
      case Kind::shared:
        return fmt::format("permit ({}, {}, resource == Document::\"{}\");", user, action, document_id(policy.place));
      case Kind::owner:
        return fmt::format("permit ({}, {}, resource) when {{ resource.owner == principal }};", user, action);
      case Kind::clearance:
        return fmt::format(
            "permit ({}, action == Action::\"view\", resource) when {{ context.mfa && "
            "resource.classification <= principal.clearance }};",
            team);
      case Kind::lock: return fmt::format("forbid ({}, {}, {}) unless {{ context.mfa }};", user, action, folder);
    }
    return {};
  }

  DrawnRequest draw_request() {
    return {random_.below(users()), kActions[random_.below(kActions.size())], random_.below(documents())};
  }

  DrawnRequest draw_permitted_request() {
    const DrawnPolicy* policy = &policies_[random_.below(policies_.size())];
    while (policy->kind == Kind::lock) policy = &policies_[random_.below(policies_.size())];
    DrawnRequest request = draw_request();
    const bool by_team = policy->kind == Kind::team || policy->kind == Kind::clearance;
    request.user = by_team ? policy->who + teams() * random_.below(10) : policy->who;
    request.action = policy->kind == Kind::clearance ? kActions[0] : policy->action;
    const std::size_t folder = policy->whole_area ? policy->place + areas_ * random_.below(10) : policy->place;
    switch (policy->kind) {
      case Kind::shared: request.document = policy->place; break;
      case Kind::owner: request.document = policy->who; break;
      case Kind::clearance: break;
      default: request.document = folder + folders() * random_.below(10); break;
    }
    return request;
  }

  std::size_t areas_;
  Random random_;
  std::vector<DrawnPolicy> policies_;
};

}  // namespace

Result<void> write_scale_policies(std::size_t policies, const std::string& folder) {
  return write_case(DocumentStore(policies).draw(), folder);
}

}  // namespace quis::bench
