#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <quis/base/vocabulary.hpp>
#include <quis/model/schema.hpp>

namespace quis::test {

template <class Id>
std::vector<Id> sorted(std::vector<Id> ids) {
  std::sort(ids.begin(), ids.end());
  return ids;
}

inline bool same(const TypePtr& a, const TypePtr& b) { return a == nullptr || b == nullptr ? a == b : *a == *b; }

/// What the first difference between two schemas is; empty when they mean the same. The order of declarations is free.
inline std::string difference(const Schema& a, const Schema& b) {
  if (a.entity_types().size() != b.entity_types().size()) return "the number of entity types";
  if (a.actions().size() != b.actions().size()) return "the number of actions";
  for (const EntityTypeDeclaration& x : a.entity_types()) {
    const std::string name(text_of(x.name));
    const EntityTypeDeclaration* y = b.find(x.name);
    if (y == nullptr) return "entity type " + name;
    if (sorted(x.member_of) != sorted(y->member_of) || x.ancestors != y->ancestors) return "parents of " + name;
    if (!same(x.attributes, y->attributes)) return "attributes of " + name;
    if (!same(x.tags, y->tags)) return "tags of " + name;
    if (x.choices != y->choices) return "enumeration " + name;
  }
  for (const ActionDeclaration& x : a.actions()) {
    const std::string name = to_text(x.uid);
    const ActionDeclaration* y = b.find(x.uid);
    if (y == nullptr) return "action " + name;
    if (sorted(x.parents) != sorted(y->parents) || x.ancestors != y->ancestors) return "groups of " + name;
    if (sorted(x.principals) != sorted(y->principals)) return "principals of " + name;
    if (sorted(x.resources) != sorted(y->resources)) return "resources of " + name;
    if (!same(x.context, y->context)) return "context of " + name;
  }
  return {};
}

}  // namespace quis::test
