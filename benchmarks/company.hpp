#pragma once

#include <cstddef>
#include <string>

namespace quis::bench {

inline constexpr std::size_t kCompanyEntities = 1'000'000;
inline constexpr std::size_t kCompanyGroups = 53'747;  ///< the others are people

/// Entities JSON of a company: 947,000 people in six levels of groups, every entity with ten attributes (people) and
/// three parents. Not `scattered`, neighbours are in the same three groups, as departments are; `scattered` gives each
/// person three groups of its own choice, so that hardly two ancestor lists are alike. `space` keeps the people of one
/// company apart from those of another. The text depends on nothing else.
[[nodiscard]] std::string company(const std::string& space, bool scattered);

/// The id of one of them, of type `Company::Person`: `space` and its number, from `kCompanyGroups` on.
[[nodiscard]] inline std::string person_id(const std::string& space, std::size_t number) {
  return space + std::to_string(number);
}

}  // namespace quis::bench
