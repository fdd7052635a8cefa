#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""containers_bench.py BIN [--rounds N] [--json FILE] [--only ROW…]: what daily work with containers costs, beside podman.

`load` is a docker-archive of 300 MB, of three layers; `run` creates and starts a container of the starter image through the
whole engine (podman gets the same image, and no network, so that it has less to do: our container has one); `monitors` is what
looks after 100 containers that run; `list` names 1,000; `follow` reads a log that grows by 100,000 lines a second. BIN holds
optimised builds. Needs root; podman is left out where it is not installed."""
import argparse
import hashlib
import io
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time

sys.dont_write_bytecode = True
import figures  # noqa: E402
from private_world import PrivateWorld  # noqa: E402

ROWS = ("load", "run", "monitors", "list", "follow")
LOAD_AT_MOST, RUN_AT_MOST, CORE_AT_MOST, PSS_AT_MOST, LIST_AT_MOST = 0.6, 0.25, 1.0, 1.5, 50
MONITORS, LISTED = 100, 1000
LINES_A_BURST, BURSTS = 10_000, 100
CGROUPS = ("mount", "--make-rprivate", "/"), ("mount", "-t", "tmpfs", "none", "/run"), ("mount", "-t", "cgroup2", "none", "/sys/fs/cgroup")


def seconds_of(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began


def layer_of(number, seed):
    """A layer as programs and their data make one: files of many sizes, half of it compressible."""
    draw = random.Random(seed)
    text = draw.randbytes(4096).hex().encode() * 64
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as layer:
        written = 0
        while written < 100_000_000:
            size = min(int(draw.lognormvariate(10, 2)), 8_000_000)
            content = draw.randbytes(size // 2) + (text * (size // len(text) + 1))[:size - size // 2]
            entry = tarfile.TarInfo(f"usr/lib/{number}/{written % 97}/{written}")
            entry.size, entry.mode = len(content), 0o644
            layer.addfile(entry, io.BytesIO(content))
            written += len(content)
    return data.getvalue()


def write_docker_archive(path):
    layers = [layer_of(number, number) for number in range(3)]
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Cmd": ["/bin/sh"]}, "rootfs": {
        "type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest() for layer in layers]}}).encode()
    name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = [{"Config": name, "RepoTags": ["localhost/bench/large:1"], "Layers": [f"{at}/layer.tar" for at in range(3)]}]
    with tarfile.open(path, "w") as archive:
        for at, content in [(name, config), *[(f"{at}/layer.tar", layer) for at, layer in enumerate(layers)],
                            ("manifest.json", json.dumps(manifest).encode())]:
            entry = tarfile.TarInfo(at)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


class World(PrivateWorld):
    def __init__(self, folder, binaries):
        super().__init__(folder, binaries)
        self.has_podman = bool(shutil.which("podman") and shutil.which("runc"))

    def podman(self, *words):
        return self.output("podman", "--root", f"{self.folder}/podman", "--runroot", f"{self.folder}/run/podman",
                           "--cgroup-manager", "cgroupfs", "--runtime", "runc", *words)

    def podman_run(self, name):
        self.podman("run", "-d", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000", "--pids-limit", "0", "--network", "none", "--name", name, "twinhull/starter")

    def run_many(self, count):
        names = [f"many{number}" for number in range(count)]
        for name in names:
            self.ctl("run", "--name", name, "twinhull/starter")
        return names

    def monitors(self):
        """The process ids of the monitors of this world's containers."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    words = entry.joinpath("cmdline").read_bytes()
                except OSError:
                    continue
                if b"hull-monitor" in words.split(b"\0")[0] and str(self.folder).encode() in words:
                    found.append(int(entry.name))
        return found

    def stop(self):
        names = [each["name"] for each in json.loads(self.ctl("list", "--json"))]
        for first in range(0, len(names), 200):
            self.ctl("remove", *names[first:first + 200])
        if self.has_podman:
            self.podman("rm", "--force", "--all", "--time", "0")
            self.podman("rmi", "--force", "--all")
        self.end()


def measure_load(world, report, rounds):
    archive = f"{world.folder}/large.tar"
    write_docker_archive(archive)
    def ours():
        world.ctl("images", "prune", "--all", "--force")
        return seconds_of(lambda: world.ctl("images", "load", archive))
    def podmans():
        world.podman("rmi", "--force", "--all")
        return seconds_of(lambda: world.podman("load", "--quiet", "--input", archive))
    sides = {"ours": ours} | ({"podman": podmans} if world.has_podman else {})
    samples = figures.by_turns(sides, rounds, warm_up=1)
    compare(report, f"a docker-archive of {os.path.getsize(archive) / 1e6:.0f} MB is loaded", samples, LOAD_AT_MOST)
    os.unlink(archive)


def compare(report, title, samples, at_most):
    for side, found in samples.items():
        report.keep(f"{title}: {side}, seconds", found)
        report.add(f"{title}: {side}", "s", figures.median(found))
    if "podman" in samples:
        report.add(f"{title}: against podman", "", figures.ratio(samples["ours"], samples["podman"]), at_most)
    else:
        report.add_missing(f"{title}: against podman", "needs podman and runc", at_most)


def measure_run(world, report, rounds):
    if world.has_podman:
        archive = f"{world.folder}/starter.tar"
        world.ctl("images", "save", "--output", archive, "twinhull/starter")
        world.podman("load", "--quiet", "--input", archive)
    number = iter(range(10_000))
    def ours():
        name = f"one{next(number)}"
        passed = seconds_of(lambda: world.ctl("run", "--name", name, "twinhull/starter"))
        world.ctl("remove", name)
        return passed
    def podmans():
        name = f"one{next(number)}"
        passed = seconds_of(lambda: world.podman_run(name))
        world.podman("rm", "--force", "--time", "0", name)
        return passed
    sides = {"ours": ours} | ({"podman": podmans} if world.has_podman else {})
    compare(report, "the starter image is created and started", figures.by_turns(sides, 3 * rounds, warm_up=1), RUN_AT_MOST)


def cpu_of(pids):
    return sum(time.clock_gettime((~pid << 3) | 2) for pid in pids)  # CPUCLOCK_SCHED of clock_getcpuclockid(3)


def measure_monitors(world, report, rounds):
    names = world.run_many(MONITORS)
    time.sleep(5)
    pids = world.monitors()
    if len(pids) != MONITORS:
        raise SystemExit(f"containers_bench: {len(pids)} monitors for {MONITORS} containers")
    shares = []
    for _ in range(rounds):
        before, began = cpu_of(pids), time.monotonic()
        time.sleep(10)
        shares.append((cpu_of(pids) - before) / (time.monotonic() - began) * 100)
    report.add(f"monitors of {MONITORS} containers together", "% of a core", figures.median(shares), CORE_AT_MOST)
    each = [pss_mib(pid) for pid in pids]
    report.add("a monitor's memory", "MiB PSS", figures.median(each), PSS_AT_MOST, f"the largest {max(each):.2f}")
    report.keep("monitors, % of a core", shares)
    world.ctl("remove", *names)


def pss_mib(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no Pss line")


def measure_list(world, report, rounds):
    for number in range(LISTED):
        world.ctl("create", "--name", f"listed{number}", "twinhull/starter")
    samples = [1000 * seconds_of(lambda: world.ctl("list", "--json")) for _ in range(3 * rounds)]
    report.add(f"{LISTED:,} containers are listed", "ms", figures.median(samples), LIST_AT_MOST, "the whole command")
    report.keep("list, ms", samples)


def measure_follow(world, report, _rounds):
    """Bursts of ten thousand lines, ten a second, as a program that prints without end does."""
    script = f"n=0; while [ $n -lt {BURSTS} ]; do seq 1 {LINES_A_BURST}; n=$((n+1)); usleep 90000; done; echo the end; exec sleep 100000"
    world.ctl("create", "--name", "loud", "twinhull/starter", "/bin/sh", "-c", script)
    world.ctl("start", "loud")
    began = time.monotonic()
    follower = subprocess.Popen([f"{world.binaries}/twinhullctl", "logs", "--follow", "loud"], env=world.environment,
                                stdout=subprocess.PIPE, text=True)
    counted = 0
    watchdog = threading.Timer(180, follower.terminate)
    watchdog.start()
    for line in follower.stdout:
        if line == "the end\n":
            break
        counted += 1
    passed = time.monotonic() - began
    watchdog.cancel()
    follower.terminate()
    follower.wait(timeout=20)
    written = LINES_A_BURST * BURSTS
    lost = written - counted
    report.add(f"lines lost of {written:,} that are followed", "", figures.one_value(lost), 0,
               f"{counted / passed:,.0f} lines a second")
    world.ctl("remove", "loud")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binaries")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json")
    parser.add_argument("--only", nargs="+", choices=ROWS, default=ROWS)
    options = parser.parse_args()
    if os.geteuid() != 0:
        parser.error("needs root: podman gets mounts of its own")
    if os.environ.get("CONTAINERS_BENCH_MOUNTS") != str(os.getppid()):
        # podman understands a v2 tree at the usual place only; the mounts end with this process
        environment = dict(os.environ, CONTAINERS_BENCH_MOUNTS=str(os.getpid()))
        raise SystemExit(subprocess.run(["unshare", "--mount", sys.executable, *sys.argv], env=environment, check=False).returncode)
    for words in CGROUPS:
        subprocess.run(words, check=True)
    report = figures.Report("containers_bench")
    measures = {"load": measure_load, "run": measure_run, "monitors": measure_monitors, "list": measure_list, "follow": measure_follow}
    with tempfile.TemporaryDirectory(prefix="containers-bench-") as folder:
        world = World(folder, os.path.abspath(options.binaries))
        try:
            for row in options.only:
                world.ctl("images", "starter")
                measures[row](world, report, options.rounds)
        finally:
            world.stop()
    report.finish(options.json)


if __name__ == "__main__":
    main()
