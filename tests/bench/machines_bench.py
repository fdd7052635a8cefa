#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""machines_bench.py [BIN] [--rows ROW...] [--machines N] [--rounds N] [--json FILE]: a thousand defined machines of libvirt's test
driver, which needs no QEMU: how long until all are listed, beside virsh; how late the window answers a key in its filter and
the opening of a machine's page; what it costs while nothing happens. The command's time is the whole of it, its start and its
way to libvirt included; a key's and a page's is the longest time for which the window's thread answered nobody."""
import argparse
import json
import pathlib
import sys
import time

sys.dont_write_bytecode = True
import figures  # noqa: E402
from window_world import SIZE, TOP, WindowWorld  # noqa: E402

AT_MOST = {"list": 500, "key": 16, "page": 50, "tick": 10}
KEYS = "vm-0512"
DOMAIN = """<domain type='test'><name>vm-{number:04}</name><uuid>00000000-0000-4000-8000-{number:012}</uuid>
<memory unit='MiB'>512</memory><vcpu>1</vcpu><os><type arch='x86_64'>hvm</type></os><devices>
<disk type='file' device='disk'><source file='/nowhere/{number}.qcow2'/><target dev='vda' bus='virtio'/></disk></devices></domain>
"""
NODE = "<node><cpu><mhz>2000</mhz><model>x86_64</model><active>4</active><nodes>1</nodes><sockets>1</sockets><cores>4</cores>" \
       "<threads>1</threads></cpu><memory>16777216</memory>{domains}</node>"


def open_world(options):
    world = WindowWorld(options.folder)
    host = world.desktop.root / "host.xml"
    host.write_text(NODE.format(domains="".join(DOMAIN.format(number=number) for number in range(options.machines))), encoding="ascii")
    world.uri = f"test://{host}"
    settings = world.desktop.root / "home/.config/twinhull/settings.ini"
    settings.write_text(f"{settings.read_text(encoding='ascii')}[vms]\nlibvirtUri={world.uri}\n", encoding="ascii")
    return world


def milliseconds(world, command, holds):
    began = time.monotonic()
    told = world.desktop.run(command, 120)
    taken = (time.monotonic() - began) * 1000
    if not holds(told):
        raise RuntimeError(f"{command[0]} did not list all machines")
    return taken


def measure_list(world, report, options):
    samples = figures.by_turns({
        "ours": lambda: milliseconds(world, [world.ctl_program, "list", "--json"],
                                     lambda told: len(json.loads(told)) == options.machines),
        "virsh": lambda: milliseconds(world, ["virsh", "-q", "-c", world.uri, "list", "--all"],
                                      lambda told: told.count("vm-") == options.machines),
    }, options.rounds, warm_up=1)
    report.keep("list", samples)
    report.add(f"{options.machines} machines listed, the whole command", "ms", figures.median(samples["ours"]), AT_MOST["list"])
    report.add("virsh list --all", "ms", figures.median(samples["virsh"]))


def spans(world, options, act):
    """Begin and end of each act, with time for what follows from it."""
    found = []
    for each in act:
        begin = time.monotonic()
        world.look(*each)
        time.sleep(0.4)
        found.append((begin, time.monotonic()))
    return found


def measure_window(world, report, options):
    window = world.open("workloads", frames=True)
    time.sleep(options.warm_up)
    cost = [window.costs(options.seconds)["whole"] * 10 for _ in range(options.rounds)]  # percent of a core, in ms a second
    keys, pages = [], []
    for _ in range(options.rounds):
        world.look("key", "ctrl+f")
        keys += spans(world, options, [("key", "minus" if key == "-" else key) for key in KEYS])
        keys += spans(world, options, [("key", "BackSpace") for _ in KEYS])
        world.look("key", "Escape")
        world.look("mousemove", str(SIZE[0] // 2), "300", "click", "1")
        pages += spans(world, options, [("key", "Down") for _ in range(5)])
    world.desktop.screenshot(options.folder / "machines_bench.png")
    told = window.close()
    report.keep("frames", told.told)
    add_waits(report, told, "a key in the filter", keys, AT_MOST["key"])
    add_waits(report, told, "a machine's page opened", pages, AT_MOST["page"])
    report.add(f"{options.machines} machines, nothing happens: CPU time a second, all threads", "ms", figures.median(cost), AT_MOST["tick"])


def add_waits(report, told, title, moments, at_most):
    waits = [told.longest_wait(*each)[1] for each in moments]
    frames = [max((span[1] for span in told.frames(*each)), default=0) for each in moments]
    report.add(f"{title}: longest wait", "ms", figures.median(waits), at_most, f"of {len(waits)}, the worst {max(waits):.0f} ms; 8 is the least told")
    report.add(f"{title}: longest frame", "ms", figures.median(frames), at_most, f"the worst {max(frames):.0f} ms")


ROWS = {"list": measure_list, "window": measure_window}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binaries", nargs="?", default=str(TOP / "build/release/bin"))
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=tuple(ROWS))
    parser.add_argument("--machines", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--warm-up", type=int, default=30)
    parser.add_argument("--json")
    options = parser.parse_args()
    options.folder = pathlib.Path(options.binaries).resolve()
    report = figures.Report("machines_bench")
    world = open_world(options)
    try:
        for row in options.rows:
            ROWS[row](world, report, options)
    finally:
        world.stop()
    report.finish(options.json)


if __name__ == "__main__":
    main()
