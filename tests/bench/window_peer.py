# SPDX-License-Identifier: GPL-3.0-or-later
"""The peer of the window: virt-manager as it comes, on a desktop of its own, with machines of libvirt's test driver, which
needs no QEMU and runs in its process. Between its readings it is stopped: it would take most of a core from the others."""
import os
import pathlib
import shutil
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "ui"))
from machines_bench import DOMAIN, NODE  # noqa: E402
from private_desktop import PrivateDesktop  # noqa: E402
from window_world import SIZE, cpu_seconds_of, pss_mib_of  # noqa: E402

OPEN_SECONDS_AT_MOST = 120
SETTLING_SECONDS = 3  # the tick that it missed


def problem():
    return None if shutil.which("virt-manager") else "needs virt-manager (installer/packages.sh bench)"


class VirtManager:
    def __init__(self, machines):
        self.desktop = PrivateDesktop(f"{SIZE[0]}x{SIZE[1]}")
        self.desktop.environment["GSETTINGS_BACKEND"] = "memory"
        host = self.desktop.root / "host.xml"
        host.write_text(NODE.format(domains="".join(DOMAIN.format(number=number) for number in range(machines))), encoding="ascii")
        self.process = self.desktop.start(["virt-manager", "--connect", f"test://{host}", "--no-fork"])
        self.wait_for_window()

    def wait_for_window(self):
        begin = time.monotonic()
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"virt-manager ended with status {self.process.returncode}")
            try:
                self.desktop.run(["xdotool", "search", "--onlyvisible", "--name", "Virtual Machine Manager"], 60)
                return
            except RuntimeError:
                if time.monotonic() - begin > OPEN_SECONDS_AT_MOST:
                    raise
                time.sleep(0.5)

    def rest(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def cost(self, seconds):
        """Percent of a core while it runs."""
        os.kill(self.process.pid, signal.SIGCONT)
        time.sleep(SETTLING_SECONDS)
        begin, before = time.monotonic(), cpu_seconds_of(self.process.pid)
        time.sleep(seconds)
        found = (cpu_seconds_of(self.process.pid) - before) / (time.monotonic() - begin) * 100
        self.rest()
        return found

    def pss_mib(self):
        return pss_mib_of(self.process.pid)

    def stop(self):
        os.kill(self.process.pid, signal.SIGCONT)
        self.desktop.stop()
