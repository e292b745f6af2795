#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include <quis/base/ids.hpp>
#include <quis/policy/policy_set.hpp>

/// Links of templates in a file of their own, as the `cedar` tool keeps them:
/// `[{"template_id", "link_id", "args": {"?principal": "User::\"alice\""}}]`.
namespace quis::cli {

struct TemplateLink {
  std::string template_id;
  std::string link_id;
  EntityId principal;  ///< for `?principal`; invalid when the link gives it no value
  EntityId resource;   ///< for `?resource`
};

struct LinkFile {
  std::string source;  ///< what messages call it
  std::string text;
  std::vector<TemplateLink> links;
};

/// The links of a file; none when it is empty, or when it is not there and it `may_lack`.
[[nodiscard]] Result<LinkFile> read_links(const std::string& path, bool may_lack);

/// Takes the slots of a link from `{"?principal": …, "?resource": …}`, which stands at `pointer` in `text`.
[[nodiscard]] Result<void> read_slots(TemplateLink& link, const boost::json::value& slots, const std::string& pointer,
                                      const std::string& source, std::string_view text);

/// All links of a file, or all errors that they give.
[[nodiscard]] Result<void> add_links(PolicySet& policies, const std::string& path, bool may_lack = false);

[[nodiscard]] std::string to_json(const std::vector<TemplateLink>& links);

/// Cedar text of a policy with its slots filled.
[[nodiscard]] std::string linked_text(const Policy& policy);

}  // namespace quis::cli
