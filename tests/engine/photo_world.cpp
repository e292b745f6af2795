#include "engine/photo_world.hpp"

#include <array>
#include <string_view>

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
action view appliesTo {principal: User, resource: Photo, context: {flag: Bool, n: Long, s?: String, owner: User}};
action edit appliesTo {principal: User, resource: [Photo, Album], context: {flag: Bool, n: Long, s?: String}};
)";

constexpr std::array<std::string_view, 8> kLongs = {
    "0", "1", "2", "-1", "42", "100", "9223372036854775807", "-9223372036854775808"};
constexpr std::array<std::string_view, 10> kStrings = {"",    "a",     "A", "abc",  "ABC",
                                                       "a*b", "aXbXc", "n", "日本", "Zürich"};

struct Uid {
  std::string type;
  std::string id;

  [[nodiscard]] std::string json() const { return R"({"type": ")" + type + R"(", "id": ")" + id + "\"}"; }
};

class PhotoGenerator {
 public:
  explicit PhotoGenerator(Choices& choices) : dice_(choices) {}

  PhotoWorld generate() {
    PhotoWorld world;
    for (int i = 0; i < 5; ++i) {
      const std::string id = "e" + std::to_string(i);
      add(world, {"User", id}, user(), {"Team"});
      add(world, {"Team", id}, "{" + flag() + ", " + number("n") + optional(text("s")) + "}", {"Org"});
      add(world, {"Album", id}, album(), {"Org"});
      add(world, {"Photo", id}, photo(), {"Album"});
      add(world, {"Org", id}, "{}", {});
    }
    world.entities += ']';
    for (int i = 0; i < 5; ++i) world.requests.push_back(request());
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
           R"(, "addr": ")" + std::string(dice_.chance(50) ? "10.0.0.1" : "::1") + R"(", "rec": {)" + number("n") +
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

  void add(PhotoWorld& world, const Uid& uid, const std::string& attributes, const std::vector<std::string>& parents) {
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
    world.entities += (world.entities.size() == 1 ? "" : ", ") + json + '}';
  }

  PhotoRequest request() {
    const auto uid = [&](std::string_view type) { return std::string(type) + "::" + quoted(id()); };
    if (dice_.chance(50)) {
      return {uid("User"), R"(Action::"view")",
              "{" + flag() + ", " + number("n") + ", " + entity("owner", "User") + optional(text("s")) + "}"};
    }
    return {uid("User"), R"(Action::"edit")", "{" + flag() + ", " + number("n") + optional(text("s")) + "}"};
  }

  Choices& dice_;
};

}  // namespace

std::string_view photo_schema() { return kSchema; }

PhotoWorld generate_photos(Choices& choices) { return PhotoGenerator(choices).generate(); }

}  // namespace quis::test
