#!/usr/bin/env python3
"""Two checks of every public header, each of which a host pays for when it is broken.

    headers.py stand-alone --include include [--include-path DIR] --compiler g++
    headers.py cost        --include include [--include-path DIR] --compiler g++ --budget 66000

stand-alone  a header compiles when it is the first and only include, when it is included twice, without exceptions and
             without RTTI, under strict warnings.
cost         what a header brings in stays within the budget. It is counted in preprocessed lines, which are the same on
             every run where seconds are not. The vocabulary that the interfaces speak (string, vector, memory,
             functional, optional, span, chrono and tl::expected) is 58,000 lines with g++ 12, so a budget of 66,000
             leaves 8,000 to quis itself. Printed dearest first.
"""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Werror"]


def parse_arguments():
    parser = argparse.ArgumentParser(description="public header checks")
    parser.add_argument("check", choices=["stand-alone", "cost"])
    parser.add_argument("--include", type=pathlib.Path, required=True, help="the folder that holds quis/")
    parser.add_argument("--include-path", action="append", default=[], help="include folder of a third party")
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--budget", type=int, default=0)
    return parser.parse_args()


def compiler_run(arguments, source, *flags):
    folders = [f"-I{arguments.include}"]
    for path in arguments.include_path:
        folders += ["-isystem", path]
    command = [arguments.compiler, "-std=c++20", "-x", "c++", *folders, *flags, "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=False)


def stand_alone(arguments, header):
    source = f"#include <{header}>\n#include <{header}>\n"
    result = compiler_run(arguments, source, "-fsyntax-only", "-fno-exceptions", "-fno-rtti", *STRICT)
    return (result.returncode == 0, f"{header}\n{result.stderr}")


def cost(arguments, header):
    result = compiler_run(arguments, f"#include <{header}>\n", "-E", "-P")
    lines = result.stdout.count("\n")
    return (result.returncode == 0 and lines <= arguments.budget, f"{lines:7d}  {header}{result.stderr}")


def main():
    arguments = parse_arguments()
    headers = sorted(str(path.relative_to(arguments.include)) for path in arguments.include.rglob("*.hpp"))
    if not headers:
        sys.exit(f"no header under {arguments.include}")
    check = stand_alone if arguments.check == "stand-alone" else cost
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda header: check(arguments, header), headers))
    failures = sorted((text for passed, text in results if not passed), reverse=True)
    if arguments.check == "cost":
        print(f"preprocessed lines that each public header brings in; the budget is {arguments.budget}:")
        print("\n".join(sorted((text for _, text in results), reverse=True)))
    if failures:
        print(f"\n{len(failures)} of {len(headers)} headers fail {arguments.check}:\n" + "\n".join(failures))
    else:
        print(f"{len(headers)} headers pass {arguments.check}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
