#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/base/value.hpp>
#include <quis/engine/action_contexts.hpp>
#include <quis/engine/engine.hpp>

/// The authorization question turned round: who may, what may she, which actions may she.
namespace quis {

class Schema;

namespace limits {

/// Hits on one page of a search.
inline constexpr std::size_t kMaxSearchHits = 100'000;

/// Requests that one call of a search decides. A search that would need more ends early, says so and can be continued.
inline constexpr std::size_t kMaxSearchDecisions = 10'000'000;

}  // namespace limits

/// What a search is about, beside the two parts of the request that are known. Borrows everything.
struct SearchOptions {
  TypeId type;  ///< only entities of this type; invalid: of any
  Value context = Value::empty_record();
  const ActionContexts* contexts = nullptr;             ///< with a schema, in place of `context`; else unused
  const LocalNames* names = nullptr;                    ///< set when a known id or a context key is local
  const Schema* schema = nullptr;                       ///< only what the schema lets the action apply to
  EntityId after;                                       ///< a page's `next`; invalid: from the beginning
  std::size_t limit = 1000;                             ///< hits on a page, from 1 to `limits::kMaxSearchHits`
  std::size_t decisions = limits::kMaxSearchDecisions;  ///< requests to decide at most, from 1 to that limit
};

/// Hits in order of id, which is the same for every search of a process, each once.
struct SearchPage {
  enum class End : std::uint8_t {
    complete,   ///< there are no more
    full,       ///< the page is; there may be more
    exhausted,  ///< as many requests were decided as were allowed; there may be more
  };

  std::vector<EntityId> hits;
  End end = End::complete;
  EntityId next;                       ///< where to go on (`SearchOptions::after`); invalid when complete
  std::size_t decisions = 0;           ///< requests that were decided for this page
  std::size_t domain = 0;              ///< what could be a hit, on this page or another: see `Search`
  std::vector<SkippedAction> skipped;  ///< of `actions` with a schema: those that were not asked about, on every page
};

/// Searches a world for requests that are permitted.
///
/// Exact: every hit is permitted by the engine, and nothing of the domain that is permitted is missed. The domain is
/// what is at hand: *the entities in the world's store*; without a schema, those that are of no action type, unless the
/// options ask for such a type. An entity that is only named, by a policy, as a parent or in an attribute, is not among
/// them. Candidates come from what the permits ask of the unknown entity: `== e` is one
/// candidate, `in g` the members of `g`, `is T` the entities of a type, whether it stands in the scope or is what is
/// left of the conditions once the known parts are filled in. Only where a permit asks nothing of the kind is every
/// entity decided.
///
/// With a schema, no request that `validate` refuses is answered: an entity of a type that the action does not apply to
/// is no hit, whatever the policies say, and a known part of such a type has no hits; a known part or
/// `SearchOptions::type` that the schema does not declare is refused (`unknown_entity_type`), and so is a context that
/// the action may not have, with the codes of `validate_context`.
///
/// Thread safety: immutable; any number of threads may search at once. The first search that asks for members or for a
/// type builds an index of the store, once, linear in its entities and their direct parents. Copies share it.
class Search {
 public:
  explicit Search(Engine engine);

  /// Who may do this action on this resource. Fails with `invalid_argument` for options out of range, with
  /// `invalid_request` for invalid ids and for names older than the world, and with `unknown_action` for an action that
  /// the schema does not declare.
  [[nodiscard]] Result<SearchPage> who_can(EntityId action, EntityId resource, const SearchOptions& options = {}) const;

  /// On what this principal may do this action. As `who_can`.
  [[nodiscard]] Result<SearchPage> what_can(EntityId principal, EntityId action,
                                            const SearchOptions& options = {}) const;

  /// Which actions this principal may do on this resource. The domain: with a schema its actions that apply to the two
  /// types; without, the entities of an action type in the store and the actions that policies name, in scopes and in
  /// conditions (nothing then tells an action from a group of actions). `type` of the options filters actions. The
  /// context is
  /// checked for each action: those that may not have it are skipped, and listed as such; where none may have it the
  /// search is refused. As `who_can`.
  [[nodiscard]] Result<SearchPage> actions(EntityId principal, EntityId resource,
                                           const SearchOptions& options = {}) const;

  [[nodiscard]] const Engine& engine() const noexcept { return engine_; }

 private:
  struct Index;
  Engine engine_;
  std::shared_ptr<Index> index_;
};

}  // namespace quis
