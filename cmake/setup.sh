#!/bin/sh
# Installs what quis is built with, by package name, on Debian 12: `make setup`, or `make setup-dev` with clang's tools.
#
#   cmake/setup.sh [dev]
#
# Does nothing when everything is already there.
set -eu

build="g++ cmake ninja-build ccache pkg-config python3 clang-format-14
  libboost-json1.81-dev libboost-container1.81-dev libfmt-dev libexpected-dev libssl-dev libxxhash-dev libicu-dev libcli11-dev libyaml-cpp-dev libsqlite3-dev doctest-dev libbenchmark-dev valgrind"
dev="clang-14 clang-tidy-14 libclang-rt-14-dev"

wanted=$build
if [ "${1:-}" = dev ]; then wanted="$wanted $dev"; fi

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
  echo "setup: this is not a Debian system: install the equivalents of these packages and use CMake directly:" >&2
  echo $wanted >&2
  echo "setup: (needed: cmake >= 3.25, a C++20 compiler, Boost >= 1.81 with json, fmt, tl-expected, OpenSSL 3, xxHash, ICU, CLI11, yaml-cpp, SQLite, doctest)" >&2
  exit 1
fi

missing=
for package in $wanted; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
  echo "setup: everything needed is installed"
  exit 0
fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "setup: needs root or sudo to install:$missing" >&2
    exit 1
  fi
  as_root=sudo
fi
echo "setup: installing$missing"
install() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
}
# The package lists may be old or absent: refresh them first, and go on with what is there if that fails.
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq || echo "setup: apt-get update failed; trying all the same" >&2
if ! install; then
  echo "setup: could not install:$missing" >&2
  echo "setup: these are packages of Debian 12 (bookworm); on another release find their equivalents" >&2
  exit 1
fi
