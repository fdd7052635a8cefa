# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop of its own for one test: X server, message bus, accessibility bus, HOME and XDG_RUNTIME_DIR."""

import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import zlib


class PrivateDesktop:
    """Everything started here, and everything that runs with its XDG_RUNTIME_DIR, is ended by stop()."""

    def __init__(self, size="1280x800"):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="th", dir="/tmp"))
        for name in ("home", "run", "screen"):
            (self.root / name).mkdir(mode=0o700)
        self.children = []
        self.environment = {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.root / "home"),
            "XDG_RUNTIME_DIR": str(self.root / "run"),
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_QPA_PLATFORM": "xcb",
        }
        if "LSAN_OPTIONS" in os.environ:
            self.environment["LSAN_OPTIONS"] = os.environ["LSAN_OPTIONS"]
        self.environment["DISPLAY"] = self._start_x_server(size)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._start_bus()
        self._spawn(["/usr/libexec/at-spi-bus-launcher", "--launch-immediately"])

    def _spawn(self, arguments, **options):
        child = subprocess.Popen(arguments, env=self.environment, stdin=subprocess.DEVNULL, **options)
        self.children.append(child)
        return child

    def _start_x_server(self, size):
        reader, writer = os.pipe()
        self._spawn(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", size + "x24", "-nolisten", "tcp", "-noreset",
             "-fbdir", str(self.root / "screen")],
            pass_fds=[writer], stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        return ":" + number

    def _start_bus(self):
        bus = self._spawn(["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, text=True)
        return bus.stdout.readline().strip()

    def start(self, arguments):
        return self._spawn(arguments)

    def run(self, arguments, seconds=120):
        """Standard output of a program that must succeed."""
        done = subprocess.run(arguments, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=seconds, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, arguments))}: status {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def screenshot(self, path):
        """The whole screen as PNG, from the X server's memory file (X11/XWDFile.h)."""
        dump = (self.root / "screen" / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", dump[:100])
        header_size, width, height, bytes_per_line, colors = header[0], header[4], header[5], header[12], header[19]
        pixels = dump[header_size + colors * 12:]
        rows = bytearray()
        for y in range(height):
            line = pixels[y * bytes_per_line:y * bytes_per_line + width * 4]  # B G R x
            row = bytearray(width * 3)
            row[0::3], row[1::3], row[2::3] = line[2::4], line[1::4], line[0::4]
            rows += b"\0" + row
        def chunk(kind, content):
            return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        pathlib.Path(path).write_bytes(
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(bytes(rows), 6)) + chunk(b"IEND", b""))

    @staticmethod
    def _stat(pid):
        """Parent and start time of a process: its own identity, as pids are used again (proc(5))."""
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(fields[1]), fields[19]

    def _own_processes(self):
        """What was given our folder in its environment or arguments (libvirt empties QEMU's environment, but names the folder in
        its arguments), and all that such a process has started: a container's init has neither."""
        mark = str(self.root).encode() + b"/"
        parents, own = {}, set()
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                parents[int(entry.name)] = self._stat(entry.name)[0]
                if any(mark in (entry / name).read_bytes() for name in ("environ", "cmdline")):
                    own.add(int(entry.name))
            except OSError:
                pass  # it ended, or it is not ours to read
        own |= self._recorded_processes()
        found = None
        while found != len(own):
            found = len(own)
            own |= {pid for pid, parent in parents.items() if parent in own and parent > 1}
        return own

    def _recorded_processes(self):
        """Inits that outlived their monitor: hull's state names them, with the start time that makes sure."""
        pids = set()
        for record in self.root.rglob("state.json"):
            try:
                state = json.loads(record.read_text())
                pid, started = int(state["pid"]), str(state["pidStartTicks"])
                if pid > 1 and self._stat(pid)[1] == started:
                    pids.add(pid)
            except (OSError, ValueError, KeyError, TypeError):
                pass  # it ended, or was never started
        return pids

    def leftovers(self):
        """Command lines of what still runs and was not started by this class directly."""
        known = {child.pid for child in self.children}
        return [pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                for pid in self._own_processes() if pid not in known]

    def stop(self):
        for child in reversed(self.children):
            child.terminate()
        for child in self.children:
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
        deadline = time.monotonic() + 20
        while (left := self._own_processes()) and time.monotonic() < deadline:
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        shutil.rmtree(self.root, ignore_errors=True)
