#include "base/sha256.hpp"

#include <array>
#include <cstddef>
#include <exception>

#include <openssl/evp.h>

namespace quis {
namespace {

void require(bool succeeded) noexcept {
  if (!succeeded) std::terminate();
}

/// Looking the algorithm up takes OpenSSL longer than hashing a policy does, so it is done once.
const EVP_MD* algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  require(fetched != nullptr);
  return fetched;
}

EVP_MD_CTX* as_context(void* context) noexcept { return static_cast<EVP_MD_CTX*>(context); }

}  // namespace

void Sha256::Free::operator()(void* context) const noexcept { EVP_MD_CTX_free(as_context(context)); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  require(context_ != nullptr);
  begin();
}

void Sha256::begin() { require(EVP_DigestInit_ex2(as_context(context_.get()), algorithm(), nullptr) == 1); }

void Sha256::add(std::string_view bytes) {
  require(EVP_DigestUpdate(as_context(context_.get()), bytes.data(), bytes.size()) == 1);
}

void Sha256::add_number(std::uint64_t number) {
  std::array<char, sizeof number> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(number >> (56U - 8U * i));
  add({bytes.data(), bytes.size()});
}

void Sha256::add(const Digest& digest) {
  add({reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()});
}

Digest Sha256::finish() {
  Digest digest;
  unsigned int size = 0;
  require(EVP_DigestFinal_ex(as_context(context_.get()), digest.bytes.data(), &size) == 1);
  require(size == digest.bytes.size());
  begin();
  return digest;
}

Digest sha256(std::string_view bytes) {
  thread_local Sha256 hasher;
  hasher.add(bytes);
  return hasher.finish();
}

}  // namespace quis
