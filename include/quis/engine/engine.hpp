#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/engine/decision.hpp>
#include <quis/engine/explanation.hpp>
#include <quis/engine/request.hpp>
#include <quis/engine/world.hpp>

namespace quis {

/// How a decision is computed. Both always agree; the reference is the plain interpreter that the other is checked
/// against.
enum class Evaluator : std::uint8_t { compiled, reference };

/// What a forbid policy does that cannot be evaluated.
enum class ForbidErrors : std::uint8_t {
  skip,  ///< nothing, as in Cedar: it is listed among the errors
  deny,  ///< it denies, for hosts that would rather refuse than overlook: still listed, and no policy is determining
};

/// Decides requests against a world, exactly as Cedar does: permit when at least one permit policy is satisfied and no
/// forbid policy is; a policy whose evaluation errs is not satisfied.
///
/// Thread safety: immutable; any number of threads may decide at once, and share no cache line that anyone writes (but
/// for the first sweeps of `permitted_among`).
class Engine {
 public:
  explicit Engine(World world, Evaluator evaluator = Evaluator::compiled,
                  ForbidErrors forbid_errors = ForbidErrors::skip) noexcept;

  /// The decision. Meets only the policies whose action and scope can match; takes no lock and allocates nothing
  /// (except once a thread, when the policies need more scratch than a kilobyte). Never fails: whatever cannot be
  /// decided is denied.
  [[nodiscard]] Decision authorize(const Request& request) const noexcept;

  /// The decision with all determining policies and all errors. Allocates nothing once `response` has grown.
  void authorize(const Request& request, Response& response) const;

  /// From text; see `OwnedRequest::from_text`. Fails only for text that is no request. Allocates nothing when the
  /// vocabulary knows all three uids, they are written plainly (in ASCII, without escapes, comments, or spaces around
  /// their parts), and the context is `{}`; but uids that are asked for the first time may make the process's table of
  /// them grow, a dozen times in its life at most.
  [[nodiscard]] Result<Decision> authorize(std::string_view principal, std::string_view action,
                                           std::string_view resource, std::string_view context_json = "{}") const;

  /// `decisions[i]` answers `requests[i]`. REQUIRES: as many decisions as requests. Allocates nothing. Where entities
  /// are too many for the processor's caches, a long span is several times faster than so many calls.
  void authorize_many(std::span<const Request> requests, std::span<Decision> decisions) const noexcept;

  /// Which of these resources may the principal of `question` do its action on? `permitted[i]` is what `authorize`
  /// would answer for `resources[i]`, steps-up being denials; the resource of `question` is not looked at. For lists
  /// and search results: a few nanoseconds a resource where policies ask for memberships, owners, flags, types and
  /// groups of resources. Resources that are neighbours in id, as those loaded together are, are the quickest. For
  /// which resources exist that may be accessed see search.hpp; for a condition to put into a database query,
  /// filter.hpp.
  ///
  /// REQUIRES: as many answers as resources. Takes no lock. The first of many sweeps over a hundred resources or more
  /// that lie close together in the store lays out what it asks of them, for the sweeps to come: four bytes for each
  /// entity around them and attribute, sixteen where policies ask for groups of resources. It is kept with the entities
  /// and counted by `Entities::statistics`; a page of 256 entities lays it out anew when one of them changed. All else
  /// allocates nothing.
  void permitted_among(const Request& question, std::span<const EntityId> resources,
                       std::span<bool> permitted) const noexcept;

  /// The decision in words, for people and for records: for every determining policy its place, its annotations and
  /// what made its clauses true with the values they saw; for every error the sub-expression and the reason; for a
  /// default deny the permits that came nearest, `most_misses` of them. Evaluates again, by the reference interpreter:
  /// for the cold path. Cost: linear in the policies. Bounded in size by the constants in explanation.hpp.
  [[nodiscard]] Explanation explain(const Request& request, std::size_t most_misses = limits::kMaxNearestMisses) const;

  /// The id of an entity or action, to resolve once and decide with for ever. Adds the name to the vocabulary when it
  /// is new, so resolve what was authenticated, not whatever a stranger sends; for that there is `OwnedRequest`.
  [[nodiscard]] EntityId entity(std::string_view type, std::string_view id) const noexcept;
  /// `entity("Action", id)`.
  [[nodiscard]] EntityId action(std::string_view id) const noexcept;

  /// What would lift a decision that is a step-up, else nothing: the values of `@step_up`, as in `Response::step_up`.
  /// They are views into the world. Of a decision that is not `complete()` some may be left out.
  [[nodiscard]] std::vector<std::string_view> requirements(const Decision& decision) const;

  /// The id of a policy that a decision names.
  [[nodiscard]] std::string_view policy_id(PolicyIndex policy) const noexcept;

  [[nodiscard]] const World& world() const noexcept { return world_; }

 private:
  /// As `authorize`, apart, so that the way of most requests needs little room.
  [[nodiscard]] Decision decide_by_policies(const Request& request) const;
  [[nodiscard]] Outcome decide_by_policies(const Request& request, Response& response) const;
  [[nodiscard]] Result<Decision> decide_by_text(std::string_view principal, std::string_view action,
                                                std::string_view resource, std::string_view context_json) const;

  World world_;
  Evaluator evaluator_;
  ForbidErrors forbid_errors_;
};

}  // namespace quis
