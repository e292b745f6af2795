#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/policy/policy.hpp>

namespace quis {

/// A set of policies, templates and links, each with an id that is unique in the set.
///
/// Cheap to copy in the sense that matters: bodies are shared. Thread safety: as a standard container.
class PolicySet {
 public:
  /// Reads Cedar text. Policies are named `policy0`, `policy1`, … by their position, static policies and templates
  /// counted together; an `@id` annotation does not rename. Either the whole text is well-formed or every error in it
  /// (up to `limits::kMaxReportedErrors`) is returned.
  [[nodiscard]] static Result<PolicySet> from_text(std::string_view text, std::string_view source_name = "policies");

  /// Reads Cedar's JSON form: a policy set (`{"staticPolicies", "templates", "templateLinks"}`) or one policy, then
  /// `policy0`. Accepts what Cedar 4.13 accepts, but for an unknown function in `__extn`, which Cedar lets fail when it
  /// is evaluated. A template without slots is kept; it decides nothing.
  [[nodiscard]] static Result<PolicySet> from_json(std::string_view text, std::string_view source_name = "policies");

  /// By the file's name: `.json` is JSON, everything else text.
  [[nodiscard]] static Result<PolicySet> from_file(const std::string& path);

  /// All `*.cedar` and `*.json` files of a folder, in order of name; ids of text policies are prefixed by the file's
  /// name without its ending and a slash (`hr/policy0`). One bad file refuses the set; the errors name it.
  [[nodiscard]] static Result<PolicySet> from_directory(const std::string& path);

  /// Each fails with `duplicate_policy_id` when the id is taken by a policy, link or template.
  [[nodiscard]] Result<void> add(Policy policy);
  [[nodiscard]] Result<void> add(Template policy_template);

  /// Makes a policy of a template. Fails with `unknown_template`, `duplicate_policy_id`, or `invalid_link` when a slot
  /// of the template has no value or a value has no slot. An invalid id is *no value*.
  [[nodiscard]] Result<void> link(std::string_view template_id, std::string new_id, EntityId principal,
                                  EntityId resource);

  /// Static policies and links, in the order in which they were added: what gets evaluated.
  [[nodiscard]] std::span<const Policy> policies() const noexcept { return policies_; }
  [[nodiscard]] std::span<const Template> templates() const noexcept { return templates_; }

  /// Null when there is none of that id. Expected O(1).
  [[nodiscard]] const Policy* find(std::string_view id) const noexcept;
  [[nodiscard]] const Template* find_template(std::string_view id) const noexcept;

  /// Cedar text of all static policies and templates, in order. Links have no text form and are left out.
  [[nodiscard]] std::string to_text() const;
  /// Cedar's JSON policy-set form, pretty-printed; ids in order.
  [[nodiscard]] std::string to_json() const;

 private:
  std::vector<Policy> policies_;
  std::vector<Template> templates_;
  std::vector<bool> is_template_;  // what each addition was, in order
  std::unordered_map<std::string, std::size_t> policy_index_;
  std::unordered_map<std::string, std::size_t> template_index_;
};

/// Cedar text of one policy, laid out as Cedar prints it.
[[nodiscard]] std::string to_text(const PolicyBody& body);

}  // namespace quis
