// Guards of attributes and tags, wherever they stand and whatever is read behind them: all evaluators answer alike,
// errors included, for one request and for many resources.

#include <array>
#include <random>
#include <string>

#include <quis/base/vocabulary.hpp>

#include "engine/decide.hpp"
#include "engine/program.hpp"

namespace quis::test {
namespace {

/// Conditions that ask whether something is there and read it, in any order, and now and then something else.
class Conditions {
 public:
  explicit Conditions(unsigned seed) : random_(seed) {}

  std::string condition(int depth) {
    switch (depth == 0 ? random_() % 4 : random_() % 9) {
      case 0: return guard();
      case 1: return read() + one_of(std::array{" == ", " == ", " < "}) + read();
      case 2: return read() + one_of(std::array{" == 1", R"( == "x")", " < 2", R"(.b == 1)"});
      case 3: return guard() + " && " + read() + " == " + read();
      case 4: return "(" + condition(depth - 1) + " || " + condition(depth - 1) + ")";
      case 5: return "!(" + condition(depth - 1) + ")";
      case 6: return "(if " + condition(depth - 1) + " then " + condition(depth - 1) + " else " + guard() + ")";
      default: return condition(depth - 1) + " && " + condition(depth - 1);
    }
  }

  std::string fields(const std::array<const char*, 6>& values) {
    std::string text;
    for (const char* name : {"a", "b"}) {
      if (random_() % 2 == 0) text += (text.empty() ? "\"" : ", \"") + std::string(name) + "\": " + one_of(values);
    }
    return "{" + text + "}";
  }

  template <class Choices>
  std::string one_of(const Choices& choices) {
    return choices[random_() % choices.size()];
  }

 private:
  std::string name() { return one_of(std::array{"a", "b"}); }
  std::string entity() { return one_of(std::array{"principal", "resource"}); }
  std::string guard() {
    if (random_() % 3 == 0) return entity() + ".hasTag(\"" + name() + "\")";
    return one_of(std::array{"principal", "resource", "context"}) + " has " + name();
  }
  std::string read() {
    if (random_() % 3 == 0) return entity() + ".getTag(\"" + name() + "\")";
    return one_of(std::array{"principal", "resource", "context"}) + "." + name();
  }

  std::mt19937 random_;
};

TEST_CASE("guards that are merged with what they guard change no answer and no error") {
  constexpr std::array<const char*, 6> kValues = {
      "1", "2", R"("x")", R"({"b": 1})", R"({"a": 2})", R"({"__entity": {"type": "User", "id": "u1"}})"};
  constexpr std::array<const char*, 6> kTags = {"1", "1", "1", "2", "2", "2"};
  std::size_t guarded = 0;
  std::size_t permitted = 0;
  std::size_t failed = 0;
  for (unsigned round = 0; round < 600; ++round) {
    Conditions random(round);
    std::string policies;
    for (int i = 0; i < 20; ++i) {
      policies += random.one_of(std::array{"permit", "permit", "forbid"}) + "(principal, action, resource) when { " +
                  random.condition(2) + " };\n";
    }
    std::string entities;
    for (const char* uid : {R"("User", "id": "u1")", R"("User", "id": "u2")", R"("Doc", "id": "d1")",
                            R"("Doc", "id": "d2")", R"("Doc", "id": "d3")"}) {
      entities += std::string(entities.empty() ? "[" : ",\n") + R"({"uid": {"type": )" + uid + R"(}, "attrs": )" +
                  random.fields(kValues) + R"(, "tags": )" + random.fields(kTags) + R"(, "parents": []})";
    }
    const World world = world_of(policies, entities + "]");
    for (const char c : world.program().to_text()) guarded += c == '?' ? 1U : 0U;
    const Engine compiled(world);
    const Engine reference(world, Evaluator::reference);
    const std::array<EntityId, 4> resources = {intern_entity("Doc", "d1"), intern_entity("Doc", "d2"),
                                               intern_entity("Doc", "d3"), intern_entity("Doc", "absent")};
    for (int i = 0; i < 8; ++i) {
      const std::string context = random.fields(kValues);
      const auto request = require(OwnedRequest::from_text(random.one_of(std::array{R"(User::"u1")", R"(User::"u2")"}),
                                                           R"(Action::"view")", R"(Doc::"d1")", context));
      std::array<bool, 4> among = {};
      compiled.permitted_among(request.view(), resources, among);
      for (std::size_t at = 0; at < resources.size(); ++at) {
        Request each = request.view();
        each.resource = resources[at];
        CAPTURE(policies);
        CAPTURE(entities);
        CAPTURE(context);
        const Answer expected = ask(reference, each);
        CHECK(ask(compiled, each) == expected);
        CHECK(among[at] == expected.permitted);
        permitted += expected.permitted ? 1U : 0U;
        failed += expected.errors.size();
      }
    }
  }
  CHECK(guarded > 2000);  // each way out is met often
  CHECK(permitted > 500);
  CHECK(failed > 5000);
}

}  // namespace
}  // namespace quis::test
