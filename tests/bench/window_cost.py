# SPDX-License-Identifier: GPL-3.0-or-later
"""What an open window costs, with its list and twelve charts of ten minutes: CPU time with few and with many live workloads,
seen and minimised, and memory. The windows are open at once, each on a desktop of its own, and read in the same seconds;
when which of them is seen is drawn by lot. Memory is read of each while the other is not open: what two windows share would
count half. virt-manager is read in the same rounds where it is installed."""
import contextlib
import random
import time

import figures
import window_peer
from window_world import WindowWorld, costs_at_once

SEEN, HIDDEN = "seen", "hidden"
CHARTED = "load-0000"
PAST_SECONDS = 600
MEMORY_READINGS = 6
AT_MOST = {"cpu": 1.0, "growth": 1.3, "pss": 80, "hidden": 0.1}


def prepare(world, count, options):
    began = time.monotonic()
    world.show_twelve_charts()
    world.prepare_twin()
    world.start_twin()
    world.grow_to(count)
    if world.past:
        world.fill_past(PAST_SECONDS)
    print(f"{count} workloads live after {time.monotonic() - began:.0f} s", flush=True)


def read_memory(window, options):
    found = []
    for _ in range(MEMORY_READINGS):
        found.append(window.pss_mib())
        time.sleep(min(options.seconds, 5))
    return found


def turns(counts, rounds):
    """For each spell what each window is: in a round each is seen once and minimised once, in an order drawn for it."""
    draw = random.Random(figures.SEED)
    for _ in range(rounds):
        orders = {count: draw.sample((SEEN, HIDDEN), 2) for count in counts}
        yield from ({count: order[turn] for count, order in orders.items()} for turn in range(2))


def read_spells(windows, peers, options):
    """Costs by count and state, a round each; of the peers a reading a round."""
    found = {count: {SEEN: [], HIDDEN: []} for count in windows}
    told = {count: [] for count in peers}
    states = dict.fromkeys(windows, SEEN)
    for spell, wanted in enumerate(turns(windows, options.rounds)):
        for count, window in windows.items():
            if states[count] != wanted[count]:
                (window.minimise if wanted[count] == HIDDEN else window.restore)()
        states = wanted
        for count, costs in costs_at_once(windows, options.seconds).items():
            found[count][wanted[count]].append(costs)
        if spell % 2:
            for count, peer in peers.items():
                told[count].append(peer.cost(options.seconds))
    for count, window in windows.items():
        if states[count] == HIDDEN:
            window.restore()
    return found, told


def measure(world, report, options):
    """The largest world first: its window has its memory read alone while it fills."""
    counts = sorted(set(options.workloads), reverse=True)
    found, told, memory = {}, {}, {}
    with contextlib.ExitStack() as stack:
        windows = {}
        for place, count in enumerate(counts):
            own = WindowWorld(options.folder, options.past) if place else world
            if place:
                stack.callback(own.stop)
            prepare(own, count, options)
            windows[count] = own.open("workloads", select=CHARTED)
            time.sleep(options.warm_up)
            if not place:
                memory[count] = read_memory(windows[count], options)
        peers = open_peers(stack, report, counts, options)
        options.wait_until_quiet(f"windows with {' and '.join(map(str, counts))} workloads")
        found, told = read_spells(windows, peers, options)
        for count, window in windows.items():
            window.world.desktop.screenshot(options.pictures / f"window_bench_{count}.png")
        for count, window in list(windows.items())[:-1]:
            window.close()
        if len(counts) > 1:
            memory[counts[-1]] = read_memory(windows[counts[-1]], options)
        windows[counts[-1]].close()
    for count in reversed(counts):
        report.keep(f"window, {count}", found[count] | {"pss": memory[count]})
        add_window(report, count, found[count], memory[count])
    if len(counts) > 1:
        ratio = figures.ratio(part(found[counts[0]][SEEN], "whole"), part(found[counts[-1]][SEEN], "whole"))
        report.add(f"{counts[0]} workloads against {counts[-1]}, seen", "", ratio, AT_MOST["growth"])
    for count, readings in sorted(told.items()):
        report.keep(f"virt-manager, {count}", readings)
        report.add(f"virt-manager, {count} machines", "% of a core", figures.median(readings))


def open_peers(stack, report, counts, options):
    """The first has its memory read alone, as our windows have."""
    if problem := window_peer.problem():
        report.add_missing("virt-manager", problem)
        return {}
    peers = {}
    for count in counts:
        peers[count] = window_peer.VirtManager(count)
        stack.callback(peers[count].stop)
        peers[count].cost(options.seconds)  # all rows are there then
        if len(peers) == 1:
            memory = read_memory(peers[count], options)
            report.keep(f"virt-manager, {count}, PSS", memory)
            report.add(f"virt-manager, {count} machines: PSS", "MiB", figures.median(memory))
    return peers


def part(rounds, which):
    return [each[which] for each in rounds]


def add_window(report, count, found, memory):
    title = f"list and 12 charts, {count} live workloads"
    seen, hidden = found[SEEN], found[HIDDEN]
    report.add(title, "% of a core", figures.median(part(seen, "whole")), AT_MOST["cpu"] if count <= 200 else None)
    report.add(f"{title}: GUI thread", "% of a core", figures.median(part(seen, "gui")))
    report.add(f"{title}: minimised", "% of a core", figures.median(part(hidden, "whole")))
    report.add(f"{title}: minimised against seen", "", figures.ratio(part(hidden, "whole"), part(seen, "whole")),
               AT_MOST["hidden"], "sampling and history go on")
    report.add(f"{title}: minimised against seen, GUI thread", "", figures.ratio(part(hidden, "gui"), part(seen, "gui")), AT_MOST["hidden"])
    report.add(f"{title}: PSS", "MiB", figures.median(memory), AT_MOST["pss"], "while it is the only window")
