#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""end_to_end.py BIN BUILD SOURCE: the first twin by hand, in a real X server: New container, Start, New VM, Start, Twin,
Compare, both lines move, Stop, Delete. Pictures go to BUILD/screenshots."""

import http.client
import urllib.request

from own_cost import OwnCost
from window_test import BUTTONS, WindowTest

BOOT_SECONDS = 180  # an emulated machine beside a busy build


class FirstTwin(WindowTest):
    name = "first-twin"
    size = "1280x800"
    step = 0

    def shot(self, name):
        self.step += 1
        super().shot(f"{self.step:02d}-{name}")

    def named(self, name):
        return [each for each in self.listed() if each["name"] == name]

    def state_of(self, name):
        return [each["state"] for each in self.named(name)]

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
        self.reader.find(BUTTONS, "Remove pair \u00b7 container")
        self.reader.find(BUTTONS, "Remove pair \u00b7 VM")
        addresses = [f"http://127.0.0.1:{half['ports'][0]['host_port']}/cgi-bin/work" for half in self.named("pair")]
        seen = {"container": set(), "vm": set()}

        def both_move():
            try:
                for address in addresses:  # the same work in both
                    with urllib.request.urlopen(address, timeout=60) as answer:
                        answer.read()
            except (OSError, http.client.HTTPException):
                return False  # a machine runs before its server listens
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
        places = [place for place, cell in enumerate(cells) if cell == title or cell.startswith(f"{title}, ")]  # "can be opened"
        return cells[places[0]:places[0] + 4] if places else []

    def check_own_cost(self):
        """What the status line says of the program's own CPU time is what /proc says of it, within 1 %."""
        cost = OwnCost(self.reader, self.window.pid).measure(enough=6, longest=40, patience=90)
        if cost is None:
            print("own cost is not judged: the window's ticks came late for 90 s, this computer is too busy", flush=True)
            return
        print(f"own cost in {cost.seconds:g} s: {cost.shown:.3f} s of CPU shown, {cost.truth:.2f} s in /proc, may differ by "
              f"{cost.tolerance():.3f}", flush=True)
        assert abs(cost.shown - cost.truth) <= cost.tolerance(), "the status line does not say what /proc says"

    def stop(self, name):
        self.choose(name)
        self.reader.press(lambda text: text == "Stop")
        self.wait_for_state(name, ["stopped"])

    def delete(self, name):
        self.choose(name, button=3)
        self.reader.keys("Up", "Return")  # the last entry of the row's menu
        self.reader.find(BUTTONS, lambda text: text == "Delete")
        self.shot(f"delete-{name}")
        self.reader.press(lambda text: text == "Delete")
        self.wait_for_state(name, [])

    def run(self):
        self.open_window()
        self.shot("window")
        self.check_own_cost()
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
        self.window.wait(timeout=60)
        assert self.state_of("pair") == ["running", "running"], "the twin did not outlive the window"
        self.desktop.run([self.ctl, "twin", "remove", "pair"], BOOT_SECONDS)
        assert self.state_of("pair") == [], "the twin is still listed"


if __name__ == "__main__":
    FirstTwin.main()
