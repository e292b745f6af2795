#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include <boost/json.hpp>

#include <quis/engine/search.hpp>
#include <quis/policy/expression.hpp>

#include "base/code_points.hpp"
#include "base/type_name.hpp"
#include "cli/entity_hints.hpp"
#include "cli/inputs.hpp"
#include "cli/skipped_actions.hpp"
#include "cli/tool.hpp"
#include "cli/verb.hpp"

namespace quis::cli {
namespace {

/// Which part of the request is asked for.
enum class Wanted : std::uint8_t { principals, resources, actions };

struct Options {
  PolicyInput policies;
  SchemaInput schema;
  EntitiesInput entities;
  std::string principal;
  std::string action;
  std::string resource;
  std::string context;
  std::string type;
  std::string after;
  std::size_t limit = SearchOptions{}.limit;
  std::size_t decisions = SearchOptions{}.decisions;
};

/// The ids of a search, read after the world was built, and what they are made of.
struct Question {
  LocalNames local;
  Context context;
  ActionContexts contexts;
  EntityId principal;
  EntityId action;
  EntityId resource;
  SearchOptions options;
};

Result<void> read_uid(const std::string& text, const char* role, const Names& names, EntityId& id) {
  if (text.empty()) return {};
  const auto read = parse_entity_uid(text, names, role);
  if (!read) return tl::make_unexpected(read.error());
  id = *read;
  return {};
}

Result<void> read_question(const Options& options, const std::optional<Schema>& schema, Question& question) {
  const Names names(question.local);
  for (const auto& [text, role, id] : {std::tuple{&options.principal, "principal", &question.principal},
                                       std::tuple{&options.action, "action", &question.action},
                                       std::tuple{&options.resource, "resource", &question.resource},
                                       std::tuple{&options.after, "--after", &question.options.after}}) {
    if (auto read = read_uid(*text, role, names, *id); !read) return read;
  }
  if (question.options.after.valid() && question.options.after.local()) {
    return failure(ErrorCode::invalid_argument, "`--after` names an entity that nothing loaded mentions",
                   "give what the previous page printed, with the same files");
  }
  if (!options.type.empty()) {
    if (!is_normalized_name(options.type)) {
      return failure(ErrorCode::invalid_argument, "`" + options.type + "` is no type name", "write `Ns::Type`");
    }
    question.options.type = names.type(options.type);
  }
  const auto text = read_context(options.context);
  if (!text) return tl::make_unexpected(text.error());
  if (schema) {
    auto contexts = ActionContexts::from_json(*text, *schema, question.local);
    if (!contexts) return tl::make_unexpected(std::move(contexts.error()));
    question.contexts = std::move(*contexts);
    question.options.contexts = &question.contexts;
  } else {
    auto context = Context::from_json(*text, question.local);
    if (!context) return tl::make_unexpected(std::move(context.error()));
    question.context = std::move(*context);
    question.options.context = question.context.value();
  }
  question.options.names = &question.local;
  question.options.schema = schema ? &*schema : nullptr;
  question.options.limit = options.limit;
  question.options.decisions = options.decisions;
  return {};
}

/// Names that nothing loaded has are legitimate (a policy may be about everybody) and more often misspelt.
Errors unheard_of(const Question& question) {
  Errors notes;
  const auto add = [&notes](std::string message) {
    Diagnostic& note = notes.emplace_back();
    note.severity = Severity::warning;
    note.message = std::move(message);
    note.help = "check its name";
  };
  for (const auto& [role, id] : {std::pair{"principal", question.principal}, std::pair{"action", question.action},
                                 std::pair{"resource", question.resource}}) {
    if (!id.valid() || !id.local()) continue;
    add("neither policies nor entities name the " + std::string(role) + " `" + to_text(id, &question.local) + "`");
  }
  const TypeId type = question.options.type;
  if (type.valid() && type.local()) {
    add("nothing loaded is of the type `" + std::string(question.local.text(type)) + "`");
  }
  return notes;
}

/// The answer in one line.
std::string answer(const SearchPage& page, const Options& options, Wanted wanted) {
  std::string what = page.end == SearchPage::End::complete ? "" : "at least ";
  what += std::to_string(page.hits.size());
  if (!options.after.empty()) what += " more";
  what += " of " + std::to_string(page.domain);
  if (!options.type.empty()) {
    what += " `" + options.type + (wanted == Wanted::actions ? "` actions" : "` entities");
  } else if (wanted == Wanted::actions) {
    what += " actions";
  } else if (options.schema.path.empty()) {
    what += " entities";
  } else {
    what += wanted == Wanted::principals ? " principals" : " resources";
  }
  switch (wanted) {
    case Wanted::principals: return what + " may do " + options.action + " on " + options.resource;
    case Wanted::resources: return options.principal + " may do " + options.action + " on " + what;
    case Wanted::actions: return options.principal + " may do " + what + " on " + options.resource;
  }
  return what;
}

void print(const SearchPage& page, const Options& options, Wanted wanted, Tool& tool) {
  const bool complete = page.end == SearchPage::End::complete;
  const std::string next = complete ? std::string() : to_text(page.next);
  if (!tool.json) tool.out << visible(answer(page, options, wanted)) << '\n';
  for (const EntityId hit : page.hits) {
    if (tool.json) {
      tool.out << boost::json::object{{"entity", to_text(hit)}} << '\n';
    } else {
      tool.out << to_text(hit) << '\n';
    }
  }
  if (tool.json) {
    boost::json::object last{
        {"complete", complete}, {"hits", page.hits.size()}, {"domain", page.domain}, {"decisions", page.decisions}};
    if (!complete) last["next"] = next;
    if (!page.skipped.empty()) last["skipped"] = to_json(page.skipped);
    tool.out << last << '\n';
  } else if (!complete) {
    tool.err << (page.end == SearchPage::End::full ? "more may follow" : "the allowed decisions are spent")
             << ": go on with --after '" << next << "'\n";
  }
  if (!tool.json) report(page.skipped, tool);
}

void search(const Options& options, Wanted wanted, Tool& tool) {
  const auto schema = options.schema.load();
  if (!schema) return tool.fail(schema.error());
  const auto policies = options.policies.load();
  if (!policies) return tool.fail(policies.error());
  const auto entities = options.entities.load(*schema);
  if (!entities) return tool.fail(entities.error());
  const Search searched(Engine(World::build(*policies, *entities)));
  Question question;
  if (auto read = read_question(options, *schema, question); !read) return tool.fail(read.error());
  const auto page =
      wanted == Wanted::principals  ? searched.who_can(question.action, question.resource, question.options)
      : wanted == Wanted::resources ? searched.what_can(question.principal, question.action, question.options)
                                    : searched.actions(question.principal, question.resource, question.options);
  if (!page) return tool.fail(page.error());
  tool.warn(unheard_of(question));
  if (!*schema) tool.warn(entity_hints(*entities));
  print(*page, options, wanted, tool);
}

void add_verb(CLI::App& app, Tool& tool, Wanted wanted, const char* name, const char* about, const char* example) {
  auto options = std::make_shared<Options>();
  Verb verb(app, name, about);
  if (wanted != Wanted::principals) {
    verb.option("-l,--principal", options->principal, "Principal, e.g. 'User::\"alice\"'").required();
  }
  if (wanted != Wanted::actions) {
    verb.option("-a,--action", options->action, "Action, e.g. 'Action::\"view\"'").required();
  }
  if (wanted != Wanted::resources) {
    verb.option("-r,--resource", options->resource, "Resource, e.g. 'Photo::\"cat.jpg\"'").required();
  }
  verb.option("-c,--context", options->context, "Context: a file with a JSON object, or the object itself");
  verb.option("--type", options->type, "Only hits of this entity type");
  verb.option("--limit", options->limit, "Hits to print at most").show_default();
  verb.option("--after", options->after, "Go on after this hit, which the page before named");
  verb.option("--decisions", options->decisions, "Requests to decide at most").show_default();
  options->policies.add_to(verb);
  options->schema.add_to(verb);
  options->entities.add_to(verb, true);
  verb.footer(
      std::string(
          "Prints the answer in one line, then one entity a line, in an order that the same files always\n"
          "give; --json prints an object a line instead. Exit code 0 however many there are. Without a schema,\n"
          "actions are those that policies name and those among the entities; who and what are all other\n"
          "entities.\n"
          "Example:\n  ") +
      example);
  verb.run([options, wanted, &tool] { search(*options, wanted, tool); });
}

}  // namespace

void add_search(CLI::App& app, Tool& tool) {
  add_verb(app, tool, Wanted::principals, "who", "List who may do an action on a resource",
           "quis who -a 'Action::\"view\"' -r 'Photo::\"cat.jpg\"' -p policies.cedar --entities entities.json");
  add_verb(app, tool, Wanted::resources, "what", "List on what a principal may do an action",
           "quis what -l 'User::\"alice\"' -a 'Action::\"view\"' -p policies.cedar --entities entities.json");
  add_verb(app, tool, Wanted::actions, "actions", "List which actions a principal may do on a resource",
           "quis actions -l 'User::\"alice\"' -r 'Photo::\"cat.jpg\"' -p policies.cedar --entities entities.json");
}

}  // namespace quis::cli
