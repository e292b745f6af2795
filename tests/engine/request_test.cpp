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

TEST_CASE("a schema allows and refuses the same requests whether their names are known, and however they are written") {
  const Schema schema = require(parse_schema(R"(
      entity User, Photo;
      entity Color enum ["red", "green"];
      action view appliesTo { principal: User, resource: [Photo, User] };
      action mix appliesTo { principal: User, resource: Photo, context: {ip?: ipaddr} };
      action enter appliesTo { principal: User, resource: Photo, context: {ip: ipaddr} };
      action groups;)"));
  const Schema enumerated = require(parse_schema(R"(
      entity User;
      entity Color enum ["red", "green"];
      action paint appliesTo { principal: User, resource: Color };)"));
  struct Case {
    const Schema* schema;
    std::string principal;
    std::string action;
    std::string resource;
    bool allowed;
    bool allowed_unchecked;
  };
  const Case cases[] = {
      {&schema, "User::\"a1\"", "view", "Photo::\"p1\"", true, true},
      {&schema, "User::\"a1\"", "view", "User::\"a1\"", true, true},
      {&schema, "User::\"a1\"", "mix", "Photo::\"p1\"", true, true},
      {&schema, "User::\"a1\"", "mix", "User::\"a1\"", false, true},
      {&schema, "Photo::\"p1\"", "view", "Photo::\"p1\"", false, true},
      {&schema, "Elsewhere::\"p1\"", "view", "Photo::\"p1\"", false, true},
      {&schema, "User::\"a1\"", "enter", "Photo::\"p1\"", false, false},
      {&schema, "User::\"a1\"", "groups", "Photo::\"p1\"", false, true},
      {&schema, "User::\"a1\"", "erase", "Photo::\"p1\"", false, false},
      {&enumerated, "User::\"a1\"", "paint", "Color::\"red\"", true, true},
      {&enumerated, "User::\"a1\"", "paint", "Color::\"mauve\"", false, true},
      {nullptr, "User::\"a1\"", "paint", "Color::\"mauve\"", true, true},
  };
  for (const bool known : {false, true}) {
    for (const Case& each : cases) {
      const std::string action = "Action::\"" + each.action + "\"";
      for (const bool check : {true, false}) {
        CAPTURE(each.principal);
        CAPTURE(action);
        CAPTURE(each.resource);
        CAPTURE(check);
        CAPTURE(known);
        const auto plain = OwnedRequest::from_text(each.principal, action, each.resource, "{}", each.schema, check);
        const auto spaced =
            OwnedRequest::from_text(each.principal + " ", action + " ", each.resource, " {}", each.schema, check);
        CHECK(plain.has_value() == (check ? each.allowed : each.allowed_unchecked));
        REQUIRE(plain.has_value() == spaced.has_value());
        if (!plain) {
          CHECK(plain.error().front().code == spaced.error().front().code);
          CHECK(plain.error().front().message == spaced.error().front().message);
          continue;
        }
        CHECK(to_text(plain->view().principal, plain->view().names) == each.principal);
        CHECK(to_text(plain->view().action, plain->view().names) == action);
        CHECK(to_text(plain->view().resource, plain->view().names) == each.resource);
        CHECK(plain->view().context == Value::empty_record());
        CHECK(plain->view().has_local_names() == (plain->view().names != nullptr));
        if (known) CHECK_FALSE(plain->view().has_local_names());
      }
    }
    for (const char* id : {"view", "mix", "enter", "groups", "erase", "paint"}) (void)intern_entity("Action", id);
    for (const char* id : {"red", "green", "mauve"}) (void)intern_entity("Color", id);
    (void)intern_entity("User", "a1");
    (void)intern_entity("Photo", "p1");
    (void)intern_entity("Elsewhere", "p1");
  }
}

TEST_CASE("an action that was declared without a context has an empty one") {
  ActionDeclaration view;
  view.uid = intern_entity("Action", "bare");
  view.principals = view.resources = {intern_type("Bare")};
  EntityTypeDeclaration bare;
  bare.name = intern_type("Bare");
  bare.attributes = Type::record({});
  const Schema schema = require(Schema::build({bare}, {view}));
  const auto request =
      require(OwnedRequest::from_text("Bare::\"b1\"", "Action::\"bare\"", "Bare::\"b2\"", "{}", &schema));
  CHECK(validate(request.view(), schema));
  CHECK_FALSE(OwnedRequest::from_text("Bare::\"b1\"", "Action::\"bare\"", "Bare::\"b2\"", R"({"x": 1})", &schema));
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
