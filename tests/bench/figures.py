# SPDX-License-Identifier: GPL-3.0-or-later
"""What every bench does with its samples: sides measured by turns, the median with the 95 % interval of a percentile
bootstrap, a bound held against the interval's upper end, a table for a person and JSON for a program. A figure never
fails: a busy computer is no bug. What else ran meanwhile (pressure, load) therefore stands beside the figures."""
import json
import os
import random
import statistics
import time

RESAMPLES = 2000
SEED = 1  # the same samples always give the same interval


def by_turns(sides, rounds, warm_up=0):
    """Samples by side: one of each side, then again, so that a change of the computer's speed meets all of them. Every
    other round goes through the sides backwards, so that none is always the first. `sides` are functions by name."""
    samples = {name: [] for name in sides}
    for number in range(warm_up + rounds):
        order = list(sides) if number % 2 == 0 else list(reversed(sides))
        for name in order:
            sample = sides[name]()
            if number >= warm_up:
                samples[name].append(sample)
    return samples


class Estimate:
    """A value with its 95 % interval."""

    def __init__(self, value, low, high):
        self.value, self.low, self.high = value, low, high

    def __repr__(self):
        return f"Estimate({self.value:.4g}, {self.low:.4g}, {self.high:.4g})"


def bootstrap(rounds, statistic):
    """`statistic` of the rounds, and the middle 95 % of it over rounds drawn with replacement. What was measured in one
    round is drawn together: rounds are paired."""
    draw = random.Random(SEED)
    drawn = sorted(statistic(draw.choices(rounds, k=len(rounds))) for _ in range(RESAMPLES))
    return Estimate(statistic(rounds), drawn[int(0.025 * RESAMPLES)], drawn[int(0.975 * RESAMPLES) - 1])


def median(samples):
    return bootstrap(samples, statistics.median)


def ratio(ours, peers):
    """Of the medians; ours[i] and peers[i] are of one round."""
    return bootstrap(list(zip(ours, peers, strict=True)), lambda rounds: statistics.median(
        our for our, _ in rounds) / statistics.median(peer for _, peer in rounds))


def pairs(ours, peers):
    """Samples of two sides, a list of them a round each: only what was measured in the same round stands together. A
    round that has more of one side than of the other loses what is over."""
    found = [pair for our, peer in zip(ours, peers, strict=True) for pair in zip(our, peer)]
    return [our for our, _ in found], [peer for _, peer in found]


class Figure:
    """One line of the table. A bound is met when the whole interval is below it."""

    def __init__(self, title, unit, estimate, at_most=None, note=""):
        self.title, self.unit, self.estimate, self.at_most, self.note = title, unit, estimate, at_most, note

    @property
    def verdict(self):
        if self.estimate is None:
            return "not measured"
        if self.at_most is None:
            return ""
        return "met" if self.estimate.high <= self.at_most else "not met"

    def cells(self):
        def text(number):
            return f"{number:.2f}" if abs(number) < 100 else f"{number:.0f}"
        if self.estimate is None:
            return [self.title, "", "", "", self.verdict, self.note]
        interval = f"{text(self.estimate.low)} .. {text(self.estimate.high)}"
        bound = "" if self.at_most is None else text(self.at_most)
        return [self.title, f"{text(self.estimate.value)} {self.unit}".rstrip(), interval, bound, self.verdict, self.note]

    def as_json(self):
        record = {"title": self.title, "unit": self.unit, "atMost": self.at_most, "verdict": self.verdict or None,
                  "note": self.note or None, "value": None, "low95": None, "high95": None}
        if self.estimate is not None:
            record.update(value=self.estimate.value, low95=self.estimate.low, high95=self.estimate.high)
        return record


def figure_of(record):
    """What as_json() wrote."""
    estimate = None if record["value"] is None else Estimate(record["value"], record["low95"], record["high95"])
    return Figure(record["title"], record["unit"], estimate, record["atMost"], record["note"] or "")


def stall_seconds(kind):
    """How long some task waited for `kind` (cpu, memory, io) since boot; None where the kernel does not tell."""
    try:
        with open(f"/proc/pressure/{kind}", encoding="ascii") as file:
            return int(file.readline().rsplit("total=", 1)[1]) / 1e6
    except (OSError, IndexError, ValueError):
        return None


class Surroundings:
    """What else was going on from the making of this until the record is taken."""

    KINDS = ("cpu", "memory", "io")

    def __init__(self):
        self.start = time.monotonic()
        self.before = {kind: stall_seconds(kind) for kind in self.KINDS}

    def record(self):
        seconds = time.monotonic() - self.start
        shares = {}
        for kind, before in self.before.items():
            after = stall_seconds(kind)
            shares[kind] = None if before is None or after is None else (after - before) / seconds
        return {"kernel": os.uname().release, "cpus": os.cpu_count(), "seconds": seconds, "pressureSome": shares,
                "loadAverage": list(os.getloadavg())}


def surroundings_text(record):
    pressure = ", ".join(f"{kind} {share:.0%}" for kind, share in record["pressureSome"].items() if share is not None)
    return (f"{record['cpus']} CPUs, kernel {record['kernel']}, {record['seconds']:.0f} s; some task waited for: "
            f"{pressure or 'not told by this kernel'}; load {record['loadAverage'][0]:.1f}")


class Report:
    """The figures of one bench in the order they are shown, the samples they were made of, and the surroundings."""

    def __init__(self, bench):
        self.bench, self.figures, self.samples = bench, [], {}
        self.surroundings = Surroundings()

    def add(self, title, unit, estimate, at_most=None, note=""):
        self.figures.append(Figure(title, unit, estimate, at_most, note))

    def add_missing(self, title, reason, at_most=None):
        self.figures.append(Figure(title, "", None, at_most, reason))

    def keep(self, name, samples):
        self.samples[name] = samples

    def text(self):
        rows = [["figure", "median", "95 % interval", "at most", "", ""]] + [figure.cells() for figure in self.figures]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
        lines.append(surroundings_text(self.surroundings.record()))
        return "\n".join(lines)

    def as_json(self):
        return {"version": 1, "bench": self.bench, "figures": [figure.as_json() for figure in self.figures],
                "samples": self.samples, "surroundings": self.surroundings.record(),
                "bootstrap": {"resamples": RESAMPLES, "seed": SEED}}

    def finish(self, json_path=None):
        print(self.text())
        if json_path:
            with open(json_path, "w", encoding="utf-8") as file:
                json.dump(self.as_json(), file, indent=1)
                file.write("\n")
