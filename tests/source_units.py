#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""source_units.py FILE...: which files can be compiled as one, a line each. Most of a compile is the libraries' headers: a unit pays
for them once. What files of a unit hide in anonymous namespaces has different names."""
import re
import sys

MOST_FILES = 12
TEXTS = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])\'|//.*')
ALIAS = re.compile(r"^using (\w+) = (.+);", re.MULTILINE)
MAIN = re.compile(r"^int main\(", re.MULTILINE)
DECLARED = re.compile(r"^(?!template|using namespace|//)\w.*?(\w+)(?=\s*(?:[({=;\[]| : |$))", re.MULTILINE)


def hidden_parts(file):
    """What stands in the anonymous namespaces of the file."""
    depth, part = 0, []
    with open(file) as source:
        for line in source:
            code = TEXTS.sub("", line)
            if depth == 0 and not code.startswith("namespace {"):
                continue
            if depth > 0:
                part.append(line)
            depth += code.count("{") - code.count("}")
            if depth == 0:
                yield "".join(part)
                part = []


def hidden_names(file):
    """With what each stands for, where it is an alias: two files may say the same. And main(), of which a unit has one."""
    parts = list(hidden_parts(file))
    names = dict.fromkeys(name for part in parts for name in DECLARED.findall(part))
    with open(file) as source:
        if MAIN.search(source.read()):
            names["main"] = None
    names.update(alias for part in parts for alias in ALIAS.findall(part))
    return names


def clash(some, others):
    return any(name in others and (text is None or text != others[name]) for name, text in some.items())


def make_units(files, kind=lambda file: None):
    """Lists of files. `kind`: only files of one kind share a unit."""
    units = []
    for file in files:
        names = hidden_names(file)
        for unit in units:
            if unit["kind"] == kind(file) and len(unit["files"]) < MOST_FILES and not clash(names, unit["names"]):
                break
        else:
            unit = {"kind": kind(file), "files": [], "names": {}}
            units.append(unit)
        unit["files"].append(file)
        unit["names"] |= names
    return [unit["files"] for unit in units]


if __name__ == "__main__":
    for unit in make_units(sys.argv[1:]):
        print(*unit)
