#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/section_file.hpp"

namespace quis::image {

using Words = std::span<const std::uint32_t>;

/// A section as an array of what lies in memory as it does in the file; nothing when its size is not a multiple.
template <class T>
[[nodiscard]] std::optional<std::span<const T>> items_in(Bytes section) noexcept {
  if (section.size() % sizeof(T) != 0) return std::nullopt;
  return std::span(reinterpret_cast<const T*>(section.data()), section.size() / sizeof(T));
}

/// A list of lists whose ends were checked: they rise, and the last is where the members end.
template <class Member>
class Lists {
 public:
  [[nodiscard]] static std::optional<Lists> read(Bytes section) noexcept {
    const auto words = items_in<std::uint32_t>(section.first(section.size() / 4 * 4));
    if (words->empty() || words->front() >= words->size()) return std::nullopt;
    const Words ends = words->subspan(1, words->front());
    const auto members = items_in<Member>(section.subspan(4 + ends.size_bytes()));
    if (!members || (ends.empty() ? 0 : ends.back()) != members->size()) return std::nullopt;
    std::uint32_t before = 0;
    bool rising = true;
    for (const std::uint32_t end : ends) {
      rising &= end >= before;
      before = end;
    }
    if (!rising) return std::nullopt;
    return Lists(ends, *members);
  }

  Lists() = default;
  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
  [[nodiscard]] std::span<const Member> operator[](std::size_t i) const noexcept {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return members_.subspan(begin, ends_[i] - begin);
  }
  [[nodiscard]] std::span<const Member> members() const noexcept { return members_; }

 private:
  Lists(Words ends, std::span<const Member> members) noexcept : ends_(ends), members_(members) {}

  Words ends_;
  std::span<const Member> members_;
};

/// A text list whose texts were checked, too: each is UTF-8, and no longer than a value may be.
class Texts {
 public:
  Texts() = default;
  [[nodiscard]] static std::optional<Texts> read(Bytes section, std::string_view file_name);

  [[nodiscard]] std::size_t size() const noexcept { return lists_.size(); }
  [[nodiscard]] std::string_view operator[](std::size_t i) const noexcept {
    const std::span<const char> text = lists_[i];
    return {text.data(), text.size()};
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return lists_.members().size(); }

 private:
  explicit Texts(const Lists<char>& lists) noexcept : lists_(lists) {}

  Lists<char> lists_;
};

/// A section that is being written.
using Section = std::vector<std::byte>;

template <class T>
void append(Section& bytes, std::span<const T> items) {
  const std::size_t end = bytes.size();
  bytes.resize(end + items.size_bytes());
  if (!items.empty()) std::memcpy(bytes.data() + end, items.data(), items.size_bytes());
}

template <class T>
[[nodiscard]] Section bytes_of(const std::vector<T>& items) {
  Section bytes;
  append<T>(bytes, items);
  return bytes;
}

/// What `Lists` reads. `list(i)` gives each list as a span or a vector.
template <class Member, class List>
[[nodiscard]] Section list_of_lists(std::size_t count, const List& list) {
  std::vector<std::uint32_t> words{static_cast<std::uint32_t>(count)};
  words.reserve(count + 1);
  std::size_t end = 0;
  for (std::size_t i = 0; i < count; ++i) words.push_back(static_cast<std::uint32_t>(end += list(i).size()));
  Section bytes = bytes_of(words);
  bytes.reserve(bytes.size() + end * sizeof(Member));
  for (std::size_t i = 0; i < count; ++i) append<Member>(bytes, list(i));
  return bytes;
}

}  // namespace quis::image
