#!/usr/bin/env python3
"""Runs every peer on every workload, compares their answers and prints how their speeds compare.

Speeds on a shared machine drift, so systems are not measured one after the other but in blocks A B C C B A: a drift that is
steady over a block weighs on all of them alike. Every run is a process of its own. What is reported of a system is the
median over its runs. Settings come from the environment; run.sh documents them.
"""

import dataclasses
import datetime
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import tomllib

PEERS = pathlib.Path(__file__).resolve().parent
ROOT = PEERS.parent.parent
RUN_TIMEOUT = 1800


class Failure(Exception):
    """What a person should read before the program ends."""


@dataclasses.dataclass
class Settings:
    blocks: int
    seconds: float
    filter: str
    systems: list
    build: pathlib.Path

    @staticmethod
    def from_environment():
        try:
            settings = Settings(
                blocks=int(os.environ.get("BLOCKS") or 3),
                seconds=float(os.environ.get("SECONDS") or 0.5),
                filter=os.environ.get("FILTER") or "",
                systems=[name for name in (os.environ.get("SYSTEMS") or "").split(",") if name],
                build=pathlib.Path(os.environ.get("BUILD_DIR") or ROOT / "build" / "bench").resolve(),
            )
            re.compile(settings.filter)
        except (ValueError, re.error) as error:
            raise Failure(f"cannot read a setting: {error}; benchmarks/peers/run.sh lists them") from None
        if settings.blocks < 1 or settings.seconds <= 0:
            raise Failure("BLOCKS and SECONDS must be positive")
        return settings


@dataclasses.dataclass
class Peer:
    system: str
    command: list
    build: list
    tool: str
    install: str
    workloads: str


@dataclasses.dataclass
class Measured:
    """What the runs of one system on one workload gave."""

    medians: list = dataclasses.field(default_factory=list)
    p99s: list = dataclasses.field(default_factory=list)
    answers: list = dataclasses.field(default_factory=list)
    load_ms: list = dataclasses.field(default_factory=list)
    parse_ms: list = dataclasses.field(default_factory=list)
    validate_ms: list = dataclasses.field(default_factory=list)  # empty where there is no schema


def progress(text):
    print(f"bench-peers: {text}", file=sys.stderr, flush=True)


def load_peers(settings):
    def expand(words):
        return [word.format(build=settings.build, peers=PEERS) for word in words]

    entries = tomllib.loads((PEERS / "peers.toml").read_text())["peer"]
    unknown = set(settings.systems) - {entry["system"] for entry in entries}
    if unknown:
        raise Failure(f"SYSTEMS names what peers.toml does not have: {', '.join(sorted(unknown))}")
    return [
        Peer(entry["system"], expand(entry["command"]), expand(entry.get("build", [])), entry.get("tool", ""),
             entry.get("install", ""), entry.get("workloads", ""))
        for entry in entries
        if not settings.systems or entry["system"] in settings.systems or entry["system"] == "quis"
    ]


def build_peers(peers):
    for peer in peers:
        if peer.tool and not shutil.which(peer.tool):
            raise Failure(f"`{peer.tool}` is missing, which builds the peer {peer.system}: {peer.install}\n"
                          "bench-peers: or choose others: SYSTEMS=quis,quis-text,quis-reference make bench-peers")
    for peer in peers:
        if peer.build:
            progress(f"building {peer.system}: {' '.join(peer.build)}")
            if subprocess.run(peer.build, check=False).returncode != 0:
                raise Failure(f"cannot build the peer {peer.system}")
        if not pathlib.Path(peer.command[0]).exists():
            raise Failure(f"{peer.command[0]} does not exist: cmake --preset bench && cmake --build --preset bench")


def prepare_workloads(settings, quis):
    """(name, case file) of each; quis_peer knows them, and makes the generated ones."""
    progress("preparing the workloads")
    listing = subprocess.run([*quis.command, "--prepare"], stdout=subprocess.PIPE, text=True, check=False)
    if listing.returncode != 0:
        raise Failure("cannot prepare the workloads")
    workloads = [tuple(line.split("\t")) for line in listing.stdout.splitlines()]
    chosen = [workload for workload in workloads if re.search(settings.filter, workload[0])]
    if not chosen:
        raise Failure(f"FILTER={settings.filter} matches none of: {', '.join(name for name, _ in workloads)}")
    return chosen


def run(peer, case, settings, want_answers, folder):
    output = pathlib.Path(folder) / "run.json"
    command = [*peer.command, case, "--system", peer.system, "--seconds", str(settings.seconds), "--output", str(output)]
    try:
        result = subprocess.run(command + ([] if want_answers else ["--no-answers"]), capture_output=True, text=True,
                                timeout=RUN_TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        raise Failure(f"{peer.system} took more than {RUN_TIMEOUT} s: {' '.join(command)}") from None
    if result.returncode != 0:
        raise Failure(f"{peer.system} failed: {' '.join(command)}\n{result.stderr.strip()}")
    return json.loads(output.read_text())


def measure(peers, case, settings, tell):
    """Runs the peers in blocks A B C C B A; the first run of each also gives its answers."""
    measured = {peer.system: Measured() for peer in peers}
    with tempfile.TemporaryDirectory() as folder:
        for block in range(settings.blocks):
            for peer in [*peers, *reversed(peers)]:
                tell(f"block {block + 1}/{settings.blocks}, {peer.system}")
                of_system = measured[peer.system]
                report = run(peer, case, settings, not of_system.medians, folder)
                of_system.answers = report["answers"] or of_system.answers
                of_system.medians.append(report["ns_median"])
                of_system.p99s.append(report["ns_p99"])
                of_system.load_ms.append(report["load_ms"])
                of_system.parse_ms.append(report["parse_ms"])
                if report["validate_ms"] is not None:
                    of_system.validate_ms.append(report["validate_ms"])
    return measured


def expected_answers(case):
    """Those that the case file itself states; none for generated workloads."""
    requests = json.loads(pathlib.Path(case).read_text())["requests"]
    return [{"decision": request["decision"], "reason": sorted(request["reason"]), "errors": sorted(request["errors"])}
            for request in requests if "decision" in request]


def rows_of(workload, case, measured):
    quis = measured["quis"]
    for system, of_system in measured.items():
        wanted = expected_answers(case) if system == "quis" else quis.answers
        pairs = list(zip(of_system.answers, wanted))
        differing = [index for index, (answer, other) in enumerate(pairs) if answer != other]
        for index in differing[:3]:
            progress(f"MISMATCH {workload}, request {index}: {system} {pairs[index][0]}, expected {pairs[index][1]}")
        median = statistics.median(of_system.medians)
        yield {
            "workload": workload,
            "system": system,
            "ns_median": median,
            "ns_p99": statistics.median(of_system.p99s),
            "ns_min": min(of_system.medians),
            "ns_max": max(of_system.medians),
            "load_ms": statistics.median(of_system.load_ms),
            "parse_ms": statistics.median(of_system.parse_ms),
            "validate_ms": statistics.median(of_system.validate_ms) if of_system.validate_ms else None,
            "compared": len(pairs),
            "mismatches": len(differing),
            "ratio_to_quis": 1 if system == "quis" else median / statistics.median(quis.medians),
        }


def number(value):
    return f"{value:,.1f}" if value < 1000 else f"{value:,.0f}"


def print_table(rows, settings):
    cpu = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), "unknown CPU")
    print(f"\n{cpu}, {os.cpu_count()} cores; {datetime.datetime.now().astimezone():%Y-%m-%d %H:%M %Z}")
    print(f"BLOCKS={settings.blocks} SECONDS={settings.seconds:g} FILTER='{settings.filter}' benchmarks/peers/run.sh")
    print("nanoseconds per decision; spread: slowest and fastest run; same: answers compared that are equal\n")
    columns = ["workload", "system", "median", "p99", "spread", "ratio", "same"]
    lines = [[row["workload"] if row["system"] == "quis" else "", row["system"], number(row["ns_median"]),
              number(row["ns_p99"]), f"{number(row['ns_min'])}..{number(row['ns_max'])}",
              f"{row['ratio_to_quis']:,.1f}x",
              f"{row['compared'] - row['mismatches']}/{row['compared']}" if row["compared"] else "-"] for row in rows]
    print_columns(columns, lines)

    print("\nmilliseconds to parse the policies and to validate them against the schema; -: the workload has none\n")
    quis = {row["workload"]: row for row in rows if row["system"] == "quis"}

    def times(row, key):
        mine, own = row[key], quis[row["workload"]][key]
        return ["-", "-"] if mine is None or own is None else [f"{mine:,.3f}", f"{mine / own:,.1f}x"]

    # The other ways of quis to decide parse and validate as quis does.
    lines = [[row["workload"] if row["system"] == "quis" else "", row["system"], *times(row, "parse_ms"),
              *times(row, "validate_ms")] for row in rows if not row["system"].startswith("quis-")]
    print_columns(["workload", "system", "parse", "ratio", "validate", "ratio"], lines)


def print_columns(columns, lines):
    """Two columns of text, then numbers."""
    widths = [max(len(line[i]) for line in [columns, *lines]) for i in range(len(columns))]
    for line in [columns, *lines]:
        cells = [cell.ljust(width) if i < 2 else cell.rjust(width) for i, (cell, width) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip())


def main():
    settings = Settings.from_environment()
    peers = load_peers(settings)
    build_peers(peers)
    workloads = prepare_workloads(settings, peers[0])
    rows = []
    for position, (workload, case) in enumerate(workloads, 1):
        able = [peer for peer in peers if re.search(peer.workloads, workload)]
        measured = measure(able, case, settings, lambda what: progress(f"{position}/{len(workloads)} {workload}: {what}"))
        rows += rows_of(workload, case, measured)
        (settings.build / "peers.json").write_text(json.dumps(rows, indent=1) + "\n")
    print_table(rows, settings)
    mismatches = sum(row["mismatches"] for row in rows)
    print(f"\n{sum(row['compared'] for row in rows)} answers compared, {mismatches} differ; {settings.build / 'peers.json'}")
    return 1 if mismatches else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"bench-peers: {failure}")
    except KeyboardInterrupt:
        sys.exit("bench-peers: interrupted")
