#!/usr/bin/env python3
"""Every C++ file is as clang-format 14 would write it; with --fix, makes it so.

    format.py --root . [--fix]

The version is fixed because versions disagree; exit code 77 (skipped, for ctest) when it is not installed.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys

FOLDERS = ["include", "src", "tests", "examples", "benchmarks"]
NAMES = ["clang-format-14", "clang-format"]


def find_tool():
    for name in filter(shutil.which, NAMES):
        version = subprocess.run([name, "--version"], capture_output=True, text=True, check=True).stdout
        if " 14." in version:
            return name
    print("SKIPPED: clang-format 14 is not installed (`make setup` installs it)")
    sys.exit(77)


def main():
    parser = argparse.ArgumentParser(description="format check")
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--fix", action="store_true")
    arguments = parser.parse_args()
    files = sorted(path for folder in FOLDERS for suffix in ("*.hpp", "*.cpp")
                   for path in (arguments.root / folder).rglob(suffix))
    if not files:
        sys.exit(f"no C++ file under {arguments.root}")
    mode = ["-i"] if arguments.fix else ["--dry-run", "-Werror"]
    result = subprocess.run([find_tool(), "--style=file", *mode, *files], check=False)
    print(f"{len(files)} files" + ("" if result.returncode == 0 else "; `make format` mends what is wrong"))
    sys.exit(1 if result.returncode else 0)


if __name__ == "__main__":
    main()
