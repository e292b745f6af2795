#!/usr/bin/env python3
"""Turns every ```cpp block of the README into a source file that the build compiles.

    readme_snippets.py README.md OUTPUT_FOLDER

A block with `int main` is a program and compiles as it stands. Any other block is the body of a function, after
`#include <quis/quis.hpp>`; what it takes for granted stands in a comment just above it, which readers do not see:

    <!-- given: void f(quis::Engine& engine, quis::EntityId user) -->

Nothing is skipped. #line directives make the compiler's errors point into the README.
"""

import pathlib
import re
import sys

GIVEN = re.compile(r"<!--\s*given:\s*((?:(?!-->).)*?)\s*-->\s*$", re.DOTALL)


def blocks(text):
    """(line of the first code line, code, text before the block) of each ```cpp block."""
    for match in re.finditer(r"^```(?:cpp|c\+\+)[^\n]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        yield text.count("\n", 0, match.start(1)) + 1, match.group(1), text[:match.start()]


def source(readme, line, code, before):
    marker = f'#line {line} "{readme}"\n'
    if re.search(r"\bint\s+main\s*\(", code):
        return marker + code
    given = GIVEN.search(before)
    head = given.group(1) if given else "void snippet()"
    includes = "".join(re.findall(r"^#include[^\n]*\n", code, re.MULTILINE))
    body = re.sub(r"^#include[^\n]*$", "", code, flags=re.MULTILINE)
    return f"#include <quis/quis.hpp>\n{includes}{head};\n{head} {{\n{marker}{body}}}\n"


def main():
    readme, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    written = set()
    for line, code, before in blocks(readme.read_text(encoding="utf-8")):
        path = folder / f"snippet_{len(written) + 1:02d}.cpp"
        text = source(readme, line, code, before)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
        written.add(path)
    for stale in set(folder.glob("snippet_*.cpp")) - written:
        stale.unlink()
    print(f"{len(written)} snippets")


if __name__ == "__main__":
    main()
