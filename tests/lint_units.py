#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""lint_units.py BUILD_FOLDER FILE...: puts the files into units, BUILD_FOLDER/lint/unit_N.cpp, which include them, with the compile
commands of both beside; prints a line "UNIT FILE..." each. Most of a lint is the libraries' headers: a unit pays for them once.
Files share a unit when they are compiled alike and what they hide in anonymous namespaces has different names."""
import json
import os
import re
import shlex
import sys

MOST_FILES = 12
HIDDEN = re.compile(r"^namespace \{\n(.*?)^\} // namespace$", re.DOTALL | re.MULTILINE)
DECLARED = re.compile(r"^(?!template|using namespace|//)\w.*?(\w+)(?=\s*(?:[({=;\[]| : |$))", re.MULTILINE)


def read_commands(build):
    """The first compile command of each file, without its end, the output and the source: some files are in several programs."""
    commands = {}
    with open(os.path.join(build, "compile_commands.json")) as database:
        for entry in json.load(database):
            words = shlex.split(entry["command"])
            words = [word for word in words[:words.index("-o")] if not word.endswith("_autogen/include")]
            commands.setdefault(os.path.relpath(entry["file"]), words)
    return commands


def hidden_names(file):
    with open(file) as source:
        return {name for body in HIDDEN.findall(source.read()) for name in DECLARED.findall(body)}


def make_units(files, commands):
    units = []
    for file in files:
        if file not in commands:
            sys.exit(f"{file} has no compile command: configure the build folder again")
        names = hidden_names(file)
        for unit in units:
            if unit["command"] == commands[file] and len(unit["files"]) < MOST_FILES and not unit["names"] & names:
                break
        else:
            unit = {"command": commands[file], "files": [], "names": set()}
            units.append(unit)
        unit["files"].append(file)
        unit["names"] |= names
    return units


def main():
    build = sys.argv[1]
    folder = os.path.join(build, "lint")
    os.makedirs(folder, exist_ok=True)
    database = []
    for number, unit in enumerate(make_units(sys.argv[2:], read_commands(build))):
        name = os.path.join(folder, f"unit_{number}.cpp")
        with open(name, "w") as out:
            out.writelines(f'#include "{file}" // NOLINT(bugprone-suspicious-include)\n' for file in unit["files"])
        for file in [name, *unit["files"]]:
            path = os.path.abspath(file)
            database.append({"directory": os.path.abspath(build), "file": path, "arguments": [*unit["command"], "-c", path]})
        print(name, *unit["files"])
    with open(os.path.join(folder, "compile_commands.json"), "w") as out:
        json.dump(database, out, indent=1)


main()
