#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""leftovers.py BIN BUILD SOURCE: comparisons that are killed in the middle, one before the window opens and one while it is open: the
window names what they left, and one click removes all of it. In a real X server; a picture goes to BUILD/screenshots."""

from window_test import BUTTONS, WindowTest

SECONDS = 180  # an emulated machine beside a busy build
REMOVE = "Remove what killed comparisons left"


class Leftovers(WindowTest):
    name = "leftovers"

    def kill_comparison(self, kind, *words):
        """kill -9 as soon as a side of it runs, which works for longer than anybody needs to see that."""
        run = self.desktop.start([self.ctl, "twin", "run", "twinhull/starter", "--repeat", "1", "--a-a", kind,
                                  "--command", "sleep 600", *words])
        name = words[-1] if words else f"comparison-{run.pid}"
        mine = lambda: [each for each in self.listed() if each["name"] == name and each["kind"] == kind
                        and each["state"] == "running"]
        self.until(mine, f"{kind} of {name} runs", SECONDS)
        run.kill()
        run.wait()
        assert mine(), f"the {kind} of {name} did not outlive it"
        return name

    def named(self, *names):
        """The sentence that names them all."""
        def sentence():
            texts = [text for text in self.reader.names(("label",)) if "left over from a comparison that was killed" in text]
            return texts and all(name in texts[0] for name in names) and texts[0]
        return self.until(sentence, f"{names} are named, seen {self.reader.names(('label',))}", SECONDS)

    def run(self):
        first = self.kill_comparison("container")
        self.open_window()
        print(self.named(first), flush=True)
        second = self.kill_comparison("vm", "--name", "mine")
        print(self.named(first, second), flush=True)
        self.shot("named")
        self.reader.press(lambda text: text == REMOVE)
        self.until(lambda: not self.listed(), f"all are removed, left: {self.listed()}", SECONDS)
        self.until(lambda: REMOVE not in self.reader.names(BUTTONS), "nothing is named any more")
        self.check_nothing_is_left()


if __name__ == "__main__":
    Leftovers.main()
