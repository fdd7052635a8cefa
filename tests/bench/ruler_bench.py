#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""ruler_bench.py BIN [--seconds N] [--rounds N] [--json FILE] [--only SIDE...]: is the ruler straight?

Loads whose cost is known by their own count (twinhull-load: a quarter of a core, 64 MiB touched, 10 MiB/s written past the
cache, 1,000 children that are forked and execute a program) run in a container and in a VM; `twinhullctl stats --watch`
reads both meanwhile. At rest two spans are held against each other: idle against idle. The error is what the reading says
more than at rest, against the load's own count, in percent of it (memory in MiB); "bare" holds that count against the
kernel's, for twinhullctl reads no bare program: the readings of all four bare loads are held against their counts by
tests/integration/load_test.cpp. The parts of a VM's CPU time are held against its whole. What an emulated VM costs more than
its guest counts is the emulation, so that the difference is shown there and not judged; what can be judged there is in
tests/integration/vm_ruler_test.cpp. Each round has a VM of its own: one that ran before touches again what QEMU already
holds."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
import figures  # noqa: E402
from private_world import PrivateWorld  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
MEBIBYTE = 1 << 20
CPU_AT_MOST, DISK_AT_MOST, MEMORY_AT_MOST, SUM_AT_MOST, REST_AT_MOST = 3.0, 3.0, 1.0, 1.0, 0.5
PARTS = {"vm": ("vcpu_cores", "io_thread_cores", "vhost_cores", "emulator_cores", "helper_cores"),
         "container": ("guest_cpu_cores", "helper_cores")}  # its cgroup, and what stands beside it
SETTLING_SECONDS = 12  # PSS is read every few seconds, resident memory with it


class World(PrivateWorld):
    """With a workload of each kind, and the loads inside."""

    def start(self, kind, name):
        self.ctl("run", *(["--vm"] if kind == "vm" else []), "--name", name, "starter", "/bin/sh", "-c", "exec sleep 100000")
        with open(f"{self.binaries}/twinhull-load", "rb") as program:
            self.ctl("exec", name, "/bin/sh", "-c", "cat > /tmp/load && chmod 755 /tmp/load", stdin=program)

    def load(self, name, *words):
        return json.loads(self.ctl("exec", name, "/tmp/load", *words))

    def is_emulated(self, name):
        return any(found["name"] == name and found["engine"] == "tcg" for found in json.loads(self.ctl("list", "--json")))


class Watch:
    """The readings of one workload, a line a second, until it is closed."""

    def __init__(self, world, name):
        self.points = []
        self.process = subprocess.Popen([f"{world.binaries}/twinhullctl", "stats", name, "--json", "--watch"],
                                        env=world.environment, stdout=subprocess.PIPE, text=True)
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            self.points += [point | {"at": time.monotonic()} for point in json.loads(line)["workloads"]]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.thread.join()

    def wait(self, ticks):
        """The next so many points."""
        first = len(self.points)
        while len(self.points) < first + ticks:
            if self.process.poll() is not None:
                raise SystemExit("ruler_bench: stats ended")
            self.thread.join(0.1)
        return self.points[first:first + ticks]


def mean(points, key):
    values = [point[key] for point in points if point.get(key) is not None]
    if not values:
        raise SystemExit(f"ruler_bench: no reading of {key}: {points[-1:]}")
    return sum(values) / len(values)


def total(points, key):
    """Of a rate, over the time from the first point to the last."""
    return sum(point[key] * (point["at"] - before["at"]) for before, point in zip(points, points[1:]))


def sum_error(points, kind):
    """None where a part is not counted: a container without a cgroup of its own has none."""
    hidden = all(point.get("vhost_cores") is None for point in points)  # the kernel's threads, before Linux 6.4
    parts = [part for part in PARTS[kind] if not (hidden and part == "vhost_cores")]
    if any(all(point.get(part) is None for point in points) for part in parts):
        return None
    whole = mean(points, "cpu_cores")
    return 100 * abs(sum(mean(points, part) for part in parts) - whole) / whole


def in_background(function, *arguments):
    result = []
    thread = threading.Thread(target=lambda: result.append(function(*arguments)))
    thread.start()
    return thread, result


def measure(world, kind, name, seconds):
    """One round: errors by figure."""
    errors = {}
    with Watch(world, name) as watch:
        watch.wait(3)  # the first rates
        earlier = watch.wait(5)
        idle = watch.wait(5)
        errors["rest"] = 100 * abs(mean(idle, "cpu_cores") - mean(earlier, "cpu_cores"))
        errors["rest memory"] = abs(mean(idle, "resident_bytes") - mean(earlier, "resident_bytes")) / MEBIBYTE
        rest, idle_vcpus = mean(idle, "cpu_cores"), mean(idle, "vcpu_cores") if kind == "vm" else 0
        thread, report = in_background(world.load, name, "burn", "--seconds", str(seconds + 4))
        watch.wait(2)  # it works
        burning = watch.wait(seconds)
        thread.join()
        truth = report[0]["cpuNanoseconds"] / report[0]["wallNanoseconds"]
        errors["burn"] = 100 * abs(mean(burning, "cpu_cores") - rest - truth) / truth
        if kind == "vm":
            errors["vcpus"] = 100 * abs(mean(burning, "vcpu_cores") - idle_vcpus - truth) / truth
        off = sum_error(burning, kind)
        if off is not None:
            errors["sum"] = off
        before = mean(watch.wait(SETTLING_SECONDS)[-1:], "resident_bytes")
        thread, report = in_background(world.load, name, "touch", "--seconds", str(SETTLING_SECONDS + 6))
        after = mean(watch.wait(SETTLING_SECONDS + 2)[-1:], "resident_bytes")
        thread.join()
        errors["touch"] = abs(after - before - report[0]["amount"]) / MEBIBYTE
        errors["forks"] = forks_error(world, name, watch, rest)
        errors["write"] = write_error(world, name, watch, seconds)
    return errors


def measure_vm(world, name, seconds):
    """One round in a new VM; the latest stays for what is asked of it afterwards."""
    if any(found["name"] == name for found in json.loads(world.ctl("list", "--json"))):
        world.ctl("remove", name)
    world.start("vm", name)
    return measure(world, "vm", name, seconds)


def forks_error(world, name, watch, rest):
    """All its CPU time against what the load and its children were charged."""
    first = len(watch.points) - 1
    thread, report = in_background(world.load, name, "fork", "--amount", "1000")
    thread.join()
    watch.wait(2)
    points = watch.points[first:]
    truth = report[0]["lifeCpuNanoseconds"] / 1e9
    used = total(points, "cpu_cores") - rest * (points[-1]["at"] - points[0]["at"])
    return 100 * abs(used - truth) / truth


def write_error(world, name, watch, seconds):
    thread, report = in_background(world.load, name, "write", "--seconds", str(seconds + 12))
    watch.wait(7)  # a VM's own disks may be read every five seconds
    written = mean(watch.wait(seconds), "disk_write_bytes_per_second")
    thread.join()
    truth = report[0]["amount"] / report[0]["wallNanoseconds"] * 1e9
    return 100 * abs(written - truth) / truth


def measure_bare(world, seconds):
    """The load's own count against the kernel's (wait4(2)), the start of the program included."""
    child = subprocess.Popen([f"{world.binaries}/twinhull-load", "burn", "--seconds", str(seconds)], stdout=subprocess.PIPE)
    report = json.loads(child.stdout.read())
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    truth = report["lifeCpuNanoseconds"] / 1e9
    return {"burn": 100 * abs(usage.ru_utime + usage.ru_stime - truth) / truth}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binaries")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json")
    parser.add_argument("--only", nargs="+", choices=("bare", "container", "vm"), default=("bare", "container", "vm"))
    options = parser.parse_args()
    report = figures.Report("ruler_bench")
    with tempfile.TemporaryDirectory(prefix="twinhull-ruler-") as folder:
        world = World(folder, os.path.abspath(options.binaries))
        names = {kind: f"ruler-{kind}" for kind in options.only if kind != "bare"}
        try:
            world.ctl("images", "starter")
            if "vm" in names:
                world.ctl("kernel", "prepare", world.output(f"{TOP}/installer/fetch-kernel.sh", f"{TOP}/build/bench").strip())
            sides = {}
            if "container" in names:
                world.start("container", names["container"])
                sides["container"] = lambda: measure(world, "container", names["container"], options.seconds)
            if "vm" in names:
                sides["vm"] = lambda: measure_vm(world, names["vm"], options.seconds)
            if "bare" in options.only:
                sides["bare"] = lambda: measure_bare(world, options.seconds)
            samples = figures.by_turns(sides, options.rounds)
            is_emulated = "vm" in names and world.is_emulated(names["vm"])
        finally:
            started = [entry["name"] for entry in json.loads(world.ctl("list", "--json"))]
            if started:
                world.ctl("remove", *started)
            world.end()
    report.keep("rounds", samples)
    titles = {"burn": ("a quarter of a core", "% of truth", CPU_AT_MOST), "touch": ("64 MiB touched", "MiB", MEMORY_AT_MOST),
              "forks": ("1,000 forks", "% of truth", CPU_AT_MOST),
              "write": ("10 MiB/s written directly", "% of truth", DISK_AT_MOST),
              "vcpus": ("the same by the virtual processors alone", "% of truth", CPU_AT_MOST),
              "sum": ("parts of the CPU time against the whole", "%", SUM_AT_MOST),
              "rest": ("idle against idle, CPU", "% of a core apart", REST_AT_MOST),
              "rest memory": ("idle against idle, memory", "MiB apart", MEMORY_AT_MOST)}
    for kind, found in samples.items():
        for key, (title, unit, at_most) in titles.items():
            if key in found[0]:
                judged = key in ("sum", "rest", "rest memory") or kind != "vm" or not is_emulated
                report.add(f"{title}, {kind}", unit, figures.median([errors[key] for errors in found]),
                           at_most if judged else None, "" if judged else "emulated")
            elif key == "sum" and kind == "container":
                report.add_missing(f"{title}, {kind}", "needs a cgroup of its own that counts CPU time", at_most)
    report.finish(options.json)


main()
