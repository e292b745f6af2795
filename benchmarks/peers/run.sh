#!/bin/sh
# Runs quis and its peers on the same files and requests, compares every answer and prints the ratios: `make bench-peers`.
#
#   BLOCKS=3      how often each system is run forth and back on each workload
#   SECONDS=0.5   how long a run times decisions
#   FILTER=       a regular expression: only the workloads whose name it is found in
#   SYSTEMS=      names separated by commas: only these, and quis
#   BUILD_DIR=    the bench preset's build folder, already built (default: build/bench)
#
# Writes BUILD_DIR/peers.json. The exit code is 1 when any answer differs or a peer cannot be built or run.
set -eu
peers=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
command -v python3 >/dev/null 2>&1 || { echo "bench-peers: python3 is missing: make setup" >&2; exit 1; }
exec python3 "$peers/compare.py"
