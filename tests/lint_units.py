#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""lint_units.py BUILD_FOLDER FILE...: puts the files into units (source_units.py), BUILD_FOLDER/lint/unit_N.cpp, which include them,
with the compile commands of both beside; prints a line "UNIT FILE..." each. Files share a unit when they are compiled alike."""
import json
import os
import re
import shlex
import sys

sys.dont_write_bytecode = True
from source_units import make_units


INCLUDED = re.compile(r'^#include "(.*)"', re.MULTILINE)


def sources_of(file):
    """The file; the files that it includes where it is a unit of the build."""
    if "/united/" not in file and "/Unity/" not in file:
        return [file]
    with open(file) as unit:
        return INCLUDED.findall(unit.read())


def read_commands(build):
    """The first compile command of each file, without its end, the output and the source: some files are in several programs."""
    commands = {}
    with open(os.path.join(build, "compile_commands.json")) as database:
        entries = json.load(database)
    for entry in sorted(entries, key=lambda entry: "/united/" in entry["file"]):  # programs that compile libraries again are last
        words = shlex.split(entry["command"])
        words = [word for word in words[:words.index("-o")] if not word.endswith("_autogen/include")]
        for file in sources_of(entry["file"]):
            commands.setdefault(os.path.relpath(file), words)
    return commands


def command_of(file, commands):
    if file not in commands:
        sys.exit(f"{file} has no compile command: configure the build folder again")
    return commands[file]


def main():
    build = sys.argv[1]
    folder = os.path.join(build, "lint")
    os.makedirs(folder, exist_ok=True)
    database = []
    commands = read_commands(build)
    for number, files in enumerate(make_units(sys.argv[2:], lambda file: command_of(file, commands))):
        name = os.path.join(folder, f"unit_{number}.cpp")
        with open(name, "w") as out:
            out.writelines(f'#include "{file}" // NOLINT(bugprone-suspicious-include)\n' for file in files)
        for file in [name, *files]:
            path = os.path.abspath(file)
            database.append({"directory": os.path.abspath(build), "file": path, "arguments": [*commands[files[0]], "-c", path]})
        print(name, *files)
    with open(os.path.join(folder, "compile_commands.json"), "w") as out:
        json.dump(database, out, indent=1)


main()
