#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh [CTEST ARGUMENT...]: installs what the tests need, checks the format, builds preset dev-asan, runs every test, fuzzes, lints.
# With arguments only those tests run ("-L unit", "-R vm"), and neither fuzzing nor the lint follows.
set -euo pipefail
cd "$(dirname "$0")/.."

started=$SECONDS
step() { printf '\n== %s  (%d s)\n' "$1" $((SECONDS - started)); }

step "Packages"
installer/packages.sh build run test

step "Format"
git ls-files '*.h' '*.cpp' | xargs clang-format --dry-run --Werror

step "Build: the half without Qt, on its own, as released"
cmake --preset plain
cmake --build --preset plain

step "Build: everything, with sanitizers"
cmake --preset dev-asan
cmake --build --preset dev-asan

if [ $# -gt 0 ]; then
  exec ctest --preset dev-asan "$@"
fi

# Tests with a VM wait for much and leave a core idle for half the time: lint and fuzz have what is left over. A group of their own,
# to be ended with this script, but no session: between sessions the kernel shares equally, whatever is nice (sched(7), "The autogroup feature").
set -m
nice -n 19 bash -c 'tests/lint.sh build/dev-asan > build/lint.log 2>&1; lint=$?
  tests/fuzz/run_fuzz.sh 20 > build/fuzz.log 2>&1 && exit "$lint"' &
beside=$!
set +m
trap 'kill -- "-$beside" 2> /dev/null || true' EXIT

failed=0
step "Tests"
ctest --preset dev-asan || failed=1
step "The longest tests: name, runs, seconds"
awk 'NF == 3' build/dev-asan/Testing/Temporary/CTestCostData.txt | sort -k 3 -rn | sed -n 1,12p || true
step "Left out on this computer, and why"
grep '^SKIP' build/dev-asan/Testing/Temporary/LastTest.log || echo "nothing"

step "Lint and fuzz, which began with the tests"
wait "$beside" || failed=1
cat build/lint.log build/fuzz.log

step "Done"
exit "$failed"
