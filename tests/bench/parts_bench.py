#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""parts_bench.py FOLDER [--rounds N] [--json FILE] [--only ROW…]: what two parts of the window cost by themselves.

FOLDER holds bench.charts and bench.rings of an optimised build. `charts` is a tick of the whole page Compare with 40 lines of
3,600 points each, until what changed is painted in memory, beside the same lines in plain Qt Charts. `rings` is the memory of ten figures of a workload: after ten minutes, and what a third hour adds to two."""
import argparse
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True
import figures  # noqa: E402

UPDATE_AT_MOST_MS, RINGS_AT_MOST_KIB, GROWTH_AT_MOST_KIB = 8, 32, 0.5
ROWS = ("charts", "rings")


def told(folder, program, *words):
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    path = os.path.join(folder, program)
    if not os.path.exists(path):
        raise SystemExit(f"parts_bench: {path} is not there; build the target {program}")
    done = subprocess.run([path, *words], env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"parts_bench: {program} failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


def add_charts(report, samples):
    """`samples` are the milliseconds of each round, by side and part; one round has all sides."""
    report.keep("charts, ms", samples)
    whole = {side: [sum(both) for both in zip(found["update"], found["paint"])] for side, found in samples.items()}
    for side, title in (("each", "40 lines of 3,600 points"), ("stacked", "the same stacked"),
                        ("difference", "the same as differences"), ("ratio", "the same as ratios")):
        report.add(f"{title}: an update, painted", "ms", figures.median(whole[side]), UPDATE_AT_MOST_MS)
        report.add("  the 95th percentile", "ms", figures.percentile([[each] for each in whole[side]], 95))
        report.add("  of that the painting", "ms", figures.median(samples[side]["paint"]))
        report.add("  against plain Qt Charts", "", figures.ratio(whole[side], whole["plain"]))
    report.add("plain Qt Charts: an update, painted", "ms", figures.median(whole["plain"]))


def add_rings(report, sizes):
    """KiB a workload after the times under "seconds"; counted, so there is no interval."""
    report.keep("rings, KiB", sizes)
    hour = sizes["seconds"].index(7200)
    for title, found in sizes.items():
        if title == "seconds":
            continue
        first, growth = found[0], found[-1] - found[hour]
        is_bound = "26" not in title  # the table speaks of ten
        report.add(f"{title}, 10 minutes", "KiB a workload", figures.one_value(first), RINGS_AT_MOST_KIB if is_bound else None)
        report.add("  growth from the second hour to the third", "KiB a workload", figures.one_value(growth), GROWTH_AT_MOST_KIB)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--json")
    parser.add_argument("--only", nargs="+", choices=ROWS, default=ROWS)
    options = parser.parse_args()
    report = figures.Report("parts_bench")
    if "charts" in options.only:
        add_charts(report, told(options.folder, "bench.charts", str(options.rounds)))
    if "rings" in options.only:
        add_rings(report, told(options.folder, "bench.rings"))
    report.finish(options.json)


if __name__ == "__main__":
    main()
