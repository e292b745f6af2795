#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <quis/base/ids.hpp>

#include "policy/schema_ast.hpp"

namespace quis::schema_ast {

/// What a name may refer to, as the place where it stands has it.
enum class Wanted : std::uint8_t { common, entity, either };

/// What it does refer to.
struct Target {
  enum class Kind : std::uint8_t { nothing, common, builtin, entity, action_type };

  Kind kind = Kind::nothing;
  std::uint32_t common = 0;                    ///< for `common`: index in `Scope::commons`
  Value::Kind builtin = Value::Kind::boolean;  ///< for `builtin`
  std::string name;                            ///< for `entity` and `action_type`: with its namespace
};

/// A declared name: the declaration it stands in (which may declare other names too) and that one's namespace.
template <class What, class FullName>
struct Declared {
  const Namespace* space;
  const What* declaration;
  const Name* name;
  FullName full;  ///< with the namespace
};
using DeclaredCommon = Declared<CommonType, std::string>;
using DeclaredEntity = Declared<Entity, std::string>;
using DeclaredAction = Declared<Action, EntityId>;

/// Everything that a document declares, found by name.
///
/// A name without namespace means the declaration of its own namespace, or else that of the empty one; a name with
/// namespaces means just that. Of equal names, a common type comes before an entity type. The built-in types are
/// common types of the namespace `__cedar`, and each is also one of the empty namespace unless that declares its name.
class Scope {
 public:
  /// Collects the declarations; reports names that are reserved or stand twice.
  Scope(const Document& document, Report& report);

  /// Reports what shadows a declaration of the empty namespace. A part of a schema may do so; a whole one may not.
  void check_shadowing(Report& report) const;

  [[nodiscard]] Target find(std::string_view name, Wanted wanted, std::string_view space) const;
  /// An action by the name of a group that stands in `space`; invalid when there is none.
  [[nodiscard]] EntityId find_action(const ActionGroup& group, std::string_view space) const;

  /// In source order, without those that stood twice.
  [[nodiscard]] const std::vector<DeclaredCommon>& commons() const noexcept { return commons_; }
  [[nodiscard]] const std::vector<DeclaredEntity>& entities() const noexcept { return entities_; }
  [[nodiscard]] const std::vector<DeclaredAction>& actions() const noexcept { return actions_; }

 private:
  struct Builder;

  [[nodiscard]] Target find_exactly(const std::string& name, Wanted wanted) const;

  std::vector<DeclaredCommon> commons_;
  std::vector<DeclaredEntity> entities_;
  std::vector<DeclaredAction> actions_;
  std::unordered_map<std::string, std::uint32_t> common_index_;
  std::unordered_set<std::string> entity_names_;
  std::unordered_set<std::string> action_types_;
  std::unordered_set<EntityId> action_uids_;
};

}  // namespace quis::schema_ast
