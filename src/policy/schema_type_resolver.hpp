#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <quis/model/type.hpp>

#include "policy/schema_ast.hpp"
#include "policy/schema_scope.hpp"

namespace quis::schema_ast {

/// A resolved type and its height: 1 for what has no parts. Null when there was an error.
struct Resolved {
  TypePtr type;
  std::uint32_t height = 1;
};

/// Reports common types that contain themselves.
void check_type_cycles(const Scope& scope, Report& report);

/// Looks up the names in types and expands common types.
class TypeResolver {
 public:
  /// Expands all common types of the scope at once. Both must outlive the resolver.
  TypeResolver(const Scope& scope, Report& report);

  /// The type as it stands in namespace `space`; null after an error, which was reported.
  [[nodiscard]] Resolved resolve(const Type& type, std::string_view space);
  /// A shape or a context (`what`), which must be a record; the empty one when `type` is null.
  [[nodiscard]] TypePtr resolve_record_or_name(const Type* type, std::string_view space, std::string_view what);

  void report_unknown(const std::string& name, Place place, Wanted wanted, std::string_view space);

 private:
  [[nodiscard]] std::vector<std::string_view> names_for(Wanted wanted, std::string_view space) const;
  [[nodiscard]] Resolved resolve_name(const Type& type, Wanted wanted, std::string_view space);
  [[nodiscard]] Resolved resolve_record(const Type& type, std::string_view space);
  [[nodiscard]] Resolved checked(Resolved resolved, Place place);

  const Scope& scope_;
  Report& report_;
  std::vector<Resolved> commons_;  // as in scope_.commons(); null types of those that are wrong
  TypePtr empty_record_;
};

}  // namespace quis::schema_ast
