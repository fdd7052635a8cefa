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

failed=0
step "Tests"
ctest --preset dev-asan || failed=1
step "Left out on this computer, and why"
grep '^SKIP' build/dev-asan/Testing/Temporary/LastTest.log || echo "nothing"

step "Fuzz"
tests/fuzz/run_fuzz.sh 60 || failed=1

step "Lint"
tests/lint.sh build/dev-asan || failed=1

step "Done"
exit "$failed"
