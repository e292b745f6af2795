#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "generator/choices.hpp"

/// Photos in albums, and the users who own them: worlds of one schema, whose tables a database can hold.
namespace quis::test {

struct PhotoRequest {
  std::string principal;  ///< uid text of a user
  std::string action;
  std::string context;  ///< JSON
};

struct PhotoWorld {
  std::string entities = "[";  ///< JSON
  std::vector<PhotoRequest> requests;
};

/// Attributes of every kind that a column holds, some required, some optional, some of other entities.
[[nodiscard]] std::string_view photo_schema();

/// Entities and requests; they conform to the schema.
[[nodiscard]] PhotoWorld generate_photos(Choices& choices);

}  // namespace quis::test
