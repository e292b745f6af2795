#!/usr/bin/env python3
"""clang-tidy 14 over every source of the project, in parallel, with the profile in .clang-tidy.

    tidy.py --root . --build build/dev [--changed-since main] [FILE...]

Reads compile_commands.json of the build folder. With --changed-since only sources that differ from that revision, and
sources that include a header that differs directly, are read; with FILEs only those.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys

FOLDERS = ("src", "examples", "benchmarks")


def changed_files(root, revision):
    listed = subprocess.run(["git", "-C", root, "diff", "--name-only", revision], capture_output=True, text=True,
                            check=True).stdout
    return [root / name for name in listed.splitlines()]


def touched(source, changed):
    if source in changed:
        return True
    text = source.read_text(encoding="utf-8")
    endings = ("/".join(path.parts[-2:]) for path in changed if path.suffix == ".hpp")
    return any(ending in text for ending in endings)


def main():
    parser = argparse.ArgumentParser(description="clang-tidy over the project")
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--changed-since", metavar="REVISION")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    root = arguments.root.resolve()
    tool = shutil.which("clang-tidy-14")
    if not tool:
        sys.exit("clang-tidy-14 is not installed: `make setup-dev` installs it")

    commands = json.loads((arguments.build / "compile_commands.json").read_text(encoding="utf-8"))
    known = {pathlib.Path(command["file"]).resolve() for command in commands}
    sources = sorted(path for path in known if path.is_relative_to(root)
                     and path.relative_to(root).parts[0] in FOLDERS)
    if arguments.files:
        wanted = {path.resolve() for path in arguments.files}
        sources = [path for path in sources if path in wanted]
    elif arguments.changed_since:
        changed = changed_files(root, arguments.changed_since)
        sources = [path for path in sources if touched(path, changed)]

    def read(path):
        result = subprocess.run([tool, "--quiet", "-p", arguments.build, path], capture_output=True, text=True,
                                check=False)
        print(f"{'ok  ' if result.returncode == 0 else 'FAIL'} {path.relative_to(root)}", flush=True)
        return result.stdout + result.stderr if result.returncode else ""

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        findings = [text for text in pool.map(read, sources) if text]
    print("\n".join(findings))
    print(f"clang-tidy read {len(sources)} sources: {len(findings)} with findings")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
