#!/usr/bin/env python3
"""Counts the instructions of a decision under callgrind and fails where one costs more than is on record.

Wall-clock time on a shared machine varies by half; instructions do not vary at all, so a few per cent are a finding.
Only what `Engine::authorize` and what it calls execute is counted, or a hit in the cache of a `LiveEngine`, or making a
request from text. The record is one figure for each case and way, and for each compiler, for each makes code of its own.
After a change that is worth its price, or a new compiler, write the record anew:

    cmake/checks/instructions.py --program build/bench/bin/quis_instruction_count --cases build/vectors/oopsla \\
        --record benchmarks/instructions.json --compiler "GNU 12 Release" --write

Exit codes: 0 all within 3 %; 1 some are not; 77 nothing to compare with (no valgrind, no cases, no record for the
compiler), which is said aloud.
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

DECISIONS = 20_000
TOLERANCE = 0.03
CASES = ("gdrive_50", "github_50", "tinytodo_50")
WAYS = {"decision": "quis::Engine::authorize*", "response": "quis::Engine::authorize*",
        "cached": "quis::LiveEngine::authorize*", "text": "quis::OwnedRequest::from_text*"}


def instructions(program, case_file, way):
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out",
             f"--toggle-collect={WAYS[way]}", program, case_file, way, str(DECISIONS)],
            capture_output=True, text=True, check=False)
    collected = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or collected is None:
        sys.exit(f"instructions: {case_file} did not run:\n{run.stderr}")
    return int(collected.group(1)) / DECISIONS


def skip(reason):
    print(f"SKIPPED: {reason}", file=sys.stderr)
    sys.exit(77)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--cases", type=pathlib.Path, required=True)
    parser.add_argument("--record", type=pathlib.Path, required=True)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--write", action="store_true", help="make what is measured the record of this compiler")
    arguments = parser.parse_args()

    if shutil.which("valgrind") is None:
        skip("valgrind is not installed (make setup installs it)")
    if not arguments.cases.is_dir():
        skip(f"there is no folder {arguments.cases}")
    records = json.loads(arguments.record.read_text()) if arguments.record.exists() else {}
    record = records.get(arguments.compiler)
    if record is None and not arguments.write:
        skip(f"{arguments.record} has no figures for {arguments.compiler}; --write makes some")

    measured = {f"{case}/{way}": round(instructions(arguments.program, arguments.cases / f"{case}.json", way), 1)
                for case in CASES for way in WAYS}
    if arguments.write:
        records[arguments.compiler] = measured
        arguments.record.write_text(json.dumps(records, indent=2, sort_keys=True) + "\n")
    worse = 0
    for name, count in measured.items():
        before = records[arguments.compiler].get(name)
        line = f"{name:24} {count:8.1f} instructions"
        if before is None:
            line += ", not on record"
            worse += 1
        elif count != before:
            line += f", {100 * (count / before - 1):+.1f} % of {before}"
            worse += count > before * (1 + TOLERANCE)
        print(line)
    if worse:
        print(f"instructions: {worse} cost more than is on record; see --help", file=sys.stderr)
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
