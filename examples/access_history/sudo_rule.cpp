#include "sudo_rule.hpp"

namespace access_history {
namespace {

constexpr std::string_view kRoot = "root";

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool skip(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text = trim(text.substr(prefix.size()));
  return true;
}

// At commas; sudo writes one that belongs to a command as `\,`.
std::vector<std::string_view> split_list(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool separates = i == text.size() || (text[i] == ',' && (i == 0 || text[i - 1] != '\\'));
    if (!separates) continue;
    parts.push_back(trim(text.substr(begin, i - begin)));
    begin = i + 1;
  }
  return parts;
}

std::string privilege_name(std::string_view run_as, std::string_view command) {
  std::string name(run_as == "ALL" ? kRoot : run_as);
  if (command != "ALL") name.append(":").append(command);
  return name;
}

}  // namespace

std::optional<std::vector<std::string>> privileges_of(std::string_view rule) {
  std::string_view rest = trim(rule);
  if (!skip(rest, "ALL") || !skip(rest, "=")) return std::nullopt;
  std::vector<std::string_view> accounts = {kRoot};
  if (rest.starts_with('(')) {
    const std::size_t close = rest.find(')');
    if (close == std::string_view::npos) return std::nullopt;
    accounts = split_list(rest.substr(1, close - 1));
    rest = trim(rest.substr(close + 1));
  }
  skip(rest, "NOPASSWD:");

  std::vector<std::string> privileges;
  for (const std::string_view account : accounts) {
    for (const std::string_view command : split_list(rest)) {
      if (account.empty() || command.empty()) return std::nullopt;
      privileges.push_back(privilege_name(account, command));
    }
  }
  return privileges;
}

std::string_view wider_privilege(std::string_view privilege) {
  const std::size_t colon = privilege.find(':');
  if (colon != std::string_view::npos) return privilege.substr(0, colon);
  return privilege == kRoot ? std::string_view{} : kRoot;
}

}  // namespace access_history
