#include <string>

#include <quis/engine/live_engine.hpp>
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

TEST_CASE("a request in text is answered alike, whether its names are known, and however they are written") {
  const World world = world_of(R"(permit(principal == User::"alice", action == Action::"view", resource);
                                    permit(principal, action == Action::"own", resource) when { principal == resource };)",
                               R"([{"uid": {"type": "User", "id": "alice"}, "attrs": {}, "parents": []}])");
  const Engine engine(world);
  const LiveEngine live(world);
  const auto permitted = [&](const char* principal, const char* action, const char* resource) {
    const auto plain = engine.authorize(principal, action, resource);
    const auto cached = live.authorize(principal, action, resource);
    const auto spaced = engine.authorize(std::string(principal) + " ", action, resource, "{ }");
    REQUIRE(plain);
    REQUIRE(cached);
    REQUIRE(spaced);
    CHECK(plain->permitted() == cached->permitted());
    CHECK(plain->permitted() == spaced->permitted());
    return plain->permitted();
  };
  for (int round = 0; round < 2; ++round) {
    CHECK(permitted(R"(User::"alice")", R"(Action::"view")", R"(User::"alice")"));
    CHECK(permitted(R"(User::"alice")", R"(Action::"view")", R"(User::"a stranger to the vocabulary")"));
    CHECK_FALSE(permitted(R"(User::"a stranger to the vocabulary")", R"(Action::"view")", R"(User::"alice")"));
    CHECK_FALSE(permitted(R"(User::"alice")", R"(Action::"edit")", R"(User::"alice")"));
    // Local names are equal to themselves.
    CHECK(permitted(R"(User::"another stranger")", R"(Action::"own")", R"(User::"another stranger")"));
    CHECK_FALSE(permitted(R"(User::"another stranger")", R"(Action::"own")", R"(User::"a stranger")"));
  }
  for (const char* bad : {R"(User::"alice)", R"(if::"alice12")", R"(User::"ali"ce")", ""}) {
    CAPTURE(bad);
    CHECK_FALSE(engine.authorize(bad, R"(Action::"view")", R"(User::"alice")"));
    CHECK_FALSE(live.authorize(R"(User::"alice")", R"(Action::"view")", bad));
  }
}

}  // namespace quis::test
