#!/bin/sh
# Runs every fuzz target of a build for a while: cmake/checks/fuzz.sh BUILD SECONDS [JOBS]
#
# What a run discovers is kept in BUILD/corpus/<name>/, so the next one starts from there; the checked-in corpus is only
# read. An input that crashes is left in BUILD/crashes/: mend the bug and add the input to tests/fuzz/corpus/<name>/.
set -eu
build=$1 seconds=$2 jobs=${3:-1}
seeds=$(dirname "$0")/../../tests/fuzz/corpus
mkdir -p "$build/crashes"

run_one() {
  target=$1
  name=$(basename "$target" _fuzz)
  mkdir -p "$build/corpus/$name"
  log=$build/corpus/$name.log
  set -- "$build/corpus/$name"
  [ ! -d "$seeds/$name" ] || set -- "$@" "$seeds/$name"
  if "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
      -artifact_prefix="$build/crashes/$name-" "$@" >"$log" 2>&1; then
    echo "clean   $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in $seconds s"
  else
    tail -n 60 "$log"
    echo "FAILED  $name: log in $log, input in $build/crashes/"
    return 1
  fi
}

# Called again for one target by xargs below.
if [ -n "${QUIS_FUZZ_TARGET:-}" ]; then
  run_one "$QUIS_FUZZ_TARGET"
  exit
fi
targets=$(find "$build/bin" -name '*_fuzz' -type f | sort)
[ -n "$targets" ] || { echo "no fuzz target in $build/bin" >&2; exit 1; }
printf '%s\n' $targets | xargs -P "$jobs" -I{} env QUIS_FUZZ_TARGET={} "$0" "$build" "$seconds"
