# SPDX-License-Identifier: GPL-3.0-or-later
"""How smooth the window is: frames while a list of live rows is scrolled and a twin boots, no frame while it is minimised, and the
longest wait and the latest tick while one QEMU is stopped. The window tells its frames and waits itself (`--frames`)."""
import datetime
import json
import os
import signal
import statistics
import threading
import time

import figures
from window_world import SIZE, TWIN

WHEEL_DELAY_MS = 16
SCROLL_SECONDS = 6
STOPPED_SECONDS = 45  # a libvirt caller hangs for 30 to 39 s
READ_WORKLOADS = 15  # whose ticks are looked at: rows that are on screen; what rests out of sight is read each third second
AT_MOST = {"frame": 16, "wait": 50, "late": 1}


def scroll(world, seconds):
    """Down and up again, a notch every 16 ms, over the list."""
    world.look("mousemove", str(SIZE[0] // 2), "300")
    notches = seconds * 1000 // WHEEL_DELAY_MS // 2
    for button in ("5", "4"):
        world.look("click", "--repeat", str(notches), "--delay", str(WHEEL_DELAY_MS), button)


def scroll_while_twin_boots(world):
    """Begin and end of it; the twin is made from nothing, so that its rows appear as well."""
    world.remove_twin()
    time.sleep(2)
    boot = threading.Thread(target=world.start_twin)
    begin = time.monotonic()
    boot.start()
    scroll(world, SCROLL_SECONDS)
    end = time.monotonic()
    boot.join()
    return begin, end


def scroll_alone(world):
    begin = time.monotonic()
    scroll(world, SCROLL_SECONDS)
    return begin, time.monotonic()


def measure(world, report, options):
    world.prepare_twin()
    world.grow_to(options.workloads[0])
    window = world.open("workloads", frames=True)
    time.sleep(min(options.warm_up, 30))
    options.wait_until_quiet("scrolling")
    booting = [scroll_while_twin_boots(world) for _ in range(options.rounds)]
    time.sleep(3)
    alone = [scroll_alone(world) for _ in range(options.rounds)]
    window.minimise()
    begin = time.monotonic()
    time.sleep(options.seconds)
    hidden = begin, time.monotonic()
    window.restore()
    told = window.close()
    report.keep("frames", told.told)
    count = options.workloads[0]
    add_scrolling(report, told, f"scrolling {count} live rows while a twin boots", booting)
    add_scrolling(report, told, f"scrolling {count} live rows alone", alone)
    frames = len(told.frames(*hidden))
    report.add(f"frames painted while minimised for {options.seconds} s", "", figures.Estimate(frames, frames, frames), 0)


def add_scrolling(report, told, title, rounds):
    nineteen_of_twenty = [statistics.quantiles([span[1] for span in told.frames(*each)], n=20)[18] for each in rounds]
    waits = [told.longest_wait(*each) for each in rounds]
    count = statistics.median(len(told.frames(*each)) for each in rounds)
    report.add(f"{title}: frame, 95th percentile", "ms", figures.median(nineteen_of_twenty), AT_MOST["frame"],
               f"{count:.0f} frames a round")
    report.add(f"{title}: longest wait", "ms", figures.median([wait[1] for wait in waits]), AT_MOST["wait"],
               f"of which it worked {statistics.median(wait[2] for wait in waits):.0f} ms")


# ── one QEMU that does not answer

def measure_stopped(world, report, options):
    world.prepare_twin()
    world.start_twin()
    world.grow_to(options.workloads[0])
    window = world.open("workloads", frames=True)
    time.sleep(20)
    options.wait_until_quiet("one QEMU stopped")
    qemu = world.qemu_pid()
    begin, wall = time.monotonic(), datetime.datetime.now()
    os.kill(qemu, signal.SIGSTOP)
    try:
        time.sleep(STOPPED_SECONDS)
    finally:
        os.kill(qemu, signal.SIGCONT)
    end, wall_end = time.monotonic(), datetime.datetime.now()
    time.sleep(15)  # the history is written every ten seconds
    told = window.close()
    wait = told.longest_wait(begin, end)
    report.add(f"one QEMU stopped for {STOPPED_SECONDS} s: longest wait of the window", "ms",
               figures.Estimate(wait[1], wait[1], wait[1]), AT_MOST["wait"], f"of which it worked {wait[2]:.0f} ms")
    late = [ticks_late(world, name, wall, wall_end) for name in [TWIN, *world.names[:READ_WORKLOADS]]]
    report.keep("ticks late", late)
    report.add("one QEMU stopped: most ticks that another was late", "", figures.Estimate(max(late), max(late), max(late)),
               AT_MOST["late"], f"of {len(late)} looked at")


def ticks_late(world, name, begin, end):
    """By how many seconds its readings came later than one a second, at most, by what the window wrote down."""
    text = world.ctl("history", name, "--from", f"{begin:%Y-%m-%d %H:%M:%S}", "--to", f"{end:%Y-%m-%d %H:%M:%S}",
                     "--points", "100000", "--columns", "cpu", "--json")
    moments = sorted(point[0] for each in json.loads(text) if each["kind"] == "container"  # not the VM that stands still
                     for point in each["figures"][0]["points"])
    if len(moments) < STOPPED_SECONDS // 2:
        return float(STOPPED_SECONDS)
    return max(max(b - a for a, b in zip(moments, moments[1:])) / 1000 - 1, 0)
