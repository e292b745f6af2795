#include "engine/typed_world.hpp"

#include <array>

#include "engine/expression_generator.hpp"

namespace quis::test {
namespace {

constexpr std::string_view kSchema = R"(
entity Org;
entity Team in [Team, Org] = {flag: Bool, n: Long, s?: String};
entity User in [Team] = {
  flag: Bool, on?: Bool, n: Long, m?: Long, s: String, owner: User, peer?: Team, longs: Set<Long>,
  words?: Set<String>, members?: Set<Team>, rec: {n: Long, s?: String}, dec?: decimal, addr: ipaddr, at?: datetime
} tags Set<String>;
entity Album in [Album, Org] = {owner: User, n?: Long, members: Set<Team>, word: String};
entity Photo in [Album] = {
  flag?: Bool, n: Long, m: Long, s?: String, word: String, owner: User, peer?: Album, longs?: Set<Long>,
  words: Set<String>, members: Set<User>, rec?: {n: Long, flag: Bool}, addr?: ipaddr, span: duration
};
namespace NS { entity Thing = {n: Long}; }
action g0, g1;
action a0 in [g0] appliesTo {principal: User, resource: Photo, context: {flag: Bool, n: Long, s?: String, owner: User}};
action a1 in [g0, g1] appliesTo {principal: [User, Team], resource: [Photo, Album, NS::Thing], context: {n?: Long}};
action a2 appliesTo {principal: User, resource: [Photo, Album], context: {flag: Bool, n: Long, s?: String, owner?: User}};
)";

class TypedGenerator {
 public:
  explicit TypedGenerator(std::uint64_t seed)
      : dice_(seed), expressions_(dice_, dice_.pick(std::array<std::size_t, 3>{0, 1, 4})) {}

  GeneratedWorld generate() {
    GeneratedWorld world;
    for (int i = 0; i < 5; ++i) {
      const std::string id = "e" + std::to_string(i);
      add(world, {"User", id}, user(), {"Team"});
      add(world, {"Team", id}, "{" + flag() + ", " + number("n") + optional(text("s")) + "}", {"Org"});
      add(world, {"Album", id}, album(), {"Org"});
      add(world, {"Photo", id}, photo(), {"Album"});
      add(world, {"NS::Thing", id}, "{" + number("n") + "}", {});
      add(world, {"Org", id}, "{}", {});
    }
    for (std::size_t count = dice_.between(1, 12); count > 0; --count) add_policy(world);
    for (int i = 0; i < 8; ++i) world.requests.push_back(request());
    return world;
  }

 private:
  std::string id() { return "e" + std::to_string(dice_.below(6)); }
  std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }
  std::string ref(std::string_view type) {
    return R"({"type": ")" + std::string(type) + R"(", "id": ")" + id() + "\"}";
  }
  std::string flag() { return dice_.chance(50) ? R"("flag": true)" : R"("flag": false)"; }
  std::string number(std::string_view name) { return quoted(name) + ": " + std::string(dice_.pick(kLongs)); }
  std::string text(std::string_view name) { return quoted(name) + ": " + quoted(dice_.pick(kStrings)); }
  std::string entity(std::string_view name, std::string_view type) { return quoted(name) + ": " + ref(type); }
  std::string optional(const std::string& field) { return dice_.chance(50) ? ", " + field : std::string(); }
  template <class Element>
  std::string list(std::string_view name, Element&& element) {
    std::string out = quoted(name) + ": [";
    for (std::size_t i = 0, size = dice_.below(4); i < size; ++i) out += (i == 0 ? "" : ", ") + element();
    return out + ']';
  }
  std::string longs() {
    return list("longs", [&] { return std::string(dice_.pick(kLongs)); });
  }
  std::string words() {
    return list("words", [&] { return quoted(dice_.pick(kStrings)); });
  }
  std::string members(std::string_view type) {
    return list("members", [&] { return ref(type); });
  }

  std::string user() {
    return "{" + flag() + ", " + number("n") + ", " + text("s") + ", " + entity("owner", "User") + ", " + longs() +
           R"(, "addr": ")" + std::string(kIps[dice_.below(10)]) + R"(", "rec": {)" + number("n") +
           optional(text("s")) + "}" + optional(R"("on": true)") + optional(number("m")) +
           optional(entity("peer", "Team")) + optional(words()) + optional(members("Team")) +
           optional(R"("dec": "1.5")") + optional(R"("at": "2024-02-29")") + "}";
  }
  std::string album() {
    return "{" + entity("owner", "User") + optional(number("n")) + ", " + members("Team") + ", " + text("word") + "}";
  }
  std::string photo() {
    return "{" + number("n") + ", " + number("m") + ", " + text("word") + ", " + entity("owner", "User") + ", " +
           words() + ", " + members("User") + R"(, "span": "1h30m")" + optional(flag()) + optional(text("s")) +
           optional(entity("peer", "Album")) + optional(longs()) + optional(R"("rec": {"n": 1, "flag": true})") +
           optional(R"("addr": "10.0.0.1")") + "}";
  }

  void add(GeneratedWorld& world, const Uid& uid, const std::string& attributes,
           const std::vector<std::string>& parents) {
    if (dice_.chance(8)) return;
    std::string json = R"({"uid": )" + uid.json() + R"(, "attrs": )" + attributes + R"(, "parents": [)";
    bool first = true;
    for (const std::string& type : parents) {
      for (std::size_t count = dice_.below(3); count > 0; --count) {
        json += (first ? "" : ", ") + ref(type);
        first = false;
      }
    }
    if (uid.type == "Team" && uid.id < "e4" && dice_.chance(50)) {
      json += std::string(first ? "" : ", ") + R"({"type": "Team", "id": "e4"})";
    }
    json += ']';
    if (uid.type == "User" && dice_.chance(60)) json += R"(, "tags": {"s": ["a"], "n": ["abc", "n"]})";
    world.entities.push_back(json + '}');
  }

  std::string scope(const std::string& variable) {
    const Uid group = dice_.chance(70) ? Uid{dice_.chance(50) ? "Team" : "Album", id()} : any_uid(dice_);
    const std::string type(dice_.pick(kEntityTypes));
    switch (dice_.below(8)) {
      case 0: return variable + " == " + any_uid(dice_).text();
      case 1: return variable + " in " + group.text();
      case 2: return variable + " is " + (variable == "principal" ? "User" : "Photo");
      case 3: return variable + " is " + type + " in " + group.text();
      default: return variable;
    }
  }

  void add_policy(GeneratedWorld& world) {
    GeneratedPolicy policy;
    policy.head = (dice_.chance(70) ? "permit(" : "forbid(") + scope("principal");
    policy.head +=
        dice_.chance(60) ? ", action, " : ", action == Action::\"a" + std::to_string(dice_.below(3)) + "\", ";
    policy.head += scope("resource") + ')';
    for (std::size_t count = dice_.below(3); count > 0; --count) {
      policy.conditions.push_back((dice_.chance(75) ? "when { " : "unless { ") + expressions_.condition() + " }");
    }
    world.policies.push_back(std::move(policy));
  }

  GeneratedRequest request() {
    const auto uid = [&](std::string_view type) { return std::string(type) + "::" + quoted(id()); };
    switch (dice_.below(3)) {
      case 0:
        return {uid("User"), R"(Action::"a0")", uid("Photo"),
                "{" + flag() + ", " + number("n") + ", " + entity("owner", "User") + optional(text("s")) + "}"};
      case 1:
        return {uid(dice_.chance(60) ? "User" : "Team"), R"(Action::"a1")",
                uid(dice_.chance(50)   ? "Photo"
                    : dice_.chance(50) ? "Album"
                                       : "NS::Thing"),
                dice_.chance(50) ? "{}" : "{" + number("n") + "}"};
      default:
        return {uid("User"), R"(Action::"a2")", uid(dice_.chance(50) ? "Photo" : "Album"),
                "{" + flag() + ", " + number("n") + optional(text("s")) + optional(entity("owner", "User")) + "}"};
    }
  }

  Dice dice_;
  ExpressionGenerator expressions_;
};

}  // namespace

std::string_view typed_schema() { return kSchema; }

GeneratedWorld generate_typed_world(std::uint64_t seed) { return TypedGenerator(seed).generate(); }

}  // namespace quis::test
