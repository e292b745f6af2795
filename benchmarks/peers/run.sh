#!/bin/sh
# Runs quis and its peers on the same files and requests, compares every answer and reports the ratios: `make bench-peers`.
#
#   BLOCKS=3        how often each system is run forth and back on each workload
#   SECONDS=0.4     how long a run times decisions
#   FILTER=         a regular expression: only the workloads whose name it is found in
#   SYSTEMS=        names separated by commas: only these, and quis
#   INSTRUCTIONS=1  count the instructions of a decision of quis, where valgrind is installed; 0: do not
#   RECORD=0        1: also write what was measured to benchmarks/RESULTS.md and benchmarks/results.svg
#   BUILD_DIR=      the bench preset's build folder, already built (default: build/bench)
#
# Writes peers.json, peers.svg and RESULTS.md to BUILD_DIR. A peer whose tool is missing, or that cannot be built, is left
# out, and the report says so. The exit code is 1 when any answer differs, a run fails, or a peer that SYSTEMS names is
# left out.
set -eu
peers=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
command -v python3 >/dev/null 2>&1 || { echo "bench-peers: python3 is missing: make setup" >&2; exit 1; }
exec python3 "$peers/compare.py"
