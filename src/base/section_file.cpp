#include "base/section_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <quis/base/limits.hpp>

#include "base/parallel.hpp"

namespace quis {
namespace {

static_assert(std::endian::native == std::endian::little, "files of sections are read as they lie in memory");

constexpr std::array<unsigned char, 8> kMagic = {0x89, 'Q', 'U', 'I', 'S', '\r', '\n', 0x1a};
constexpr std::uint32_t kFormat = 2;
constexpr std::size_t kAlignment = 16;
constexpr std::size_t kBlock = std::size_t{4} << 20U;  // of the checksum
constexpr std::uint32_t kMostSections = 1024;

struct Header {
  std::array<unsigned char, 8> magic;
  std::uint32_t format;
  std::uint32_t sections;
  std::uint64_t size;
  std::uint64_t checksum;
};
static_assert(sizeof(Header) == 32);

struct TableEntry {
  std::uint32_t tag;
  std::uint32_t zero;
  std::uint64_t offset;
  std::uint64_t size;
};
static_assert(sizeof(TableEntry) == 24);

std::size_t aligned(std::size_t offset) noexcept { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

/// Of the header without the checksum, and of all that follows it: the XXH3 of the XXH3s of its blocks, so that several
/// threads can share the work.
std::uint64_t checksum_of(const Header& header, Bytes rest) {
  std::vector<std::uint64_t> blocks((rest.size() + kBlock - 1) / kBlock + 1);
  blocks.back() = XXH3_64bits(&header, offsetof(Header, checksum));
  in_parallel(blocks.size() - 1, [&](std::size_t i) {
    const Bytes block = rest.subspan(i * kBlock, std::min(kBlock, rest.size() - i * kBlock));
    blocks[i] = XXH3_64bits(block.data(), block.size());
  });
  return XXH3_64bits(blocks.data(), blocks.size() * sizeof(blocks[0]));
}

tl::unexpected<Errors> broken(std::string_view name, const std::string& why) {
  return failure(ErrorCode::invalid_file, "`" + std::string(name) + "` " + why, "save it again from its source");
}

tl::unexpected<Errors> io_failure(const char* what, const std::string& path, int error) {
  return failure(ErrorCode::io, std::string(what) + " `" + path + "`: " + std::strerror(error),
                 "check the path, the permissions and the disk");
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int descriptor) noexcept : descriptor_(descriptor) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

bool write_all(int descriptor, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// A rename is on the disk when the folder is.
bool sync_folder_of(const std::string& path) noexcept {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const FileDescriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.get() >= 0 && ::fsync(opened.get()) == 0;
}

}  // namespace

std::string SectionWriter::bytes() const {
  std::vector<TableEntry> table;
  table.reserve(sections_.size());
  std::size_t end = sizeof(Header) + sections_.size() * sizeof(TableEntry);
  for (const auto& [tag, section] : sections_) {
    const std::size_t offset = aligned(end);
    table.push_back({tag, 0, offset, section.size()});
    end = offset + section.size();
  }
  std::string file(end, '\0');
  const Header header{kMagic, kFormat, static_cast<std::uint32_t>(sections_.size()), file.size(), 0};
  std::memcpy(file.data(), &header, sizeof(header));
  if (!table.empty()) std::memcpy(file.data() + sizeof(header), table.data(), table.size() * sizeof(TableEntry));
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].size > 0) std::memcpy(file.data() + table[i].offset, sections_[i].second.data(), table[i].size);
  }
  reseal(std::as_writable_bytes(std::span(file)));
  return file;
}

Result<void> SectionWriter::write(const std::string& path) const {
  std::size_t sizes = 0;
  for (const auto& [tag, section] : sections_) sizes += kAlignment + sizeof(TableEntry) + section.size();
  if (sizeof(Header) + sizes > limits::kMaxDocumentBytes) {
    return failure(
        ErrorCode::limit_exceeded,
        "what is to be saved in `" + path + "` takes more than " + std::to_string(limits::kMaxDocumentBytes) + " bytes",
        "save less in one file");
  }
  const std::string content = bytes();
  std::string beside = path + ".XXXXXX";
  const FileDescriptor file(::mkostemp(beside.data(), O_CLOEXEC));
  if (file.get() < 0) return io_failure("cannot write beside", path, errno);
  if (::fchmod(file.get(), 0644) != 0 || !write_all(file.get(), content) || ::fsync(file.get()) != 0 ||
      ::rename(beside.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(beside.c_str());
    return io_failure("cannot write", path, error);
  }
  if (!sync_folder_of(path)) return io_failure("cannot be sure that the disk has", path, errno);
  return {};
}

Result<SectionFile> SectionFile::open(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status = {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return io_failure("cannot read", path, errno);
  if (!S_ISREG(status.st_mode)) return broken(path, "is not a regular file");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size < sizeof(Header)) return broken(path, "is too short to be a file of quis");
  if (size > limits::kMaxDocumentBytes) {
    return failure(ErrorCode::limit_exceeded,
                   "`" + path + "` is larger than " + std::to_string(limits::kMaxDocumentBytes) + " bytes",
                   "save less in one file");
  }

  void* const at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file.get(), 0);
  if (at == MAP_FAILED) return io_failure("cannot map", path, errno);
  std::shared_ptr<const void> mapping(at, [size](void* mapped) { ::munmap(mapped, size); });
  auto read = SectionFile::read({static_cast<const std::byte*>(at), size}, path);
  if (read) read->mapping_ = std::move(mapping);
  return read;
}

Result<SectionFile> SectionFile::read(Bytes bytes, std::string_view name) {
  Header header;
  if (bytes.size() < sizeof(header)) return broken(name, "is too short to be a file of quis");
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.magic != kMagic) return broken(name, "is not a file of quis");
  if (header.format != kFormat) {
    return broken(name, "has the format " + std::to_string(header.format) + ", and this version reads " +
                            std::to_string(kFormat));
  }
  if (header.size != bytes.size()) {
    return broken(name, "has " + std::to_string(bytes.size()) + " bytes instead of " + std::to_string(header.size));
  }
  if (header.checksum != checksum_of(header, bytes.subspan(sizeof(header)))) {
    return broken(name, "is damaged: its checksum does not match");
  }
  const std::size_t most = std::min<std::size_t>(kMostSections, (bytes.size() - sizeof(header)) / sizeof(TableEntry));
  if (header.sections > most) return broken(name, "has a table of sections that is too long");

  SectionFile file;
  file.name_ = name;
  file.sections_.reserve(header.sections);
  for (std::size_t i = 0; i < header.sections; ++i) {
    TableEntry entry;
    std::memcpy(&entry, bytes.data() + sizeof(header) + i * sizeof(entry), sizeof(entry));
    if (entry.offset % kAlignment != 0 || entry.offset > bytes.size() || entry.size > bytes.size() - entry.offset) {
      return broken(name, "has a section outside of itself");
    }
    file.sections_.emplace_back(entry.tag, bytes.subspan(entry.offset, entry.size));
  }
  return file;
}

Bytes SectionFile::section(std::uint32_t tag) const noexcept {
  const auto found = std::ranges::find(sections_, tag, &std::pair<std::uint32_t, Bytes>::first);
  return found == sections_.end() ? Bytes() : found->second;
}

void reseal(std::span<std::byte> file) {
  Header header;
  if (file.size() < sizeof(header)) return;
  std::memcpy(&header, file.data(), sizeof(header));
  header.checksum = checksum_of(header, file.subspan(sizeof(header)));
  std::memcpy(file.data(), &header, sizeof(header));
}

}  // namespace quis
