#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""sampler_bench.py BENCH [--bin BIN] [--rounds N] [--minutes N] [--json FILE] [--only ROW…]: what it costs to read workloads once a second.

BENCH is the program bench.sampler of an optimised build. It runs the product's whole sampler, all its threads and the
slow tier, over containers (a process in a cgroup and a network of its own, and one beside it each); twenty ticks are one
sample, because the slow tier comes round in ten seconds and twenty VMs in twenty. The peers: `podman stats` of twenty
containers against our hundred, and libvirt's bulk call for the same twenty VMs, where these programs are
installed. The VMs are twins that BIN/twinhullctl makes and starts, one after the other; they run, and idle before they are
read. They are read twice: the host's files alone, and
with what libvirt alone tells of VMs that are all looked at, libvirtd's own CPU time included. Needs root for cgroups,
networks, podman and the VMs, and apt-get for their kernel."""
import argparse
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import figures  # noqa: E402
from private_world import PrivateWorld  # noqa: E402

WARM_UP_TICKS, WINDOW_TICKS, WINDOWS = 13, 20, 1
SECONDS = WARM_UP_TICKS + WINDOW_TICKS * WINDOWS + 1
CORE_AT_MOST, LINEAR_AT_MOST, TICK_AT_MOST, PEER_AT_MOST = 0.3, 11, 30, 0.1
MISSED_MS = 1500
PODMAN_CONTAINERS = 20
IDLE_PERCENT, IDLE_SECONDS_AT_MOST = 5, 60  # of a core, and until a guest that was started uses no more
TOP = pathlib.Path(__file__).resolve().parents[2]
PODMAN_TITLE = f"100 containers, a tick against a call of podman stats with {PODMAN_CONTAINERS}"
ROWS = ("containers", "podman", "vms", "minutes")
GROUPS = ("--state", "--cpu-total", "--balloon", "--vcpu", "--interface", "--block")
def ticks_of(*words):
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise SystemExit(f"sampler_bench: {' '.join(words[1:3])} failed with status {done.returncode}: {done.stderr.strip()[-2000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def windows_of(ticks):
    """Ticks in twenties, without those in which everything is read for the first time."""
    if len(ticks) < WARM_UP_TICKS + WINDOW_TICKS:
        raise SystemExit(f"sampler_bench: {len(ticks)} ticks came where {WARM_UP_TICKS + WINDOW_TICKS} are read: this computer is too busy")
    return [ticks[first:first + WINDOW_TICKS]
            for first in range(WARM_UP_TICKS, len(ticks) - WINDOW_TICKS + 1, WINDOW_TICKS)]


def mean(window, key):
    return sum(tick[key] for tick in window) / len(window)


def flat(rounds):
    return [window for windows in rounds for window in windows]


def process_cpu_ms(pid):
    return time.clock_gettime((~pid << 3) | 2) * 1000  # CPUCLOCK_SCHED of clock_getcpuclockid(3)


def children_cpu_ms(*words):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def measure_containers(bench, report, rounds, podman):
    """`podman` is a Podman by turns with ours, or None."""
    def live(count, state):
        return lambda: windows_of(ticks_of(bench, "--live", str(count), str(SECONDS), state))
    sides = {"100": live(100, "asleep"), "100 busy": live(100, "awake"), "1000": live(1000, "asleep")}
    if podman:
        sides["podman"] = podman.costs
    samples = figures.by_turns(sides, rounds)
    calls = samples.pop("podman", None)
    by_round = {name: [[mean(window, "cpu_ms") for window in windows] for windows in found] for name, found in samples.items()}
    costs = {name: [mean(window, "cpu_ms") for window in flat(found)] for name, found in samples.items()}
    ticks = {name: [mean(window, "tick_ms") for window in flat(found)] for name, found in samples.items()}
    note = flat(samples["100"])[0][0]["place"]
    for name, title in (("100", "100 containers asleep"), ("100 busy", "100 containers that all run each second")):
        percent = [cost / 10 for cost in costs[name]]  # milliseconds a second
        report.add(f"{title}, all threads", "% of a core", figures.median(percent), CORE_AT_MOST, note)
        report.add("  of that the sampler's thread", "ms a tick", figures.median(ticks[name]))
    report.add("1,000 against 100", "", figures.ratio(*figures.pairs(by_round["1000"], by_round["100"])), LINEAR_AT_MOST,
               f"{sum(costs['1000']) / len(costs['1000']):.1f} ms a second, all threads")
    longest = [max(tick["tick_ms"] for tick in window) for window in flat(samples["1000"])]
    report.add("1,000 containers, longest tick", "ms", figures.greatest(longest), TICK_AT_MOST, f"of {len(longest)} times {WINDOW_TICKS}")
    for name, found in costs.items():
        report.keep(f"{name}, ms of CPU a second", found)
    report.keep("1000, longest tick of twenty, ms", longest)
    if calls:
        report.add(PODMAN_TITLE, "", figures.ratio(*figures.pairs(by_round["100"], calls)), PEER_AT_MOST,
                   f"podman: {sum(flat(calls)) / len(flat(calls)):.0f} ms a call")
        report.keep("podman stats, ms of CPU a call", flat(calls))


def in_private_cgroups():
    """For podman, which understands a v2 tree at the usual place only; ends with this process."""
    os_mount = ["mount", "--make-rprivate", "/"], ["mount", "-t", "tmpfs", "none", "/run"], ["mount", "-t", "cgroup2", "none", "/sys/fs/cgroup"]
    for words in os_mount:
        subprocess.run(words, check=True)


def serve_podman_costs():
    """For each line that comes, the milliseconds of CPU of a call; in a child with mounts of its own."""
    with tempfile.TemporaryDirectory(prefix="sampler-podman-") as folder:
        os.makedirs(f"{folder}/rootfs/bin")
        shutil.copy("/bin/busybox", f"{folder}/rootfs/bin/busybox")
        podman = ["podman", "--root", f"{folder}/storage", "--runroot", f"{folder}/run", "--cgroup-manager", "cgroupfs", "--runtime", "runc"]
        try:
            for number in range(PODMAN_CONTAINERS):
                subprocess.run([*podman, "run", "-d", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000", "--pids-limit", "0", "--network", "none",
                                "--name", f"sampler{number}", "--rootfs", f"{folder}/rootfs:O", "/bin/busybox", "sleep", "10000"],
                               check=True, stdin=subprocess.DEVNULL, capture_output=True)
            print("ready", flush=True)
            for _ in sys.stdin:
                print(json.dumps(children_cpu_ms(*podman, "stats", "--no-stream")), flush=True)
        finally:
            subprocess.run([*podman, "rm", "--force", "--all", "--time", "0"], check=False, capture_output=True)
            subprocess.run(["umount", "--lazy", f"{folder}/storage/overlay"], check=False, capture_output=True)  # podman keeps it mounted


class Podman:
    """Containers of podman that stand still while ours are read, and what a call of its stats costs; a context."""

    def __init__(self):
        self.process, self.problem = None, ""
        if not shutil.which("podman") or not shutil.which("runc") or not os.path.exists("/bin/busybox"):
            self.problem = "needs podman, runc and busybox"
            return
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(["unshare", "--mount", sys.executable, __file__, "--podman-costs"], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)
        if self.process.stdout.readline().strip() != "ready":
            self.end()
            self.errors.seek(0)
            self.problem = f"podman failed: {(self.errors.read().strip().splitlines() or ['without a word'])[-1][:120]}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()
            self.process = None

    def costs(self):
        """As many as ours are of one round."""
        found = []
        for _ in range(WINDOWS):
            self.process.stdin.write("again\n")
            self.process.stdin.flush()
            found.append(json.loads(self.process.stdout.readline()))
        return found


class Machines(PrivateWorld):
    """Twins that run, of libvirt's session daemon."""

    def __init__(self, folder, binaries, count):
        super().__init__(folder, binaries)
        self.names = [f"vm{number}" for number in range(count)]

    def virsh(self, *words):
        return self.output(*self.command(), *words)

    def command(self):
        return "virsh", "-q", "-c", f"qemu:///session?socket={self.folder}/run/libvirt/libvirt-sock"

    def start(self):
        """One after the other: each has its boot behind it before the next begins."""
        self.ctl("kernel", "prepare", self.output(f"{TOP}/installer/fetch-kernel.sh", f"{TOP}/build/bench").strip())
        self.ctl("images", "starter")
        for name in self.names:
            self.ctl("run", "--vm", "--name", name, "starter", "/bin/sh", "-c", "exec sleep 100000")
            self.wait_until_idle(name)

    def wait_until_idle(self, name):
        pid = self.pid_in(f"qemu/run/{name}.pid")
        for _ in range(IDLE_SECONDS_AT_MOST):
            before = process_cpu_ms(pid)
            time.sleep(1)
            if process_cpu_ms(pid) - before < 10 * IDLE_PERCENT:
                return
        raise SystemExit(f"sampler_bench: {name} does not idle {IDLE_SECONDS_AT_MOST} s after its start; this computer is too slow for it")

    def idle_percent(self, seconds):
        """Of a core, all of them together."""
        before = sum(map(process_cpu_ms, self.pids()))
        time.sleep(seconds)
        return (sum(map(process_cpu_ms, self.pids())) - before) / seconds / 10

    def pid_in(self, below):
        return int(pathlib.Path(self.folder, "run/libvirt", below).read_text(encoding="ascii"))

    def pids(self):
        return [self.pid_in(f"qemu/run/{name}.pid") for name in self.names]

    def daemon(self):
        return self.pid_in("libvirtd.pid")

    def named_pids(self):
        return [f"{self.virsh('domuuid', name).strip()}={pid}" for name, pid in zip(self.names, self.pids())]

    def uri(self):
        return self.command()[3]

    def bulk_call(self):
        before = process_cpu_ms(self.daemon())
        self.virsh("domstats", *GROUPS)
        return process_cpu_ms(self.daemon()) - before

    def are_running(self):
        return sorted(self.virsh("list", "--name", "--state-running").split()) == sorted(self.names)

    def stop(self):
        there = [each["name"] for each in json.loads(self.ctl("list", "--json"))]
        if there:
            self.ctl("remove", *there)
        self.end()


def measure_vms(bench, binaries, report, rounds, count):
    title = f"{count} VMs, a tick with the slow tier against libvirt's bulk call"
    if not binaries or not shutil.which("virsh") or not shutil.which("qemu-system-x86_64"):
        report.add_missing(title, "needs libvirt, QEMU and --bin", PEER_AT_MOST)
        return
    with tempfile.TemporaryDirectory(prefix="sampler-vms-") as folder:
        machines = Machines(folder, os.path.abspath(binaries), count)
        try:
            machines.start()
            idle = machines.idle_percent(10)
            samples, of_daemon = read_vms(bench, machines, rounds)
            if not machines.are_running():
                raise SystemExit("sampler_bench: not all VMs ran to the end")
        finally:
            machines.stop()
    report.keep(f"{count} VMs that idle, together, % of a core", idle)
    add_vms(report, title, count, samples, of_daemon)


def read_vms(bench, machines, rounds):
    machines.bulk_call()
    of_daemon = []
    def ours():
        ticks = ticks_of(bench, "--watch", str(SECONDS), *map(str, machines.pids()))
        return [mean(window, "cpu_ms") for window in windows_of(ticks)]
    def subscribed():
        words = "--libvirt", machines.uri(), str(machines.daemon()), str(SECONDS), *machines.named_pids()
        windows = windows_of(ticks_of(bench, *words))
        if windows[-1][-1]["told"] != len(machines.names):
            raise SystemExit(f"sampler_bench: libvirt told of {windows[-1][-1]['told']} VMs of {len(machines.names)}")
        of_daemon.append([mean(window, "daemon_ms") for window in windows])
        return [mean(window, "cpu_ms") + mean(window, "daemon_ms") for window in windows]
    sides = {"ours": ours, "with libvirt": subscribed, "libvirt": lambda: [machines.bulk_call() for _ in range(WINDOWS)]}
    return figures.by_turns(sides, rounds), of_daemon


def add_vms(report, title, count, samples, of_daemon):
    costs = {name: flat(found) for name, found in samples.items()}
    call = f"libvirtd: {sum(costs['libvirt']) / len(costs['libvirt']):.1f} ms a call"
    report.add(title, "", figures.ratio(costs["ours"], costs["libvirt"]), PEER_AT_MOST, call)
    report.add(f"{title}, with what libvirt alone tells", "", figures.ratio(costs["with libvirt"], costs["libvirt"]),
               PEER_AT_MOST, "libvirtd's part included")
    report.add(f"{count} VMs, all threads", "ms a second", figures.median(costs["ours"]))
    report.add(f"{count} VMs, all threads and libvirtd, with what it tells", "ms a second", figures.median(costs["with libvirt"]))
    report.add("  of that libvirtd", "ms a second", figures.median(flat(of_daemon)))
    for name, found in costs.items():
        report.keep(f"{count} VMs, {name}, ms of CPU", found)


def measure_minutes(bench, report, minutes):
    ticks = ticks_of(bench, "--live", "1000", str(int(60 * minutes) + 2), "asleep")[2:]
    missed = sum(1 for tick in ticks if tick["since_ms"] > MISSED_MS or tick["slowed"])
    longest = max(tick["since_ms"] for tick in ticks)
    report.add(f"1,000 containers, ticks missed in {minutes:g} minutes", "", figures.one_value(missed), 0,
               f"of {len(ticks)}; the longest way from tick to tick {longest:.0f} ms")
    settled = [tick["tick_ms"] for tick in ticks[WARM_UP_TICKS:]]
    if settled:
        report.add("  longest tick", "ms", figures.greatest(settled), TICK_AT_MOST, "CPU time of the sampler's thread")
    else:
        report.add_missing("  longest tick", f"no more than {len(ticks)} ticks came", TICK_AT_MOST)
    report.keep("1000, ticks, ms", settled)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench")
    parser.add_argument("--bin")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--machines", type=int, default=20, help="VMs that run")
    parser.add_argument("--json")
    parser.add_argument("--only", nargs="+", choices=ROWS, default=ROWS)
    options = parser.parse_args()
    report = figures.Report("sampler_bench")
    if {"containers", "podman"} & set(options.only):
        if "podman" in options.only:
            with Podman() as podman:
                measure_containers(options.bench, report, options.rounds, None if podman.problem else podman)
                if podman.problem:
                    report.add_missing(PODMAN_TITLE, podman.problem, PEER_AT_MOST)
        else:
            measure_containers(options.bench, report, options.rounds, None)
    if "vms" in options.only:
        measure_vms(options.bench, options.bin, report, options.rounds, options.machines)
    if "minutes" in options.only:
        measure_minutes(options.bench, report, options.minutes)
    report.finish(options.json)


if sys.argv[1:] == ["--podman-costs"]:
    in_private_cgroups()
    serve_podman_costs()
else:
    main()
