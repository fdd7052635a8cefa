#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""keyboard.py BIN BUILD SOURCE: every flow by keys alone, in a real X server: switch pages, new container, filter, stop, start, new
VM, twin sheet, run comparison, delete. The pointer is never moved; the accessibility tree is only read."""

import subprocess

from window_test import BUTTONS, MAIN, WindowTest

SECONDS = 180  # for one step, on a busy machine


class KeyboardOnly(WindowTest):
    name = "keyboard"

    def keys(self, *keys):
        self.reader.keys(*keys)

    def write(self, text):
        self.keys("ctrl+a")
        subprocess.run(["xdotool", "type", "--delay", "20", text], check=True, timeout=60)

    def states(self):
        return {each["name"]: each["state"] for each in self.listed()}

    def explain_failure(self):
        if self.reader is not None:
            print("focus:", self.focused())
        super().explain_failure()

    def wait_for(self, name, state):
        self.until(lambda: self.states().get(name) == state, f"{name} is {state}, seen {self.states()}", SECONDS)

    def rows(self):
        return self.reader.names(("table cell", "tree item"))

    def switch_pages(self):
        for key, what in (("3", "Pull…"), ("5", "Refresh"), ("2", "Run comparison"), ("1", "New")):
            self.keys("ctrl+" + key)
            self.reader.find(BUTTONS, what)

    def new_container(self):
        self.keys("ctrl+n")
        self.focus("New workload")
        self.reader.find(BUTTONS, "Create and start")
        self.write("box")
        self.shot("create")
        self.keys("Return")
        self.wait_for("box", "running")

    def new_vm(self):
        self.focus(MAIN)
        self.keys("alt+n", "v")
        self.focus("New workload")
        self.reader.find(BUTTONS, "Create and start")
        self.write("machine")
        self.keys("alt+r")
        self.wait_for("machine", "stopped")

    def choose(self, name):
        """Types the name in the list, which finds the row."""
        self.focus(MAIN)
        self.keys("ctrl+f")
        self.write(name)
        self.keys("Return", "Home", "Down")
        self.until(lambda: [row for row in self.rows() if row == name], f"{name} is listed", SECONDS)

    def can(self, verb):
        """Waits until the window knows the state that the command line knows already: before, the key does nothing."""
        self.reader.find(BUTTONS, lambda text: text == verb)

    def stop_and_start(self):
        self.choose("box")
        self.can("Stop")
        self.keys("F8")
        self.wait_for("box", "stopped")
        self.can("Start")
        self.keys("F6")
        self.wait_for("box", "running")
        self.tab_to("Overview")
        self.shot("details")

    def terminal(self):
        """Into a shell of the container, and out of it again; Tab is the shell's meanwhile."""
        self.tab_to("Overview")
        self.keys("Right", "Right", "Right")
        self.tab_to("Command")
        self.keys("Return")
        self.reader.find(("terminal",), "Terminal in box")
        subprocess.run(["xdotool", "type", "--delay", "20", "touch /tmp/by-keys; cat"], check=True, timeout=60)
        self.keys("Return", "Tab", "Tab")
        self.until(lambda: subprocess.run([self.ctl, "exec", "box", "test", "-e", "/tmp/by-keys"], env=self.desktop.environment,
                                          stdin=subprocess.DEVNULL, check=False).returncode == 0, "the shell heard", SECONDS)
        self.shot("terminal")
        self.keys("ctrl+shift+Tab")
        self.until(lambda: self.focused() == "sh", f"the terminal's tab has the keyboard, seen {self.focused()}", SECONDS)
        self.keys("ctrl+w")
        self.until(lambda: self.focused() == "Command", "the terminal is closed", SECONDS)
        self.choose("box")
        self.tab_to("Terminal")
        self.keys("Left", "Left", "Left")

    def filter(self):
        self.keys("ctrl+f")
        self.tab_to("Show only: VMs")
        self.keys("Return")
        self.until(lambda: "box" not in self.rows(), "the container is filtered out", SECONDS)
        self.keys("Return", "ctrl+f", "Escape")
        self.until(lambda: "box" in self.rows() and "machine" in self.rows(), "all are listed again", SECONDS)

    def sheets(self):
        """Sheets open by keys and close on Escape."""
        self.keys("ctrl+t")
        self.focus("New workload")
        self.reader.find(BUTTONS, "Create and start both")
        self.keys("Escape")
        self.focus(MAIN)
        self.keys("ctrl+2")
        self.reader.find(BUTTONS, "Run comparison")
        self.tab_to("Run comparison\u2026")
        self.keys("Return")
        self.focus("Run comparison")
        self.keys("Escape")
        self.focus(MAIN)
        self.keys("ctrl+comma")
        self.focus("Settings")
        self.keys("Escape")
        self.focus(MAIN)
        self.keys("ctrl+1")

    def delete(self, name):
        self.choose(name)
        self.keys("Delete")
        self.focus("Delete " + name)
        self.shot("delete")
        self.keys("alt+d")
        self.until(lambda: name not in self.states(), f"{name} is deleted", SECONDS)

    def second_start(self):
        """It ends at once, and the first window shows what it was asked for."""
        self.desktop.run([self.program, "--page", "storage"], SECONDS)
        self.reader.find(BUTTONS, "Refresh")

    def run(self):
        for step in (self.open_window, self.switch_pages, self.new_container, self.new_vm, self.stop_and_start, self.terminal, self.filter,
                     self.sheets):
            print(step.__name__, flush=True)
            step()
        for name in ("box", "machine"):
            print("delete", name, flush=True)
            self.delete(name)
        self.second_start()


if __name__ == "__main__":
    KeyboardOnly.main()
