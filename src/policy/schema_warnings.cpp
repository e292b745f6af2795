#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "policy/schema_ast.hpp"
#include "policy/schema_names.hpp"
#include "policy/schema_scope.hpp"

namespace quis::schema_ast {

namespace {

class Warner {
 public:
  explicit Warner(const Source& source) noexcept : report_(source), source_(source) {}

  void check(const DeclaredEntity& entity) {
    entities_.emplace(entity.full, entity.name->place);
    check_builtin(*entity.name, "entity type");
  }

  void check(const DeclaredCommon& common) {
    check_builtin(*common.name, "common type");
    const auto entity = entities_.find(common.full);
    if (entity == entities_.end()) return;
    const Diagnostic hidden = source_.at(entity->second, ErrorCode::shadowed_type, {});
    warn(*common.name,
         "common type `" + common.full + "` hides the entity type of the same name, declared at line " +
             std::to_string(hidden.span.line),
         "as a type of attributes the name means the common type only; rename one of them");
  }

  Errors take() {
    Errors warnings = report_.take();
    for (Diagnostic& warning : warnings) warning.severity = Severity::warning;
    return warnings;
  }

 private:
  void check_builtin(const Name& name, std::string_view what) {
    if (!schema_names::builtin_type(name.text)) return;
    warn(name, std::string(what) + " `" + name.text + "` hides the built-in type of the same name",
         "the built-in type is now `__cedar::" + name.text + "` only; choose another name");
  }

  void warn(const Name& name, std::string message, std::string help) {
    report_.add(name.place, ErrorCode::shadowed_type, std::move(message), std::move(help));
  }

  Report report_;
  const Source& source_;
  std::unordered_map<std::string_view, Place> entities_;
};

}  // namespace

Errors find_warnings(const Document& document) {
  if (document.source.is_json()) return {};
  Report ignored(document.source);
  const Scope scope(document, ignored);
  Warner warner(document.source);
  for (const DeclaredEntity& entity : scope.entities()) warner.check(entity);
  for (const DeclaredCommon& common : scope.commons()) warner.check(common);
  return warner.take();
}

}  // namespace quis::schema_ast
