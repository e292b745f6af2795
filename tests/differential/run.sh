#!/bin/sh
# Compares quis with Cedar itself (the Rust crate) over generated worlds: `make differential`.
#
#   CASES=1000    how many worlds: a schema, policies, entities and REQUESTS requests each
#   SEED=1        the seed of the first; the others follow, so that ranges can be shared out and resumed
#   REQUESTS=50   requests of each world
#   KEEP=         a folder: what differs is written there, cut down, as cases that tests/data/differential may keep
#   LOG=          a file that the totals are added to, every thousand worlds
#   BUILD_DIR=    the differential preset's build folder, already built (default: build/differential)
#
# Needs cargo; the first run builds Cedar, which takes minutes. Exit code 2 when anything differs, 1 when it cannot run.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
build=${BUILD_DIR:-$here/../../build/differential}
if ! command -v cargo >/dev/null 2>&1; then
  echo "differential: cargo is missing; install Rust (https://rustup.rs), then run this again" >&2
  exit 1
fi
CARGO_TARGET_DIR=$build/cargo cargo build --release --locked --quiet --manifest-path "$here/cedar/Cargo.toml" || exit 1
exec "$build/bin/quis_against_cedar" --cedar "$build/cargo/release/cedar-judge" \
  --cases "${CASES:-1000}" --seed "${SEED:-1}" --requests "${REQUESTS:-50}" \
  ${KEEP:+--keep "$KEEP"} ${LOG:+--log "$LOG"} "$@"
