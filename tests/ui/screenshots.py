#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""screenshots.py BIN: makes the pictures of the README, resources/screenshots/, by the program itself with a real twin at work."""

import json
import pathlib
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from private_desktop import PrivateDesktop  # noqa: E402

SECONDS = 75


def main():
    top = pathlib.Path(__file__).resolve().parent.parent.parent
    folder = pathlib.Path(sys.argv[1])
    ctl = str(folder / "twinhullctl")
    target = top / "resources/screenshots"
    target.mkdir(exist_ok=True)
    desktop = PrivateDesktop()
    try:
        desktop.run([ctl, "images", "starter"])
        package = desktop.run([str(top / "installer/fetch-kernel.sh"), str(top / "build/kernel")], 600)
        desktop.run([ctl, "kernel", "prepare", package.strip().splitlines()[-1]], 300)
        desktop.run([ctl, "twin", "create", "--name", "web", "twinhull/starter"], 300)
        desktop.run([ctl, "run", "--name", "shop", "twinhull/starter"])
        ports = [half["ports"][0]["host_port"] for half in json.loads(desktop.run([ctl, "list", "--json"]))
                 if half["name"] == "web"]
        shots = [desktop.start([str(folder / "twinhull"), "--page", page, "--select", "web", "--size", "1280x800", "--theme", theme,
                                "--after", str(SECONDS), "--shot", str(target / f"{page}-{theme}.png")])
                 for page, theme in (("workloads", "light"), ("compare", "light"), ("workloads", "dark"))]
        while any(shot.poll() is None for shot in shots):
            for port in ports:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/cgi-bin/work", timeout=120) as answer:
                    answer.read()
            time.sleep(3)  # between two units of work, so that the lines rise and fall
    finally:
        for words in (["twin", "remove", "web"], ["remove", "shop"]):
            subprocess.run([ctl, *words], env=desktop.environment, stdin=subprocess.DEVNULL, check=False)
        desktop.stop()


if __name__ == "__main__":
    main()
