#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""window_bench.py [BIN]: what the window costs with ten live workloads (a twin and eight containers) and the twin on the Compare
page, in an X server of its own: CPU in percent of a core over 60 seconds, PSS, and the time from process start to a mapped
window (before libvirt has answered)."""

import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "ui"))
from private_desktop import PrivateDesktop  # noqa: E402

CONTAINERS = 8
SECONDS = 60
TICKS_PER_SECOND = 100  # USER_HZ, proc(5)


def cpu_ticks(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def pss_mib(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no Pss line")


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


def main():
    top = pathlib.Path(__file__).resolve().parent.parent.parent
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else top / "build/release/bin"
    ctl, program = str(folder / "twinhullctl"), str(folder / "twinhull")
    desktop = PrivateDesktop()
    names = [f"load-{number}" for number in range(CONTAINERS)]
    try:
        starts = [milliseconds_to_window(desktop, program) for _ in range(7)]
        print(f"process start to window: median {statistics.median(starts):.0f} ms, all {[round(s) for s in starts]}")
        desktop.run([ctl, "images", "starter"])
        package = desktop.run([str(top / "installer/fetch-kernel.sh"), str(top / "build/kernel")], 600)
        desktop.run([ctl, "kernel", "prepare", package.strip().splitlines()[-1]], 300)
        desktop.run([ctl, "twin", "create", "--name", "web", "twinhull/starter"], 300)
        for name in names:
            desktop.run([ctl, "run", "--name", name, "twinhull/starter"])
        window = desktop.start([program, "--page", "compare", "--size", "1280x800"])
        time.sleep(20)  # the rings fill; the first PSS round is over
        before = cpu_ticks(window.pid)
        time.sleep(SECONDS)
        percent = (cpu_ticks(window.pid) - before) / TICKS_PER_SECOND / SECONDS * 100
        print(f"{CONTAINERS + 2} live workloads, Compare open: {percent:.2f} % of a core, {pss_mib(window.pid):.0f} MiB PSS")
        desktop.screenshot(folder.parent / "window_bench.png")
    finally:
        subprocess.run([ctl, "twin", "remove", "web"], env=desktop.environment, stdin=subprocess.DEVNULL, check=False)
        subprocess.run([ctl, "remove", *names], env=desktop.environment, stdin=subprocess.DEVNULL, check=False)
        desktop.stop()


if __name__ == "__main__":
    main()
