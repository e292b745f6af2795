#include "generator/paths.hpp"

#include <memory>

#include "generator/literals.hpp"

namespace quis::test {
namespace {

constexpr std::size_t kMostPaths = 120;
constexpr std::size_t kLongestPath = 3;

}  // namespace

std::string access(const std::string& subject, const std::string& name) {
  return is_identifier(name) ? subject + '.' + name : subject + '[' + cedar_string(name) + ']';
}

std::string key_text(const std::string& name) { return is_identifier(name) ? name : cedar_string(name); }

std::vector<Path> paths_of(const SchemaModel& schema, const Environment& environment) {
  std::vector<Path> paths;
  paths.push_back({"principal", Shape::of_entity(environment.principal), {}});
  paths.push_back({"resource", Shape::of_entity(environment.resource), {}});
  const auto context =
      std::make_shared<Shape>(Shape{.kind = Shape::Kind::record, .fields = schema.actions[environment.action].context});
  paths.push_back({"context", context, {}});
  std::size_t begin = 0;
  for (std::size_t length = 0; length < kLongestPath; ++length) {
    const std::size_t end = paths.size();
    for (std::size_t i = begin; i < end; ++i) {
      const Shape& subject = *paths[i].shape;
      const std::vector<Field>* fields = &subject.fields;
      if (subject.kind == Shape::Kind::entity) fields = &schema.entity_types[subject.entity].attributes;
      for (const Field& field : *fields) {
        if (paths.size() >= kMostPaths) return paths;
        Path path{access(paths[i].text, field.name), field.shape, paths[i].guards};
        if (!field.required) path.guards.push_back(paths[i].text + " has " + key_text(field.name));
        paths.push_back(std::move(path));
      }
    }
    begin = end;
  }
  return paths;
}

}  // namespace quis::test
