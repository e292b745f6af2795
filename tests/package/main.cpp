// The smallest host: one policy, one entity, one decision that must be permit and one that must not.

#include <cstdio>

#include <quis/quis.hpp>

int main() {
  auto policies = quis::PolicySet::from_text(R"(permit(principal == User::"alice", action, resource);)");
  auto entities =
      quis::Entities::from_json(R"([{"uid": {"type": "User", "id": "alice"}, "attrs": {}, "parents": []}])");
  if (!policies || !entities) {
    std::fputs("cannot load the policies or the entities\n", stderr);
    return 1;
  }
  const quis::Engine engine(quis::World::build(*policies, *entities));

  const auto alice = engine.authorize(R"(User::"alice")", R"(Action::"view")", R"(Photo::"cat.jpg")");
  const auto bob = engine.authorize(R"(User::"bob")", R"(Action::"view")", R"(Photo::"cat.jpg")");
  const bool right = alice && alice->permitted() && bob && !bob->permitted();
  std::puts(right ? "alice is permitted, bob is not" : "wrong decision");
  return right ? 0 : 1;
}
