#pragma once

#include <cstddef>
#include <string>

#include <quis/base/result.hpp>

namespace quis::bench {

/// Writes the workload `scale/policies/<policies>` to `folder`: `policies.cedar`, `entities.json` and `case.json`. The
/// bytes depend on nothing but the number, so every engine and every machine reads the same.
///
/// It is a document store that grows. Everything grows together, as it does in life: the more policies, the more people
/// and documents they speak of, and each request still concerns few of them. What a decision costs beyond that is the
/// engine's.
///
/// *Entities.* `a` areas (one for each 500 policies, at least 10) hold 10 folders each, a folder holds 10 documents;
/// there are as many users as documents, in a tenth as many teams, each user in two. So depth and width of the
/// hierarchy are the same at every size. A user has a `clearance`, a document an `owner` and a `classification`.
///
/// *Policies.* Of twenty in a row, all with principal, action and values drawn at random:
///
///     9  permit (principal == User, action == A, resource in Folder);               a tenth of the folders are areas
///     5  permit (principal in Team, action in [Action::"view", A], resource in Folder);
///     3  permit (principal == User, action == A, resource == Document);
///     1  permit (principal == User, action == A, resource) when { resource.owner == principal };
///     1  permit (principal in Team, action == Action::"view", resource)
///            when { context.mfa && resource.classification <= principal.clearance };
///     1  forbid (principal == User, action == A, resource in Folder) unless { context.mfa };
///
/// *Requests.* 500: half are made to satisfy the scope of a permit drawn at random, half ask for a user, action and
/// document drawn at random, which almost nobody permits. Four in five have `context.mfa`. What to answer is not
/// written down: the engines are compared with each other.
[[nodiscard]] Result<void> write_scale_policies(std::size_t policies, const std::string& folder);

}  // namespace quis::bench
