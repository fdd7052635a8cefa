#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""a_a_bench.py BIN [--rounds N] [--kinds container vm] [--json FILE]: A against A, the ruler's own noise.

`twinhullctl compare --a-a KIND --pin` of the starter image with the load "cpu": what differs between the two sides is
chance or the ruler's mistake. A row is the second side's median in percent of the first, with the 95 % interval of the
difference by rounds. It passes where that whole interval is within 5 %, and where no side is named although the sides'
own intervals overlap."""
import argparse
import json
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
import figures  # noqa: E402
from private_world import PrivateWorld  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
AT_MOST_PERCENT = 5
FIGURES = ("startup_ms", "memory_host_bytes", "cpu_seconds", "work_ms", "work_figure")


def row(kind, name, figure):
    first, second, difference = (figure[side] for side in ("container", "vm", "difference"))
    percent = 100 * (second["median"] / first["median"] - 1)
    low, high = (100 * difference[end] / first["median"] for end in ("low", "high"))
    overlap = first["low"] <= second["high"] and second["low"] <= first["high"]
    named = figure["finding"] in ("more", "less")
    passes = max(abs(low), abs(high)) <= AT_MOST_PERCENT and not (named and overlap)
    print(f"{kind:10} {name:18} {percent:+6.1f} % ({low:+.1f} to {high:+.1f})  {figure['finding']:10} {'pass' if passes else 'FAIL'}")
    return {"kind": kind, "figure": name, "percent": percent, "low": low, "high": high, "finding": figure["finding"],
            "wronglyNamed": named and overlap, "pass": passes}


def report_of(rows, rounds):
    """As the other benches write it: of each figure how far the sides are apart, either way, and how many sides were named
    although their intervals overlap."""
    report = figures.Report("a_a_bench")
    for each in rows:
        ends = sorted((abs(each["low"]), abs(each["high"])))
        least = 0.0 if each["low"] <= 0 <= each["high"] else ends[0]
        report.add(f"{each['kind']} against itself: {each['figure']}", "% apart",
                   figures.Estimate(abs(each["percent"]), least, ends[1], rounds), AT_MOST_PERCENT, each["finding"])
    wrong = sum(each["wronglyNamed"] for each in rows)
    report.add("sides named although their intervals overlap", "", figures.one_value(wrong), 0)
    report.keep("rows", rows)
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binaries")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--kinds", nargs="+", choices=("container", "vm"), default=("container", "vm"))
    parser.add_argument("--json")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="a-a-bench-") as folder:
        world = PrivateWorld(folder, options.binaries)
        try:
            world.ctl("images", "starter")
            if "vm" in options.kinds:
                world.ctl("kernel", "prepare", world.output(f"{TOP}/installer/fetch-kernel.sh", f"{TOP}/build/bench").strip())
            for kind in options.kinds:
                report = json.loads(world.ctl("compare", "--json", "--a-a", kind, "--pin", "--repeat", str(options.rounds), "--workload", "cpu", "starter"))
                rows += [row(kind, name, report["figures"][name]) for name in FIGURES]
        finally:
            world.end()
    report_of(rows, options.rounds).finish(options.json)


if __name__ == "__main__":
    main()
