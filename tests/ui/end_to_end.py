#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""end_to_end.py BIN BUILD SOURCE: the first twin by hand, in a real X server: New container, Start, New VM, Start, Twin,
Compare, both lines move, Stop, Delete. Screenshots go to BUILD/screenshots. Status 77: this computer cannot run it."""

import json
import os
import pathlib
import sys
import traceback
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from private_desktop import PrivateDesktop  # noqa: E402

IMAGE = "twinhull/starter"
BOOT_SECONDS = 180  # an emulated machine beside a busy build


class FirstTwin:
    def __init__(self, desktop, bin_folder, screenshots):
        self.desktop = desktop
        self.bin = bin_folder
        self.screenshots = screenshots
        self.reader = None
        self.step = 0

    def prepare(self, source):
        ctl = str(self.bin / "twinhullctl")
        self.desktop.run([ctl, "images", "starter"])
        package = self.desktop.run([str(source / "installer/fetch-kernel.sh"), str(source / "build/kernel")], 600)
        self.desktop.run([ctl, "kernel", "prepare", package.strip().splitlines()[-1]], 300)

    def open_window(self):
        os.environ.update(self.desktop.environment)
        from screen_reader import ScreenReader, until
        self.until = until
        self.window = self.desktop.start([str(self.bin / "twinhull"), "--size", "1280x800"])
        self.reader = ScreenReader("twinhull")
        self.reader.find(("push button", "button", "toggle button"), "New")
        self.shot("window")

    def shot(self, name):
        self.step += 1
        self.desktop.screenshot(self.screenshots / f"{self.step:02d}-{name}.png")

    def listed(self, name):
        all_workloads = json.loads(self.desktop.run([str(self.bin / "twinhullctl"), "list", "--json"]))
        return [each for each in all_workloads if each["name"] == name]

    def state_of(self, name):
        return [each["state"] for each in self.listed(name)]

    def wait_for_state(self, name, states):
        self.until(lambda: self.state_of(name) == states, f"{name} is {states}", BOOT_SECONDS)

    def new(self, place_in_menu, name, button="Create"):
        self.reader.press(lambda text: text == "New")
        self.reader.keys(*["Down"] * place_in_menu, "Return")  # Qt shows no open menu to a screen reader
        self.reader.write("Name", name)
        self.shot(f"create-{name}")
        self.reader.press(lambda text: text == button)

    def choose(self, name, button=1):
        """Clicks the row of that name."""
        self.reader.click(self.reader.find(("table cell", "tree item"), lambda text: text == name), button)

    def start(self, name):
        self.choose(name)
        self.reader.press(lambda text: text == "Start")
        self.wait_for_state(name, ["running"])
        self.shot(f"running-{name}")

    def compare(self):
        self.reader.press(lambda text: text == "Compare")
        self.reader.find(("push button", "button"), "Remove pair \u00b7 container")
        self.reader.find(("push button", "button"), "Remove pair \u00b7 VM")
        addresses = [f"http://127.0.0.1:{half['ports'][0]['host_port']}/cgi-bin/work" for half in self.listed("pair")]
        seen = {"container": set(), "vm": set()}

        def both_move():
            for address in addresses:  # the same work in both
                with urllib.request.urlopen(address, timeout=60) as answer:
                    answer.read()
            row = self.figure_row("CPU, mean")
            if len(row) < 3:
                return False
            seen["container"].add(row[1])
            seen["vm"].add(row[2])
            return all(len(values - {"\u2013"}) > 1 for values in seen.values())

        self.until(both_move, f"both CPU figures change, seen {seen}", BOOT_SECONDS)
        self.shot("compare")

    def figure_row(self, title):
        cells = self.reader.names(("table cell",))
        return cells[cells.index(title):cells.index(title) + 4] if title in cells else []

    def stop(self, name):
        self.choose(name)
        self.reader.press(lambda text: text == "Stop")
        self.wait_for_state(name, ["stopped"])

    def delete(self, name):
        self.choose(name, button=3)
        self.reader.keys("Up", "Return")  # the last entry of the row's menu
        self.reader.find(("push button", "button"), lambda text: text == "Delete")
        self.shot(f"delete-{name}")
        self.reader.press(lambda text: text == "Delete")
        self.wait_for_state(name, [])

    def run(self):
        self.open_window()
        self.new(1, "box")
        self.start("box")
        self.new(2, "machine")
        self.start("machine")
        self.new(3, "pair", "Create and start both")
        self.wait_for_state("pair", ["running", "running"])
        self.compare()
        self.reader.press(lambda text: text == "Workloads")
        for name in ("box", "machine"):
            self.stop(name)
        self.shot("stopped")
        for name in ("box", "machine"):
            self.delete(name)
        self.shot("deleted")
        self.end_window()

    def end_window(self):
        """The twin outlives the window, and is deleted from outside."""
        self.window.terminate()
        self.window.wait(timeout=20)
        assert self.state_of("pair") == ["running", "running"], "the twin did not outlive the window"
        ctl = str(self.bin / "twinhullctl")
        self.desktop.run([ctl, "twin", "remove", "pair"], BOOT_SECONDS)
        assert self.state_of("pair") == [], "the twin is still listed"


def main():
    bin_folder, build, source = (pathlib.Path(argument) for argument in sys.argv[1:4])
    screenshots = build / "screenshots"
    screenshots.mkdir(parents=True, exist_ok=True)
    desktop = PrivateDesktop()
    test = FirstTwin(desktop, bin_folder, screenshots)
    try:
        test.prepare(source)
        test.run()
        print("passed; screenshots in", screenshots)
        return 0
    except Exception:  # whatever it is, show what was on the screen
        traceback.print_exc()
        test.shot("failed")
        if test.reader is not None:
            print(test.reader.dump())
        return 1
    finally:
        desktop.stop()


if __name__ == "__main__":
    sys.exit(main())
