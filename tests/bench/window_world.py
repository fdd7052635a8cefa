# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benches of the window measure in: a desktop of its own with a twin and as many live containers as wanted, the window
on it, what the window costs by the kernel's clocks, and what it says of its own frames (`twinhull --frames`)."""
import concurrent.futures
import ctypes
import json
import pathlib
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "ui"))
from private_desktop import PrivateDesktop  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
SIZE = (1920, 1400)
TWIN = "web"
# What a container has on every kind of host, so that each of the twelve charts has a line.
CHARTS = ("cpu", "memory", "network", "disk", "helper_cores", "network_helper_cores",
          "context_switches_per_second", "pss_bytes", "shared_bytes", "page_table_bytes", "network_receive_bytes_per_second",
          "network_send_bytes_per_second")
PARTS = 500, 860  # heights of the list, and of what is below it: four rows of charts
ICONIC, NORMAL = 3, 1  # WM_STATE, ICCCM 4.1.3.1


def splitter_state(upper, lower):
    """As QSplitter::saveState() writes the heights of two parts, in the words of QSettings' INI files."""
    vertical, handle = 2, 1
    state = struct.pack(">iiI2i?i?i?", 0xff, 1, 2, upper, lower, False, handle, True, vertical, True)
    return '"@ByteArray(' + "".join(f"\\x{byte:02x}" for byte in state) + ')"'


def set_window_state(display, window, state):
    """Its property WM_STATE, whose type is its own name (xprop can set numbers of another type only)."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XInternAtom.argtypes = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    x11.XChangeProperty.argtypes = (ctypes.c_void_p, *[ctypes.c_ulong] * 3, ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_int)
    x11.XCloseDisplay.argtypes = (ctypes.c_void_p,)
    server = x11.XOpenDisplay(display.encode())
    atom = x11.XInternAtom(server, b"WM_STATE", 0)
    value = (ctypes.c_long * 2)(state, 0)  # and no icon window
    x11.XChangeProperty(server, window, atom, atom, 32, 0, value, 2)
    x11.XCloseDisplay(server)


def cpu_seconds_of(pid):
    return time.clock_gettime((~pid << 3) | 2)  # CPUCLOCK_SCHED of the process, clock_getcpuclockid(3)


def pss_mib_of(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no Pss line")


def costs_at_once(windows, seconds):
    """Of each of them by its name, in the same seconds."""
    before = {name: (time.monotonic(), window.cpu_seconds(), window.gui_seconds()) for name, window in windows.items()}
    time.sleep(seconds)
    found = {}
    for name, window in windows.items():
        begin, whole, gui = before[name]
        passed = time.monotonic() - begin
        found[name] = {"whole": (window.cpu_seconds() - whole) / passed * 100, "gui": (window.gui_seconds() - gui) / passed * 100}
    return found


class Window:
    """A started window. Its CPU time is that of the process, all threads; `gui` is that of the first thread alone."""

    def __init__(self, world, page, frames, select):
        self.world = world
        self.frames_file = world.desktop.root / "frames.json" if frames else None
        arguments = [world.program, "--page", page, "--size", f"{SIZE[0]}x{SIZE[1]}", *(["--select", select] if select else [])]
        self.process = world.desktop.start(arguments + (["--frames", str(self.frames_file)] if frames else []))
        self.id = world.look("search", "--sync", "--onlyvisible", "--name", "^Twinhull$").split()[0]

    def cpu_seconds(self):
        return cpu_seconds_of(self.process.pid)

    def gui_seconds(self):
        stat = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/schedstat").read_text()
        return int(stat.split()[0]) / 1e9

    def costs(self, seconds):
        """Percent of a core over so many seconds: of the whole program, and of its GUI thread."""
        return costs_at_once({0: self}, seconds)[0]

    def pss_mib(self):
        return pss_mib_of(self.process.pid)

    def minimise(self):
        """As a window manager does it: the window leaves the screen and is told its state."""
        self._set_state(ICONIC)
        self.world.look("windowunmap", "--sync", self.id)
        time.sleep(2)

    def restore(self):
        self._set_state(NORMAL)
        self.world.look("windowmap", "--sync", self.id)
        time.sleep(2)

    def _set_state(self, state):
        set_window_state(self.world.desktop.environment["DISPLAY"], int(self.id), state)

    def close(self):
        """Ends it as a person does; what it told of its frames, where it was asked to."""
        self.world.look("windowfocus", "--sync", self.id)
        self.world.look("key", "ctrl+q")
        self.process.wait(timeout=60)
        return Frames(json.loads(self.frames_file.read_text())) if self.frames_file else None


class Frames:
    """Spans (begin on CLOCK_MONOTONIC in seconds, milliseconds, milliseconds of CPU) between two moments of time.monotonic()."""

    def __init__(self, told):
        self.told = told

    def frames(self, begin, end):
        return [span for span in self.told["frames"]["each"] if begin <= span[0] <= end]

    def longest_wait(self, begin, end):
        """The span; the window tells waits from 8 ms on, so what is shorter is said to be that."""
        waits = [span for span in self.told["waits"]["each"] if begin <= span[0] <= end]
        return max(waits, key=lambda span: span[1], default=[begin, 8.0, 0.0])


class WindowWorld:
    """`past` is the program bench.past, or None: then charts fill while one waits."""

    def __init__(self, folder, past=None):
        self.past = past
        self.desktop = PrivateDesktop(f"{SIZE[0]}x{SIZE[1]}")
        self.desktop.environment.pop("QT_LINUX_ACCESSIBILITY_ALWAYS_ON", None)  # what nobody listens to costs, too
        self.desktop.environment["TWINHULL_LIBEXEC"] = str(folder)
        self.ctl_program, self.program = f"{folder}/twinhullctl", f"{folder}/twinhull"
        self.names = []
        self.has_twin, self.vms = False, []
        (self.desktop.root / "home/.config/twinhull").mkdir(parents=True)
        self.write_settings(f"[compare]\nfigures={', '.join(CHARTS)}\n[workloads]\ndetailsTab=charts\n")
        self.ctl("images", "starter")

    def write_settings(self, text):
        (self.desktop.root / "home/.config/twinhull/settings.ini").write_text(text, encoding="ascii")

    def show_twelve_charts(self):
        """Below the list, all of them to be seen; for windows that are opened from now on."""
        self.write_settings(f"[charts]\nfigures={', '.join(CHARTS)}\n[workloads]\ndetailsTab=charts\nsplitter={splitter_state(*PARTS)}\n")

    def ctl(self, *words, seconds=300):
        return self.desktop.run([self.ctl_program, *words], seconds)

    def look(self, *words):
        return self.desktop.run(["xdotool", *words], 60)

    def open(self, page, frames=False, select=None):
        return Window(self, page, frames, select)

    def fill_past(self, seconds):
        """The history of all that is there, as if it had been recorded so long."""
        listed = json.loads(self.ctl("list", "--json"))
        lines = "".join(f"{each['kind']} {each['id']} {each['name']}\n" for each in listed)
        history = self.desktop.root / "home/.local/share/twinhull/history.sqlite"
        subprocess.run([self.past, str(history), str(seconds)], input=lines, env=self.desktop.environment, text=True, check=True)

    def start_vm(self, name):
        """One more, that is nobody's twin."""
        self.vms.append(name)
        self.ctl("run", "--vm", "--name", name, "twinhull/starter", "/bin/sh", "-c", "exec sleep 100000")

    def prepare_twin(self):
        package = self.desktop.run([str(TOP / "installer/fetch-kernel.sh"), str(TOP / "build/bench")], 600)
        self.ctl("kernel", "prepare", package.strip().splitlines()[-1])

    def start_twin(self):
        self.has_twin = True
        self.ctl("twin", "create", "--name", TWIN, "twinhull/starter")

    def remove_twin(self):
        if self.has_twin:
            self.ctl("twin", "remove", TWIN)
            self.has_twin = False

    def grow_to(self, count):
        """Live workloads in all, the twin's two and other VMs among them."""
        wanted = [f"load-{number:04}" for number in range(count - 2 * self.has_twin - len(self.vms))]
        new = wanted[len(self.names):]
        self.names += new
        with concurrent.futures.ThreadPoolExecutor(4) as starters:
            list(starters.map(lambda name: self.ctl("run", "--name", name, "twinhull/starter"), new))

    def qemu_pid(self, name):
        return int((self.desktop.root / f"run/libvirt/qemu/run/{name}.pid").read_text(encoding="ascii"))

    def domstats(self):
        """virsh, which asks for all machines of this desktop's libvirt as any of its callers does; started, not awaited."""
        socket = self.desktop.root / "run/libvirt/libvirt-sock"
        return subprocess.Popen(["virsh", "-q", "-c", f"qemu:///session?socket={socket}", "domstats"], env=self.desktop.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        """What was started is removed first: a thousand containers are more than the desktop's own stop() has time for."""
        try:
            there = {each["name"] for each in json.loads(self.ctl("list", "--json"))}
            self.remove_twin()
            loads = [name for name in [*self.names, *self.vms] if name in there]
            if loads:
                self.ctl("remove", *loads)
        finally:
            self.desktop.stop()
