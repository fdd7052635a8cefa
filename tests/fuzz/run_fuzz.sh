#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run_fuzz.sh SECONDS [TARGET...]: builds the fuzz targets and runs each that long, two at a time, from the corpus in tests/fuzz/corpus.
# Exits 1 when one has a finding, and says how to see it again.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:?run_fuzz.sh SECONDS [TARGET...]}
shift
build=build/fuzz
cmake --preset fuzz
cmake --build --preset fuzz

targets=("$@")
[ ${#targets[@]} -gt 0 ] || for source in tests/fuzz/*_fuzz.cpp; do targets+=("$(basename "${source%_fuzz.cpp}")"); done

# fuzz_one TARGET: new inputs stay in the build folder; 60 s for one input, 2 GiB or a sanitizer's word end it red.
fuzz_one() {
  local name=$1 found=$build/found/$1
  mkdir -p "$found" "$build/corpus/$name"
  if "$build/fuzz/fuzz.$name" -max_total_time="$seconds" -max_len=8192 -timeout=60 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
      -artifact_prefix="$found/" "$build/corpus/$name" "tests/fuzz/corpus/$name" > "$build/$name.log" 2>&1; then
    echo "fuzz $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log") inputs, nothing found"
  else
    tail -n 60 "$build/$name.log"
    echo "fuzz $name: FOUND something. Again: $build/fuzz/fuzz.$name $found/*"
    return 1
  fi
}

failed=0
for ((i = 0; i < ${#targets[@]}; i += 2)); do
  pids=()
  for name in "${targets[@]:i:2}"; do
    fuzz_one "$name" & pids+=($!)
  done
  for pid in "${pids[@]}"; do
    wait "$pid" || failed=1
  done
done
exit "$failed"
