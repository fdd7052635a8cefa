# SPDX-License-Identifier: GPL-3.0-or-later
"""What every test of the window starts from: a private desktop with the starter image and a guest kernel, and a picture of the
screen when it fails."""

import json
import os
import pathlib
import subprocess
import sys
import traceback

from private_desktop import PrivateDesktop

MAIN = "^Twinhull$"
BUTTONS = ("push button", "button", "toggle button", "radio button", "check box")


class WindowTest:
    """A test gives `name`, the first part of its pictures' names, `size`, and run()."""

    name = ""
    size = "1280x720"

    def __init__(self, desktop, bin_folder, source, screenshots):
        self.desktop = desktop
        self.ctl = str(bin_folder / "twinhullctl")
        self.program = str(bin_folder / "twinhull")
        self.source = source
        self.screenshots = screenshots
        self.window = None
        self.reader = None

    def prepare(self):
        self.desktop.run([self.ctl, "images", "starter"])
        package = self.desktop.run([str(self.source / "installer/fetch-kernel.sh"), str(self.source / "build/kernel")], 600)
        self.desktop.run([self.ctl, "kernel", "prepare", package.strip().splitlines()[-1]], 300)
        os.environ.update(self.desktop.environment)
        from screen_reader import until  # it joins the accessibility bus of the environment
        self.until = until

    def open_window(self):
        from screen_reader import ScreenReader
        self.window = self.desktop.start([self.program, "--size", self.size])
        self.reader = ScreenReader("twinhull")
        self.reader.find(BUTTONS, "New")
        self.focus(MAIN)

    def focus(self, title):
        """What a window manager does when a window comes: it gives it the keyboard. xdotool fails when another window, a tip or
        a menu, goes while it looks through all of them, and waits for ever where the window goes."""
        if title == MAIN:  # a sheet that is still open takes the keyboard back, and goes with it
            self.until(lambda: not self.reader.names(("dialog",)), f"no sheet is open, seen {self.reader.names(('dialog',))}")
        words = ["timeout", "20", "xdotool", "search", "--sync", "--onlyvisible", "--name", title, "windowfocus", "--sync"]
        self.until(lambda: subprocess.run(words, check=False, stdout=subprocess.DEVNULL).returncode == 0, f"focus on {title}", 90)

    def focused(self):
        """Name of the control that has the keyboard."""
        from gi.repository import Atspi
        for node in self.reader.all(BUTTONS + ("text", "entry", "tree", "table", "page tab list", "spin button", "combo box")):
            if node.get_state_set().contains(Atspi.StateType.FOCUSED):
                return node.get_name()
        return ""

    def tab_to(self, name):
        for _ in range(40):
            if self.focused() == name:
                return
            self.reader.keys("Tab")
        raise AssertionError(f"Tab does not reach {name}")

    def shot(self, name):
        self.desktop.screenshot(self.screenshots / f"{self.name}-{name}.png")

    def listed(self):
        return json.loads(self.desktop.run([self.ctl, "list", "--json"]))

    def check_nothing_is_left(self):
        """Of workloads: neither files nor processes. What images made once stays."""
        data = self.desktop.root / "home/.local/share/twinhull"
        files = [path for folder in ("containers", "vms") for path in data.glob(folder + "/[!.]*")]
        assert not files, f"left on disk: {files}"
        programs = [line for line in self.desktop.leftovers() if any(
            name in line.split(" ")[0] for name in ("qemu", "hull-monitor", "slirp4netns", "pasta", "starter"))]
        assert not programs, f"still runs: {programs}"

    def explain_failure(self):
        self.shot("failed")
        if self.reader is not None:
            print(self.reader.dump())

    @classmethod
    def main(cls):
        bin_folder, build, source = (pathlib.Path(argument) for argument in sys.argv[1:4])
        screenshots = build / "screenshots"
        screenshots.mkdir(parents=True, exist_ok=True)
        desktop = PrivateDesktop(size=cls.size)
        test = cls(desktop, bin_folder, source, screenshots)
        try:
            test.prepare()
            test.run()
            print("passed; pictures in", screenshots)
            sys.exit(0)
        except Exception:  # whatever it is, show what was on the screen
            traceback.print_exc()
            test.explain_failure()
            sys.exit(1)
        finally:
            desktop.stop()
