// Reads the input as a request: principal, action, resource and context, a line each. Uids that are written plainly are
// read without the lexer, so each must mean what it means with a space behind it, which only the lexer reads; and the
// second time, when it is known.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <quis/base/vocabulary.hpp>
#include <quis/engine/request.hpp>
#include <quis/policy/schema_parser.hpp>

namespace {

using quis::OwnedRequest;
using quis::Request;
using quis::Schema;

std::string text_of_uids(const Request& request) {
  return to_text(request.principal, request.names) + "\n" + to_text(request.action, request.names) + "\n" +
         to_text(request.resource, request.names);
}

void require(bool holds) {
  if (!holds) std::abort();
}

/// Each uid as it is, twice, and with a space behind it, which only the lexer reads; the context likewise.
void check(const std::array<std::string_view, 4>& lines, const Schema* schema) {
  const auto& [principal, action, resource, context] = lines;
  (void)OwnedRequest::from_text(principal, action, resource, context, schema);
  const auto plain = OwnedRequest::from_text(principal, action, resource, context, schema);
  const auto spaced = OwnedRequest::from_text(std::string(principal) + " ", std::string(action) + " ",
                                              std::string(resource) + " ", std::string(context) + " ", schema);
  require(plain.has_value() == spaced.has_value());
  if (!plain) return;
  const Request request = plain->view();
  const Request same = spaced->view();
  require(request.principal == same.principal && request.action == same.action && request.resource == same.resource);
  const std::string text = text_of_uids(request);
  require(text == text_of_uids(same));
  const std::size_t first = text.find('\n');
  const std::size_t second = text.find('\n', first + 1);
  const auto again = OwnedRequest::from_text(text.substr(0, first), text.substr(first + 1, second - first - 1),
                                             text.substr(second + 1), context, schema);
  require(again.has_value() && text_of_uids(again->view()) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool known = quis::intern_entity("User", "alice").valid() &&
                            quis::intern_entity("Action", "view").valid() &&
                            quis::intern_entity("Color", "mauve").valid() &&
                            quis::intern_entity("A::B", "a long id, so that it takes a few words").valid();
  static const auto plain_schema = quis::parse_schema(R"(
      entity User; namespace A { entity B; }
      action view appliesTo { principal: User, resource: [User, A::B], context: {flag?: Bool} };)");
  static const auto enumerated_schema = quis::parse_schema(R"(
      entity User; entity Color enum ["red"];
      action view appliesTo { principal: User, resource: [User, Color] };)");
  require(known && plain_schema.has_value() && enumerated_schema.has_value());
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::array<std::string_view, 4> lines;
  for (std::string_view& line : lines) {
    line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() == rest.size() ? rest.size() : line.size() + 1);
  }
  check(lines, nullptr);
  check(lines, &*plain_schema);
  check(lines, &*enumerated_schema);
  return 0;
}
