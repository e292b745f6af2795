#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <quis/base/digest.hpp>
#include <quis/base/ids.hpp>
#include <quis/base/result.hpp>
#include <quis/policy/detail/id_index.hpp>
#include <quis/policy/policy.hpp>

namespace quis {

/// What `PolicySet::merge` does about an id that means one thing here and another there.
enum class IdConflict : std::uint8_t {
  refuse,  ///< the merge fails, and names every such id
  rename,  ///< what comes from the other set gets a new id
};

/// A set of policies, templates and links, each with an id that is unique in the set.
///
/// Every change happens whole or, when it fails, not at all. *Order:* `policies()` and `templates()` are in order of
/// addition until something is removed; then the last one takes the place of the removed one, so that removing costs
/// the same in a set of any size. Text and JSON are always in order of addition. No answer of an engine depends on any
/// order.
///
/// Copies share the bodies of policies; a copy of 10,000 policies takes about a millisecond. Thread safety: as a
/// standard container.
class PolicySet {
 public:
  /// Policies of one set, and likewise templates; more are refused with `limit_exceeded`.
  static constexpr std::size_t kMaxPolicies = 0x7fff'ffffU;

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
  /// name without its ending and a slash (`hr/policy0`). One bad file refuses the set; the errors name every bad file.
  /// What may lie beside policies is passed over: `*.test.json`, `*.cedarschema.json`, and the lists in
  /// `entities.json`, `*.entities.json`, `links.json` and `*.links.json` (a file of such a name that holds something
  /// else is read as policies). Policies in a folder within the folder refuse it: they would not be read.
  /// A host that reads the same folder again and again keeps a `PolicyDirectory`.
  [[nodiscard]] static Result<PolicySet> from_directory(const std::string& path);

  /// Adds a static policy, or a link whose template is in the set already (of equal body). Expected O(1). Fails with
  /// `duplicate_policy_id` when the id is taken by a policy, link or template; a link as `link` does; a static policy
  /// with `invalid_slot` when its body has slots. REQUIRES: a body.
  [[nodiscard]] Result<void> add(Policy policy);
  /// Adds a template. Expected O(1). Fails with `duplicate_policy_id`. REQUIRES: a body.
  [[nodiscard]] Result<void> add(Template policy_template);

  /// Makes a policy of a template. Expected O(1). Fails with `unknown_template`, `duplicate_policy_id`, or
  /// `invalid_link` when a slot of the template has no value or a value has no slot. An invalid id is *no value*; a
  /// local one, which only a request knows, is refused.
  [[nodiscard]] Result<void> link(std::string_view template_id, std::string new_id, EntityId principal,
                                  EntityId resource);

  /// Takes a static policy, or a template that has no links, out of the set. Expected O(1). Fails with
  /// `unknown_policy`, or with `template_in_use`. Links are taken out by `unlink`, so that neither is done by mistake.
  [[nodiscard]] Result<void> remove(std::string_view id);

  /// Takes a link out of the set; its template stays. Expected O(1). Fails with `unknown_policy` when the id is not
  /// that of a link.
  [[nodiscard]] Result<void> unlink(std::string_view id);

  /// Adds everything of `other`, in its order, and returns which id became which: empty unless something was renamed.
  ///
  /// What is there already, of the same id and identical, is not added again: *identical* means of one canonical form
  /// (see canonical_form.hpp), so layout and comments do not count; links are identical when their templates and values
  /// are. Any other id that both sets use is a conflict. Renamed policies are called `policy<N>` with the smallest
  /// numbers that neither set uses, as Cedar does it: templates and static policies in order, then links; links follow
  /// a template that is renamed. Fails with `duplicate_policy_id` for every conflict when they are to be refused.
  /// Expected linear in the size of `other`.
  [[nodiscard]] Result<std::map<std::string, std::string>> merge(const PolicySet& other,
                                                                 IdConflict on_conflict = IdConflict::refuse);

  /// Static policies and links: what gets evaluated. Stable until the set changes.
  [[nodiscard]] std::span<const Policy> policies() const noexcept { return policies_; }
  [[nodiscard]] std::span<const Template> templates() const noexcept { return templates_; }
  /// Static policies, links and templates together.
  [[nodiscard]] std::size_t size() const noexcept { return policies_.size() + templates_.size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  /// Null when there is none of that id. Expected O(1).
  [[nodiscard]] const Policy* find(std::string_view id) const noexcept;
  [[nodiscard]] const Template* find_template(std::string_view id) const noexcept;

  /// The links of a template, in order of addition; none when there is no such template. Linear in their number.
  [[nodiscard]] std::vector<const Policy*> links_of(std::string_view template_id) const;

  /// The policies (links with the annotations of their template) that have the annotation `@key`, or `@key("value")`
  /// when a value is given; `@key` alone has the empty value. In the order of `policies()`. Linear in the set.
  [[nodiscard]] std::vector<const Policy*> policies_annotated(std::string_view key,
                                                              std::optional<std::string_view> value = {}) const;
  [[nodiscard]] std::vector<const Template*> templates_annotated(std::string_view key,
                                                                 std::optional<std::string_view> value = {}) const;

  /// The SHA-256 that names this set in evidence: of ids, effects, scopes, conditions, annotations, templates, links
  /// and their values, and of nothing else. canonical_form.hpp says of which bytes. A few microseconds for each policy
  /// whose body is new; bodies keep theirs, so for a set that shares most of its bodies with one asked before about a
  /// tenth of that.
  [[nodiscard]] Digest digest() const;

  /// The same policies, templates and links by the same ids: what `digest` sees, so neither order nor layout counts.
  friend bool operator==(const PolicySet& a, const PolicySet& b);

  /// Cedar text of all static policies and templates, in order of addition. Links have no text form and are left out.
  [[nodiscard]] std::string to_text() const;
  /// Cedar's JSON policy-set form, pretty-printed, in order of addition.
  [[nodiscard]] std::string to_json() const;

 private:
  friend class PolicyDirectory;

  static constexpr std::uint32_t kNoLink = 0xffff'ffffU;
  /// In a place of the index: it is a template's.
  static constexpr std::uint32_t kTemplateBit = 0x8000'0000U;

  /// What the set knows of a policy beside itself: when it was added, and its neighbours among the links of its
  /// template.
  struct PolicyNode {
    std::uint64_t sequence = 0;
    std::uint32_t previous_link = kNoLink;
    std::uint32_t next_link = kNoLink;
  };
  struct TemplateNode {
    std::uint64_t sequence = 0;
    std::uint32_t first_link = kNoLink;
    std::uint32_t last_link = kNoLink;
  };
  /// One of the two is null.
  struct Entry {
    std::uint64_t sequence = 0;
    const Policy* policy = nullptr;
    const Template* policy_template = nullptr;
  };

  /// Everything, in order of addition.
  [[nodiscard]] std::vector<Entry> in_order() const;
  [[nodiscard]] std::uint32_t place_of(std::string_view id) const noexcept;
  [[nodiscard]] std::string_view id_at(std::uint32_t place) const noexcept;
  [[nodiscard]] bool identical(const Entry& entry, const PolicySet& other) const;
  void append(Policy policy, std::uint32_t template_place);
  void append(Template policy_template);
  void erase_policy(std::uint32_t position);
  void erase_template(std::uint32_t position);
  void detach(std::uint32_t position);

  std::vector<Policy> policies_;
  std::vector<PolicyNode> policy_nodes_;  // of the policy at the same position
  std::vector<Template> templates_;
  std::vector<TemplateNode> template_nodes_;
  detail::IdIndex index_;
  std::uint64_t next_sequence_ = 0;
};

/// Cedar text of one policy, laid out as Cedar prints it.
[[nodiscard]] std::string to_text(const PolicyBody& body);

}  // namespace quis
