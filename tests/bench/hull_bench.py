# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures hull beside crun and runc. Called by hull_bench.sh, which makes the surroundings."""
import contextlib
import json
import os
import pwd
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

WARM_UP = 5  # caches filled
CROWD = 100
CROWD_REPEATS = 5
USER = f"thbench{os.getpid()}"


class Failed(Exception):
    pass


class Runtime:
    """One program with its global options; states in `root`."""

    def __init__(self, name, program, options):
        self.name, self.program, self.options = name, program, options

    def command(self, world, *words):
        return [self.program, "--root", f"{world.states}/{self.name.replace(' ', '')}", *self.options, *words]


class World:
    """Bundles and states of one user below one folder."""

    def __init__(self, folder, hull, spec_options=()):
        self.states = folder + "/run"
        self.environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder, "XDG_RUNTIME_DIR": self.states,
                            "XDG_CACHE_HOME": folder + "/cache"}
        self.bundles = {name: f"{folder}/{name}" for name in ("plain", "filtered", "sleeping")}
        os.makedirs(folder + "/rootfs/bin")
        for name in ("true", "sleep"):
            shutil.copy("/bin/busybox", f"{folder}/rootfs/bin/{name}")
        os.makedirs(self.bundles["filtered"])
        subprocess.run([hull, "spec", *spec_options, "--bundle", self.bundles["filtered"]], check=True,
                       env=self.environment)
        with open(self.bundles["filtered"] + "/config.json") as file:
            config = json.load(file)
        config["root"]["path"] = folder + "/rootfs"
        config["process"]["args"] = ["/bin/true"]
        self.write("filtered", config)
        config["process"]["args"] = ["/bin/sleep", "1000"]
        self.write("sleeping", config)
        config["process"]["args"] = ["/bin/true"]
        config["linux"].pop("seccomp", None)
        self.write("plain", config)

    def write(self, bundle, config):
        os.makedirs(self.bundles[bundle], exist_ok=True)
        with open(self.bundles[bundle] + "/config.json", "w") as file:
            json.dump(config, file)


def finish(pid, what):
    if os.waitpid(pid, 0)[1] != 0:
        raise Failed(what)


def start(command, world):
    return os.posix_spawn(command[0], command, world.environment)


def milliseconds(command, world):
    before = time.monotonic()
    finish(start(command, world), " ".join(command))
    return (time.monotonic() - before) * 1000


def in_turn(runtimes, repeats, once):
    """Samples by runtime: one of each, then again, so that a change of the computer's speed meets all of them. `once`
    is given the runtime and a number that is used once. A runtime that fails is left out from then on."""
    samples = {runtime.name: [] for runtime in runtimes}
    failed = {}
    for number in range(repeats + WARM_UP):
        for runtime in runtimes:
            if runtime.name in failed:
                continue
            try:
                sample = once(runtime, number)
            except Failed as error:
                failed[runtime.name] = str(error)
                continue
            if number >= WARM_UP:
                samples[runtime.name].append(sample)
    return {name: f"fails: {failed[name]}" if name in failed else values for name, values in samples.items()}


def measure_run(runtimes, world, bundle, repeats):
    return in_turn(runtimes, repeats, lambda runtime, number: milliseconds(
        runtime.command(world, "run", "--bundle", world.bundles[bundle], f"run{number}"), world))


@contextlib.contextmanager
def running(runtimes, world):
    """A container of each runtime that sleeps."""
    started = []
    try:
        for runtime in runtimes:
            with contextlib.suppress(Failed):
                milliseconds(runtime.command(world, "run", "--detach", "--bundle", world.bundles["sleeping"], "sleeper"),
                             world)
                started.append(runtime)
        yield started
    finally:
        for runtime in started:
            milliseconds(runtime.command(world, "delete", "--force", "sleeper"), world)


def measure_exec(runtimes, world, repeats):
    with running(runtimes, world) as started:
        return in_turn(started, repeats, lambda runtime, number: milliseconds(
            runtime.command(world, "exec", "sleeper", "/bin/true"), world))


def measure_alone(world, repeats):
    """The program without a container: what starting and waiting for it costs here is in every time above."""
    program = os.path.dirname(world.states) + "/rootfs/bin/true"
    return [milliseconds([program], world) for _ in range(repeats + WARM_UP)][WARM_UP:]


def crowd(runtime, world, number):
    before = time.monotonic()
    commands = [runtime.command(world, "run", "--bundle", world.bundles["filtered"], f"crowd{number}-{i}")
                for i in range(CROWD)]
    statuses = [os.waitpid(pid, 0)[1] for pid in [start(command, world) for command in commands]]
    failures = sum(status != 0 for status in statuses)
    if failures:
        raise Failed(f"{failures} of {CROWD} at once")
    return (time.monotonic() - before) * 1000


def last_word(world, command):
    done = subprocess.run(command, capture_output=True, text=True, env=world.environment)
    return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "nothing said"


def peak_kibibytes(runtime, world):
    """By a small program: a child that is started from here inherits this interpreter's peak."""
    return float(last_word(world, ["time", "-f", "%M", *runtime.command(
        world, "run", "--bundle", world.bundles["filtered"], "peak")]))


def system_calls(runtime, world):
    command = ["strace", "-f", "-c", "-q", *runtime.command(world, "run", "--bundle", world.bundles["filtered"], "counted")]
    return float(last_word(world, command).split()[3])  # the line "100.00 SECONDS MICROSECONDS CALLS ERRORS total"


@contextlib.contextmanager
def ordinary_user():
    """With a subordinate range; gone at the end, files and all."""
    home = f"/tmp/{USER}"
    subprocess.run(["flock", "/etc/login.defs", "useradd", "--create-home", "--home-dir", home, "--key",
                    "SUB_UID_COUNT=65536", "--key", "SUB_GID_COUNT=65536", USER], check=True, capture_output=True)
    try:
        yield pwd.getpwnam(USER)
    finally:
        subprocess.run(["flock", "/etc/login.defs", "userdel", "--force", USER], check=False, capture_output=True)
        shutil.rmtree(home, ignore_errors=True)


def as_user(user, work):
    """What `work` returns, from a process of the user's."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.setgroups([])
            os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
            os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
            os.chdir(user.pw_dir)
            with os.fdopen(write_end, "w") as pipe:
                json.dump(work(), pipe)
            status = 0
        finally:
            os._exit(status)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        text = pipe.read()
    finish(pid, "measuring as an ordinary user")
    return json.loads(text)


def measure_rootless(runtimes, repeats):
    with ordinary_user() as user:
        hull = runtimes[0].program

        def work():
            world = World(user.pw_dir + "/world", hull, ["--rootless"])
            os.mkdir(world.states)
            return measure_run(runtimes, world, "filtered", repeats)
        return as_user(user, work)


def show(title, unit, results, runtimes):
    for runtime in runtimes:
        found = results.get(runtime.name, "not measured")
        if isinstance(found, str):
            print(f"{title:28} {runtime.name:17} {found}")
            continue
        line = f"{title:28} {runtime.name:17} {statistics.median(found):10.2f} {min(found):10.2f} {unit:5}"
        ours = results.get("hull")
        if runtime.name in ("crun", "runc") and isinstance(ours, list):
            line += f"  hull takes {statistics.median(ours) / statistics.median(found):.2f} of it"
        print(line.rstrip())


def installed(hull):
    runtimes = [Runtime("hull", hull, ["--cgroup-manager=disabled"]), Runtime("hull, own cgroup", hull, [])]
    for name, options in (("crun", ["--cgroup-manager=disabled"]), ("runc", [])):
        program = shutil.which(name)
        if program:
            runtimes.append(Runtime(name, program, options))
        else:
            print(f"{name} is not installed")
    return runtimes


def main():
    hull, repeats = sys.argv[1], int(sys.argv[2])
    runtimes = installed(hull)
    folder = tempfile.mkdtemp(prefix="hull_bench.")
    try:
        os.chmod(folder, 0o755)
        program = shutil.copy(hull, folder + "/hull")  # where an ordinary user can reach it
        for runtime in runtimes:
            runtime.program = program if runtime.program == hull else runtime.program
        os.mkdir(folder + "/root")
        world = World(folder + "/root/world", program)
        os.mkdir(world.states)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0700", "tmpfs", world.states], check=True)
        print(f"{'':28} {'':17} {'median':>10} {'least':>10}   ({repeats} runs of each, in turn)")
        show("run, no seccomp", "ms", measure_run(runtimes, world, "plain", repeats), runtimes)
        show("run, default seccomp", "ms", measure_run(runtimes, world, "filtered", repeats), runtimes)
        show("run, rootless, seccomp", "ms", measure_rootless(runtimes, repeats), runtimes)
        show("exec", "ms", measure_exec(runtimes, world, repeats), runtimes)
        alone = measure_alone(world, repeats)
        print(f"{'the program alone':46} {statistics.median(alone):10.2f} {min(alone):10.2f} ms")
        show(f"{CROWD} at once, seccomp", "ms", in_turn(
            runtimes, CROWD_REPEATS, lambda runtime, number: crowd(runtime, world, number)), runtimes)
        for title, unit, tool, measure in (("peak memory", "KiB", "time", peak_kibibytes),
                                           ("system calls", "", "strace", system_calls)):
            if shutil.which(tool):
                show(title, unit, {runtime.name: [measure(runtime, world)] for runtime in runtimes}, runtimes)
            else:
                print(f"{title}: needs the package {tool}")
    finally:
        subprocess.run(["umount", "--lazy", folder + "/root/world/run"], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


main()
