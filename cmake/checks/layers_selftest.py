#!/usr/bin/env python3
"""The layer check must fail when the layers are broken: runs it on small trees, each with one known fault."""

import pathlib
import subprocess
import sys
import tempfile

CHECK = pathlib.Path(__file__).with_name("layers.py")
ROOMS = ["--room", "base", "--room", "model:base", "--room", "evidence:base", "--top", "cli",
         "--system", "tl/expected.hpp"]

SOUND = {
    "include/quis/quis.hpp": "#include <quis/model/entity.hpp>\n",
    "include/quis/base/value.hpp": "#include <string>\n#include <tl/expected.hpp>\n",
    "include/quis/model/entity.hpp": "#include <quis/base/value.hpp>\n",
    "src/base/json.hpp": "#include <boost/json.hpp>\n",
    "src/model/entity.cpp": '#include <quis/model/entity.hpp>\n#include "base/json.hpp"\n',
    "src/cli/main.cpp": "#include <quis/quis.hpp>\n",
    "tests/model/entity_test.cpp": '#include "base/json.hpp"\n#include <doctest/doctest.h>\n',
}

# What is added to the sound tree, and what the check must then say.
FAULTS = {
    "a room includes a higher one": ({"src/base/x.cpp": "#include <quis/model/entity.hpp>\n"}, "`model` is not below it"),
    "a public header includes a higher room": ({"include/quis/base/x.hpp": "#include <quis/model/entity.hpp>\n"},
                                               "`model` is not below it"),
    "a room includes a higher one's private header": (
        {"src/model/m.hpp": "", "src/base/x.cpp": '  #  include "model/m.hpp"\n'}, "`model` is not below it"),
    "rooms of one floor include each other": ({"src/evidence/x.cpp": "#include <quis/model/entity.hpp>\n"},
                                              "`model` is not below it"),
    "a test includes a higher room": ({"tests/base/x_test.cpp": "#include <quis/model/entity.hpp>\n"},
                                      "`model` is not below it"),
    "a public header includes a third party": ({"include/quis/base/x.hpp": "#include <fmt/format.h>\n"},
                                               "may not include `fmt/format.h`"),
    "a public header includes a private one": ({"include/quis/base/x.hpp": '#include "base/json.hpp"\n'}, "the private"),
    "a file climbs out": ({"src/base/x.cpp": '#include "../model/m.hpp"\n'}, "climbs out"),
    "a folder is no room": ({"src/attic/x.cpp": ""}, "`attic` is not a room"),
    "a source stands outside the rooms": ({"src/x.cpp": ""}, "stands in a room"),
    "a header is missing": ({"src/base/x.cpp": "#include <quis/base/gone.hpp>\n"}, "is not there"),
    "a private header is missing": ({"src/base/x.cpp": '#include "base/gone.hpp"\n'}, "is not found"),
    "a room includes the umbrella": ({"src/model/x.cpp": "#include <quis/quis.hpp>\n"}, "is for hosts"),
}


def run(files):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = pathlib.Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        result = subprocess.run([sys.executable, CHECK, "--root", root, *ROOMS], capture_output=True, text=True)
        return result.returncode, result.stdout + result.stderr


def main():
    failures = []
    code, output = run(SOUND)
    if code != 0:
        failures.append(f"the sound tree was refused:\n{output}")
    code, output = run({})
    if code == 0:
        failures.append("an empty tree was accepted")
    for name, (files, message) in FAULTS.items():
        code, output = run({**SOUND, **files})
        if code == 0 or message not in output:
            failures.append(f"not noticed: {name}\n{output}")
    print("\n".join(failures) if failures else f"{len(FAULTS)} faults noticed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
