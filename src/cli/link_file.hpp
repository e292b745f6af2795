#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include <quis/policy/policy_set.hpp>

/// Links of templates in a file of their own, as the `cedar` tool keeps them:
/// `[{"template_id", "link_id", "args": {"?principal": "User::\"alice\""}}]`.
namespace quis::cli {

struct TemplateLink {
  std::string template_id;
  std::string link_id;
  std::vector<std::pair<std::string, std::string>> slots;  ///< `?principal` or `?resource`, and a uid in text
};

/// The links of a file; none when it is empty.
[[nodiscard]] Result<std::vector<TemplateLink>> read_links(const std::string& path);
/// The same; none when the file is not there either.
[[nodiscard]] Result<std::vector<TemplateLink>> links_or_none(const std::string& path);

/// Takes the slots of a link from `{"?principal": …, "?resource": …}`, which stands at `pointer` in `text`.
[[nodiscard]] Result<void> read_slots(TemplateLink& link, const boost::json::value& slots, const std::string& pointer,
                                      const std::string& source, std::string_view text);

/// Errors name `source`, where they name nothing.
[[nodiscard]] Result<void> add_link(PolicySet& policies, const TemplateLink& link, const std::string& source);
/// All links of a file, which need not be there when it `may_lack`.
[[nodiscard]] Result<void> add_links(PolicySet& policies, const std::string& path, bool may_lack = false);

[[nodiscard]] std::string to_json(const std::vector<TemplateLink>& links);

/// Cedar text of a policy with its slots filled.
[[nodiscard]] std::string linked_text(const Policy& policy);

}  // namespace quis::cli
