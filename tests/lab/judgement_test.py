#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What run_lab.py makes of a guest's output: green only when every test ended well and the guest came to its end. And of
guests that never say anything: QEMU must not outlive them."""

import contextlib
import io
import os
import pathlib
import signal
import select
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import run_lab  # noqa: E402

EXPECTED = ["a as root", "b as tester"]
GOOD = "== begin a as root\r\nPASS\r\n== end a as root: status 0\r\n== begin b as tester\r\n== end b as tester: status 0\r\n== all done\r\n"


class JudgementTest(unittest.TestCase):
    def wrong(self, output):
        return run_lab.failures(output, EXPECTED)

    def test_is_green_when_all_ended_well(self):
        self.assertEqual(self.wrong(GOOD), [])

    def test_is_red_when_a_test_is_red(self):
        self.assertEqual(self.wrong(GOOD.replace("b as tester: status 0", "b as tester: status 2")), ["b as tester: status 2"])

    def test_is_red_when_a_test_never_ended(self):
        cut = GOOD[:GOOD.index("== end b")]
        self.assertEqual(self.wrong(cut), ["b as tester: never ended", "the guest did not come to its end"])

    def test_is_red_when_the_guest_never_started(self):
        self.assertEqual(len(self.wrong("")), len(EXPECTED) + 1)

    def test_is_red_when_the_guest_stopped_before_its_end(self):
        self.assertEqual(self.wrong(GOOD.replace("== all done", "")), ["the guest did not come to its end"])

    def test_is_not_deceived_by_a_line_within_another(self):
        self.assertEqual(len(self.wrong(GOOD.replace("== end a", "said: == end a"))), 1)

    def test_is_red_when_what_fails_on_purpose_does_not(self):
        red = f"== end {run_lab.RED}: status 3\r\n"
        self.assertEqual(run_lab.judge(red + GOOD, EXPECTED), [])
        self.assertEqual(run_lab.judge(red.replace("3", "0") + GOOD, EXPECTED), ["a test that fails on purpose did not"])
        self.assertEqual(len(run_lab.judge(GOOD, EXPECTED)), 2)

    def test_prints_all_of_what_did_not_end_well_and_little_of_the_rest(self):
        output = GOOD.replace("PASS\r\n", "PASS : a\r\nSKIP : a\r\nTotals: 1 passed\r\n")
        self.assertEqual(run_lab.shortened(output).count("PASS"), 0)
        self.assertEqual(run_lab.shortened(output), "\n".join(output.replace("PASS : a\r\n", "").splitlines()))
        for red in (output.replace("a as root: status 0", "a as root: status 1"), output[:output.index("== end a")]):
            self.assertEqual(run_lab.shortened(red), "\n".join(red.splitlines()))


def endless_kernel():
    """What QEMU takes for a Linux of the first protocol (Documentation/arch/x86/boot.rst): its set-up jumps to itself."""
    sectors = 4
    image = bytearray(512 * (1 + sectors)) + bytearray(4096)
    image[0x1f1] = sectors
    image[0x1fe:0x200] = b"\x55\xaa"
    image[0x200:0x202] = b"\xeb\xfe"
    return bytes(image)


class GuestTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lab.")
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)
        for disk in ("root.img", "programs.img"):
            (self.work / disk).write_bytes(bytes(1 << 20))

    def run_guest(self, kernel, seconds):
        (self.work / "kernel").write_bytes(kernel)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            output, _ = run_lab.run_guest(self.work, self.work / "programs.img", self.work, seconds)
        self.assertEqual(self.machines(), [])
        self.assertEqual(len(run_lab.judge(output, EXPECTED)), len(EXPECTED) + 3)
        return said.getvalue()

    def machines(self):
        """Processes that name our folder."""
        found = []
        for file in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                if str(self.work).encode() in file.read_bytes() and int(file.parts[2]) != os.getpid():
                    found.append(int(file.parts[2]))
        return found

    def test_is_red_when_the_kernel_does_not_boot(self):
        self.assertIn("QEMU ended with status", self.run_guest(b"no kernel", 60))

    def test_is_red_when_the_guest_hangs(self):
        said = self.run_guest(endless_kernel(), 2)
        self.assertEqual(said.count("did not come to its job within 2 s"), run_lab.BOOTS, said)

    def test_is_red_when_the_job_hangs(self):
        (self.work / "job").write_text("== begin")
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            self.assertTrue(run_lab.run_once(["sleep", "1000"], self.work / "job", 1))
        self.assertIn("did not end within 1 s", said.getvalue())

    def test_takes_the_guest_along_when_it_is_killed(self):
        (self.work / "kernel").write_bytes(endless_kernel())
        runner = subprocess.Popen([sys.executable, "-B", "-c", f"import sys, pathlib; sys.path.insert(0, {run_lab.__file__.rpartition('/')[0]!r}); "
                                   "import os, run_lab; os.chdir('/'); work = pathlib.Path(sys.stdin.readline().strip()); "
                                   "run_lab.run_guest(work, work / 'programs.img', work)"], stdin=subprocess.PIPE, text=True)
        self.addCleanup(runner.wait)
        self.addCleanup(runner.kill)
        runner.stdin.write(f"{self.work}\n")
        runner.stdin.close()
        deadline = time.monotonic() + 60
        while not (machines := self.machines()) and runner.poll() is None and time.monotonic() < deadline:
            select.select([], [], [], 0.02)
        self.assertEqual(len(machines), 1)
        machine = os.pidfd_open(machines[0])
        self.addCleanup(os.close, machine)
        runner.send_signal(signal.SIGKILL)
        self.assertTrue(select.select([machine], [], [], 60)[0])


if __name__ == "__main__":
    unittest.main()
