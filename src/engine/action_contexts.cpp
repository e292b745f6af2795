#include <quis/engine/action_contexts.hpp>

#include <utility>

namespace quis {

Result<ActionContexts> ActionContexts::from_json(std::string_view text, const Schema& schema, LocalNames& names) {
  ActionContexts contexts;
  auto plain = Context::from_json(text, names);
  if (!plain) return tl::make_unexpected(std::move(plain.error()));
  contexts.plain_ = std::move(*plain);
  for (const ActionDeclaration& action : schema.actions()) {
    const Type* const type = action.context.get();
    if (type == nullptr || contexts.read_.contains(type) || contexts.refused_.contains(type)) continue;
    if (auto read = Context::from_json(text, names, type)) {
      contexts.read_.emplace(type, std::move(*read));
    } else {
      contexts.refused_.emplace(type, std::move(read.error()));
    }
  }
  return contexts;
}

const Value& ActionContexts::of(const ActionDeclaration& action) const noexcept {
  const auto read = read_.find(action.context.get());
  return read != read_.end() ? read->second.value() : plain_.value();
}

const Errors* ActionContexts::refusal(const ActionDeclaration& action) const noexcept {
  const auto refused = refused_.find(action.context.get());
  return refused != refused_.end() ? &refused->second : nullptr;
}

}  // namespace quis
