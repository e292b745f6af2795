// A world's file has the sections of its entities (entities_image.hpp) and beside them the policies as Cedar's JSON
// with their digest, the version, and the memberships that end: a text list of type and id of member and group by
// turns, and the moments in milliseconds since 1970.
#include <quis/engine/world_file.hpp>

#include <array>
#include <cstring>
#include <new>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <quis/base/vocabulary.hpp>

#include "base/section_file.hpp"
#include "base/type_name.hpp"
#include "model/entities_image.hpp"
#include "model/image_sections.hpp"

namespace quis {
namespace {

constexpr std::uint32_t kPolicies = section_tag("PLCY");
constexpr std::uint32_t kDigest = section_tag("DGST");
constexpr std::uint32_t kVersion = section_tag("VERS");
constexpr std::uint32_t kMembers = section_tag("MEMB");
constexpr std::uint32_t kEnds = section_tag("ENDS");

constexpr std::size_t kTextsOfMembership = 4;

tl::unexpected<Errors> wrong(const SectionFile& file, const std::string& what) {
  return failure(ErrorCode::invalid_file, "`" + file.name() + "` holds no world: " + what,
                 "save it again from its source");
}

Result<PolicySet> read_policies(const SectionFile& file) {
  const Bytes text = file.section(kPolicies);
  const Bytes digest = file.section(kDigest);
  Digest saved;
  if (text.empty() || digest.size() != saved.bytes.size()) return wrong(file, "it has no policies");
  std::memcpy(saved.bytes.data(), digest.data(), digest.size());
  auto policies = PolicySet::from_json({reinterpret_cast<const char*>(text.data()), text.size()}, file.name());
  if (!policies) return wrong(file, "its policies cannot be read: " + policies.error().front().message);
  if (policies->digest() != saved) return wrong(file, "its policies are not those that were saved");
  return policies;
}

Result<std::vector<TimedMembership>> read_memberships(const SectionFile& file) {
  const auto names = image::Texts::read(file.section(kMembers), file.name());
  const auto ends = image::items_in<std::int64_t>(file.section(kEnds));
  if (!names || !ends || names->size() != ends->size() * kTextsOfMembership) {
    return wrong(file, "memberships that do not end");
  }
  std::vector<TimedMembership> memberships;
  memberships.reserve(ends->size());
  for (std::size_t i = 0; i < ends->size(); ++i) {
    const auto entity = [&](std::size_t at) -> EntityId {
      const std::string_view type = (*names)[kTextsOfMembership * i + at];
      return is_normalized_name(type) ? intern_entity(type, (*names)[kTextsOfMembership * i + at + 1]) : EntityId{};
    };
    const TimedMembership membership{entity(0), entity(2), Time(Time::duration((*ends)[i]))};
    if (!membership.member.valid() || !membership.group.valid()) return wrong(file, "a type name that is none");
    memberships.push_back(membership);
  }
  return memberships;
}

Result<TimedWorld> read_world(const SectionFile& file) {
  const auto version = image::items_in<std::uint64_t>(file.section(kVersion));
  if (!version || version->size() != 1) return wrong(file, "it has no version");
  auto policies = read_policies(file);
  if (!policies) return tl::unexpected(std::move(policies.error()));
  auto entities = read_entities_image(file);
  if (!entities) return tl::unexpected(std::move(entities.error()));
  auto memberships = read_memberships(file);
  if (!memberships) return tl::unexpected(std::move(memberships.error()));
  return TimedWorld{World::build(*std::move(policies), *std::move(entities), version->front()),
                    *std::move(memberships)};
}

/// What is written must open again: JSON may not nest as deeply as policies do, and a chain of `||` or `+` nests in
/// JSON.
Result<void> check_readable(const std::string& policies, const Digest& digest, const std::string& path) {
  const auto read = PolicySet::from_json(policies, "policies");
  if (read && read->digest() == digest) return {};
  return failure(ErrorCode::limit_exceeded,
                 "the policies cannot be saved in `" + path + "`, which could not be opened again" +
                     (read ? std::string() : ": " + read.error().front().message),
                 "write a condition of many operands as several policies, or as a set: `[…].contains(x)`");
}

Result<void> write_world(const World& world, std::span<const TimedMembership> memberships, const std::string& path) {
  const auto entities = EntitiesImage::of(world.entities());
  if (!entities) return tl::unexpected(entities.error());
  const std::string policies = world.policies().to_json();
  const Digest digest = world.policies().digest();
  if (auto readable = check_readable(policies, digest, path); !readable) return readable;
  const std::uint64_t version = world.version();
  std::vector<std::int64_t> ends;
  std::vector<std::string_view> names;
  for (const TimedMembership& membership : memberships) {
    for (const EntityId entity : {membership.member, membership.group}) {
      if (!entity.valid() || entity.local()) {
        return failure(ErrorCode::invalid_argument, "a membership of an entity that no world can know",
                       "intern its uid first");
      }
      names.push_back(text_of(type_of(entity)));
      names.push_back(id_text_of(entity));
    }
    ends.push_back(membership.until.time_since_epoch().count());
  }
  const auto members = image::list_of_lists<char>(names.size(), [&](std::size_t i) { return std::span(names[i]); });

  SectionWriter writer;
  entities->add_to(writer);
  writer.add(kPolicies, std::as_bytes(std::span(policies)));
  writer.add(kDigest, std::as_bytes(std::span(digest.bytes)));
  writer.add(kVersion, std::as_bytes(std::span(&version, 1)));
  writer.add(kMembers, members);
  writer.add(kEnds, std::as_bytes(std::span(ends)));
  return writer.write(path);
}

tl::unexpected<Errors> no_memory(const char* what_for, const std::string& path) {
  return failure(ErrorCode::limit_exceeded, std::string("not enough memory to ") + what_for + " `" + path + "`",
                 "raise the memory limit");
}

}  // namespace

Result<void> save_world(const TimedWorld& saved, const std::string& path) {
  try {
    return write_world(saved.world, saved.memberships, path);
  } catch (const std::bad_alloc&) {
    return no_memory("save the world in", path);
  }
}

Result<void> save_world(const World& world, const std::string& path) {
  try {
    return write_world(world, {}, path);
  } catch (const std::bad_alloc&) {
    return no_memory("save the world in", path);
  }
}

Result<TimedWorld> open_world(const std::string& path) {
  try {
    const auto file = SectionFile::open(path);
    if (!file) return tl::unexpected(file.error());
    return read_world(*file);
  } catch (const std::bad_alloc&) {
    return no_memory("open the world of", path);
  }
}

}  // namespace quis
