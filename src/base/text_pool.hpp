#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace quis {

/// A text that was pooled: one pointer to its length and bytes. Short texts, the rule, spend one byte on the length.
class PooledText {
 public:
  PooledText() noexcept = default;
  explicit PooledText(const char* record) noexcept : record_(record) {}

  [[nodiscard]] std::string_view view() const noexcept {
    const auto size = static_cast<unsigned char>(*record_);
    if (size < kLong) [[likely]] {
      return {record_ + 1, size};
    }
    std::size_t long_size = 0;
    std::memcpy(&long_size, record_ + 1, sizeof(long_size));
    return {record_ + 1 + sizeof(long_size), long_size};
  }

  /// A first byte of this value says that eight bytes of length follow.
  static constexpr std::size_t kLong = 255;

 private:
  const char* record_ = nullptr;
};

/// Keeps texts for the life of the process, in chunks that are never freed. One writer at a time.
class TextPool {
 public:
  constexpr TextPool() noexcept = default;

  [[nodiscard]] PooledText add(std::string_view text) {
    const bool is_long = text.size() >= PooledText::kLong;
    char* const record = take(text.size() + 1 + (is_long ? sizeof(std::size_t) : 0));
    char* to = record;
    *to++ = static_cast<char>(is_long ? PooledText::kLong : text.size());
    if (is_long) {
      const std::size_t size = text.size();
      std::memcpy(to, &size, sizeof(size));
      to += sizeof(size);
    }
    if (!text.empty()) {
      std::memcpy(to, text.data(), text.size());
    }
    return PooledText(record);
  }

  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  static constexpr std::size_t kChunk = std::size_t{64} << 10U;

  char* take(std::size_t size) {
    if (size > kChunk / 8) {  // its own block, so that the rest of the chunk is not wasted
      bytes_ += size;
      return new char[size];
    }
    if (size > left_) {
      next_ = new char[kChunk];
      left_ = kChunk;
      bytes_ += kChunk;
    }
    char* const taken = next_;
    next_ += size;
    left_ -= size;
    return taken;
  }

  char* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace quis
