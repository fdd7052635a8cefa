# SPDX-License-Identifier: GPL-3.0-or-later
"""The program's own CPU time: what the status line says, tick by tick, beside what /proc says."""

import os
import pathlib
import re
import time
from typing import NamedTuple

ON_TIME = 0.05  # seconds; at a third of a core they are 0.3 % of six seconds of CPU


class Tick(NamedTuple):
    text: str
    share: float  # of a core, since the tick before
    seconds: float  # to the tick after it, as the window says
    seen: float
    cpu: float  # in /proc when it was seen


class Sum(NamedTuple):
    shown: float  # seconds of CPU
    truth: float
    seconds: float  # as many ticks as were seen

    def tolerance(self):
        """1 %, and what /proc cuts off: it has two numbers of clock ticks of 10 ms each."""
        return 0.01 * self.truth + 2 / os.sysconf("SC_CLK_TCK")


class OwnCost:
    def __init__(self, reader, pid):
        self.reader = reader
        self.stat = pathlib.Path(f"/proc/{pid}/stat")
        self.label = reader.find(("label",), "Twinhull itself")
        self.controls = iter(())

    def measure(self, enough, longest, patience):
        """The sum over so many seconds of CPU time, or over so long where that takes longer. A time in which a tick came late, or
        may have gone by unseen, is not judged, and another begins; None where they come late for so long as is had patience."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            found = self._sum(enough, longest)
            if found:
                return found
        return None  # a computer so busy that its ticks come late all the time

    def _sum(self, enough, longest):
        start = last = self._next_tick(Tick("", 0, 1, time.monotonic(), 0))
        shown = seconds = 0
        while True:
            tick = self._next_tick(last)
            if abs(tick.seen - last.seen - last.seconds) > last.seconds / 4:
                return None  # two that say the same are seen as one
            shown += tick.share * last.seconds
            seconds += last.seconds
            last = tick
            truth = last.cpu - start.cpu
            is_on_time = abs(last.seen - start.seen - seconds) <= ON_TIME
            if is_on_time and (truth >= enough or seconds >= longest):
                return Sum(shown, truth, seconds)
            if truth >= 1.5 * enough or seconds >= 1.5 * longest:
                return None  # the first one was late, or one was lost

    def _next_tick(self, before):
        """The window works early in a tick and rests when the next one is due, so what it does until that is seen here is little."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if time.monotonic() - before.seen < before.seconds * 0.7:
                self._work()
            else:
                time.sleep(0.02)
            text = self._text_of(self.label)
            now = time.monotonic()
            found = re.search(r"itself: ([0-9.]+) % CPU", text)
            if found and text != before.text:
                return Tick(text, float(found[1]) / 100, self._interval(), now, self._cpu_seconds())
        raise AssertionError(f"the status line stays as it is: {before.text}")

    def _work(self):
        """Some of it for the window: a control is looked up."""
        if next(self.controls, None) is None:
            self.controls = self.reader.all(("label", "push button", "button", "table cell"))

    @staticmethod
    def _text_of(node):
        node.clear_cache()
        return node.get_name() or ""

    def _interval(self):
        """Seconds to the next tick; a label beside the figures tells them where it is not one."""
        line = self.label.get_parent()
        for index in range(line.get_child_count()):
            found = re.search(r"^Reads every ([0-9.]+) s", self._text_of(line.get_child_at_index(index)))
            if found:
                return float(found[1])
        return 1.0

    def _cpu_seconds(self):
        """Of all threads, those that ended too (proc(5), utime and stime)."""
        fields = self.stat.read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
