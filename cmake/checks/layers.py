#!/usr/bin/env python3
"""Holds every file to the floors of the house: a room includes itself and the rooms below it.

    layers.py --root . --room base --room model:base --room policy:base,model [--top cli] [--system tl/expected.hpp]

Each --room names a room and every room below it; CMakeLists.txt is where that list comes from. Checked are
include/quis/<room>/, src/<room>/ and tests/<room>/. Two more rules hold for public headers: they include only the
standard library, quis and what --system allows, and they never include a private header. The umbrella headers directly
in include/quis/ may include every room. An offence is printed as `file:line: message`; exit code 1 when there is one.
"""

import argparse
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
SUFFIXES = {".hpp", ".cpp", ".h"}


def parse_arguments():
    parser = argparse.ArgumentParser(description="layer check")
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--room", action="append", default=[], metavar="NAME[:LOWER,...]")
    parser.add_argument("--top", action="append", default=[], help="a room above all others, without public headers")
    parser.add_argument("--system", action="append", default=[], help="third-party header allowed in public headers")
    arguments = parser.parse_args()
    allowed = {}
    for room in arguments.room:
        name, _, lower = room.partition(":")
        allowed[name] = {name, *filter(None, lower.split(","))}
    for name in arguments.top:
        allowed[name] = {name, *allowed}
    return arguments, allowed


def room_of(header):
    """The room that an include names, `""` for an umbrella header, None when it is no header of ours by its path."""
    parts = header.split("/")
    if parts[0] != "quis":
        return None
    return parts[1] if len(parts) > 2 else ""


class Checker:
    def __init__(self, root, allowed, top, system):
        self.root = root
        self.allowed = allowed
        self.top = set(top)
        self.system = set(system)
        self.offences = []
        self.files = 0

    def offence(self, path, line, message):
        self.offences.append(f"{path.relative_to(self.root)}:{line}: {message}")

    def check_tree(self, base, public):
        folder = self.root / base
        if not folder.is_dir():
            return
        for path in sorted(folder.rglob("*")):
            if path.suffix not in SUFFIXES:
                continue
            inside = path.relative_to(folder).parts
            room = inside[0] if len(inside) > 1 else ""
            if room == "" and not public:
                self.offence(path, 1, "a source stands in a room, not directly in src/")
            elif room and room not in self.allowed:
                self.offence(path, 1, f"`{room}` is not a room that CMakeLists.txt declares")
            else:
                self.check_file(path, room, public)

    def check_tests(self):
        """Tests may use everything of their room and below, private headers too; other test folders may use all."""
        for room in self.allowed:
            folder = self.root / "tests" / room
            for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
                if path.suffix in SUFFIXES:
                    self.check_file(path, room, public=False)

    def check_file(self, path, room, public):
        self.files += 1
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            match = INCLUDE.match(text)
            if match:
                quoted, angled = match.groups()
                self.check_include(path, number, room, public, quoted, angled)

    def check_include(self, path, number, room, public, quoted, angled):
        header = quoted or angled
        if ".." in header.split("/"):
            self.offence(path, number, f"`{header}` climbs out of its folder; name it from include/ or src/")
            return
        target = room_of(header)
        if target is None and quoted:
            target = self.room_of_quoted(path, number, public, quoted)
        elif target is not None and not (self.root / "include" / header).is_file():
            self.offence(path, number, f"`{header}` is not there")
        if target is None:
            # What is left is neither ours nor found beside the file: the standard library has no dot and no slash.
            if public and header not in self.system and not re.fullmatch(r"[a-z0-9_]+", header):
                self.offence(path, number, f"a public header may not include `{header}`: only std, quis and "
                             + ", ".join(f"`{name}`" for name in sorted(self.system)))
            return
        if room == "":
            return
        if target == "":
            if room not in self.top and not path.is_relative_to(self.root / "tests"):
                self.offence(path, number, f"`{header}` is for hosts: inside a room include what is needed")
        elif target not in self.allowed[room]:
            self.offence(path, number, f"room `{room}` may not include `{header}`: `{target}` is not below it")

    def room_of_quoted(self, path, number, public, quoted):
        for base in (path.parent, self.root / "src", self.root / "tests"):
            if not (base / quoted).is_file():
                continue
            if public:
                self.offence(path, number, f"a public header may not include the private `{quoted}`")
                return None
            parts = (base / quoted).relative_to(self.root).parts
            return parts[1] if parts[0] == "src" else None
        self.offence(path, number, f"`{quoted}` is not found from this folder, src/ or tests/")
        return None


def main():
    arguments, allowed = parse_arguments()
    checker = Checker(arguments.root.resolve(), allowed, arguments.top, arguments.system)
    checker.check_tree("include/quis", public=True)
    checker.check_tree("src", public=False)
    checker.check_tests()
    if checker.files == 0:
        sys.exit("no source file found: the check looked in the wrong place")
    for offence in checker.offences:
        print(offence)
    print(f"{checker.files} files, {len(allowed)} rooms, {len(checker.offences)} offences")
    sys.exit(1 if checker.offences else 0)


if __name__ == "__main__":
    main()
