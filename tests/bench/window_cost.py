# SPDX-License-Identifier: GPL-3.0-or-later
"""What an open window costs: CPU time with many live workloads, on two pages, seen and minimised, and memory."""
import time

import figures

PAGES = {"workloads": "list and 6 charts", "compare": "12 charts"}
AT_MOST = {"cpu": 1.0, "growth": 1.3, "pss": 80, "hidden": 0.1}


def measure_page(world, page, options):
    """Rounds of both states of one window that was given time to fill its charts, and its memory."""
    window = world.open(page)
    time.sleep(options.warm_up)
    options.wait_until_quiet(f"{page} with {len(world.names) + 2} workloads")
    seen, hidden = [], []
    for _ in range(options.rounds):
        seen.append(window.costs(options.seconds))
        window.minimise()
        hidden.append(window.costs(options.seconds))
        window.restore()
    world.desktop.screenshot(options.folder / f"window_bench_{page}_{len(world.names) + 2}.png")
    memory = window.pss_mib()
    window.close()
    return {"seen": seen, "hidden": hidden, "pss": memory}


def measure(world, report, options):
    found = {}
    world.prepare_twin()
    world.start_twin()
    for count in options.workloads:
        began = time.monotonic()
        world.grow_to(count)
        print(f"{count} workloads live after {time.monotonic() - began:.0f} s", flush=True)
        for page in options.pages:
            found[count, page] = measure_page(world, page, options)
            report.keep(f"{page}, {count}", found[count, page])
            add_page(report, page, count, found[count, page])
    fewest, most = min(options.workloads), max(options.workloads)
    if fewest == most:
        return
    for page in options.pages:
        ratio = figures.ratio(part(found[most, page]["seen"], "whole"), part(found[fewest, page]["seen"], "whole"))
        report.add(f"{PAGES[page]}: {most} workloads against {fewest}", "", ratio, AT_MOST["growth"])


def part(rounds, which):
    return [each[which] for each in rounds]


def add_page(report, page, count, found):
    title = f"{PAGES[page]}, {count} live workloads"
    report.add(title, "% of a core", figures.median(part(found["seen"], "whole")),
               AT_MOST["cpu"] if count <= 200 else None)
    report.add(f"{title}: GUI thread", "% of a core", figures.median(part(found["seen"], "gui")))
    report.add(f"{title}: minimised", "% of a core", figures.median(part(found["hidden"], "whole")))
    report.add(f"{title}: minimised against seen", "", figures.ratio(part(found["hidden"], "whole"), part(found["seen"], "whole")),
               AT_MOST["hidden"], "sampling and history go on")
    report.add(f"{title}: minimised against seen, GUI thread", "",
               figures.ratio(part(found["hidden"], "gui"), part(found["seen"], "gui")), AT_MOST["hidden"])
    pss = found["pss"]
    report.add(f"{title}: PSS", "MiB", figures.Estimate(pss, pss, pss), AT_MOST["pss"], "one reading")
