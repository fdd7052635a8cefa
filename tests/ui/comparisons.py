#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""comparisons.py BIN BUILD SOURCE [WORK ...]: comparison runs from the window's dialog, in a real X server: one is cancelled in its
container and one in its VM and nothing stays, a command that fails says why, works run in both hulls, and their reports are laid side by
side. WORKs are as the dialog's list names them, "all" for each that needs no tool; pictures go to BUILD/screenshots."""

import sys

from window_test import BUTTONS, MAIN, WindowTest

SECONDS = 300  # an emulated machine beside a busy build
ALL = ["The image's own", "Rest", "Load: cpu", "Load: memory", "Load: syscalls", "Load: fork", "Load: file-cached", "Load: file-direct",
       "Load: network-throughput", "Load: network-latency", "Load: network-connect"]
FEW = ["Load: syscalls", "Rest"]


def chosen(combo):
    combo.clear_cache()
    return combo.get_name()


class Comparisons(WindowTest):
    name = "comparisons"
    size = "1280x720"

    def reports(self):
        return sorted((self.desktop.root / "home/.local/share/twinhull/reports").glob("*.json"))

    def choose(self, work):
        """By keys, from the first one down: letters would not do, because a blank opens the list."""
        combo = self.reader.find(("combo box",), ALL[0])  # Qt gives a combo box on Linux the name of what is chosen in it
        self.tab_to(chosen(combo))
        while not chosen(combo).startswith(work):
            before = chosen(combo)
            self.reader.keys("Down")
            self.until(lambda: chosen(combo) != before, f"another work than {before}, looking for {work}")

    def count(self, counter, value):
        self.tab_to(counter)
        self.reader.keys("ctrl+a", value)

    def begin(self, work, command=None):
        self.reader.keys("ctrl+2")
        self.reader.press(lambda text: text == "Run comparison\u2026")
        self.focus("^Run comparison$")
        self.choose(work)
        if command:
            self.reader.write("Command", command)
        self.count("Rounds of warm-up", "0")
        self.count("Runs of each side", "1")
        self.reader.press(lambda text: text == "Run comparison")
        self.focus(MAIN)

    def cancel_in(self, kind):
        self.begin("Load: cpu")
        self.until(lambda: any(each["kind"] == kind and each["state"] == "running" for each in self.listed()), f"a {kind} runs", SECONDS)
        self.reader.keys("ctrl+6")
        self.reader.press(lambda text: text == "Cancel")
        self.until(lambda: not self.listed(), f"nothing is left, seen {self.listed()}", SECONDS)
        self.check_nothing_is_left()
        assert not self.reports(), "a cancelled comparison is no report"

    def fail(self):
        self.begin("A command inside", "sh -c 'echo out of order >&2; exit 7'")
        self.reader.keys("ctrl+6")
        told = lambda: [text for text in self.reader.names(("label",)) if "failed" in text]
        self.until(told, f"the failure is told, seen {self.reader.names(('label',))}", SECONDS)
        self.reader.press(lambda text: text == "Details")
        said = lambda: [text for text in self.reader.names(("label", "text")) if "ended with status 7: out of order" in text]
        self.until(said, f"and its cause, seen {self.reader.names(('label', 'text'))}")
        self.shot("failed-command")
        self.check_nothing_is_left()

    def measure(self, work):
        known = len(self.reports())
        self.begin(work)
        self.until(lambda: len(self.reports()) > known, f"the report of {work} is kept", SECONDS)
        self.check_nothing_is_left()

    def lay_side_by_side(self):
        self.reader.keys("ctrl+2")
        self.reader.press(lambda text: text == "Reports\u2026")
        self.reader.find(BUTTONS, lambda text: text == "Open")
        self.shot("reports")
        self.reader.keys("Return")
        self.reader.press(lambda text: text.startswith("Lay beside"))
        self.reader.find(BUTTONS, lambda text: text == "Lay beside")
        self.reader.keys("Down", "Return")
        self.reader.find(BUTTONS, lambda text: text == "Swap")
        self.shot("side-by-side")
        different = [text for text in self.reader.names(("label",)) if "\nWork: " in text]
        assert any("then" in text for text in different), f"the works differ, seen {different}"
        self.reader.press(lambda text: text == "Close report")

    def run(self):
        self.open_window()
        works = ALL if sys.argv[4:] == ["all"] else sys.argv[4:] or FEW
        for kind in ("container", "vm"):
            print("cancel in the", kind, flush=True)
            self.cancel_in(kind)
        self.fail()
        for work in works:
            print(work, flush=True)
            self.measure(work)
        self.lay_side_by_side()


if __name__ == "__main__":
    Comparisons.main()
