#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""run_lab.py BUILD BIN SOURCE [selinux]: starts the guest of BUILD/lab, in which the tests below meet cgroup v2 with every controller, and
ends with status 0 only when the guest ran every one of them with BIN/hull and none failed. With "selinux" its kernel runs that instead of
AppArmor, and a test is the only thing that runs."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SECONDS = 1800  # an emulated machine beside a busy build
BOOT_SECONDS = 300
BOOTS = 3  # on a busy computer the emulator may lose an interrupt between two processors, and the guest's kernel waits for it for ever
# a processor that sleeps without a tick until another's interrupt comes would sleep on when the emulator loses that
TICKING = "nohz=off"
TESTS = (("root", "conformance.hull_lifecycle"),)
SELINUX_TESTS = (("root", "lab.selinux"),)
JOB = "tests/lab/job.sh"
SELINUX_JOB = "tests/lab/selinux_job.sh"
SELINUX_POLICY = "tests/lab/selinux.cil"
# the two are exclusive in a kernel; systemd is left out, for it would be most of the boot
SELINUX_ARGUMENTS = "security=selinux panic=-1 init=/lab/begin.sh"
RED = "red-on-purpose as root"  # its program fails: a lab that does not see that sees no other failure


def copy(source, below, target):
    (target / below).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source / below, target / below)


def make_programs_disk(build, bin_folder, source, work, tests, job):
    """A disk that is mounted where the source lies: paths that were built into the programs are true there."""
    inside = build.relative_to(source)
    folder = work / "programs"
    folder.mkdir()
    lines = [f"{who} {name} {inside / 'tests' / ('test.' + name)}" for who, name in tests]
    for program in {line.split()[2] for line in lines}:
        copy(source, program, folder)
    shutil.copy(source / job, folder / "job.sh")
    shutil.copy(source / SELINUX_POLICY, folder)
    for program in ("hull", "hull-monitor", "twinhull-load"):
        copy(source, bin_folder.relative_to(source) / program, folder)
    copy(source, inside / "bin/image-worker", folder)  # of the half with Qt
    for program in ("image-worker", "twinhullctl"):  # beside the others, where a person's own systemd starts it
        shutil.copy(source / inside / "bin" / program, folder / bin_folder.relative_to(source) / program)
    shutil.copytree(source / "resources", folder / "resources")
    (folder / "red").write_text("#!/bin/sh\nexit 3\n")
    (folder / "red").chmod(0o755)
    lines.append("root red-on-purpose red")
    (folder / "list").write_text("\n".join(lines) + "\n")
    (folder / "source").write_text(str(source))
    (folder / "bin").write_text(str(bin_folder))
    disk = work / "programs.img"
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-d", folder, disk, f"{size // 2**20 + 64}M"], check=True)
    return disk, [f"{name} as {who}" for who, name in tests]


def run_once(command, job, seconds):
    """Whether the guest came to its job, or ended by itself. It is gone afterwards, whatever it did."""
    with subprocess.Popen(command) as guest:
        try:
            for limit in (min(BOOT_SECONDS, seconds), seconds):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    status = guest.wait(limit)
                    if status != 0:
                        print(f"QEMU ended with status {status}")
                    return True
                if not job.exists() or job.stat().st_size == 0:
                    print(f"The guest did not come to its job within {limit} s")
                    return False
            print(f"The guest did not end within {seconds} s")
            return True
        finally:
            guest.kill()


def run_guest(guest, disk, work, seconds=SECONDS, arguments="", cpus=2):
    """What the guest's job printed, and what its kernel did at the last boot."""
    drives = []
    for name, file in (("root", guest / "root.img"), ("programs", disk)):
        drives += ["-drive", f"if=none,id={name},file={file},format=raw,snapshot=on", "-device", f"nvme,drive={name},serial={name}"]
    for port in ("console", "job"):
        drives += ["-serial", f"file:{work / port}"]
    # the guest ends with this program, also when that is killed
    command = ["setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64", "-accel", "tcg,thread=multi", "-machine", "q35,usb=off,vmport=off", "-cpu", "max", "-smp", str(cpus),
               "-m", "2048", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-kernel", guest / "kernel",
               "-append", f"root=/dev/nvme0n1 rw console=ttyS0 quiet mitigations=off systemd.show_status=0 {TICKING} {arguments}", *drives]
    for _ in range(BOOTS):
        if run_once(command, work / "job", seconds):
            break
    return [(work / port).read_text(errors="replace") if (work / port).exists() else "" for port in ("job", "console")]


def failures(output, expected):
    """One sentence for each thing that is wrong; empty when all is well."""
    ended = dict(re.findall(r"^== end (.*): status (\d+)\r?$", output, re.MULTILINE))
    wrong = [f"{name}: {'status ' + ended[name] if name in ended else 'never ended'}" for name in expected if ended.get(name) != "0"]
    if not re.search(r"^== all done\r?$", output, re.MULTILINE):
        wrong.append("the guest did not come to its end")
    return wrong


def judge(output, expected):
    """As failures(), and the test that fails on purpose has to be among them."""
    wrong = failures(output, [*expected, RED])
    seen = f"{RED}: status 3"
    return [sentence for sentence in wrong if sentence != seen] + ([] if seen in wrong else ["a test that fails on purpose did not"])


def shortened(output):
    """The output without what the tests that ended well printed beside their skips and totals."""
    kept, lines = [], []
    for line in output.splitlines():
        lines.append(line)
        if line.startswith("== end "):
            well = line.endswith(": status 0")
            kept += [one for one in lines if not well or one.startswith(("== ", "SKIP ", "Totals: "))]
            lines = []
    return "\n".join(kept + lines)


def main():
    build, bin_folder, source = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
    is_selinux = sys.argv[4:] == ["selinux"]
    if os.geteuid() != 0 and not (build / "lab/root.img").exists():
        print("SKIP   : lab: there is no guest, and making it needs root")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="lab.", dir=build) as folder:
        work = pathlib.Path(folder)
        tests, job = (SELINUX_TESTS, SELINUX_JOB) if is_selinux else (TESTS, JOB)
        disk, expected = make_programs_disk(build, bin_folder, source, work, tests, job)
        output, console = run_guest(build / "lab", disk, work, SECONDS, *((SELINUX_ARGUMENTS, 1) if is_selinux else ()))
    wrong = judge(output, expected)
    if wrong:
        print("Failed in the lab:", *wrong, sep="\n")
    print(shortened(output))
    if wrong:
        print("The console's last lines:", *console.splitlines()[-30:], sep="\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
