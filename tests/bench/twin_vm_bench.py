#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""twin_vm_bench.py BIN [--rounds N] [--idle-seconds N] [--json FILE] [--only ROW…]: what a VM of the product costs, emulated, and
where the product finds that KVM works, its start on that.

The twin is what `twinhullctl create` defines, run by the arguments that libvirt makes of it; the peer is a q35 as
virt-manager makes it, of the same kernel package, with Debian's stock initrd. Both are one CPU, one busybox, an
entrypoint that says a line. Needs root (the initrd is made in a mount namespace), apt-get, libvirt, QEMU, e2fsprogs."""
import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

sys.dont_write_bytecode = True
import figures  # noqa: E402
import stock_initrd  # noqa: E402
from private_world import PrivateWorld, wait_readable  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
READY = b"TWIN-READY"
READY_SECONDS = 180
PEER_MEBIBYTES = 512
SHARE_AT_MOST, TAR_AT_MOST, IDLE_AT_MOST = 0.5, 1.5, 1.0
KVM_TIME_AT_MOST, KVM_MILLISECONDS_AT_MOST = 0.15, 200
BLOCK_BYTES = 512  # of getrusage(2)
ROWS = ("boot", "kvm", "share", "idle", "memory", "disk")
LIBVIRT_ONLY = ("-S",)  # arguments without a value that mean nothing without libvirt
LIBVIRT_PAIRS = (("-object", '"secret"'), ("-chardev", "id=charmonitor,"), ("-mon", "charmonitor"), ("-add-fd", ""))

PEER_CPUS = {"qemu": "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>",
             "kvm": "<cpu mode='host-passthrough'/>"}
PEER_DOMAIN = """<domain type='{type}'><name>peer</name><memory unit='MiB'>{memory}</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='q35'>hvm</type><kernel>{kernel}</kernel><initrd>{initrd}</initrd>
<cmdline>console=ttyS0 root=/dev/vda rw quiet</cmdline></os>
<features><acpi/><apic/><vmport state='off'/></features>
{cpu}
<clock offset='utc'><timer name='rtc' tickpolicy='catchup'/><timer name='pit' tickpolicy='delay'/><timer name='hpet' present='no'/></clock>
<devices><disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{disk}'/><target dev='vda' bus='virtio'/></disk>
<controller type='usb' model='qemu-xhci' ports='15'/><interface type='user'><model type='virtio'/></interface>
<serial type='file'><source path='{log}'/><target port='0'/></serial>
<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
<input type='tablet' bus='usb'/><sound model='ich9'/><video><model type='virtio'/></video>
<memballoon model='virtio'/><rng model='virtio'><backend model='random'>/dev/urandom</backend></rng></devices></domain>
"""


class World(PrivateWorld):
    """With the kernel and the image, and libvirt's session daemon."""

    def virsh(self, *words):
        socket = f"{self.folder}/run/libvirt/libvirt-sock"
        return self.output("virsh", "-q", "-c", f"qemu:///session?socket={socket}", *words)

    def accelerate(self, word):
        """VMs that are created from now on: "tcg", or "auto", which is KVM where a probe of the product finds that it works."""
        settings = pathlib.Path(self.folder, "home/.config/twinhull/settings.ini")
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(f"[vms]\nacceleration={word}\n", encoding="ascii")

    def engine_of(self, name):
        return next(each["engine"] for each in json.loads(self.ctl("list", "--json")) if each["name"] == name)

    def create_vm(self, name, script=f"echo {READY.decode()}; exec sleep 100000"):
        return json.loads(self.ctl("create", "--vm", "--json", "--name", name, "starter", "/bin/sh", "-c", script))["id"]


def own_arguments(world, name):
    """The arguments that libvirt gives QEMU for the domain, without those that tie QEMU to libvirt: the serial console
    on standard output, other sockets in the world's folder."""
    world.virsh("start", "--paused", name)
    try:
        pid = pathlib.Path(world.folder, "run/libvirt/qemu/run", name + ".pid").read_text(encoding="ascii")
        words = pathlib.Path("/proc", pid.strip(), "cmdline").read_text(encoding="utf-8").split("\0")[:-1]
    finally:
        world.virsh("destroy", name)
    kept, index = [], 0
    while index < len(words):
        option, value = words[index], words[index + 1] if index + 1 < len(words) else ""
        if option in LIBVIRT_ONLY:
            index += 1
        elif any(option == first and part in value for first, part in LIBVIRT_PAIRS):
            index += 2
        else:
            kept.append(option)
            index += 1
    sockets = f"{world.folder}/{name}-"
    changes = ((r"^file,id=(charserial\d+),.*", r"stdio,id=\1,signal=off"),
               (r"^socket,id=(charchannel\d+),fd=\d+", rf"socket,id=\1,path={sockets}\1"))
    for pattern, replacement in changes:
        kept = [re.sub(pattern, replacement, word) for word in kept]
    return kept


class Machine:
    """A running QEMU. Measures itself until its guest's entrypoint speaks."""

    def __init__(self, arguments):
        self.start = time.monotonic()
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        stdin=subprocess.DEVNULL)
        self.seen = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def wait_ready(self):
        while READY not in self.seen:
            left = self.start + READY_SECONDS - time.monotonic()
            if left <= 0 or not wait_readable(self.process.stdout, left):
                raise SystemExit(f"twin_vm_bench: no guest after {READY_SECONDS} s: {self.seen[-300:]!r}")
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                raise SystemExit(f"twin_vm_bench: QEMU ended: {self.seen[-300:].decode(errors='replace')}")
            self.seen += piece
        return time.monotonic() - self.start

    def cpu_seconds(self):
        return time.clock_gettime(~self.process.pid << 3 | 2)  # the kernel's CPUCLOCK_SCHED of that process

    def pss_mebibytes(self):
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as file:
            return next(int(line.split()[1]) / 1024 for line in file if line.startswith("Pss:"))


def boot_once(first, second):
    """One machine to its entrypoint, then another beside it: what that adds to the memory of both."""
    with Machine(first) as machine:
        sample = {"seconds": machine.wait_ready(), "cpuSeconds": machine.cpu_seconds()}
        alone = machine.pss_mebibytes()
        with Machine(second) as other:
            other.wait_ready()
            both = machine.pss_mebibytes() + other.pss_mebibytes()
    sample.update(mebibytes=alone, furtherMebibytes=both - alone)
    return sample


def compare_boots(report, machines, rounds):
    samples = figures.by_turns({side: lambda pair=pair: boot_once(*pair) for side, pair in machines.items()}, rounds)
    report.keep("boots", samples)
    rows = (("seconds", "QEMU's exec to the entrypoint", "s", 0.28), ("cpuSeconds", "CPU until then", "CPU-s", 0.25),
            ("mebibytes", "memory, the first", "MiB", 0.55), ("furtherMebibytes", "memory, each further", "MiB", 0.45))
    for key, title, unit, at_most in rows:
        columns = {side: [sample[key] for sample in found] for side, found in samples.items()}
        for side, values in columns.items():
            report.add(f"{title}, {side}", unit, figures.median(values))
        report.add(f"{title}, twin / peer", "", figures.ratio(columns["twin"], columns["peer"]), at_most)


def compare_boots_by_kvm(report, world, package, cache, rounds):
    titles = "under KVM: QEMU's exec to the entrypoint, twin / peer", "under KVM: QEMU's exec to the entrypoint, twin"
    world.accelerate("auto")
    names = "kvm1", "kvm2"
    for name in names:
        world.create_vm(name)
    if world.engine_of(names[0]) != "kvm":
        for title, at_most in zip(titles, (KVM_TIME_AT_MOST, KVM_MILLISECONDS_AT_MOST)):
            report.add_exempt(title, "needs a usable /dev/kvm", at_most)
        return
    machines = {"peer": make_peer(world, package, cache, "kvm"), "twin": [own_arguments(world, name) for name in names]}
    samples = figures.by_turns({side: lambda pair=pair: boot_once(*pair) for side, pair in machines.items()}, rounds)
    report.keep("boots under KVM", samples)
    seconds = {side: [sample["seconds"] for sample in found] for side, found in samples.items()}
    report.add(titles[0], "", figures.ratio(seconds["twin"], seconds["peer"]), KVM_TIME_AT_MOST)
    report.add(titles[1], "ms", figures.median([1000 * each for each in seconds["twin"]]), KVM_MILLISECONDS_AT_MOST)
    report.add("under KVM: QEMU's exec to the entrypoint, peer", "ms", figures.median([1000 * each for each in seconds["peer"]]))


def measure_idle(report, twin, peer, seconds):
    """Both at once, of the same minutes: after both entrypoints spoke and ten seconds more, what each takes of a core in
    slices of the time given."""
    slices = 12
    shares = {"twin": [], "peer": []}
    with Machine(peer) as second, Machine(twin) as first:
        machines = {"twin": first, "peer": second}
        for machine in machines.values():
            machine.wait_ready()
        wait_readable(first.process.stdout, 10)
        for _ in range(slices):
            before = {side: (time.monotonic(), machine.cpu_seconds()) for side, machine in machines.items()}
            wait_readable(first.process.stdout, seconds / slices)
            for side, machine in machines.items():
                clock, cpu = before[side]
                shares[side].append(100 * (machine.cpu_seconds() - cpu) / (time.monotonic() - clock))
    report.keep("idlePercent", shares)
    report.add("idle twin", "% of a core", figures.median(shares["twin"]), IDLE_AT_MOST)
    report.add("idle default q35 of the same kernel, beside it", "% of a core", figures.median(shares["peer"]))


def measure_returned_memory(report, world, rounds):
    """A guest that used 64 MiB and let go of them: what the host has then, and ten seconds later."""
    world.create_vm("used", f"dd if=/dev/zero of=/dev/null bs=64M count=1 2>/dev/null; echo {READY.decode()}; exec sleep 100000")
    arguments = own_arguments(world, "used")
    samples = []
    for _ in range(rounds):
        with Machine(arguments) as machine:
            machine.wait_ready()
            used = machine.pss_mebibytes()
            wait_readable(machine.process.stdout, 10)
            samples.append({"used": used, "later": machine.pss_mebibytes()})
    report.keep("returnedMebibytes", samples)
    report.add("memory after 64 MiB were used", "MiB", figures.median([sample["used"] for sample in samples]))
    report.add("ten seconds later", "MiB", figures.median([sample["later"] for sample in samples]))


def qemu_alone(arguments):
    """Until QEMU has made the machine: only then its loop answers the monitor. (It cannot tell by -daemonize, which the
    sandbox of the product's machines forbids.)"""
    words = [re.sub(r"^stdio,id=(charserial\d+).*", r"null,id=\1", word) for word in arguments]
    before = time.monotonic()
    with subprocess.Popen([*words, "-qmp", "stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            process.stdin.write(b'{"execute": "qmp_capabilities"}\n')
            process.stdin.flush()
            for line in process.stdout:
                if b'"return"' in line:
                    return time.monotonic() - before
            raise SystemExit("twin_vm_bench: QEMU alone ended before it answered")
        finally:
            process.kill()


def create_by_virsh(world, xml):
    before = time.monotonic()
    world.virsh("create", xml)
    seconds = time.monotonic() - before
    world.virsh("destroy", "transient")
    return seconds


def start_by_product(world, number):
    """What the product's own record tells: the definition, and from the request to QEMU's exec."""
    name = f"share{number}"
    vm = world.create_vm(name)
    world.ctl("start", name)
    folder = pathlib.Path(world.data, "vms", vm)
    start = json.loads((folder / "start.json").read_text(encoding="utf-8"))
    definition = json.loads((folder / "definition.json").read_text(encoding="utf-8"))
    marks = {mark["name"]: int(mark["monotonicNanoseconds"]) for mark in start["marks"]}
    world.ctl("remove", name)
    return (int(definition["nanoseconds"]) + marks["qemu"] - marks["request"]) / 1e9


def compare_shares(report, world, arguments, rounds):
    xml = f"{world.folder}/transient.xml"
    world.ctl("list")  # the session's daemon ends when nobody needs it; this starts it
    text = world.virsh("dumpxml", "twin1").replace("<name>twin1<", "<name>transient<")
    pathlib.Path(xml).write_text(re.sub(r"<uuid>.*</uuid>", "", text), encoding="utf-8")
    numbers = iter(range(10 * rounds))
    samples = figures.by_turns({"QEMU alone": lambda: qemu_alone(arguments),
                                "virsh create": lambda: create_by_virsh(world, xml),
                                "product": lambda: start_by_product(world, next(numbers))}, rounds, warm_up=1)
    report.keep("shareSeconds", samples)
    for side, values in samples.items():
        title = "product, define to exec" if side == "product" else side
        report.add(title, "ms", figures.median([1000 * value for value in values]))
    report.add("define to exec / virsh create", "", figures.ratio(samples["product"], samples["virsh create"]),
               SHARE_AT_MOST)


def make_layers(folder):
    """Two layers of this computer's own files, as an image has them: compressed, a lower large and an upper small one."""
    os.mkdir(folder)
    layers = []
    for name, source in (("lower", "/usr/lib/python3"), ("upper", "/etc")):
        blob = f"{folder}/{name}.tar.gz"
        plain = f"{folder}/{name}.tar"
        with tarfile.open(plain, "w", format=tarfile.PAX_FORMAT) as archive:
            archive.add(source, arcname=source.lstrip("/"), filter=lambda entry: entry if not entry.isdev() else None)
        subprocess.run(f"gzip -6 < {plain} > {blob}", shell=True, check=True)
        layers.append((hashlib.sha256(pathlib.Path(plain).read_bytes()).hexdigest(), blob))
        os.remove(plain)
    return layers


def run_measured(commands):
    """Seconds of wall time and of CPU, and bytes that went to and from a disk, children included."""
    before = time.monotonic()
    cpu, moved = 0.0, 0
    for command in commands:
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise SystemExit(f"twin_vm_bench: {' '.join(command[:2])} failed")
        cpu += usage.ru_utime + usage.ru_stime
        moved += BLOCK_BYTES * (usage.ru_inblock + usage.ru_oublock)
    return {"seconds": time.monotonic() - before, "cpuSeconds": cpu, "bytes": moved}


def make_disk(world, layers, numbers):
    folder = f"{world.folder}/made{next(numbers)}"
    os.makedirs(f"{folder}/layers")
    os.makedirs(f"{folder}/disks")
    worker = f"{world.binaries}/image-worker"
    ids = [diff_id for diff_id, _ in layers]
    disk = [worker, "disk", f"{folder}/disks", ids[0], f"{folder}/layers", *ids]
    sample = run_measured([[worker, "unpack", f"{folder}/layers", *layer] for layer in layers] + [disk])
    cached = run_measured([disk])
    sample.update(cachedSeconds=cached["seconds"], cachedBytes=cached["bytes"])
    shutil.rmtree(folder)
    return sample


def extract_by_tar(world, layers, numbers):
    folder = f"{world.folder}/tar{next(numbers)}"
    os.mkdir(folder)
    sample = run_measured([["tar", "-C", folder, "--numeric-owner", "-xpzf", blob] for _, blob in layers])
    shutil.rmtree(folder)
    return sample


def compare_disks(report, world, rounds):
    layers = make_layers(f"{world.folder}/blobs")
    numbers = iter(range(10 * rounds))
    samples = figures.by_turns({"disk": lambda: make_disk(world, layers, numbers),
                                "tar": lambda: extract_by_tar(world, layers, numbers)}, rounds, warm_up=1)
    report.keep("disks", samples)
    for key, title, unit in (("seconds", "layers", "s"), ("cpuSeconds", "layers, CPU", "CPU-s")):
        columns = {side: [sample[key] for sample in found] for side, found in samples.items()}
        report.add(f"{title} to a root disk", unit, figures.median(columns["disk"]))
        report.add(f"{title} by tar -x", unit, figures.median(columns["tar"]))
        report.add(f"{title}: disk / tar", "", figures.ratio(columns["disk"], columns["tar"]), TAR_AT_MOST)
    add_cached(report, world, samples["disk"], min(rounds, 5))


def add_cached(report, world, samples, machines):
    """0 when cached means: nobody starts image-worker for a disk that is there. Its starts are counted by a script in its
    place; that the first machine of an image starts it shows that the script counts. Who asked it all the same would find
    that it moves no byte to or from a disk."""
    world.ctl("remove", *[each["name"] for each in json.loads(world.ctl("list", "--json"))])  # whose image is in use is kept
    world.ctl("images", "prune", "--all", "--force")
    world.ctl("images", "starter")
    with counted_workers(world) as starts:
        world.create_vm("first")
        if starts() == 0:
            raise SystemExit("twin_vm_bench: the first machine of an image started no image-worker; its starts cannot be counted")
        further = []
        for number in range(machines):
            before = starts()
            world.create_vm(f"further{number}")
            further.append(starts() - before)
    report.keep("image-worker, starts of each further machine", further)
    report.add("disk that is there: processes started to make it", "", figures.greatest(further), 0, "further machines of the image")
    report.add("disk that is there, asked for all the same: bytes read or written", "B",
               figures.greatest([sample["cachedBytes"] for sample in samples]), 0)
    report.add("  the process's whole life", "ms", figures.median([1000 * sample["cachedSeconds"] for sample in samples]))


@contextlib.contextmanager
def counted_workers(world):
    """The product finds its programs in a folder where image-worker is a script that notes its start; how many there were."""
    folder, log = pathlib.Path(world.folder, "counted"), pathlib.Path(world.folder, "starts")
    folder.mkdir()
    log.touch()
    for program in pathlib.Path(world.binaries).iterdir():
        if program.name != "image-worker":
            (folder / program.name).symlink_to(program)
    worker = folder / "image-worker"
    worker.write_text(f'#!/bin/sh\necho start >> {log}\nexec {world.binaries}/image-worker "$@"\n', encoding="ascii")
    worker.chmod(0o755)
    before = world.environment["TWINHULL_LIBEXEC"]
    world.environment["TWINHULL_LIBEXEC"] = str(folder)
    try:
        yield lambda: len(log.read_text(encoding="ascii").splitlines())
    finally:
        world.environment["TWINHULL_LIBEXEC"] = before


def prepare(world):
    world.accelerate("tcg")
    cache = TOP / "build/bench"
    cache.mkdir(parents=True, exist_ok=True)
    package = world.output(f"{TOP}/installer/fetch-kernel.sh", str(cache)).strip()
    world.ctl("kernel", "prepare", package)
    world.ctl("images", "starter")
    for number in (1, 2):
        world.create_vm(f"twin{number}")
    return package, cache


def make_peer(world, package, cache, hypervisor):
    kernel, initrd = stock_initrd.make(package, cache)
    root = pathlib.Path(world.folder, f"root-{hypervisor}")
    for name in ("bin", "sbin", "dev", "proc", "sys", "run"):
        (root / name).mkdir(parents=True, exist_ok=True)
    shutil.copy("/bin/busybox", root / "bin/busybox")
    if not (root / "bin/sh").is_symlink():
        (root / "bin/sh").symlink_to("busybox")
    script = root / "sbin/init"
    script.write_text(f"#!/bin/sh\necho {READY.decode()} > /dev/console\nexec /bin/busybox sleep 100000\n", encoding="ascii")
    script.chmod(0o755)
    machines = []
    for number in (1, 2):
        disk = f"{world.folder}/peer{number}-{hypervisor}.disk"
        with open(disk, "wb") as file:
            file.truncate(1 << 30)
        world.output("mke2fs", "-q", "-F", "-t", "ext4", "-d", str(root), disk)
        xml = pathlib.Path(world.folder, "peer.xml")
        xml.write_text(PEER_DOMAIN.format(type=hypervisor, cpu=PEER_CPUS[hypervisor], memory=PEER_MEBIBYTES, kernel=kernel, initrd=initrd, disk=disk,
                                          log=f"{world.folder}/peer.log"), encoding="utf-8")
        world.virsh("define", str(xml))
        machines.append(own_arguments(world, "peer"))
        world.virsh("undefine", "peer")
    return machines


def measure(world, report, options):
    package, cache = prepare(world)
    twins = [own_arguments(world, f"twin{number}") for number in (1, 2)]
    rows = options.only or list(ROWS)
    if "boot" in rows:
        compare_boots(report, {"peer": make_peer(world, package, cache, "qemu"), "twin": twins}, options.rounds)
    if "kvm" in rows:
        compare_boots_by_kvm(report, world, package, cache, options.rounds)
        world.accelerate("tcg")
    if "share" in rows:
        compare_shares(report, world, twins[0], options.rounds)
    if "idle" in rows:
        measure_idle(report, twins[0], make_peer(world, package, cache, "qemu")[0], options.idle_seconds)
    if "memory" in rows:
        measure_returned_memory(report, world, min(options.rounds, 5))
    if "disk" in rows:
        compare_disks(report, world, options.rounds)


def main():
    parser = argparse.ArgumentParser(description="what a VM of the product costs, emulated, beside its peers")
    parser.add_argument("binaries", help="folder with twinhullctl, guest-init and image-worker")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--idle-seconds", type=float, default=90)
    parser.add_argument("--json", help="write figures and samples there")
    parser.add_argument("--only", nargs="+", choices=ROWS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="twin_vm_bench.") as folder:
        world = World(folder, os.path.realpath(options.binaries))
        report = figures.Report("twin_vm")
        try:
            measure(world, report, options)
        finally:  # what was measured before a failure is shown
            world.end()
            report.finish(options.json)


if __name__ == "__main__":
    main()
