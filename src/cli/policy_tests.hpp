#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <quis/base/result.hpp>

#include "cli/test_document.hpp"

/// Files of policy tests: named cases beside the policies that they test.
///
///     policies: hr.cedar            # or a folder; or  policy_text: |  …        (relative to this file)
///     schema: hr.cedarschema        # optional; or  schema_text: |  …
///     links: links.json             # optional; links of templates, as `quis link` keeps them
///     entities: entities.json       # optional; a file, or a list of entities in Cedar's JSON form
///     tests:
///       - name: staff read files of their own region
///         principal: User::"alice"
///         action: Action::"read"
///         resource: File::"a"
///         context: {mfa: true}      # optional
///         entities: other.json      # optional, instead of those above
///         decision: allow           # allow, deny or step-up
///         reasons: [policy0]        # optional: exactly these policies decide
///         errors: []                # exactly these policies err; none when left out
///         step_up: [aal2]           # optional: exactly what would lift the denial
///
/// A bare list of cases is the format of `cedar run-tests`: each case has a `request` object, `reason` (policies that
/// must be among those that decide) and `num_errors`. Its names are optional and may be repeated; what is told is made
/// to differ by the place of the case.
namespace quis::cli {

/// What a case says must come out; each part only where the file says so.
struct Expectation {
  bool permitted = false;
  bool lifted = false;  ///< `step-up`: denied, and liftable
  std::optional<std::vector<std::string>> reasons;
  std::vector<std::string> reason;  ///< at least these
  std::optional<std::vector<std::string>> errors;
  std::optional<std::size_t> error_count;
  std::optional<std::vector<std::string>> step_up;
};

struct TestCase {
  std::string name;
  std::string pointer;          ///< to it in its document
  SourceSpan span;              ///< likewise
  std::string request_pointer;  ///< to what holds its principal, action, resource and context
  std::string request_json;     ///< as `OwnedRequest::from_json` reads it
  std::string entities;         ///< JSON text; empty when those of the file hold
  std::string entities_file;    ///< likewise, a path as written
  Expectation expected;
};

struct TestFile {
  TestDocument document;
  std::string policies;  ///< a path as written; empty when it has none
  std::optional<std::string> policy_text;
  std::string links;  ///< a path as written
  std::string schema;
  std::optional<std::string> schema_text;
  std::string entities;  ///< JSON text
  std::string entities_file;
  std::vector<TestCase> tests;
};

/// Reads the meaning of a document. Keys that it does not know, or that are missing or of a wrong kind, are errors with
/// their place; all of them at once.
[[nodiscard]] Result<TestFile> read_test_file(TestDocument document);

}  // namespace quis::cli
