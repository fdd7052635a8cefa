#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What figures.py makes of samples."""
import contextlib
import importlib
import io
import json
import os
import pathlib
import random
import re
import sys
import tempfile
import unittest
import unittest.mock

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import a_a_bench  # noqa: E402
import figures  # noqa: E402

all_rows = importlib.import_module("all")


def noisy(middle, count, seed):
    draw = random.Random(seed)
    return [draw.gauss(middle, middle / 10) for _ in range(count)]


class TurnsTest(unittest.TestCase):
    def test_measures_sides_by_turns_and_none_always_first(self):
        order = []
        sides = {name: lambda name=name: order.append(name) or len(order) for name in "ab"}
        samples = figures.by_turns(sides, rounds=2, warm_up=1)
        self.assertEqual("".join(order), "abbaab")
        self.assertEqual(samples, {"a": [4, 5], "b": [3, 6]})

    def test_draws_the_order_of_each_round(self):
        order = []
        sides = {name: lambda name=name: order.append(name) or name for name in "abcd"}
        samples = figures.shuffled_turns(sides, rounds=8)
        rounds = ["".join(order[first:first + 4]) for first in range(0, 32, 4)]
        self.assertEqual({"".join(sorted(each)) for each in rounds}, {"abcd"})
        self.assertGreater(len(set(rounds)), 3)
        self.assertEqual(samples, {name: [name] * 8 for name in "abcd"})


class IntervalTest(unittest.TestCase):
    def test_is_the_value_itself_without_scatter(self):
        found = figures.median([3.0] * 5)
        self.assertEqual((found.value, found.low, found.high), (3.0, 3.0, 3.0))

    def test_is_the_same_for_the_same_samples(self):
        samples = noisy(10, 20, 1)
        self.assertEqual(repr(figures.median(samples)), repr(figures.median(samples)))

    def test_holds_the_truth_about_19_times_in_20(self):
        held = 0
        for seed in range(100):
            found = figures.median(noisy(10, 15, seed))
            held += found.low <= 10 <= found.high
        self.assertGreaterEqual(held, 88)

    def test_pairs_what_was_measured_in_one_round(self):
        speeds = noisy(10, 20, 3)  # of the computer, round by round
        found = figures.ratio([0.5 * speed for speed in speeds], speeds)
        self.assertAlmostEqual(found.low, 0.5)
        self.assertAlmostEqual(found.high, 0.5)

    def test_pairs_nothing_over_the_edge_of_a_round(self):
        ours, peers = figures.pairs([[1, 2], [3], [5, 6]], [[10, 20], [30, 40], [50, 60]])
        self.assertEqual((ours, peers), ([1, 2, 3, 5, 6], [10, 20, 30, 50, 60]))
        with self.assertRaises(ValueError):
            figures.pairs([[1]], [[1], [2]])

    def test_percentile_is_one_of_the_values(self):
        self.assertEqual([figures.percentile_of(range(1, 101), percent) for percent in (95, 100, 0)], [95, 100, 1])
        self.assertEqual(figures.percentile_of([7], 95), 7)

    def test_percentile_is_of_all_rounds_and_as_wide_as_they_differ(self):
        found = figures.percentile([[1.0] * 19 + [2.0]] * 9 + [[50.0] * 20], 95)
        self.assertEqual((found.value, found.low, found.high, found.count), (50.0, 1.0, 50.0, 10))
        self.assertEqual(figures.percentile([[1.0] * 20] * 6, 95).high, 1.0)

    def test_refuses_rounds_without_a_partner(self):
        with self.assertRaises(ValueError):
            figures.ratio([1.0, 2.0], [1.0])


class SameAgainstItselfTest(unittest.TestCase):
    def passes(self, low, high, finding="not_shown", second=101):
        figure = {"container": {"median": 100, "low": 95, "high": 105}, "vm": {"median": second, "low": second - 5, "high": second + 5},
                  "difference": {"low": low, "high": high}, "finding": finding}
        with contextlib.redirect_stdout(io.StringIO()):
            return a_a_bench.row("container", "work_ms", figure)["pass"]

    def test_holds_the_whole_interval_within_the_bound(self):
        self.assertTrue(self.passes(-4, 4.9))
        self.assertFalse(self.passes(-4, 7))  # although the medians are 1 % apart
        self.assertFalse(self.passes(-7, 4))

    def test_names_no_side_where_intervals_overlap(self):
        self.assertFalse(self.passes(1, 3, "more"))
        self.assertTrue(self.passes(1, 3))


class AllRowsTest(unittest.TestCase):
    """Rows whose bench is a script of the test's."""

    BENCH = """
import sys
sys.path.insert(0, {here!r})
import figures
open({log!r}, "a").write({name!r} + "\\n")
if {fails}:
    raise SystemExit("the bench found | no ground")
report = figures.Report({name!r})
report.add("ours", "ms", figures.median([1.0, 2.0, 3.0] * 3), at_most={at_most})
report.finish(sys.argv[sys.argv.index("--json") + 1])
"""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.out = pathlib.Path(self.folder.name, "out")
        self.log = pathlib.Path(self.folder.name, "log")
        self.log.touch()
        self.write("good", False)
        self.write("bad", True)

    def write(self, name, fails, at_most=2):
        path = pathlib.Path(self.folder.name, f"{name}.py")
        path.write_text(self.BENCH.format(here=os.path.dirname(os.path.abspath(__file__)), log=str(self.log), name=name, fails=fails, at_most=at_most))

    def rows(self, *words):
        rows = tuple(all_rows.Row(name, f"row {name}", "", 1, (f"{self.folder.name}/{name}.py",)) for name in ("good", "bad"))
        with contextlib.redirect_stdout(io.StringIO()), unittest.mock.patch.object(all_rows, "ROWS", rows):
            status = all_rows.main(["bin", "--out", str(self.out), *words])
        return status, self.log.read_text().split(), (self.out / "table.md").read_text()

    def test_goes_on_where_it_was(self):
        status, ran, table = self.rows()
        self.assertEqual((status, ran), (3, ["good", "bad"]))
        self.assertIn("| **row good** | ours | 2.00 ms | 1.00 .. 3.00 | 2.00 | not met |", table)
        self.assertIn("failed: the bench found \\| no ground (status 1)", table)
        self.write("bad", False, at_most=4)
        status, ran, table = self.rows()
        self.assertEqual((status, ran), (3, ["good", "bad", "bad"]))
        self.assertIn("\n- good: not met: ours (not met)\n- bad: met\n", table)
        self.assertNotIn("failed", table)
        table = json.loads((self.out / "table.json").read_text())
        self.assertEqual([each["record"]["figures"][0]["value"] for each in table["rows"]], [2.0, 2.0])

    def test_the_status_is_of_the_rows_that_were_asked_for(self):
        self.write("good", False, at_most=4)
        self.assertEqual(self.rows("--only", "good")[0], 0)
        self.assertEqual(self.rows("--only", "bad")[0], 3)

    def test_tells_the_minutes_of_each_row_and_of_all(self):
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown):
            status = all_rows.main(["bin", "--list"])
        self.assertEqual(status, 0)
        told = dict(re.findall(r"(?m)^(\S+) +([\d.]+) min ", shown.getvalue()))
        self.assertEqual({name: float(minutes) for name, minutes in told.items()}, {row.name: row.minutes for row in all_rows.ROWS})
        whole = sum(row.minutes for row in all_rows.ROWS if not row.is_extra)
        self.assertIn(f"{whole:g} min", shown.getvalue().splitlines()[-1])

    def test_measures_anew_what_was_quick(self):
        status, _, table = self.rows("--only", "good", "--quick")
        self.assertEqual(status, 0)  # it ran; its figures are not judged
        self.assertIn("worth nothing", table)
        _, ran, table = self.rows("--only", "good")
        self.assertEqual(ran, ["good", "good"])
        self.assertNotIn("worth nothing", table)
        self.assertIn("| **row bad** | | | | | not measured | not measured yet |", table)
        self.assertEqual(self.rows("--only", "good", "--again")[1], ["good"] * 3)

    def test_runs_what_is_no_line_of_the_table_only_when_named(self):
        extra = all_rows.Row("extra", "row extra", "", 1, (f"{self.folder.name}/extra.py",), is_extra=True)
        self.write("extra", False, at_most=4)
        self.write("good", False, at_most=4)
        good = all_rows.Row("good", "row good", "", 1, (f"{self.folder.name}/good.py",))
        for words, status, ran in (((), 0, ["good"]), (("--only", "extra"), 0, ["good", "extra"])):
            with contextlib.redirect_stdout(io.StringIO()), unittest.mock.patch.object(all_rows, "ROWS", (good, extra)):
                self.assertEqual(all_rows.main(["bin", "--out", str(self.out), *words]), status)
            self.assertEqual(self.log.read_text().split(), ran)
            self.assertEqual("row extra" in (self.out / "table.md").read_text(), "extra" in ran)

    def test_every_row_runs_a_bench_that_is_there(self):
        self.assertEqual([row.name for row in all_rows.ROWS if not (all_rows.HERE / row.words[0]).exists()], [])


class VerdictTest(unittest.TestCase):
    def verdict(self, high, at_most):
        return figures.Figure("x", "", figures.Estimate(1.0, 0.9, high), at_most).verdict

    def figure(self, estimate, at_most=2):
        return figures.Figure("x", "ms", estimate, at_most)

    def test_few_samples_meet_no_bound_and_show_no_interval(self):
        few, enough = self.figure(figures.median([1.0] * 4)), self.figure(figures.median([1.0] * 5))
        self.assertEqual((few.verdict, few.is_broken, few.cells()[2]), ("too few rounds", True, "4 values, no interval"))
        self.assertEqual((enough.verdict, enough.is_broken, enough.cells()[2]), ("met", False, "1.00 .. 1.00"))
        self.assertEqual(self.figure(figures.median([3.0] * 4)).verdict, "not met")

    def test_one_value_says_that_it_is_one(self):
        one, worst = self.figure(figures.one_value(2)), self.figure(figures.greatest([1, 3, 2]))
        self.assertEqual((one.verdict, one.cells()[2]), ("met", "one value, no interval"))
        self.assertEqual((worst.verdict, worst.cells()[1:3]), ("not met", ["3.00 ms", "greatest of 3, no interval"]))

    def test_is_the_same_after_it_was_written_down(self):
        for figure in (self.figure(figures.median([1.0] * 4)), self.figure(figures.greatest([1, 2])), self.figure(None)):
            again = figures.figure_of(json.loads(json.dumps(figure.as_json())))
            self.assertEqual((again.cells(), again.is_broken), (figure.cells(), figure.is_broken))

    def test_tells_what_is_missing_from_what_is_not_promised_here(self):
        report = figures.Report("x")
        report.add_missing("podman", "needs podman", at_most=1)
        report.add_missing("virt-manager", "needs virt-manager")
        report.add_exempt("under KVM", "needs a usable /dev/kvm", at_most=1)
        self.assertEqual([figure.is_broken for figure in report.figures], [True, False, False])
        self.assertEqual(report.figures[2].verdict, "does not apply here")

    def test_is_about_the_upper_end(self):
        self.assertEqual(self.verdict(1.2, 1.2), "met")
        self.assertEqual(self.verdict(1.3, 1.2), "not met")
        self.assertEqual(self.verdict(1.3, None), "")

    def test_says_what_was_not_measured_and_why(self):
        report = figures.Report("x")
        report.add_missing("under KVM", "no KVM here", at_most=0.15)
        self.assertIn("not measured  no KVM here", report.text())


class ReportTest(unittest.TestCase):
    def test_writes_what_it_shows(self):
        report = figures.Report("some")
        report.add("twin / peer", "", figures.ratio([1.0, 2.0, 3.0] * 2, [2.0, 4.0, 6.0] * 2), at_most=0.6)
        report.keep("twin", [1.0, 2.0, 3.0])
        with tempfile.NamedTemporaryFile("r") as file:
            shown = io.StringIO()
            with contextlib.redirect_stdout(shown):
                report.finish(file.name)
            record = json.load(file)
        self.assertIn("0.50", shown.getvalue())
        self.assertEqual(record["figures"][0]["verdict"], "met")
        self.assertEqual(record["samples"], {"twin": [1.0, 2.0, 3.0]})
        self.assertGreaterEqual(record["surroundings"]["seconds"], 0)

    def test_measures_pressure_where_the_kernel_tells(self):
        told = figures.stall_seconds("cpu")
        share = figures.Surroundings().record()["pressureSome"]["cpu"]
        self.assertEqual(told is None, share is None)
        self.assertIsNone(figures.stall_seconds("no such kind"))


if __name__ == "__main__":
    unittest.main()
