#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include <quis/engine/diff.hpp>
#include <quis/policy/expression.hpp>

#include "base/code_points.hpp"
#include "base/type_name.hpp"
#include "cli/counted.hpp"
#include "cli/entity_hints.hpp"
#include "cli/inputs.hpp"
#include "cli/json_output.hpp"
#include "cli/skipped_actions.hpp"
#include "cli/tool.hpp"
#include "cli/verb.hpp"

namespace quis::cli {
namespace {

struct Options {
  PolicyInput policies;
  SchemaInput schema;
  EntitiesInput entities;
  std::string new_policies;
  std::string new_entities;
  std::string action;
  std::string principal_type;
  std::string resource_type;
  std::string context;
  std::size_t limit = DiffOptions{}.limit;
};

struct Worlds {
  World before;
  World after;
};

Result<Worlds> load(const Options& options, const std::optional<Schema>& schema) {
  if (options.new_policies.empty() && options.new_entities.empty()) {
    return failure(ErrorCode::invalid_argument, "there is nothing to compare with",
                   "give --new-policies, --new-entities, or both");
  }
  const auto policies = options.policies.load();
  if (!policies) return tl::make_unexpected(policies.error());
  const auto entities = options.entities.load(schema);
  if (!entities) return tl::make_unexpected(entities.error());
  PolicyInput new_policies = options.policies;
  if (!options.new_policies.empty()) new_policies.path = options.new_policies;
  const auto later_policies = options.new_policies.empty() ? policies : new_policies.load();
  if (!later_policies) return tl::make_unexpected(later_policies.error());
  const auto later_entities =
      options.new_entities.empty() ? entities : EntitiesInput{options.new_entities}.load(schema);
  if (!later_entities) return tl::make_unexpected(later_entities.error());
  return Worlds{World::build(*policies, *entities), World::build(*later_policies, *later_entities)};
}

Result<void> read_type(const std::string& text, const Names& names, TypeId& type) {
  if (text.empty()) return {};
  if (!is_normalized_name(text)) {
    return failure(ErrorCode::invalid_argument, "`" + text + "` is no type name", "write `Ns::Type`");
  }
  type = names.type(text);
  return {};
}

/// Types that nothing on either side is of: there is nothing to compare then, which looks like no difference.
Errors unheard_of(const Worlds& worlds, const Options& options, const DiffOptions& wanted) {
  Errors notes;
  for (const auto& [type, name] : {std::pair(wanted.principal_type, std::string_view(options.principal_type)),
                                   std::pair(wanted.resource_type, std::string_view(options.resource_type))}) {
    if (!type.valid()) continue;
    bool found = false;
    for (const World* world : {&worlds.before, &worlds.after}) {
      world->entities().for_each(
          [&, wanted_type = type](const EntityRecord& record) { found |= type_of(record.uid) == wanted_type; });
    }
    if (found) continue;
    Diagnostic& note = notes.emplace_back();
    note.severity = Severity::warning;
    note.message = "nothing is of the type `" + std::string(name) + "`, so there is nothing to compare";
    note.help = "check its name";
  }
  return notes;
}

std::string quoted_list(const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) {
    text += text.empty() ? "`" : ", `";
    text += visible(id);
    text += '`';
  }
  return text;
}

const char* kind_of(const AccessChange& change, const char* gained, const char* lost) {
  return change.gained() ? gained : change.lost() ? lost : "step-up";
}

const char* word_for(Outcome outcome) {
  return outcome == Outcome::permit ? "permit" : outcome == Outcome::step_up ? "step-up" : "deny";
}

/// An outcome with what would lift it.
std::string outcome_text(Outcome outcome, const std::vector<std::string>& requirements) {
  std::string text = word_for(outcome);
  bool first = true;
  for (const std::string& each : requirements) {
    if (each.empty()) continue;  // a step-up, and the host knows which
    text += std::exchange(first, false) ? " to " : ", ";
    text += quis::quoted(each);
  }
  return text;
}

/// Why a denial can be lifted in one world only, or by something else.
std::string step_up_reason(const AccessChange& change) {
  std::vector<std::string> changed;
  std::vector<std::string> gone;
  std::vector<std::string> added;
  const auto in = [](const std::vector<std::string>& ids, const std::string& id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  };
  for (const std::string& id : change.before) (in(change.after, id) ? changed : gone).push_back(id);
  for (const std::string& id : change.after) {
    if (!in(change.before, id)) added.push_back(id);
  }
  std::string text;
  const auto add = [&text](const std::vector<std::string>& ids, const char* what) {
    if (ids.empty()) return;
    text += text.empty() ? "" : "; ";
    text += what + quoted_list(ids);
  };
  add(changed, "changed: ");
  add(gone, "no longer met: ");
  add(added, "now met: ");
  return text;
}

/// Why, in words.
std::string reason_of(const AccessChange& change) {
  if (!change.gained() && !change.lost()) return step_up_reason(change);
  const char* const no_longer = change.gained() ? "no longer forbidden by " : "no longer permitted by ";
  const char* const now = change.gained() ? "now permitted by " : "now forbidden by ";
  std::string text;
  if (!change.before.empty()) text += no_longer + quoted_list(change.before);
  if (!change.before.empty() && !change.after.empty()) text += "; ";
  if (!change.after.empty()) text += now + quoted_list(change.after);
  return text;
}

void print_json(const AccessDiff& diff, Tool& tool) {
  for (const AccessChange& change : diff.changes) {
    tool.out << boost::json::object{{"change", kind_of(change, "gained", "lost")},
                                    {"principal", to_text(change.principal)},
                                    {"action", to_text(change.action)},
                                    {"resource", to_text(change.resource)},
                                    {"was", word_for(change.was)},
                                    {"is", word_for(change.is)},
                                    {"step_up_before", to_json(change.step_up_before)},
                                    {"step_up_after", to_json(change.step_up_after)},
                                    {"before", to_json(change.before)},
                                    {"after", to_json(change.after)}}
             << '\n';
  }
  boost::json::object last{{"gained", diff.gained},       {"lost", diff.lost},
                           {"step_ups", diff.step_ups},   {"listed", diff.changes.size()},
                           {"complete", diff.complete()}, {"decisions", diff.decisions}};
  if (!diff.skipped.empty()) last["skipped"] = to_json(diff.skipped);
  tool.out << last << '\n';
}

const char* kind_color(const AccessChange& change) {
  return change.gained() ? "\x1b[32m" : change.lost() ? "\x1b[31m" : "\x1b[33m";
}

void print_table(const AccessDiff& diff, Tool& tool) {
  constexpr std::size_t kColumns = 5;
  std::vector<std::array<std::string, kColumns>> rows;
  rows.reserve(diff.changes.size());
  std::array<std::size_t, kColumns> widths{};
  for (const AccessChange& change : diff.changes) {
    rows.push_back(
        {kind_of(change, "gains", "loses"), to_text(change.principal), to_text(change.action), to_text(change.resource),
         outcome_text(change.was, change.step_up_before) + " -> " + outcome_text(change.is, change.step_up_after)});
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], rows.back()[i].size());
  }
  tool.out << diff.gained << " gained, " << diff.lost << " lost";
  if (diff.step_ups != 0) tool.out << ", " << counted(diff.step_ups, "step-up", "step-ups") << " changed";
  if (!diff.lists_all()) tool.out << "; the first " << diff.changes.size() << " are listed";
  if (!diff.skipped.empty()) {
    tool.out << "; not compared: " << counted(diff.skipped.size(), "action", "actions");
  }
  tool.out << '\n';
  const std::array<std::size_t, kColumns> order = {1, 0, 2, 3, 4};
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (const std::size_t column : order) {
      const bool colored = tool.color && column == 0;
      if (colored) tool.out << kind_color(diff.changes[row]);
      tool.out << rows[row][column];
      if (colored) tool.out << "\x1b[0m";
      tool.out << std::string(widths[column] - rows[row][column].size() + 2, ' ');
    }
    tool.out << reason_of(diff.changes[row]) << '\n';
  }
}

void diff(const Options& options, Tool& tool) {
  const auto schema = options.schema.load();
  if (!schema) return tool.fail(schema.error());
  const auto worlds = load(options, *schema);
  if (!worlds) return tool.fail(worlds.error());
  LocalNames names;
  DiffOptions wanted;
  wanted.schema = *schema ? &**schema : nullptr;
  wanted.limit = options.limit;
  if (auto read = read_type(options.principal_type, Names(names), wanted.principal_type); !read)
    return tool.fail(read.error());
  if (auto read = read_type(options.resource_type, Names(names), wanted.resource_type); !read)
    return tool.fail(read.error());
  if (!options.action.empty()) {
    const auto action = parse_entity_uid(options.action, Names(names), "action");
    if (!action) return tool.fail(action.error());
    wanted.action = *action;
  }
  const auto text = read_context(options.context);
  if (!text) return tool.fail(text.error());
  Context context;
  ActionContexts contexts;
  if (*schema) {
    auto read = ActionContexts::from_json(*text, **schema, names);
    if (!read) return tool.fail(read.error());
    contexts = std::move(*read);
    wanted.contexts = &contexts;
  } else {
    auto read = Context::from_json(*text, names);
    if (!read) return tool.fail(read.error());
    context = std::move(*read);
    wanted.context = context.value();
  }
  wanted.names = &names;
  const auto found = diff_access(worlds->before, worlds->after, wanted);
  if (!found) return tool.fail(found.error());
  tool.warn(unheard_of(*worlds, options, wanted));
  if (!*schema) {
    const Errors before = entity_hints(worlds->before.entities());
    tool.warn(before.empty() ? entity_hints(worlds->after.entities()) : before);
  }
  if (found->actions == 0 && found->skipped.empty()) {
    return tool.fail(failure(ErrorCode::unknown_action, "no action is known, so there is nothing to compare",
                             "give a schema, or entities that include the actions")
                         .value());
  }
  if (tool.json) {
    print_json(*found, tool);
  } else {
    print_table(*found, tool);
    report(found->skipped, tool);
  }
  const bool differs = found->gained + found->lost + found->step_ups != 0;
  tool.exit = differs ? Exit::denied : found->skipped.empty() ? Exit::success : Exit::error;  // not known is no success
}

}  // namespace

void add_diff(CLI::App& app, Tool& tool) {
  auto options = std::make_shared<Options>();
  Verb verb(
      app, "diff",
      "Say who gains and who loses what by a change of policies or entities, and which denials a step-up would lift "
      "otherwise: exit code 2 when anything changes");
  options->policies.add_to(verb);
  verb.option("--new-policies", options->new_policies, "File or folder with the policies after the change");
  options->entities.add_to(verb, true);
  verb.option("--new-entities", options->new_entities, "File with the entities after the change");
  options->schema.add_to(verb);
  verb.option("-a,--action", options->action, "Only this action");
  verb.option("--principal-type", options->principal_type, "Only principals of this entity type");
  verb.option("--resource-type", options->resource_type, "Only resources of this entity type");
  verb.option("-c,--context", options->context,
              "Context of every request: a file with a JSON object, or the object itself");
  verb.option("--limit", options->limit, "Changes to list at most; all are counted").show_default();
  verb.footer(
      "Compares every request that can be made of the entities and actions at hand; with a schema, those it allows.\n"
      "One line a request whose outcome changes: who, `gains`, `loses` or (still denied) `step-up`, what, the outcome\n"
      "before and after (permit, step-up, deny), and the policies behind it. Without a schema, actions are those that\n"
      "policies name and those among the entities; principals and resources are all other entities. Where an action\n"
      "could not be compared and nothing else differs, the exit code is 1.\n"
      "Example:\n  quis diff -p policies/ --new-policies proposed/ --entities entities.json -s app.cedarschema");
  verb.run([options, &tool] { diff(*options, tool); });
}

}  // namespace quis::cli
