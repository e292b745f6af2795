// IP addresses as Cedar reads them, which is narrower than what the operating system's parser takes: no IPv4 inside
// IPv6, no zone, no leading zeros in IPv4 (an old trap: some readers take those for octal), no short forms like
// `127.1`.
#include <quis/base/extension.hpp>

#include <algorithm>
#include <array>

#include <base/digits.hpp>

namespace quis {
namespace {

constexpr std::size_t kLongestText = 43;  // eight groups of four, seven colons, `/128`
constexpr std::size_t kGroups = 8;

bool take_ipv4(std::string_view& rest, IpAddress& address) noexcept {
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0 && !digits::take(rest, '.')) return false;
    const std::string_view run = digits::take_digits(rest);
    std::uint64_t octet = 0;
    if (run.size() > 3 || (run.size() > 1 && run[0] == '0') || !digits::to_number(run, octet) || octet > 255)
      return false;
    address.bytes[i] = static_cast<std::uint8_t>(octet);
  }
  return true;
}

constexpr int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

using Groups = std::array<std::uint16_t, kGroups>;

/// Cuts off up to `limit` groups with single colons between them. A colon that no group follows is left standing.
std::size_t take_groups(std::string_view& rest, std::size_t limit, Groups& groups) noexcept {
  for (std::size_t count = 0; count < limit; ++count) {
    std::string_view ahead = rest;
    if (count > 0 && !digits::take(ahead, ':')) return count;
    unsigned group = 0;
    std::size_t size = 0;
    for (; size < 4 && size < ahead.size() && hex_digit(ahead[size]) >= 0; ++size) {
      group = group * 16 + static_cast<unsigned>(hex_digit(ahead[size]));
    }
    if (size == 0) return count;
    groups[count] = static_cast<std::uint16_t>(group);
    rest = ahead.substr(size);
  }
  return limit;
}

/// Eight groups, or fewer around one `::`, which stands for at least one.
bool take_ipv6(std::string_view& rest, IpAddress& address) noexcept {
  Groups groups{};
  const std::size_t before = take_groups(rest, kGroups, groups);
  if (before < kGroups) {
    if (!digits::take(rest, ':') || !digits::take(rest, ':')) return false;
    Groups tail{};
    const std::size_t after = take_groups(rest, kGroups - before - 1, tail);
    std::copy_n(tail.begin(), after, groups.end() - static_cast<std::ptrdiff_t>(after));
  }
  for (std::size_t i = 0; i < kGroups; ++i) {
    address.bytes[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8U);
    address.bytes[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 0xFFU);
  }
  return true;
}

bool read_prefix(std::string_view text, std::uint64_t highest, std::uint64_t& prefix) noexcept {
  const bool leading_zero = text.size() > 1 && text[0] == '0';
  return text.size() <= 3 && !leading_zero && digits::to_number(text, prefix) && prefix <= highest;
}

std::string ipv6_text(const IpAddress& address) {
  Groups groups{};
  for (std::size_t i = 0; i < kGroups; ++i) {
    groups[i] = static_cast<std::uint16_t>(address.bytes[2 * i] * 256U + address.bytes[2 * i + 1]);
  }
  // RFC 5952: `::` for the longest run of zero groups, the first of equals, and never for a single one.
  std::size_t longest = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i < kGroups; ++i) {
    std::size_t run = 0;
    while (i + run < kGroups && groups[i + run] == 0) ++run;
    if (run > longest && run > 1) {
      longest = run;
      start = i;
    }
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < kGroups; ++i) {
    if (longest > 0 && i == start) {
      text += "::";
      i += longest - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    bool significant = false;
    for (unsigned shift = 16; shift > 0; shift -= 4) {
      const unsigned digit = (unsigned{groups[i]} >> (shift - 4)) & 0xFU;
      significant = significant || digit != 0 || shift == 4;
      if (significant) text += kHex[digit];
    }
  }
  return text;
}

std::string ipv4_text(const IpAddress& address) {
  std::string text = std::to_string(address.bytes[0]);
  for (std::size_t i = 1; i < 4; ++i) text += "." + std::to_string(address.bytes[i]);
  return text;
}

constexpr std::uint8_t full_prefix(const IpAddress& address) noexcept { return address.is_v6 ? 128 : 32; }

}  // namespace

std::optional<IpAddress> parse_ip(std::string_view text) noexcept {
  if (text.size() > kLongestText) return std::nullopt;
  const std::size_t slash = text.find('/');
  std::string_view host = text.substr(0, slash);
  IpAddress address;
  address.is_v6 = host.find(':') != std::string_view::npos;
  if (!(address.is_v6 ? take_ipv6(host, address) : take_ipv4(host, address)) || !host.empty()) return std::nullopt;
  std::uint64_t prefix = full_prefix(address);
  if (slash != std::string_view::npos && !read_prefix(text.substr(slash + 1), full_prefix(address), prefix)) {
    return std::nullopt;
  }
  address.prefix = static_cast<std::uint8_t>(prefix);
  return address;
}

std::string ip_text(const IpAddress& address) {
  std::string text = address.is_v6 ? ipv6_text(address) : ipv4_text(address);
  if (address.prefix != full_prefix(address)) text += "/" + std::to_string(address.prefix);
  return text;
}

}  // namespace quis
