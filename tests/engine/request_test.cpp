#include <quis/policy/schema_parser.hpp>

#include "engine/decide.hpp"

namespace quis::test {

TEST_CASE("a checked request has no entity in its context that an enumerated type does not declare") {
  const Schema schema = require(parse_schema(R"(
      entity User, Photo;
      entity Color enum ["red", "green"];
      action view appliesTo {
        principal: User,
        resource: Photo,
        context: {color?: Color, colors?: Set<Color>, at?: {color: Color}}
      };)"));
  const auto read = [&](const char* context, bool check) {
    return OwnedRequest::from_text(R"(User::"alice")", R"(Action::"view")", R"(Photo::"cat")", context, &schema, check);
  };
  CHECK(read(R"({"color": {"type": "Color", "id": "red"}})", true));
  CHECK(read(R"({"colors": [{"type": "Color", "id": "red"}, {"type": "Color", "id": "green"}]})", true));
  for (const char* context : {R"({"color": {"type": "Color", "id": "mauve"}})",
                              R"({"colors": [{"type": "Color", "id": "red"}, {"type": "Color", "id": "mauve"}]})",
                              R"({"at": {"color": {"__entity": {"type": "Color", "id": "mauve"}}}})"}) {
    CAPTURE(context);
    const auto refused = read(context, true);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().front().code == ErrorCode::invalid_request);
    CHECK(refused.error().front().message ==
          "the `Color::\"mauve\"` in the context is not one of its type's enumerated ids");
    CHECK(read(context, false));
  }
}

}  // namespace quis::test
