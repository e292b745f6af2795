#include "condition_workloads.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "case_files.hpp"
#include "random.hpp"

namespace quis::bench {
namespace {

constexpr std::size_t kUsers = 200;
constexpr std::size_t kDocuments = 400;
constexpr std::size_t kTeams = 20;
constexpr std::size_t kServices = 50;
constexpr std::size_t kFolders = 30;
constexpr std::size_t kClients = 100;
constexpr std::size_t kRequests = 500;

constexpr std::string_view kTypes = R"(
permit (principal is User, action == Action::"read", resource is Document) when { resource.public };
permit (principal is User, action == Action::"read", resource is Document) when { resource.viewers.contains(principal) };
permit (principal is User, action in [Action::"read", Action::"write", Action::"share"], resource is Document)
  when { resource.owner == principal };
permit (principal is User, action == Action::"read", resource is Document)
  when { principal.department == resource.department && principal.level >= resource.level };
permit (principal is User, action == Action::"list", resource is Folder) when { principal in resource.team };
permit (principal is Service, action == Action::"read", resource is Document)
  when { principal.scopes.contains("read") && resource.owner == principal.owner };
permit (principal is Service, action == Action::"write", resource is Document)
  when { principal.scopes.contains("write") && resource.owner == principal.owner };
permit (principal is Service, action == Action::"list", resource is Folder) when { principal in resource.team };
forbid (principal is User, action, resource) when { principal.suspended };
forbid (principal, action == Action::"share", resource is Document) unless { context.mfa && context.risk < 50 };
)";

constexpr std::string_view kAttributes = R"(
permit (principal, action, resource) when { resource.owner == principal || principal in resource.team };
forbid (principal, action, resource)
  when { resource.department == "sales" && principal.department != "sales" && principal.level < 4 };
forbid (principal, action, resource)
  when { resource.department == "legal" && principal.department != "legal" && principal.level < 4 };
forbid (principal, action, resource) when { principal has suspended && principal.suspended };
forbid (principal, action == Action::"delete", resource) unless { context has mfa && context.mfa };
forbid (principal, action in [Action::"write", Action::"delete"], resource)
  when { resource has hold && resource.hold };
permit (principal, action == Action::"read", resource) when { resource.labels.containsAny(["public", "shared"]) };
permit (principal, action == Action::"read", resource) when { principal.level >= 4 && resource.name like "open/*" };
)";

constexpr std::string_view kTags = R"(
permit (principal, action, resource)
  when { resource.hasTag("team") && principal.hasTag("team") && resource.getTag("team") == principal.getTag("team") };
permit (principal, action, resource) when { resource.hasTag("public") && resource.getTag("public") == "yes" };
forbid (principal, action, resource)
  when { resource.hasTag("stage") && resource.getTag("stage") == "production" && !principal.hasTag("oncall") };
)";

constexpr std::string_view kRecords = R"(
permit (principal is Preparer, action, resource is Return)
  when { principal.assigned.contains({organization: resource.owner.organization, service: resource.service}) };
permit (principal is Preparer, action, resource is Return)
  when { principal.extra.contains({client: resource.owner, service: resource.service}) };
forbid (principal, action, resource)
  unless { context.consent.client == resource.owner && context.consent.regions.contains(principal.location) };
)";

constexpr std::string_view kNetwork = R"(
permit (principal, action, resource) when { context.ip.isInRange(ip("10.0.0.0/8")) };
permit (principal, action, resource) when { context.ip.isInRange(ip("192.168.0.0/16")) && principal.level >= 3 };
permit (principal, action, resource)
  when { context.now > datetime("2026-01-01") && context.now < datetime("2026-12-31T23:59:59Z") && resource.open };
permit (principal, action, resource) when { context.now.offset(duration("1h")) < principal.until };
forbid (principal, action, resource) when { context.score.greaterThan(decimal("0.8")) };
forbid (principal, action, resource) when { context.ip.isLoopback() || context.ip.isMulticast() };
)";

std::string reference(std::string_view type, std::string_view id) {
  return fmt::format(R"({{"__entity":{}}})", uid_json(type, id));
}
std::string extension(std::string_view function, std::string_view argument) {
  return fmt::format(R"({{"__extn":{{"fn":"{}","arg":"{}"}}}})", function, argument);
}

/// Draws entities and requests of one workload.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t bound) { return random_.below(bound); }
  bool chance(std::size_t percent) { return below(100) < percent; }
  std::string_view of(std::span<const std::string_view> choices) { return choices[below(choices.size())]; }
  std::string numbered(std::string_view prefix, std::size_t bound) { return fmt::format("{}{}", prefix, below(bound)); }
  std::string user() { return numbered("u", kUsers); }
  std::string team() { return numbered("t", kTeams); }
  std::string teams() {
    return uid_json("Team", team()) + "," + uid_json("Team", team()) + "," + uid_json("Team", team());
  }

  void entity(std::string_view type, std::string_view id, std::string_view attributes, std::string_view parents = "",
              std::string_view tags = "") {
    case_.entities.push_back(entity_json(type, id, attributes, parents, tags));
  }
  void request(std::string_view principal_type, std::string_view principal, std::string_view action,
               std::string_view resource_type, std::string_view resource, std::string_view context = "") {
    case_.requests.push_back(request_json(uid_json(principal_type, principal), uid_json("Action", action),
                                          uid_json(resource_type, resource), context));
  }
  Case finish(std::string_view policies) && {
    case_.policies = policies;
    return std::move(case_);
  }

 private:
  Random random_;
  Case case_;
};

constexpr std::array<std::string_view, 4> kDepartments = {"sales", "legal", "engineering", "operations"};

Case types() {
  Draw draw(1);
  for (std::size_t i = 0; i < kUsers; ++i) {
    draw.entity("User", fmt::format("u{}", i),
                fmt::format(R"("level":{},"department":"{}","suspended":{})", draw.below(5), draw.of(kDepartments),
                            draw.chance(3)),
                draw.teams());
  }
  constexpr std::array<std::string_view, 3> kScopes = {R"("read","write")", R"("read","share")", R"("write","purge")"};
  for (std::size_t i = 0; i < kServices; ++i) {
    draw.entity("Service", fmt::format("s{}", i),
                fmt::format(R"("owner":{},"scopes":[{}])", reference("User", draw.user()), draw.of(kScopes)),
                draw.teams());
  }
  for (std::size_t i = 0; i < kDocuments; ++i) {
    std::string viewers;
    for (int v = 0; v < 8; ++v) viewers += (v == 0 ? "" : ",") + reference("User", draw.user());
    draw.entity(
        "Document", fmt::format("d{}", i),
        fmt::format(R"("owner":{},"level":{},"department":"{}","viewers":[{}],"public":{})",
                    reference("User", draw.user()), draw.below(5), draw.of(kDepartments), viewers, draw.chance(10)));
  }
  for (std::size_t i = 0; i < kFolders; ++i) {
    draw.entity("Folder", fmt::format("f{}", i), fmt::format(R"("team":{})", reference("Team", draw.team())));
  }
  constexpr std::array<std::string_view, 5> kActions = {"read", "read", "write", "share", "list"};
  for (std::size_t i = 0; i < kRequests; ++i) {
    const bool is_user = draw.chance(70);
    const std::string principal = is_user ? draw.user() : draw.numbered("s", kServices);
    const std::string_view action = draw.of(kActions);
    const bool lists = action == "list";
    const std::string resource = lists ? draw.numbered("f", kFolders) : draw.numbered("d", kDocuments);
    draw.request(is_user ? "User" : "Service", principal, action, lists ? "Folder" : "Document", resource,
                 fmt::format(R"("mfa":{},"risk":{})", draw.chance(70), draw.below(100)));
  }
  return std::move(draw).finish(kTypes);
}

Case attributes() {
  Draw draw(2);
  for (std::size_t i = 0; i < kUsers; ++i) {
    draw.entity("User", fmt::format("u{}", i),
                fmt::format(R"("level":{},"department":"{}"{})", draw.below(6), draw.of(kDepartments),
                            draw.chance(10) ? R"(,"suspended":true)" : ""),
                draw.teams());
  }
  constexpr std::array<std::string_view, 4> kLabels = {R"("public")", R"("draft","secret")", R"("shared","draft")",
                                                       R"("internal")"};
  for (std::size_t i = 0; i < kDocuments; ++i) {
    draw.entity("Document", fmt::format("d{}", i),
                fmt::format(R"("owner":{},"team":{},"department":"{}","labels":[{}],"name":"{}/{}"{})",
                            reference("User", draw.user()), reference("Team", draw.team()), draw.of(kDepartments),
                            draw.of(kLabels), draw.chance(50) ? "open" : "closed", i,
                            draw.chance(10) ? R"(,"hold":true)" : ""));
  }
  constexpr std::array<std::string_view, 3> kActions = {"read", "write", "delete"};
  for (std::size_t i = 0; i < kRequests; ++i) {
    draw.request("User", draw.user(), draw.of(kActions), "Document", draw.numbered("d", kDocuments),
                 draw.chance(80) ? fmt::format(R"("mfa":{})", draw.chance(60)) : "");
  }
  return std::move(draw).finish(kAttributes);
}

Case tags() {
  Draw draw(3);
  constexpr std::array<std::string_view, 3> kOwners = {"a", "b", "c"};
  for (std::size_t i = 0; i < kUsers; ++i) {
    draw.entity("User", fmt::format("u{}", i), "", "",
                fmt::format(R"("team":"{}"{})", draw.of(kOwners), draw.chance(30) ? R"(,"oncall":"yes")" : ""));
  }
  for (std::size_t i = 0; i < kDocuments; ++i) {
    draw.entity("Host", fmt::format("h{}", i), "", "",
                fmt::format(R"("team":"{}","stage":"{}"{})", draw.of(kOwners), draw.chance(50) ? "production" : "test",
                            draw.chance(20) ? R"(,"public":"yes")" : ""));
  }
  for (std::size_t i = 0; i < kRequests; ++i) {
    draw.request("User", draw.user(), "use", "Host", draw.numbered("h", kDocuments));
  }
  return std::move(draw).finish(kTags);
}

Case records() {
  Draw draw(4);
  constexpr std::array<std::string_view, 3> kServicesOffered = {"corporate", "individual", "audit"};
  constexpr std::array<std::string_view, 3> kRegions = {"north", "south", "east"};
  constexpr std::array<std::string_view, 3> kConsents = {R"("north","south")", R"("south","east")",
                                                         R"("north","east")"};
  for (std::size_t i = 0; i < kClients; ++i) {
    draw.entity("Client", fmt::format("c{}", i),
                fmt::format(R"("organization":{})", reference("Organization", draw.numbered("o", 20))));
  }
  const auto assigned = [&] {
    return fmt::format(R"({{"organization":{},"service":"{}"}})", reference("Organization", draw.numbered("o", 20)),
                       draw.of(kServicesOffered));
  };
  for (std::size_t i = 0; i < kUsers; ++i) {
    const std::string all = assigned() + "," + assigned() + "," + assigned();
    draw.entity(
        "Preparer", fmt::format("u{}", i),
        fmt::format(R"("location":"{}","assigned":[{}],"extra":[{{"client":{},"service":"{}"}}])", draw.of(kRegions),
                    all, reference("Client", draw.numbered("c", kClients)), draw.of(kServicesOffered)));
  }
  for (std::size_t i = 0; i < kDocuments; ++i) {
    draw.entity("Return", fmt::format("d{}", i),
                fmt::format(R"("service":"{}","owner":{})", draw.of(kServicesOffered),
                            reference("Client", fmt::format("c{}", i % kClients))));
  }
  for (std::size_t i = 0; i < kRequests; ++i) {
    const std::size_t document = draw.below(kDocuments);
    const std::size_t client = draw.chance(80) ? document % kClients : draw.below(kClients);
    const std::string consent = fmt::format(R"("consent":{{"client":{},"regions":[{}]}})",
                                            reference("Client", fmt::format("c{}", client)), draw.of(kConsents));
    draw.request("Preparer", draw.user(), "view", "Return", fmt::format("d{}", document), consent);
  }
  return std::move(draw).finish(kRecords);
}

Case network() {
  Draw draw(5);
  const auto date = [&] { return fmt::format("2026-{:02}-{:02}", 1 + draw.below(12), 1 + draw.below(28)); };
  for (std::size_t i = 0; i < kUsers; ++i) {
    draw.entity("User", fmt::format("u{}", i),
                fmt::format(R"("level":{},"until":{})", draw.below(5), extension("datetime", date())));
  }
  for (std::size_t i = 0; i < kDocuments; ++i) {
    draw.entity("Host", fmt::format("h{}", i), fmt::format(R"("open":{})", draw.chance(20)));
  }
  constexpr std::array<std::string_view, 4> kNetworks = {"10.1", "192.168", "172.16", "8.8"};
  for (std::size_t i = 0; i < kRequests; ++i) {
    const std::string address =
        draw.chance(5) ? "127.0.0.1" : fmt::format("{}.{}.{}", draw.of(kNetworks), draw.below(256), draw.below(256));
    draw.request(
        "User", draw.user(), "connect", "Host", draw.numbered("h", kDocuments),
        fmt::format(R"("ip":{},"score":{},"now":{})", extension("ip", address),
                    extension("decimal", fmt::format("0.{:02}", draw.below(100))), extension("datetime", date())));
  }
  return std::move(draw).finish(kNetwork);
}

}  // namespace

Result<std::vector<std::string>> write_condition_workloads(const std::string& folder) {
  std::vector<std::string> names;
  const auto write = [&](std::string name, const Case& drawn) {
    auto written = write_case(drawn, folder + "/conditions-" + name);
    names.push_back(std::move(name));
    return written;
  };
  return write("types", types())
      .and_then([&] { return write("attributes", attributes()); })
      .and_then([&] { return write("tags", tags()); })
      .and_then([&] { return write("records", records()); })
      .and_then([&] { return write("network", network()); })
      .map([&] { return names; });
}

}  // namespace quis::bench
