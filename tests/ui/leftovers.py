#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""leftovers.py BIN BUILD SOURCE: comparisons that are killed in the middle, one before the window opens and one while it is open: the
window names what they left, and one click removes all of it. In a real X server; a picture goes to BUILD/screenshots."""

import json
import os
import pathlib
import subprocess
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from private_desktop import PrivateDesktop  # noqa: E402

SECONDS = 180  # an emulated machine beside a busy build
BUTTON = "Remove what killed comparisons left"


class Leftovers:
    def __init__(self, desktop, bin_folder, screenshots):
        self.desktop = desktop
        self.bin = bin_folder
        self.ctl = str(bin_folder / "twinhullctl")
        self.screenshots = screenshots
        self.reader = None

    def prepare(self, source):
        self.desktop.run([self.ctl, "images", "starter"])
        package = self.desktop.run([str(source / "installer/fetch-kernel.sh"), str(source / "build/kernel")], 600)
        self.desktop.run([self.ctl, "kernel", "prepare", package.strip().splitlines()[-1]], 300)
        os.environ.update(self.desktop.environment)
        from screen_reader import ScreenReader, until
        self.make_reader, self.until = ScreenReader, until

    def listed(self):
        return json.loads(self.desktop.run([self.ctl, "list", "--json"]))

    def kill_comparison(self, kind):
        """kill -9 as soon as its half of this kind runs."""
        run = self.desktop.start([self.ctl, "twin", "run", "twinhull/starter", "--repeat", "1"])
        name = f"comparison-{run.pid}"
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

    def files(self):
        data = self.desktop.root / "home/.local/share/twinhull"
        return [path for folder in ("containers", "vms") for path in data.glob(folder + "/[!.]*")]

    def run(self):
        first = self.kill_comparison("container")
        self.desktop.start([str(self.bin / "twinhull"), "--size", "1280x720"])
        self.reader = self.make_reader("twinhull")
        print(self.named(first), flush=True)
        second = self.kill_comparison("vm")
        print(self.named(first, second), flush=True)
        self.desktop.screenshot(self.screenshots / "leftovers.png")
        self.reader.press(lambda text: text == BUTTON)
        self.until(lambda: not self.listed(), f"all are removed, left: {self.listed()}", SECONDS)
        self.until(lambda: BUTTON not in self.reader.names(("push button", "button")), "nothing is named any more")
        assert not self.files(), f"left on disk: {self.files()}"
        programs = [line for line in self.desktop.leftovers() if any(
            name in line.split(" ")[0] for name in ("qemu", "hull-monitor", "slirp4netns", "pasta", "starter"))]
        assert not programs, f"still runs: {programs}"


def main():
    bin_folder, build, source = (pathlib.Path(argument) for argument in sys.argv[1:4])
    screenshots = build / "screenshots"
    screenshots.mkdir(parents=True, exist_ok=True)
    desktop = PrivateDesktop(size="1280x720")
    test = Leftovers(desktop, bin_folder, screenshots)
    try:
        test.prepare(source)
        test.run()
        print("passed")
        return 0
    except Exception:  # whatever it is, show what was on the screen
        traceback.print_exc()
        desktop.screenshot(screenshots / "leftovers-failed.png")
        if test.reader is not None:
            print(test.reader.dump())
        return 1
    finally:
        desktop.stop()


if __name__ == "__main__":
    sys.exit(main())
