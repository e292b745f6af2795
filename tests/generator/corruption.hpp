#pragma once

#include <string>

#include "generator/choices.hpp"

namespace quis::test {

/// A text with one to three small mistakes: something taken out, put in, doubled or changed for something else. Stays
/// well-formed UTF-8; may still be a good policy or schema.
[[nodiscard]] std::string corrupted(Choices& choices, std::string text);

}  // namespace quis::test
