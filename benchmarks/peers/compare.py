#!/usr/bin/env python3
"""Runs every peer on every workload, compares their answers and reports how their speeds compare.

Speeds on a shared machine drift, so systems are not measured one after the other but in blocks A B C C B A: a drift that is
steady over a block weighs on all of them alike. Every run is a process of its own. What is reported of a system is the
median over its runs. Settings come from the environment; run.sh documents them.
"""

import dataclasses
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

import report

PEERS = pathlib.Path(__file__).resolve().parent
ROOT = PEERS.parent.parent
RUN_TIMEOUT = 1800
ANSWER = ["decision", "reason", "errors"]
# As many decisions are counted as take five milliseconds; callgrind makes a quarter of a second of them.
COUNTED_NS = 5e6
COUNTED_MIN, COUNTED_MAX = 10, 2000


class Failure(Exception):
    """What a person should read before the program ends."""


@dataclasses.dataclass
class Settings:
    blocks: int
    seconds: float
    filter: str
    systems: list
    instructions: bool
    record: bool
    build: pathlib.Path

    @staticmethod
    def from_environment():
        try:
            settings = Settings(
                blocks=int(os.environ.get("BLOCKS") or 3),
                seconds=float(os.environ.get("SECONDS") or 0.4),
                filter=os.environ.get("FILTER") or "",
                systems=[name for name in (os.environ.get("SYSTEMS") or "").split(",") if name],
                instructions=os.environ.get("INSTRUCTIONS") != "0",
                record=(os.environ.get("RECORD") or "0") != "0",
                build=pathlib.Path(os.environ.get("BUILD_DIR") or ROOT / "build" / "bench").resolve(),
            )
            re.compile(settings.filter)
        except (ValueError, re.error) as error:
            raise Failure(f"cannot read a setting: {error}; benchmarks/peers/run.sh lists them") from None
        if settings.blocks < 1 or settings.seconds <= 0:
            raise Failure("BLOCKS and SECONDS must be positive")
        return settings

    def command(self):
        """What to type to run this again."""
        words = [f"BLOCKS={self.blocks}", f"SECONDS={self.seconds:g}"]
        words += [f"FILTER='{self.filter}'"] if self.filter else []
        words += [f"SYSTEMS={','.join(self.systems)}"] if self.systems else []
        return " ".join([*words, "make bench-peers"])


@dataclasses.dataclass
class Peer:
    system: str
    command: list
    build: list
    tools: list
    install: str
    workloads: str
    compared: list
    counts: bool


@dataclasses.dataclass
class Measured:
    """What the runs of one system on one workload gave."""

    medians: list = dataclasses.field(default_factory=list)
    p99s: list = dataclasses.field(default_factory=list)
    answers: list = dataclasses.field(default_factory=list)
    load_ms: list = dataclasses.field(default_factory=list)
    parse_ms: list = dataclasses.field(default_factory=list)
    validate_ms: list = dataclasses.field(default_factory=list)  # empty where there is no schema
    instructions: float | None = None


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
        Peer(entry["system"], expand(entry["command"]), [expand(words) for words in entry.get("build", [])],
             entry.get("tools", []), entry.get("install", ""), entry.get("workloads", ""),
             entry.get("compared", ANSWER), entry.get("counts", False))
        for entry in entries
        if not settings.systems or entry["system"] in settings.systems or entry["system"] == "quis"
    ]


def obstacle(peer):
    """Builds the peer; what is in the way, or nothing."""
    missing = [tool for tool in peer.tools if not shutil.which(tool)]
    if missing:
        return f"`{missing[0]}` is missing: {peer.install}"
    for words in peer.build:
        progress(f"building {peer.system}: {' '.join(words)}")
        if subprocess.run(words, cwd=PEERS, check=False).returncode != 0:
            return f"`{words[0]}` failed to build it: {peer.install}"
    return None


def build_peers(peers, settings):
    """Those that can run, and why the others cannot."""
    able, left_out = [], {}
    for peer in peers:
        if reason := obstacle(peer):
            if peer.system in settings.systems:
                raise Failure(f"SYSTEMS names {peer.system}, and {reason}")
            progress(f"SKIPPED: the peer {peer.system}, because {reason}")
            left_out[peer.system] = reason
        elif not pathlib.Path(peer.command[0]).exists():
            raise Failure(f"{peer.command[0]} does not exist: cmake --preset bench && cmake --build --preset bench")
        else:
            able.append(peer)
    return able, left_out


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


def measure(peers, case, settings, counting, tell):
    """Runs the peers in blocks A B C C B A; the first run of each also gives its answers."""
    measured = {peer.system: Measured() for peer in peers}
    with tempfile.TemporaryDirectory() as folder:
        for block in range(settings.blocks):
            for peer in [*peers, *reversed(peers)]:
                tell(f"block {block + 1}/{settings.blocks}, {peer.system}")
                of_system = measured[peer.system]
                run_report = run(peer, case, settings, not of_system.medians, folder)
                of_system.answers = run_report["answers"] or of_system.answers
                of_system.medians.append(run_report["ns_median"])
                of_system.p99s.append(run_report["ns_p99"])
                of_system.load_ms.append(run_report["load_ms"])
                for key, values in (("parse_ms", of_system.parse_ms), ("validate_ms", of_system.validate_ms)):
                    if run_report.get(key) is not None:
                        values.append(run_report[key])
        for peer in peers:
            if counting and peer.counts:
                tell(f"counting instructions, {peer.system}")
                of_system = measured[peer.system]
                of_system.instructions = instructions(peer, case, statistics.median(of_system.medians))
    return measured


def instructions(peer, case, nanoseconds):
    """Of a decision on average, as callgrind counts them; nothing where it cannot."""
    decisions = round(min(max(COUNTED_NS / nanoseconds, COUNTED_MIN), COUNTED_MAX))
    command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--callgrind-out-file=/dev/null", *peer.command,
               case, "--system", peer.system, "--count", str(decisions)]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=RUN_TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        progress(f"instructions of {peer.system}: callgrind took more than {RUN_TIMEOUT} s")
        return None
    counted = re.search(r"Collected : (\d+)", result.stderr)
    if result.returncode != 0 or not counted or int(counted[1]) == 0:
        progress(f"instructions of {peer.system} were not counted: {result.stderr.strip()[-300:]}")
        return None
    return int(counted[1]) / decisions


def expected_answers(case):
    """Those that the case file itself states; none for generated workloads."""
    requests = json.loads(pathlib.Path(case).read_text())["requests"]
    return [{"decision": request["decision"], "reason": sorted(request["reason"]), "errors": sorted(request["errors"])}
            for request in requests if "decision" in request]


def rows_of(workload, case, peers, measured):
    quis = measured["quis"]
    for peer in peers:
        of_system = measured[peer.system]
        wanted = expected_answers(case) if peer.system == "quis" else quis.answers
        pairs = list(zip(of_system.answers, wanted))
        differing = [index for index, (answer, other) in enumerate(pairs)
                     if any(answer[key] != other[key] for key in peer.compared)]
        for index in differing[:3]:
            progress(f"MISMATCH {workload}, request {index}: {peer.system} {pairs[index][0]}, expected {pairs[index][1]}")
        median = statistics.median(of_system.medians)
        yield {
            "workload": workload,
            "system": peer.system,
            "ns_median": median,
            "ns_p99": statistics.median(of_system.p99s),
            "ns_min": min(of_system.medians),
            "ns_max": max(of_system.medians),
            "instructions": of_system.instructions,
            "load_ms": statistics.median(of_system.load_ms),
            "parse_ms": statistics.median(of_system.parse_ms) if of_system.parse_ms else None,
            "validate_ms": statistics.median(of_system.validate_ms) if of_system.validate_ms else None,
            "compared": len(pairs),
            "mismatches": len(differing),
            "ratio_to_quis": 1 if peer.system == "quis" else median / statistics.median(quis.medians),
        }


def write_reports(rows, circumstances, settings):
    places = [(settings.build / "RESULTS.md", settings.build / "peers.svg")]
    if settings.record:
        places.append((ROOT / "benchmarks" / "RESULTS.md", ROOT / "benchmarks" / "results.svg"))
        progress("recording in benchmarks/RESULTS.md and benchmarks/results.svg")
    for text, plot in places:
        text.write_text(report.markdown(rows, circumstances, plot.name), encoding="utf-8")
        plot.write_text(report.svg(rows), encoding="utf-8")


def main():
    settings = Settings.from_environment()
    peers, left_out = build_peers(load_peers(settings), settings)
    counting = settings.instructions and shutil.which("valgrind") is not None
    if settings.instructions and not counting:
        progress("SKIPPED: counting instructions, because `valgrind` is missing: apt-get install valgrind")
    workloads = prepare_workloads(settings, peers[0])
    circumstances = report.Circumstances.now(settings.command(), left_out)
    rows = []
    for position, (workload, case) in enumerate(workloads, 1):
        able = [peer for peer in peers if re.search(peer.workloads, workload)]
        measured = measure(able, case, settings, counting,
                           lambda what: progress(f"{position}/{len(workloads)} {workload}: {what}"))
        rows += rows_of(workload, case, able, measured)
        (settings.build / "peers.json").write_text(json.dumps(rows, indent=1) + "\n")
    write_reports(rows, circumstances, settings)
    print(report.text(rows, circumstances))
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
