#pragma once

#include <string_view>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/base/value.hpp>
#include <quis/base/vocabulary.hpp>
#include <quis/model/context.hpp>

namespace quis {

class Schema;

/// The question *may this principal do this action on this resource, in this context?* by ids.
///
/// The hot path's form: owns nothing. Ids come from the vocabulary (`Engine::entity`) or from an `OwnedRequest`.
///
/// Three kinds of request are denied without looking at a policy, because no answer about them could be trusted: one
/// with an invalid id, which names nobody; one whose context is no record (`Value()` is `false`); and one with local
/// names that is older than the world it is put to, whose policies may know those names by other ids. Build requests
/// after the world.
struct Request {
  EntityId principal;
  EntityId action;
  EntityId resource;
  const LocalNames* names = nullptr;  ///< set when any id or context key is local to this request
  Value context = Value::empty_record();

  /// Whether any id is local to this request (an invalid one counts), or any key or value of its context may be.
  [[nodiscard]] bool has_local_names() const noexcept {
    return EntityId{principal.value | action.value | resource.value}.local() || (names != nullptr && !names->empty());
  }
};

/// A request made from text, with the storage behind it. Never grows the vocabulary: unknown names stay its own.
///
/// Thread safety: as a standard container; `view()` may be used by many threads.
class OwnedRequest {
 public:
  /// One that names nobody, and is denied.
  OwnedRequest() noexcept {}  // not defaulted, or all of it would be zeroed first

  /// Entity uids as policies write them (`User::"alice"`), the context as a JSON object. With a schema the action must
  /// be declared, principal and resource must be of types that it applies to, enumerated ids must exist, and the
  /// context is read by and must fit its declared type. `check` = false reads the context by the schema and checks
  /// nothing else. Allocates nothing when the vocabulary knows all three uids, they are written plainly (in ASCII,
  /// without escapes, comments, or spaces around their parts), the context is `{}`, and no type of the schema is
  /// enumerated; but uids that are asked for the first time may make the process's table of them grow, a dozen times in
  /// its life at most.
  ///
  /// Two departures from Cedar: Cedar refuses a uid that is not spelt exactly as it would print it (`User::"it's"`,
  /// because it prints `\'`), and with `check` = false takes values of a wrong type in the context; here the
  /// first is read and the second refused.
  [[nodiscard]] static Result<OwnedRequest> from_text(std::string_view principal, std::string_view action,
                                                      std::string_view resource, std::string_view context_json = "{}",
                                                      const Schema* schema = nullptr, bool check = true);

  /// `{"principal": …, "action": …, "resource": …, "context": {…}}`; the uids either as text (`"User::\"alice\""`) or
  /// as `{"type", "id"}`, with or without the `__entity` escape; the context may be left out.
  [[nodiscard]] static Result<OwnedRequest> from_json(std::string_view text, const Schema* schema = nullptr,
                                                      bool check = true, std::string_view source_name = "request");

  /// Borrows from this object, which must outlive the view and must not be moved while it is used.
  [[nodiscard]] Request view() const noexcept {
    return {principal_, action_, resource_, names_.empty() ? nullptr : &names_, context_.value()};
  }

 private:
  /// One without local names and context.
  static Result<OwnedRequest> of_known(EntityId principal, EntityId action, EntityId resource);
  static Result<OwnedRequest> make(EntityId principal, EntityId action, EntityId resource, LocalNames names,
                                   std::string_view context_json, std::string_view context_name, const Schema* schema,
                                   bool check);

  EntityId principal_;
  EntityId action_;
  EntityId resource_;
  LocalNames names_;
  Context context_;
};

/// Checks a request that was built without a schema, by the rules of `OwnedRequest`: its action is declared, applies to
/// the types of its principal and resource, and its context is of the declared type; enumerated ids exist. A request
/// with an invalid id is refused.
[[nodiscard]] Result<void> validate(const Request& request, const Schema& schema);

}  // namespace quis
