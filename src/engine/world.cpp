#include <quis/engine/world.hpp>

#include <utility>

#include <quis/base/vocabulary.hpp>

#include "engine/compiler.hpp"

namespace quis {

namespace {

struct Compiled {
  PolicySet policies;
  Program program;  // borrows from the policies
};

}  // namespace

struct World::Contents {
  std::shared_ptr<const Compiled> compiled;
  Entities entities;
  std::uint64_t version = 0;
  std::uint64_t generation = 0;
};

World::World(std::shared_ptr<const Contents> contents) noexcept : contents_(std::move(contents)) {}

World World::build(PolicySet policies, Entities entities, std::uint64_t version) {
  auto compiled = std::make_shared<Compiled>();
  compiled->policies = std::move(policies);
  compiled->program = compile(compiled->policies, entities);
  return World(
      std::make_shared<Contents>(Contents{std::move(compiled), std::move(entities), version, vocabulary_generation()}));
}

World World::with(Entities entities, std::uint64_t version) const {
  return World(
      std::make_shared<Contents>(Contents{contents_->compiled, std::move(entities), version, vocabulary_generation()}));
}

const PolicySet& World::policies() const noexcept { return contents_->compiled->policies; }
const Entities& World::entities() const noexcept { return contents_->entities; }
const Program& World::program() const noexcept { return contents_->compiled->program; }
std::uint64_t World::version() const noexcept { return contents_->version; }
std::uint64_t World::generation() const noexcept { return contents_->generation; }

}  // namespace quis
