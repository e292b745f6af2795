#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "policy/expression_shapes.hpp"

namespace quis {

/// "This attribute, or tag, of this expression is there": a number for each such fact of one policy.
using Capability = std::uint32_t;

/// What an expression's being true would prove. Unordered; a fact may stand in it twice.
using Capabilities = std::vector<Capability>;

/// All facts of both. Amortised: the smaller is added to the larger.
[[nodiscard]] Capabilities united(Capabilities a, Capabilities b);
/// The facts that are in both.
[[nodiscard]] Capabilities common(Capabilities a, Capabilities b);

/// The facts of one policy, and which of them hold at the place that is being checked.
class KnownFacts {
 public:
  explicit KnownFacts(ExpressionShapes& shapes) noexcept : shapes_(shapes) {}

  [[nodiscard]] Capability attribute(const Expr& of, SymbolId name) { return fact({shapes_.of(of), name.value, 0}); }
  [[nodiscard]] Capability tag(const Expr& of, const Expr& key) { return fact({shapes_.of(of), shapes_.of(key), 1}); }

  [[nodiscard]] bool holds(Capability fact) const noexcept { return counts_[fact] != 0; }

  void assume(const Capabilities& facts);
  /// Takes back as many as were assumed.
  void forget(const Capabilities& facts);

 private:
  struct Fact {
    ExpressionShapes::Shape of;
    std::uint32_t name;  // of an attribute, or the shape of a tag's key
    std::uint32_t is_tag;

    friend bool operator==(const Fact&, const Fact&) = default;
  };
  struct Hash {
    std::size_t operator()(const Fact& fact) const noexcept;
  };
  [[nodiscard]] Capability fact(const Fact& fact);

  ExpressionShapes& shapes_;
  std::unordered_map<Fact, Capability, Hash> numbers_;
  std::vector<std::uint32_t> counts_;
};

}  // namespace quis
