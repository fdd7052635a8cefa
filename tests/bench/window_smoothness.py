# SPDX-License-Identifier: GPL-3.0-or-later
"""How smooth the window is: frames while a list of live rows is scrolled and a twin boots, no frame while it is minimised, and the
longest wait and the latest tick while one QEMU is stopped, with virsh beside it, which hangs then. The window tells its
frames and waits itself (`--frames`). What must never happen is judged by the worst of all rounds."""
import datetime
import json
import os
import signal
import statistics
import subprocess
import threading
import time

import figures
from window_world import SIZE, TWIN

WHEEL_DELAY_MS = 16
SCROLL_SECONDS = 6
STOPPED_SECONDS = 45  # a libvirt caller hangs for 30 to 39 s
RECOVERY_SECONDS = 8  # of libvirt, between rounds
BESIDE = "a-vm-beside"
HIDDEN_SPELLS = 5
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
    hidden = [hidden_spell(window, options.seconds) for _ in range(HIDDEN_SPELLS)]
    told = window.close()
    report.keep("frames", told.told)
    count = options.workloads[0]
    add_scrolling(report, told, f"scrolling {count} live rows while a twin boots", booting, AT_MOST)
    add_scrolling(report, told, f"scrolling {count} live rows alone", alone, {})
    painted = [len(told.frames(*each)) for each in hidden]
    report.add(f"frames painted in {options.seconds} s while minimised", "", figures.greatest(painted), 0)


def hidden_spell(window, seconds):
    """Begin and end of it; the window was seen before, and is afterwards."""
    window.minimise()
    begin = time.monotonic()
    time.sleep(seconds)
    end = time.monotonic()
    window.restore()
    return begin, end


def add_scrolling(report, told, title, rounds, at_most):
    frames = [[span[1] for span in told.frames(*each)] for each in rounds]
    waits = [told.longest_wait(*each) for each in rounds]
    each_round = ", ".join(f"{figures.percentile_of(spans, 95):.1f}" for spans in frames)
    report.add(f"{title}: frame, 95th percentile", "ms", figures.percentile(frames, 95), at_most.get("frame"),
               f"by round {each_round}; {statistics.median(map(len, frames)):.0f} frames a round")
    report.add(f"{title}: longest wait", "ms", figures.greatest([wait[1] for wait in waits]), at_most.get("wait"), by_round(waits))


def by_round(waits):
    return "by round " + ", ".join(f"{wait[1]:.0f}" for wait in waits) + "; of which it worked " + ", ".join(f"{wait[2]:.0f}" for wait in waits)


# ── one QEMU that does not answer

def measure_stopped(world, report, options):
    world.prepare_twin()
    world.start_vm(BESIDE)
    world.start_twin()
    world.grow_to(options.workloads[0])
    window = world.open("workloads", frames=True, select=BESIDE)
    time.sleep(min(options.warm_up, 30))
    options.wait_until_quiet("one QEMU stopped")
    rounds = [stop_once(world, options.stopped_seconds) for _ in range(options.rounds)]
    time.sleep(15)  # the history is written every ten seconds
    told = window.close()
    waits = [told.longest_wait(*each["monotonic"]) for each in rounds]
    title = f"one QEMU stopped for {options.stopped_seconds} s"
    report.keep("rounds", [each["hung"] for each in rounds])
    report.add(f"{title}: longest wait of the window", "ms", figures.greatest([wait[1] for wait in waits]), AT_MOST["wait"], by_round(waits))
    sides = (("containers", "container", world.names[:READ_WORKLOADS]), ("another VM", "vm", [BESIDE]))
    for side, kind, names in sides:
        late = [max(ticks_late(world, kind, name, *each["wall"]) for name in names) for each in rounds]
        report.keep(f"ticks late, {side}", late)
        report.add(f"{title}: most ticks that {side} came late", "", figures.greatest(late), AT_MOST["late"], f"of {len(names)} looked at")
    hung = [each["hung"] for each in rounds]
    ended = sum(each["ended"] for each in rounds)
    report.add("virsh domstats beside it", "s", figures.median(hung), note=f"{ended} of {len(rounds)} ended before the QEMU went on")


def stop_once(world, seconds):
    """Of one round: when, by both clocks; how long virsh had no answer, and whether it had one before the QEMU went on."""
    qemu = world.qemu_pid(TWIN)
    begin, wall = time.monotonic(), datetime.datetime.now()
    os.kill(qemu, signal.SIGSTOP)
    try:
        caller = world.domstats()
        asked = time.monotonic()
        try:
            caller.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        hung, ended = time.monotonic() - asked, caller.poll() is not None
        time.sleep(max(begin + seconds - time.monotonic(), 0))
        moments = {"monotonic": (begin, time.monotonic()), "wall": (wall, datetime.datetime.now())}
    finally:
        os.kill(qemu, signal.SIGCONT)
    caller.wait()
    time.sleep(RECOVERY_SECONDS)
    return moments | {"hung": hung, "ended": ended}


def ticks_late(world, kind, name, begin, end):
    """By how many seconds its readings came later than one a second, at most, by what the window wrote down; before the
    first and after the last of them, too."""
    text = world.ctl("history", name, "--from", f"{begin:%Y-%m-%d %H:%M:%S}", "--to", f"{end:%Y-%m-%d %H:%M:%S}",
                     "--points", "100000", "--columns", "cpu", "--json")
    first, last = int(begin.timestamp()), int(end.timestamp())  # as asked, in whole seconds
    moments = sorted(point[0] / 1000 for each in json.loads(text) if each["kind"] == kind for point in each["figures"][0]["points"])
    edges = [first, *moments, last]
    return max(max(b - a for a, b in zip(edges, edges[1:])) - 1, 0)
