#include <base/file.hpp>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <memory>

#include <quis/base/limits.hpp>

#include "base/code_points.hpp"

namespace quis {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

tl::unexpected<Errors> cannot_read(const std::string& path, const std::string& why, std::string help) {
  return failure(ErrorCode::io, "cannot read `" + path + "`: " + why, std::move(help));
}

tl::unexpected<Errors> too_large(const std::string& path) {
  return failure(ErrorCode::limit_exceeded,
                 "`" + path + "` is larger than " + std::to_string(limits::kMaxDocumentBytes) + " bytes",
                 "split the file");
}

Result<std::string> read_to_end(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(path, ignored);
  if (status.type() == std::filesystem::file_type::directory) {
    return cannot_read(path, "it is a folder", "name a file in it");
  }
  errno = 0;
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) {
    const bool missing = status.type() == std::filesystem::file_type::not_found;
    if (missing) return cannot_read(path, "there is no such file", "check the path");
    const int why = errno;
    return cannot_read(path, std::strerror(why),
                       why == ELOOP ? "the link leads back to itself: remove it" : "check the permissions");
  }
  std::string text;
  if (status.type() == std::filesystem::file_type::regular) {
    const auto size = std::filesystem::file_size(path, ignored);
    if (!ignored && size > limits::kMaxDocumentBytes) return too_large(path);
    if (!ignored) text.reserve(static_cast<std::size_t>(size) + 1);
  }
  const auto block = std::make_unique<std::array<char, 1U << 16U>>();
  while (const std::size_t count = std::fread(block->data(), 1, block->size(), file.get())) {
    if (text.size() + count > limits::kMaxDocumentBytes) return too_large(path);
    text.append(block->data(), count);
  }
  if (std::ferror(file.get()) != 0) return cannot_read(path, std::strerror(errno), "check the disk or the connection");
  return text;
}

struct Utf8Form {
  std::size_t length = 0;        // 0: no sequence starts so
  unsigned char lowest = 0x80;   // of the second byte; this is what rules out overlong forms,
  unsigned char highest = 0xBF;  // surrogates and what lies above U+10FFFF
};

Utf8Form utf8_form(unsigned char lead) noexcept {
  if (lead < 0x80) return {1};
  if (lead >= 0xC2 && lead <= 0xDF) return {2};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead >= 0xE1 && lead <= 0xEF) return {3};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead >= 0xF1 && lead <= 0xF3) return {4};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0};
}

/// The offset of the first byte that is not UTF-8, or the size of the text.
std::size_t utf8_end(std::string_view text) noexcept {
  constexpr std::uint64_t kHighBits = 0x8080'8080'8080'8080U;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::size_t i = 0;
  while (i < text.size()) {
    if (std::uint64_t word = 0; text.size() - i >= sizeof word) {
      std::memcpy(&word, text.data() + i, sizeof word);
      if ((word & kHighBits) == 0) {
        i += sizeof word;
        continue;
      }
    }
    const Utf8Form form = utf8_form(byte(i));
    if (form.length == 0 || text.size() - i < form.length) return i;
    if (form.length > 1 && (byte(i + 1) < form.lowest || byte(i + 1) > form.highest)) return i;
    for (std::size_t k = 2; k < form.length; ++k) {
      if ((byte(i + k) & 0xC0U) != 0x80U) return i;
    }
    i += form.length;
  }
  return i;
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  try {
    return read_to_end(path);
  } catch (const std::exception&) {
    return failure(ErrorCode::limit_exceeded, "not enough memory to read `" + path + "`",
                   "split the file or raise the memory limit");
  }
}

Result<void> check_file_name(const std::string& path) {
  if (utf8_end(path) == path.size()) return {};
  return failure(ErrorCode::invalid_utf8, "the file name `" + visible(path) + "` is not UTF-8", "rename the file");
}

Result<void> check_utf8(std::string_view text, std::string_view source_name) {
  const std::size_t end = utf8_end(text);
  if (end == text.size()) return {};
  Diagnostic diagnostic;
  diagnostic.code = ErrorCode::invalid_utf8;
  diagnostic.message = "the bytes are not UTF-8";
  diagnostic.help = "save the text as UTF-8";
  attach_source(diagnostic, source_name, text, end, 1);
  return failure(std::move(diagnostic));
}

}  // namespace quis
