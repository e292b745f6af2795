"""What was measured, as text for the terminal, as Markdown and as a plot.

All three are made from the rows of peers.json. The plot is SVG without a script or a font of its own; its colours follow
the reader's choice of light or dark.
"""

import dataclasses
import datetime
import html
import math
import os
import pathlib

COLOURS = {  # (light, dark)
    "quis": ("#0969da", "#58a6ff"),
    "quis-text": ("#54aeff", "#388bfd"),
    "quis-reference": ("#8c959f", "#8b949e"),
    "cedar-rust": ("#bf3989", "#f778ba"),
    "regorus": ("#9a6700", "#d29922"),
    "casbin": ("#1a7f37", "#3fb950"),
    "cerbos": ("#bc4c00", "#f0883e"),
}
OTHER = ("#57606a", "#9198a1")

BAR, GAP, TITLE, TOP, BOTTOM = 10, 3, 24, 44, 28
LEFT, PLOT, RIGHT = 130, 560, 190


@dataclasses.dataclass
class Circumstances:
    """Under which the measurement was made."""

    when: str
    machine: str
    load: str
    command: str
    left_out: dict  # system -> why

    @staticmethod
    def now(command, left_out):
        info = pathlib.Path("/proc/cpuinfo")
        lines = info.read_text().splitlines() if info.exists() else []
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown CPU")
        return Circumstances(f"{datetime.datetime.now().astimezone():%Y-%m-%d %H:%M %Z}",
                             f"{model}, {os.cpu_count()} cores", f"{os.getloadavg()[0]:.1f}", command, left_out)


def number(value):
    return "-" if value is None else f"{value:,.1f}" if value < 1000 else f"{value:,.0f}"


def multiple(ratio):
    return f"{ratio:,.1f}×" if ratio < 100 else f"{ratio:,.0f}×"


def cells(row):
    """A row of the table of decisions, without its workload and system."""
    same = f"{row['compared'] - row['mismatches']}/{row['compared']}" if row["compared"] else "-"
    return [number(row["ns_median"]), f"{number(row['ns_min'])}..{number(row['ns_max'])}", number(row["ns_p99"]),
            number(row["instructions"]), multiple(row["ratio_to_quis"]), same]


COLUMNS = ["workload", "system", "median", "spread", "p99", "instructions", "ratio", "same"]
PREPARATION = ["workload", "system", "parse", "ratio", "validate", "ratio"]


def decision_lines(rows):
    return [[row["workload"] if row["system"] == "quis" else "", row["system"], *cells(row)] for row in rows]


def preparation_lines(rows):
    quis = {row["workload"]: row for row in rows if row["system"] == "quis"}

    def times(row, key):
        mine, own = row[key], quis[row["workload"]][key]
        return ["-", "-"] if mine is None or own is None else [f"{mine:,.3f}", multiple(mine / own)]

    # The other ways of quis to decide parse and validate as quis does; a peer may have nothing to parse.
    return [[row["workload"] if row["system"] == "quis" else "", row["system"], *times(row, "parse_ms"),
             *times(row, "validate_ms")]
            for row in rows if not row["system"].startswith("quis-") and row["parse_ms"] is not None]


def text(rows, circumstances):
    lines = ["", f"{circumstances.machine}; {circumstances.when}; load average {circumstances.load}",
             circumstances.command,
             *[f"left out: {system}, because {why}" for system, why in circumstances.left_out.items()],
             "nanoseconds per decision; spread: fastest and slowest run; same: answers compared that are equal", "",
             *columns(COLUMNS, decision_lines(rows)), "",
             "milliseconds to parse the policies and to validate them against the schema; -: the workload has none", "",
             *columns(PREPARATION, preparation_lines(rows))]
    return "\n".join(lines)


def columns(titles, lines):
    """Two columns of text, then numbers."""
    widths = [max(len(line[i]) for line in [titles, *lines]) for i in range(len(titles))]
    return ["  ".join(cell.ljust(width) if i < 2 else cell.rjust(width)
                      for i, (cell, width) in enumerate(zip(line, widths))).rstrip() for line in [titles, *lines]]


def markdown(rows, circumstances, plot):
    compared = sum(row["compared"] for row in rows)
    differ = sum(row["mismatches"] for row in rows)
    return "\n".join([
        "# quis and its peers", "",
        "Written by `RECORD=1 make bench-peers`. [README.md](README.md) says what each system does for one decision, "
        "how it is measured and what the columns mean.", "",
        f"- *When*: {circumstances.when}",
        f"- *Machine*: {circumstances.machine}; load average {circumstances.load} when it began. The busier the machine, "
        "the wider the spread and the less a figure says",
        f"- *Command*: `{circumstances.command}`",
        f"- *Answers*: {compared:,} compared, {differ:,} differ",
        *[f"- *Left out*: {system}, because {why}" for system, why in circumstances.left_out.items()], "",
        f"![Nanoseconds per decision of each system on each workload, on a logarithmic scale]({plot})", "",
        "## Decisions", "", "Nanoseconds per decision.", "", *table(COLUMNS, decision_lines(rows)), "",
        "## Policies", "", "Milliseconds to parse the policies and to validate them against the schema.", "",
        *table(PREPARATION, preparation_lines(rows)), ""])


def table(titles, lines):
    rule = ["---", "---", *["---:"] * (len(titles) - 2)]
    return ["| " + " | ".join(line) + " |" for line in [titles, rule, *lines]]


def duration(nanoseconds):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def svg(rows):
    """Horizontal bars on a logarithmic scale, one group a workload; a thin line spans the runs."""
    first = math.floor(math.log10(min(row["ns_min"] for row in rows)))
    last = math.ceil(math.log10(max(row["ns_max"] for row in rows)))
    last = max(last, first + 1)

    def x(nanoseconds):
        return LEFT + PLOT * (math.log10(nanoseconds) - first) / (last - first)

    systems = list(dict.fromkeys(row["system"] for row in rows))
    shapes, y, workload = [], TOP, None
    for row in rows:
        if row["workload"] != workload:
            workload = row["workload"]
            shapes.append(f'<text class="title" x="{LEFT}" y="{y + TITLE - 6}">{html.escape(workload)}</text>')
            y += TITLE
        middle, base = y + BAR / 2, y + BAR - 1
        ratio = "" if row["system"] == "quis" else f" · {multiple(row['ratio_to_quis'])}"
        wrong = f" · {row['mismatches']} answers differ" if row["mismatches"] else ""
        shapes += [
            f'<text x="{LEFT - 8}" y="{base}" text-anchor="end">{html.escape(row["system"])}</text>',
            f'<rect class="s{systems.index(row["system"])}" x="{LEFT}" y="{y}" height="{BAR}" '
            f'width="{x(row["ns_median"]) - LEFT:.1f}"/>',
            f'<path class="spread" d="M{x(row["ns_min"]):.1f} {middle}H{x(row["ns_max"]):.1f}"/>',
            f'<text x="{x(row["ns_max"]) + 6:.1f}" y="{base}">{duration(row["ns_median"])}{ratio}{wrong}</text>',
        ]
        y += BAR + GAP
    height = y + BOTTOM
    scale = []
    for power in range(first, last + 1):
        at = x(10**power)
        scale.append(f'<path class="grid" d="M{at:.1f} {TOP}V{y}"/>')
        for label_y in (TOP - 6, y + 14):
            scale.append(f'<text class="scale" x="{at:.1f}" y="{label_y}" text-anchor="middle">'
                         f"{duration(10**power)}</text>")
    width = LEFT + PLOT + RIGHT
    fills = ["".join(f".s{i}{{fill:{COLOURS.get(system, OTHER)[dark]}}}" for i, system in enumerate(systems))
             for dark in (0, 1)]
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img">',
        "<title>Time of one decision, by workload and system, on a logarithmic scale</title>",
        "<style>",
        "text{font:10px system-ui,sans-serif;fill:#1f2328} .title{font-weight:600;font-size:12px} .scale{fill:#59636e}",
        ".grid{stroke:#d1d9e0} .spread{stroke:#1f2328} " + fills[0],
        "@media (prefers-color-scheme:dark){text{fill:#f0f6fc} .scale{fill:#9198a1} .grid{stroke:#3d444d} "
        ".spread{stroke:#f0f6fc} " + fills[1] + "}",
        "</style>",
        f'<text class="scale" x="{LEFT}" y="16">time of one decision: bar, the median; line, the fastest to the slowest '
        "run; ×, as a multiple of quis</text>",
        *scale, *shapes, "</svg>", ""])
