#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""window_bench.py [BIN] [--rows ROW...] [--workloads N...] [--json FILE] …: what the window costs, how smooth it is, and what it
does to what it looks at, in an X server of its own, with a twin and real containers that run. The time from process start
to a mapped window is taken before libvirt has answered."""
import argparse
import pathlib
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import figures  # noqa: E402
import window_cost  # noqa: E402
import window_observer  # noqa: E402
import window_smoothness  # noqa: E402
from window_world import TOP, WindowWorld  # noqa: E402

STARTS = 7


def milliseconds_to_window(desktop, program):
    """xdotool's own starts are in it, about ten milliseconds that count against us (its --sync looks twice a second only)."""
    started = time.monotonic()
    window = desktop.start([program, "--size", "1280x800"])
    look = ["xdotool", "search", "--onlyvisible", "--name", "^Twinhull$"]
    while subprocess.run(look, env=desktop.environment, capture_output=True, check=False, timeout=60).returncode != 0:
        if window.poll() is not None or time.monotonic() - started > 60:
            raise RuntimeError("the window did not come")
    elapsed = (time.monotonic() - started) * 1000
    window.terminate()
    window.wait(timeout=20)
    return elapsed


def measure_start(world, report, options):
    options.wait_until_quiet("start of the window")
    starts = [milliseconds_to_window(world.desktop, world.program) for _ in range(STARTS)]
    report.keep("start", starts)
    report.add("process start to window", "ms", figures.median(starts))


ROWS = {"start": measure_start, "cost": window_cost.measure, "smooth": window_smoothness.measure,
        "stopped": window_smoothness.measure_stopped, "observer": window_observer.measure}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binaries", nargs="?", default=str(TOP / "build/release/bin"))
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=tuple(ROWS))
    parser.add_argument("--workloads", nargs="+", type=int, default=[200, 1000], help="live ones; smoothness takes the first")
    parser.add_argument("--past", help="the program bench.past, which fills the charts' ten minutes at once; else a long warm-up does")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=int, default=15, help="of one reading of CPU time")
    parser.add_argument("--warm-up", type=int, help="seconds until a window has settled (180 with --past, 600 without)")
    parser.add_argument("--stopped-seconds", type=int, default=window_smoothness.STOPPED_SECONDS, help="of a QEMU")
    parser.add_argument("--pause", action="store_true", help="wait for Enter before each measurement")
    parser.add_argument("--json")
    options = parser.parse_args()
    if options.warm_up is None:
        options.warm_up = 180 if options.past else 600
    options.folder = pathlib.Path(options.binaries).resolve()
    options.pictures = pathlib.Path(options.json).resolve().parent if options.json else options.folder
    options.wait_until_quiet = lambda what: input(f"{what}: Enter when nothing else runs\n") if options.pause else None
    return options


def main():
    options = parse()
    report = figures.Report("window_bench")
    for row in options.rows:  # each in a world of its own
        world = WindowWorld(options.folder, options.past)
        try:
            ROWS[row](world, report, options)
        finally:
            world.stop()
    report.finish(options.json)


if __name__ == "__main__":
    main()
