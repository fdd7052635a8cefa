# SPDX-License-Identifier: GPL-3.0-or-later
"""A home of its own for the product and for libvirt's session daemon: what a bench measures in, and removes."""
import contextlib
import os
import pathlib
import select
import signal
import subprocess
import sys


def wait_readable(descriptor, seconds):
    return bool(select.select([descriptor], [], [], seconds)[0])


class PrivateWorld:
    """Below `folder`, which the caller makes and removes. `binaries` holds the programs of the product."""

    def __init__(self, folder, binaries):
        self.folder, self.binaries = folder, binaries
        self.environment = dict(os.environ, HOME=f"{folder}/home", XDG_RUNTIME_DIR=f"{folder}/run",
                                TWINHULL_LIBEXEC=binaries, LC_ALL="C.UTF-8")
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            self.environment.pop(name, None)
        for name in ("home", "run"):
            os.mkdir(f"{folder}/{name}", 0o700)
        self.data = f"{folder}/home/.local/share/twinhull"

    def ctl(self, *words, **settings):
        return self.output(f"{self.binaries}/twinhullctl", *words, **settings)

    def output(self, *command, stdin=subprocess.DEVNULL):
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, stdin=stdin, check=False)
        if done.returncode != 0:
            bench = os.path.basename(sys.argv[0]).removesuffix(".py")
            raise SystemExit(f"{bench}: {' '.join(command[:4])} failed: {done.stderr.strip()}")
        return done.stdout

    def end(self):
        """Ends the daemons that were started for this world, by the process ids that they left in it."""
        for name in ("libvirtd.pid", "virtlogd.pid"):
            with contextlib.suppress(OSError, ValueError):
                pid = int(pathlib.Path(self.folder, "run/libvirt", name).read_text(encoding="ascii"))
                pidfd = os.pidfd_open(pid)
                os.kill(pid, signal.SIGTERM)
                wait_readable(pidfd, 10)
                os.close(pidfd)
