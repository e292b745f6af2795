// A host whose policies were compiled into it by `quis_compile_policies`.

#include <cstdio>

#include <photo_policies.hpp>
#include <quis/quis.hpp>

int main() {
  quis::use_native(photo_policies());
  auto policies = quis::PolicySet::from_directory(POLICIES);
  auto entities = quis::Entities::from_json(R"([{"uid": {"type": "Photo", "id": "cat.jpg"},
      "attrs": {"owner": {"__entity": {"type": "User", "id": "alice"}}}, "parents": []}])");
  if (!policies || !entities) {
    std::fputs("cannot load the policies or the entities\n", stderr);
    return 1;
  }
  const quis::World world = quis::World::build(*policies, *entities);
  const quis::NativeCoverage coverage = world.native_coverage();
  if (coverage.plans == 0 || coverage.native != coverage.plans) {
    std::fprintf(stderr, "%zu of %zu plans are native\n", coverage.native, coverage.plans);
    return 1;
  }
  if (policies->digest().to_hex() != photo_policies().digest) {
    std::fputs("the stamp is not the digest of the folder\n", stderr);
    return 1;
  }
  const quis::Engine engine(world);
  const auto alice = engine.authorize(R"(User::"alice")", R"(Action::"delete")", R"(Photo::"cat.jpg")");
  const auto bob = engine.authorize(R"(User::"bob")", R"(Action::"delete")", R"(Photo::"cat.jpg")");
  const bool right = alice && alice->permitted() && bob && !bob->permitted();
  std::puts(right ? "alice is permitted, bob is not" : "wrong decision");
  return right ? 0 : 1;
}
