#include <quis/engine/world.hpp>

#include <utility>

#include <quis/base/vocabulary.hpp>

#include "engine/compiler.hpp"

namespace quis {

struct World::Contents {
  PolicySet policies;
  Entities entities;
  Program program;  // borrows from both
  std::uint64_t version = 0;
  std::uint64_t generation = 0;
};

World::World(std::shared_ptr<const Contents> contents) noexcept : contents_(std::move(contents)) {}

World World::build(PolicySet policies, Entities entities, std::uint64_t version) {
  auto contents = std::make_shared<Contents>();
  contents->policies = std::move(policies);
  contents->entities = std::move(entities);
  contents->program = compile(contents->policies, contents->entities);
  contents->version = version;
  contents->generation = vocabulary_generation();
  return World(std::move(contents));
}

const PolicySet& World::policies() const noexcept { return contents_->policies; }
const Entities& World::entities() const noexcept { return contents_->entities; }
const Program& World::program() const noexcept { return contents_->program; }
std::uint64_t World::version() const noexcept { return contents_->version; }
std::uint64_t World::generation() const noexcept { return contents_->generation; }

}  // namespace quis
