#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What run_lab.py makes of a guest's output: green only when every test ended well and the guest came to its end."""

import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import run_lab  # noqa: E402

EXPECTED = ["a as root", "b as tester"]
GOOD = "== begin a as root\r\nPASS\r\n== end a as root: status 0\r\n== begin b as tester\r\n== end b as tester: status 0\r\n== all done\r\n"


class JudgementTest(unittest.TestCase):
    def wrong(self, output):
        return run_lab.failures(output, EXPECTED)

    def test_is_green_when_all_ended_well(self):
        self.assertEqual(self.wrong(GOOD), [])

    def test_is_red_when_a_test_is_red(self):
        self.assertEqual(self.wrong(GOOD.replace("b as tester: status 0", "b as tester: status 2")), ["b as tester: status 2"])

    def test_is_red_when_a_test_never_ended(self):
        cut = GOOD[:GOOD.index("== end b")]
        self.assertEqual(self.wrong(cut), ["b as tester: never ended", "the guest did not come to its end"])

    def test_is_red_when_the_guest_never_started(self):
        self.assertEqual(len(self.wrong("")), len(EXPECTED) + 1)

    def test_is_red_when_the_guest_stopped_before_its_end(self):
        self.assertEqual(self.wrong(GOOD.replace("== all done", "")), ["the guest did not come to its end"])

    def test_is_not_deceived_by_a_line_within_another(self):
        self.assertEqual(len(self.wrong(GOOD.replace("== end a", "said: == end a"))), 1)


if __name__ == "__main__":
    unittest.main()
