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

TEST_CASE("a request for an action that the schema does not declare is told the one that was meant") {
  const Schema schema = require(parse_schema(R"(namespace Album {
    entity User, Photo;
    action view appliesTo { principal: User, resource: Photo };
  })"));
  const auto help_for = [&](const char* action) {
    const auto refused =
        OwnedRequest::from_text(R"(Album::User::"alice")", action, R"(Album::Photo::"cat")", "{}", &schema, true);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().front().code == ErrorCode::unknown_action);
    return refused.error().front().help;
  };
  CHECK(help_for(R"(Album::Action::"veiw")") == "did you mean `Album::Action::\"view\"`?");
  CHECK(help_for(R"(Action::"view")") == "did you mean `Album::Action::\"view\"`?");
  CHECK(help_for(R"(Action::"paint")") == "declare it in the schema, or leave the schema out");
}

}  // namespace quis::test
