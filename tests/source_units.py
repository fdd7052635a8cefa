#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""source_units.py FILE...: which files can be compiled as one, a line each. Most of a compile is the libraries' headers: a unit pays
for them once. What files of a unit hide in anonymous namespaces has different names."""
import re
import sys

MOST_FILES = 12
HIDDEN = re.compile(r"^namespace \{\n(.*?)^\} // namespace$", re.DOTALL | re.MULTILINE)
DECLARED = re.compile(r"^(?!template|using namespace|//)\w.*?(\w+)(?=\s*(?:[({=;\[]| : |$))", re.MULTILINE)


def hidden_names(file):
    with open(file) as source:
        return {name for body in HIDDEN.findall(source.read()) for name in DECLARED.findall(body)}


def make_units(files, kind=lambda file: None):
    """Lists of files. `kind`: only files of one kind share a unit."""
    units = []
    for file in files:
        names = hidden_names(file)
        for unit in units:
            if unit["kind"] == kind(file) and len(unit["files"]) < MOST_FILES and not unit["names"] & names:
                break
        else:
            unit = {"kind": kind(file), "files": [], "names": set()}
            units.append(unit)
        unit["files"].append(file)
        unit["names"] |= names
    return [unit["files"] for unit in units]


if __name__ == "__main__":
    for unit in make_units(sys.argv[1:]):
        print(*unit)
