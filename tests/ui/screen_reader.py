# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds and uses the controls of a window by role and name, as a screen reader does (AT-SPI)."""

import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402


class NotThere(AssertionError):
    """A control, or a text, did not come in time."""


def until(condition, what, seconds=60):
    """Turns the main loop until the condition gives something; what it gave."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            answer = condition()
        except GLib.Error:
            answer = None  # a control that went away while it was read
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise NotThere(f"not within {seconds} s: {what}")
        loop = GLib.MainLoop()
        GLib.timeout_add(100, loop.quit)
        loop.run()


class ScreenReader:
    def __init__(self, program):
        Atspi.init()
        self.application = until(lambda: self._application(program), f"program {program} on the accessibility bus")

    @staticmethod
    def _application(program):
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child is not None and child.get_name().lower().startswith(program):
                return child
        return None

    def _walk(self, node, depth=0):
        if node is None or depth > 40:
            return
        yield node
        try:
            count = min(node.get_child_count(), 400)
        except GLib.Error:
            return
        for index in range(count):
            yield from self._walk(node.get_child_at_index(index), depth + 1)

    @staticmethod
    def _is_usable(node):
        states = node.get_state_set()
        return states.contains(Atspi.StateType.SHOWING) and states.contains(Atspi.StateType.ENABLED)

    def all(self, roles, name=None):
        """Usable controls of these roles; by name where one is given (a function decides, or text it begins with)."""
        matches = name if callable(name) else (lambda text: name is None or text.startswith(name))
        for node in self._walk(self.application):
            try:
                if node.get_role_name() in roles and matches(node.get_name() or "") and self._is_usable(node):
                    yield node
            except GLib.Error:
                continue

    def find(self, roles, name, seconds=60):
        return until(lambda: next(self.all(roles, name), None), f"{'/'.join(roles)} named {name}", seconds)

    @staticmethod
    def _place(node):
        """Where it is seen, once it rests there: a list that is sorted and a window that opens move what is in them."""
        last = []

        def rests():
            box = node.get_component_iface().get_extents(Atspi.CoordType.SCREEN)
            last.append((box.x, box.y, box.width, box.height))
            return last[-1] if last[-2:] == 2 * last[-1:] and min(last[-1][2:]) > 0 else None

        return until(rests, f"{node.get_name()} rests")

    def click(self, node, button=1):
        """With the pointer of the X server, in the middle of what is seen of it."""
        left, top, width, height = self._place(node)
        x, y = left + width // 2, top + height // 2
        subprocess.run(["xdotool", "mousemove", "--sync", str(x), str(y), "click", str(button)], check=True, timeout=60)

    def press(self, name, seconds=60):
        self.click(self.find(("push button", "button", "toggle button", "radio button", "check box"), name, seconds))

    @staticmethod
    def keys(*keys):
        """To the window under the pointer, or the open menu."""
        subprocess.run(["xdotool", "key", "--delay", "60", *keys], check=True, timeout=60)

    def write(self, name, text):
        field = self.find(("text", "entry"), name)
        field.get_editable_text_iface().set_text_contents(text)

    def names(self, roles):
        return [node.get_name() for node in self.all(roles)]

    def dump(self):
        """The tree as text, for the log of a failure."""
        lines = []
        for node in self._walk(self.application):
            try:
                if node.get_name():
                    lines.append(f"{node.get_role_name()}: {node.get_name()}")
            except GLib.Error:
                continue
        return "\n".join(lines)
