# SPDX-License-Identifier: GPL-3.0-or-later
"""What an open window and its sampler do to what they look at: the start of a container, and work that needs every core."""
import concurrent.futures
import json
import os
import statistics
import time

import figures

STARTS = 15  # of one side in a round
ROUNDS_OF_WORK = 2_000_000_000
AT_MOST = {"start": 1.02, "work": 1.01}


def start_milliseconds(world):
    """From the request to the first instruction, by the marks of the parts themselves: median of some starts."""
    taken = []
    for _ in range(STARTS):
        world.ctl("start", "observed")
        taken += [each["startup_ms"] for each in json.loads(world.ctl("list", "--json")) if each["name"] == "observed"]
        world.ctl("stop", "observed")
    return statistics.median(taken)


def work_seconds(world):
    """As many at once as there are cores: of each its own clock, the longest."""
    def spin(number):
        told = world.ctl("exec", f"worker-{number}", "/tmp/load", "cpu", "--amount", str(ROUNDS_OF_WORK))
        return json.loads(told)["wallNanoseconds"] / 1e9
    count = os.cpu_count()
    with concurrent.futures.ThreadPoolExecutor(count) as workers:
        return max(workers.map(spin, range(count)))


def measure(world, report, options):
    world.grow_to(options.workloads[0])
    world.ctl("create", "--name", "observed", "twinhull/starter")
    world.names += ["observed", *(f"worker-{number}" for number in range(os.cpu_count()))]
    for number in range(os.cpu_count()):
        world.ctl("run", "--name", f"worker-{number}", "twinhull/starter", "/bin/sh", "-c", "exec sleep 100000")
        world.ctl("cp", f"{options.folder}/twinhull-load", f"worker-{number}:/tmp/load")
    options.wait_until_quiet("observer effect")

    def look(opened):
        window = world.open("workloads") if opened else None
        time.sleep(3)
        found = start_milliseconds(world), work_seconds(world)
        if window:
            window.close()
        return found

    samples = figures.by_turns({"open": lambda: look(True), "closed": lambda: look(False)}, options.rounds)
    report.keep("observer", samples)
    for place, (key, title, unit) in enumerate((("start", "start of a container", "ms"), ("work", "work on every core", "s"))):
        sides = {name: [each[place] for each in found] for name, found in samples.items()}
        report.add(f"{title}, no window", unit, figures.median(sides["closed"]))
        report.add(f"{title}, window open against none", "", figures.ratio(sides["open"], sides["closed"]), AT_MOST[key])
