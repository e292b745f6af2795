// From the parser's events to a JSON value. Building on events, not on yaml-cpp's nodes, is what keeps the document
// honest: its nodes forget which key stood twice and share what is aliased.

#include "cli/yaml_reader.hpp"

#include <algorithm>
#include <charconv>
#include <exception>
#include <sstream>
#include <string_view>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <quis/base/limits.hpp>

namespace quis::cli {
namespace {

/// Leaves the parser with what is wrong; caught where it was called.
struct Refusal : std::exception {
  Refusal(const YAML::Mark& where, ErrorCode why, std::string what, std::string remedy)
      : mark(where), code(why), message(std::move(what)), help(std::move(remedy)) {}
  YAML::Mark mark;
  ErrorCode code;
  std::string message;
  std::string help;
};

constexpr std::string_view kQuoted = "!";  // the tag that the parser gives a scalar in quotes

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// Plain scalars that some readers of YAML take for a boolean or a number and others for text.
bool is_ambiguous(std::string_view text) {
  if (is_one_of(text, {"yes", "Yes", "YES", "no", "No", "NO", "on",   "On",   "ON",    "off",
                       "Off", "OFF", "y",   "Y",  "n",  "N",  "True", "TRUE", "False", "FALSE"})) {
    return true;
  }
  const std::string_view digits = text.starts_with('-') || text.starts_with('+') ? text.substr(1) : text;
  const auto only = [&](std::string_view characters) {
    return digits.find_first_not_of(characters) == std::string_view::npos;
  };
  if (is_one_of(digits, {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"})) return true;
  if (digits.find_first_of("0123456789") == std::string_view::npos) return false;
  if (only("0123456789_.:+-")) return true;  // a fraction, a date, minutes and seconds, octal
  if (digits.starts_with("0x") || digits.starts_with("0o") || digits.starts_with("0b")) return true;
  return only("0123456789_.eE+-") && digits.front() != 'e' && digits.front() != 'E';  // an exponent
}

/// Digits without sign and leading zero are the one form that every reader takes for a number.
bool is_integer(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return false;
  return digits.find_first_not_of("0123456789") == std::string_view::npos && text != "-0";
}

class Builder : public YAML::EventHandler {
 public:
  YamlValue take() { return std::move(value_); }
  [[nodiscard]] std::size_t documents() const noexcept { return documents_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1)
      throw Refusal(mark, ErrorCode::invalid_test, "a second document in one file", "keep one document a file");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check(mark, anchor, {});
    if (expects_key())
      throw Refusal(mark, ErrorCode::invalid_test, "a key must be text",
                    "write a key, in quotes if it is `null` or `~`");
    add(mark, nullptr);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    throw Refusal(mark, ErrorCode::invalid_test, "aliases are not supported",
                  "write the value out, or keep it in a file of its own");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    check(mark, anchor, tag);
    if (expects_key()) return key(mark, text);
    add(mark, scalar(mark, tag == kQuoted, text));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, boost::json::array());
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, boost::json::object());
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  struct Open {
    boost::json::value* container;
    bool has_key = false;
    std::string key = {};
  };

  [[nodiscard]] bool expects_key() const {
    return !open_.empty() && open_.back().container->is_object() && !open_.back().has_key;
  }

  static void check(const YAML::Mark& mark, YAML::anchor_t anchor, std::string_view tag) {
    if (anchor != 0)
      throw Refusal(mark, ErrorCode::invalid_test, "anchors are not supported",
                    "write the value out where it is needed");
    if (!is_one_of(tag, {"", "?", "!"}))
      throw Refusal(mark, ErrorCode::invalid_test, "tags are not supported", "leave the tag out");
  }

  void key(const YAML::Mark& mark, const std::string& text) {
    Open& map = open_.back();
    if (map.container->get_object().contains(text))
      throw Refusal(mark, ErrorCode::duplicate_key, "the key `" + text + "` stands here twice",
                    "remove one of the two");
    map.key = text;
    map.has_key = true;
  }

  static boost::json::value scalar(const YAML::Mark& mark, bool quoted, const std::string& text) {
    if (quoted) return boost::json::value(text);
    if (text == "true" || text == "false") return text == "true";
    if (is_one_of(text, {"null", "Null", "NULL", "~", ""})) return nullptr;
    if (is_integer(text)) {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error == std::errc() && end == text.data() + text.size()) return number;
      throw Refusal(mark, ErrorCode::integer_overflow, "`" + text + "` does not fit 64 bits",
                    "put it into quotes if it is text");
    }
    if (is_ambiguous(text))
      throw Refusal(mark, ErrorCode::invalid_test, "`" + text + "` can be read as text or as something else",
                    "put it into quotes if it is text; else write `true`, `false` or a plain integer");
    return boost::json::value(text);
  }

  boost::json::value& add(const YAML::Mark& mark, boost::json::value value) {
    value_.offsets.push_back(static_cast<std::uint32_t>(std::max(mark.pos, 0)));
    if (open_.empty()) return value_.root = std::move(value);
    Open& parent = open_.back();
    if (parent.container->is_array()) return parent.container->get_array().emplace_back(std::move(value));
    parent.has_key = false;
    return parent.container->get_object().emplace(parent.key, std::move(value)).first->value();
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, boost::json::value container) {
    check(mark, anchor, tag);
    if (expects_key())
      throw Refusal(mark, ErrorCode::invalid_test, "a key must be text",
                    "a brace or bracket of Cedar text needs quotes around it");
    if (open_.size() >= limits::kMaxJsonDepth)
      throw Refusal(mark, ErrorCode::limit_exceeded,
                    "nested deeper than " + std::to_string(limits::kMaxJsonDepth) + " levels", "flatten it");
    boost::json::value& added = add(mark, std::move(container));
    open_.push_back({&added});
  }

  YamlValue value_;
  std::vector<Open> open_;  // pointers stay valid: nothing is added to a container while one inside it is open
  std::size_t documents_ = 0;
};

tl::unexpected<Errors> refuse(const std::string& text, const std::string& source_name, int position, ErrorCode code,
                              std::string message, std::string help) {
  Diagnostic diagnostic;
  diagnostic.code = code;
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  attach_source(diagnostic, source_name, text, static_cast<std::size_t>(std::max(position, 0)), 1);
  return failure(std::move(diagnostic));
}

}  // namespace

Result<YamlValue> read_yaml(const std::string& text, const std::string& source_name) {
  if (const std::size_t at = text.find('\0'); at != std::string::npos) {
    return refuse(text, source_name, static_cast<int>(at), ErrorCode::invalid_test, "a character U+0000",
                  "remove it; YAML ends there for some readers");
  }
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    Builder builder;
    while (parser.HandleNextDocument(builder)) {
    }
    if (builder.documents() == 0)
      return refuse(text, source_name, 0, ErrorCode::invalid_test, "the file is empty", "write at least one case");
    return builder.take();
  } catch (const Refusal& refusal) {
    return refuse(text, source_name, refusal.mark.pos, refusal.code, refusal.message, refusal.help);
  } catch (const YAML::Exception& error) {
    return refuse(text, source_name, error.mark.pos, ErrorCode::invalid_test, "not YAML: " + error.msg,
                  "Cedar text such as `User::\"a\"` may need single quotes around it");
  } catch (const std::exception& error) {
    return failure(ErrorCode::limit_exceeded, "`" + source_name + "` cannot be read: " + error.what(),
                   "make it smaller");
  }
}

}  // namespace quis::cli
