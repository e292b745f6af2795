#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include <quis/base/digest.hpp>

#include "base/sha256.hpp"

using quis::Digest;
using quis::Sha256;

TEST_CASE("the digests are those of FIPS 180-4") {
  CHECK(quis::sha256("").to_hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(quis::sha256("abc").to_hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(quis::sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").to_hex() ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("pieces hash as their concatenation, and a hasher begins anew after each digest") {
  Sha256 hash;
  hash.add("a");
  hash.add("");
  hash.add("bc");
  CHECK(hash.finish() == quis::sha256("abc"));
  CHECK(hash.finish() == quis::sha256(""));
  hash.add_number(0x0102'0304'0506'0708U);
  hash.add(quis::sha256("abc"));
  const Digest inner = quis::sha256("abc");
  CHECK(hash.finish() ==
        quis::sha256("\x01\x02\x03\x04\x05\x06\x07\x08" + std::string(inner.bytes.begin(), inner.bytes.end())));
}

TEST_CASE("many threads may hash at once") {
  std::vector<std::thread> threads;
  std::vector<Digest> digests(4);
  for (Digest& digest : digests) threads.emplace_back([&digest] { digest = quis::sha256("abc"); });
  for (std::thread& thread : threads) thread.join();
  for (const Digest& digest : digests) CHECK(digest == quis::sha256("abc"));
}

TEST_CASE("hexadecimal text is read back, and nothing else is") {
  const Digest digest = quis::sha256("abc");
  const std::string text = digest.to_hex();
  CHECK(Digest::from_hex(text) == digest);
  CHECK(Digest::from_hex("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD") == digest);
  CHECK_FALSE(Digest::from_hex(text.substr(1)));
  CHECK_FALSE(Digest::from_hex(text + "0"));
  CHECK_FALSE(Digest::from_hex(text.substr(0, 63) + "g"));
  CHECK_FALSE(Digest::from_hex(text.substr(0, 63) + std::string(1, '\0')));
  CHECK_FALSE(Digest::from_hex(""));
}
