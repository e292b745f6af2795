#pragma once

#include <cstddef>
#include <functional>

#include "generator/choices.hpp"

namespace quis::test {

/// Generates from the choices and says whether what came out is still a failure.
using StillFails = std::function<bool(Choices&)>;

/// A smaller sequence of choices that still fails: shorter, or as long with lower numbers. Takes out parts, then
/// blocks, then lowers single numbers, for as long as anything helps or until `trials` sequences were tried.
/// Deterministic. REQUIRES: what `found` drew does fail.
[[nodiscard]] Choices shrink(const Choices& found, const StillFails& still_fails, std::size_t trials = 4000);

}  // namespace quis::test
