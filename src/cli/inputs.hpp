#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include <quis/engine/engine.hpp>
#include <quis/engine/request.hpp>
#include <quis/model/entities.hpp>
#include <quis/model/schema.hpp>
#include <quis/policy/policy_set.hpp>

#include "cli/verb.hpp"

/// The flags that several verbs share, and what they load.
namespace quis::cli {

/// The file of this name is standard input.
inline constexpr const char* kStandardInput = "-";

/// The text of a file, or of standard input for `-`, with a word on the terminal when that is where it comes from.
/// Standard input can be read once.
[[nodiscard]] Result<std::string> read_input(const std::string& path);
/// What messages call it.
[[nodiscard]] std::string input_name(const std::string& path);

/// The JSON text of a context: the object itself when it starts with a brace, else the file of that name; `{}` when
/// empty.
[[nodiscard]] Result<std::string> read_context(const std::string& context);

/// Texts of sources by the names that diagnostics have for them; files that are not among them are read when needed.
///
/// Diagnostics of the library know places, not texts: the texts of policies are gone once they are parsed.
class SourceTexts {
 public:
  void add(const std::string& name, std::string text) { texts_[name] = std::move(text); }
  /// Empty when it cannot be had.
  [[nodiscard]] const std::string& find(const std::string& name);
  /// Puts the line that each diagnostic is about into it, where its text can be had.
  void add_excerpts(Errors& diagnostics);

 private:
  std::unordered_map<std::string, std::string> texts_;
};

/// The set with its policies and templates named by their `@id`, as far as they have one: what policies in text are
/// called unless the command line says otherwise.
[[nodiscard]] Result<PolicySet> named_by_annotation(const PolicySet& policies);

struct PolicyInput {
  std::string path = kStandardInput;  ///< a file or a folder
  std::string format;                 ///< `cedar` or `json`; by the file's name when empty
  std::string ids = "annotation";     ///< or `position`: what policies in text are called
  std::string links;                  ///< a file of template links, or empty
  bool may_lack_links = false;        ///< that file need not be there

  void add_to(Verb verb);
  [[nodiscard]] Result<PolicySet> load() const;
  /// The same, and the texts that were read, for excerpts.
  [[nodiscard]] Result<PolicySet> load(SourceTexts& texts) const;
};

struct SchemaInput {
  std::string path;    ///< empty: no schema
  std::string format;  ///< as above

  void add_to(Verb verb);
  /// Empty when no schema was asked for. Warnings of the schema as in `parse_schema`.
  [[nodiscard]] Result<std::optional<Schema>> load(Errors* warnings = nullptr) const;
};

struct EntitiesInput {
  std::string path;  ///< empty: no entities

  void add_to(Verb verb, bool required);
  [[nodiscard]] Result<Entities> load(const std::optional<Schema>& schema) const;
};

struct RequestInput {
  std::string principal;
  std::string action;
  std::string resource;
  std::string context;       ///< a file, or the object itself when it starts with a brace
  std::string request_json;  ///< a file with the whole request
  bool validate = true;

  void add_to(Verb verb);
  /// Whether any part of a request was given.
  [[nodiscard]] bool given() const;
  [[nodiscard]] Result<OwnedRequest> load(const std::optional<Schema>& schema) const;
};

/// What verbs about one request take: its policies, schema and entities, and itself.
struct DecisionInput {
  PolicyInput policies;
  SchemaInput schema;
  EntitiesInput entities;
  RequestInput request;

  /// Entities are `required`, or may be left out.
  void add_to(Verb verb, bool entities_required);

  struct Loaded {
    Engine engine;
    OwnedRequest request;  ///< made after the engine's world, as it must be
  };
  /// Everything, ready to decide; and the texts that were read, for excerpts.
  [[nodiscard]] Result<Loaded> load(SourceTexts& texts) const;
};

}  // namespace quis::cli
