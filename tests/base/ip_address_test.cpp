#include <string>
#include <utility>

#include <doctest/doctest.h>

#include <quis/base/extension.hpp>

TEST_CASE("an address is read and written back in its shortest form") {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"0.0.0.0", "0.0.0.0"},
      {"127.0.0.1", "127.0.0.1"},
      {"255.255.255.255", "255.255.255.255"},
      {"10.0.0.1/24", "10.0.0.1/24"},
      {"10.0.0.1/0", "10.0.0.1/0"},
      {"10.0.0.1/32", "10.0.0.1"},
      {"::", "::"},
      {"::1", "::1"},
      {"1::", "1::"},
      {"::/0", "::/0"},
      {"::1/128", "::1"},
      {"ff00::2/127", "ff00::2/127"},
      {"FFFF:ABCD::", "ffff:abcd::"},
      {"0001:0002:0003:0004:0005:0006:0007:0008", "1:2:3:4:5:6:7:8"},
      {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
      {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
      {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
      {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
      {"1:0:0:2:3:0:0:4", "1::2:3:0:0:4"},
      {"::ffff:ff00:1", "::ffff:ff00:1"},
      {"::ffff:7f00:1", "::ffff:7f00:1"},
  };
  for (const auto& [text, shortest] : rows) {
    CAPTURE(text);
    const auto address = quis::parse_ip(text);
    REQUIRE(address.has_value());
    CHECK(quis::ip_text(*address) == shortest);
    CHECK(quis::parse_ip(shortest) == address);
  }
}

TEST_CASE("what is not exactly an address is refused") {
  for (const std::string_view text : {"",
                                      "/",
                                      "/24",
                                      "1",
                                      "127",
                                      "127.1",
                                      "1.2.3",
                                      "1.2.3.4.5",
                                      "1.2.3.",
                                      ".1.2.3",
                                      "1..2.3",
                                      "256.0.0.1",
                                      "1.2.3.999",
                                      "1.2.3.1000",
                                      "01.2.3.4",
                                      "1.2.3.04",
                                      "00.0.0.0",
                                      "0x7f.0.0.1",
                                      "1.2.3.4 ",
                                      " 1.2.3.4",
                                      "1.2.3.4\n",
                                      "-1.2.3.4",
                                      "+1.2.3.4",
                                      "1.2.3.4:80",
                                      "[::1]",
                                      "[::1]:80",
                                      "1.2.3.4/",
                                      "1.2.3.4//8",
                                      "1.2.3.4/8/8",
                                      "1.2.3.4/33",
                                      "1.2.3.4/032",
                                      "1.2.3.4/08",
                                      "1.2.3.4/00",
                                      "1.2.3.4/+8",
                                      "1.2.3.4/-1",
                                      "1.2.3.4/ 8",
                                      "1.2.3.4/8 ",
                                      "1.2.3.4/255.0.0.0",
                                      "1.2.3.4/128",
                                      ":",
                                      ":::",
                                      "1:",
                                      ":1",
                                      "1:2",
                                      "1::2::3",
                                      "1:::2",
                                      "::1:",
                                      ":1::",
                                      "1:2:3:4:5:6:7",
                                      "1:2:3:4:5:6:7:8:9",
                                      "1:2:3:4:5:6:7:8::",
                                      "::1:2:3:4:5:6:7:8",
                                      "1:2:3:4::5:6:7:8",
                                      "12345::",
                                      "g::",
                                      "::00001",
                                      "::1%eth0",
                                      "::1/129",
                                      "::1/0128",
                                      "::1/1000",
                                      "::1/",
                                      "::ffff:127.0.0.1",
                                      "::127.0.0.1",
                                      "1:2:3:4:5:6:1.2.3.4",
                                      "١.2.3.4",
                                      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/0128"}) {
    CAPTURE(text);
    CHECK_FALSE(quis::parse_ip(text).has_value());
  }
}

TEST_CASE("addresses are equal when address and prefix are") {
  CHECK(quis::parse_ip("1.1.1.1") == quis::parse_ip("1.1.1.1/32"));
  CHECK(quis::parse_ip("::1") == quis::parse_ip("0:0:0:0:0:0:0:1/128"));
  CHECK(quis::parse_ip("10.0.0.1/24") != quis::parse_ip("10.0.0.2/24"));
  CHECK(quis::parse_ip("10.0.0.1/24") != quis::parse_ip("10.0.0.1/25"));
  CHECK(quis::parse_ip("0.0.0.0/0") != quis::parse_ip("::/0"));
}
