#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <quis/engine/diff.hpp>
#include <quis/engine/engine.hpp>
#include <quis/engine/request.hpp>

#include "engine/policy_pairing.hpp"

namespace quis {

/// Decides requests in two worlds, and says of those that come out otherwise which policies made the difference.
/// Borrows all that it is made of. Not for several threads at once.
class ChangeTeller {
 public:
  ChangeTeller(const Engine& before, const Engine& after, const PolicyPairing& pairing) noexcept
      : old_engine_(before), new_engine_(after), pairing_(pairing) {}

  struct Outcomes {
    Outcome was = Outcome::deny;
    Outcome is = Outcome::deny;
    bool differ = false;  ///< in themselves, or in what a step-up requires
  };
  [[nodiscard]] Outcomes decide(const Request& request);

  /// Of a request whose outcomes differ.
  [[nodiscard]] AccessChange told(const Request& request, Outcome was, Outcome is);

 private:
  /// One of the two worlds, as seen from it.
  struct Side {
    const World& own;
    const World& other;
    bool is_old;
  };

  [[nodiscard]] Side old_side() const noexcept { return {old_engine_.world(), new_engine_.world(), true}; }
  [[nodiscard]] Side new_side() const noexcept { return {new_engine_.world(), old_engine_.world(), false}; }

  /// All requirements of a step-up must be met, so their order does not matter.
  [[nodiscard]] bool requirements_differ(const Request& request);
  /// Whether a policy that is satisfied in its own world is not so in the other, or asks there for another step-up.
  [[nodiscard]] bool does_otherwise(const Side& side, PolicyIndex policy, const Request& request,
                                    bool step_up_matters) const;
  /// Where the same forbids deny in both worlds and one denial can be lifted, permits behind them made the difference.
  /// Decisions do not list those.
  void add_permits(const Side& side, const Request& request, std::vector<std::string>& ids) const;

  const Engine& old_engine_;
  const Engine& new_engine_;
  const PolicyPairing& pairing_;
  Response old_response_;
  Response new_response_;
};

}  // namespace quis
