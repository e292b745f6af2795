#include <quis/model/type.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <unordered_set>
#include <utility>

#include <quis/base/vocabulary.hpp>

namespace quis {

namespace {

// Types share their parts: sixty records that each use the next one twice are sixty small objects, but a tree of 2^60
// nodes. Comparing remembers the pairs of records it has met, so it costs at most one visit for each pair of objects.
// That a pair was met means that it is equal: the first difference ends the whole comparison.
class Comparison {
 public:
  bool equal(const Type& a, const Type& b) {
    if (&a == &b) return true;
    if (a.kind() != b.kind()) return false;
    switch (a.kind()) {
      case Value::Kind::entity: return a.entity_type() == b.entity_type();
      case Value::Kind::set: return equal(*a.element(), *b.element());
      case Value::Kind::record: return equal_records(a, b);
      default: return true;
    }
  }

 private:
  using Pair = std::pair<const Type*, const Type*>;
  struct Hash {
    std::size_t operator()(const Pair& pair) const noexcept {
      const std::hash<const Type*> hash;
      return hash(pair.first) * 31 + hash(pair.second);
    }
  };

  bool equal_records(const Type& a, const Type& b) {
    if (a.attributes().size() != b.attributes().size()) return false;
    if (!met_.insert({&a, &b}).second) return true;
    return std::equal(a.attributes().begin(), a.attributes().end(), b.attributes().begin(),
                      [this](const AttributeType& x, const AttributeType& y) {
                        return x.name == y.name && x.required == y.required && equal(*x.type, *y.type);
                      });
  }

  std::unordered_set<Pair, Hash> met_;
};

// Long enough for any message; short enough that no type can fill the memory (see Comparison).
constexpr std::size_t kMaxText = 4096;

void write(const Type& type, std::string& out) {
  if (out.size() > kMaxText) return;
  switch (type.kind()) {
    case Value::Kind::boolean: out += "Bool"; return;
    case Value::Kind::integer: out += "Long"; return;
    case Value::Kind::string: out += "String"; return;
    case Value::Kind::entity: out += text_of(type.entity_type()); return;
    case Value::Kind::set:
      out += "Set<";
      write(*type.element(), out);
      out += '>';
      return;
    case Value::Kind::record: {
      // By name, not by id: ids follow the order of loading.
      std::vector<const AttributeType*> sorted;
      for (const AttributeType& attribute : type.attributes()) sorted.push_back(&attribute);
      std::sort(sorted.begin(), sorted.end(),
                [](const auto* a, const auto* b) { return text_of(a->name) < text_of(b->name); });
      out += '{';
      for (const AttributeType* attribute : sorted) {
        if (out.size() > kMaxText) break;
        if (attribute != sorted.front()) out += ", ";
        out += quoted(text_of(attribute->name));
        out += attribute->required ? ": " : "?: ";
        write(*attribute->type, out);
      }
      out += '}';
      return;
    }
    case Value::Kind::decimal:
    case Value::Kind::datetime:
    case Value::Kind::duration:
    case Value::Kind::ip: out += to_string(type.kind()); return;
  }
}

}  // namespace

TypePtr Type::of(Value::Kind kind) {
  static const std::array<TypePtr, 10> types = [] {
    std::array<TypePtr, 10> made;
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = TypePtr(new Type(static_cast<Value::Kind>(i)));
    return made;
  }();
  return types[static_cast<std::size_t>(kind)];
}

TypePtr Type::entity(TypeId type) {
  std::shared_ptr<Type> made(new Type(Value::Kind::entity));
  made->entity_ = type;
  return made;
}

TypePtr Type::set_of(TypePtr element) {
  std::shared_ptr<Type> made(new Type(Value::Kind::set));
  made->element_ = std::move(element);
  return made;
}

TypePtr Type::record(std::vector<AttributeType> attributes) {
  std::sort(attributes.begin(), attributes.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  std::shared_ptr<Type> made(new Type(Value::Kind::record));
  made->may_be_empty_ = std::none_of(attributes.begin(), attributes.end(), [](const auto& a) { return a.required; });
  made->attributes_ = std::move(attributes);
  return made;
}

const AttributeType* Type::find(SymbolId name) const noexcept {
  const auto found = std::lower_bound(attributes_.begin(), attributes_.end(), name,
                                      [](const AttributeType& attribute, SymbolId id) { return attribute.name < id; });
  return found != attributes_.end() && found->name == name ? &*found : nullptr;
}

bool operator==(const Type& a, const Type& b) noexcept { return Comparison().equal(a, b); }

std::string to_text(const Type& type) {
  std::string out;
  write(type, out);
  if (out.size() > kMaxText) {
    out.resize(kMaxText);
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xc0U) == 0x80U) out.pop_back();
    if (!out.empty() && (static_cast<unsigned char>(out.back()) & 0x80U) != 0) out.pop_back();
    out += "…";
  }
  return out;
}

}  // namespace quis
