# SPDX-License-Identifier: GPL-3.0-or-later
"""What every bench does with its samples: sides measured by turns, the median with the 95 % interval of a percentile
bootstrap, a bound held against the interval's upper end, a table for a person and JSON for a program. An interval needs
five samples; fewer meet no bound, and what is one value by its nature (counted, or the greatest of many) says so in the
interval's place. A bench never fails for a figure: a busy computer is no bug. What else ran meanwhile (pressure, load)
therefore stands beside the figures, and who runs all rows (all.py) is told which bounds were not met."""
import json
import math
import os
import random
import statistics
import time

RESAMPLES = 2000
SEED = 1  # the same samples always give the same interval
SAMPLES_AT_LEAST = 5  # of which the resampled medians say something


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


def shuffled_turns(sides, rounds, seed=SEED):
    """Samples by side as by_turns() has them, in an order that is drawn anew for each round."""
    draw = random.Random(seed)
    samples = {name: [] for name in sides}
    for _ in range(rounds):
        for name in draw.sample(list(sides), len(sides)):
            samples[name].append(sides[name]())
    return samples


class Estimate:
    """A value with its 95 % interval, made of `count` samples; or with the word for why it has none (`single`)."""

    def __init__(self, value, low, high, count=SAMPLES_AT_LEAST, single=""):
        self.value, self.low, self.high, self.count, self.single = value, low, high, count, single

    @property
    def is_enough(self):
        return bool(self.single) or self.count >= SAMPLES_AT_LEAST

    def __repr__(self):
        return f"Estimate({self.value:.4g}, {self.low:.4g}, {self.high:.4g})"


def one_value(value):
    """Counted, or read once: the bound is held against the value itself."""
    return Estimate(value, value, value, 1, "one value, no interval")


def greatest(samples):
    """Of all: what must never be more than the bound has no interval either."""
    return Estimate(max(samples), max(samples), max(samples), len(samples), f"greatest of {len(samples)}, no interval")


def bootstrap(rounds, statistic):
    """`statistic` of the rounds, and the middle 95 % of it over rounds drawn with replacement. What was measured in one
    round is drawn together: rounds are paired."""
    draw = random.Random(SEED)
    drawn = sorted(statistic(draw.choices(rounds, k=len(rounds))) for _ in range(RESAMPLES))
    return Estimate(statistic(rounds), drawn[int(0.025 * RESAMPLES)], drawn[int(0.975 * RESAMPLES) - 1], len(rounds))


def percentile_of(values, percent):
    """By nearest rank: one of the values, so that few of them make no number that none of them is."""
    ordered = sorted(values)
    return ordered[max(math.ceil(percent / 100 * len(ordered)) - 1, 0)]


def percentile(rounds, percent):
    """Of all values of the rounds, each a list; what is drawn again is whole rounds."""
    return bootstrap(rounds, lambda drawn: percentile_of([value for values in drawn for value in values], percent))


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
    """One line of the table. A bound is met when the whole interval is below it. What the promise leaves out on such a
    computer (`applies`) is said, and neither met nor missed."""

    def __init__(self, title, unit, estimate, at_most=None, note="", applies=True):
        self.title, self.unit, self.estimate, self.at_most, self.note = title, unit, estimate, at_most, note
        self.applies = applies

    @property
    def verdict(self):
        if self.estimate is None:
            return "not measured" if self.applies else "does not apply here"
        if self.at_most is None:
            return ""
        if self.estimate.high > self.at_most:
            return "not met"
        return "met" if self.estimate.is_enough else "too few rounds"

    @property
    def is_broken(self):
        """Something that is promised was not shown."""
        return self.verdict in ("not met", "too few rounds") or (self.verdict == "not measured" and self.at_most is not None)

    def cells(self):
        def text(number):
            return f"{number:.2f}" if abs(number) < 100 else f"{number:.0f}"
        if self.estimate is None:
            return [self.title, "", "", "", self.verdict, self.note]
        interval = self.estimate.single or f"{text(self.estimate.low)} .. {text(self.estimate.high)}"
        if not self.estimate.is_enough:
            interval = f"{self.estimate.count} value{'s' * (self.estimate.count > 1)}, no interval"
        bound = "" if self.at_most is None else text(self.at_most)
        return [self.title, f"{text(self.estimate.value)} {self.unit}".rstrip(), interval, bound, self.verdict, self.note]

    def as_json(self):
        record = {"title": self.title, "unit": self.unit, "atMost": self.at_most, "verdict": self.verdict or None,
                  "note": self.note or None, "value": None, "low95": None, "high95": None, "applies": self.applies}
        if self.estimate is not None:
            record.update(value=self.estimate.value, low95=self.estimate.low, high95=self.estimate.high,
                          count=self.estimate.count, single=self.estimate.single or None)
        return record


def figure_of(record):
    """What as_json() wrote."""
    estimate = None
    if record["value"] is not None:
        estimate = Estimate(record["value"], record["low95"], record["high95"], record["count"], record["single"] or "")
    return Figure(record["title"], record["unit"], estimate, record["atMost"], record["note"] or "", record["applies"])


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

    def add_exempt(self, title, reason, at_most=None):
        """Promised for other computers than this one."""
        self.figures.append(Figure(title, "", None, at_most, reason, applies=False))

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
