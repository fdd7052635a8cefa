#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh [--headless] [--repeat N] [--no-build]: installs what is missing, builds, makes the starter image and fetches the
# guest kernel, then opens the window. Without a display, or with --headless, it compares the starter image as container
# and as VM, prints the table and writes twin-report.json and twin-report.html into the current folder.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
here=$PWD
bin=$top/build/release/bin
ctl=$bin/twinhullctl
started=$SECONDS

say() { printf '== %s  (%d s)\n' "$1" $((SECONDS - started)); }
fail() { printf 'run.sh: %s\n' "$1" >&2; exit "${2:-1}"; }

usage() {
  sed -n '3,5s/^# //p' "${BASH_SOURCE[0]}"
  exit "$1"
}

headless=no
repeat=6
build=yes
while [ $# -gt 0 ]; do
  case $1 in
    --headless) headless=yes ;;
    --repeat)
      [[ ${2:-} =~ ^[1-9][0-9]{0,2}$ ]] || fail "--repeat needs a number from 1 to 999" 2
      repeat=$2
      shift
      ;;
    --no-build) build=no ;;
    -h | --help) usage 0 ;;
    *) fail "no such option: $1. See: installer/run.sh --help" 2 ;;
  esac
  shift
done
[ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || headless=yes

if [ "$build" = yes ]; then
  say "Packages"
  "$top/installer/packages.sh" build run

  # One build at a time in this folder, also beside tests/run.sh.
  mkdir -p "$top/build"
  exec 9> "$top/build/.run.lock"
  flock 9

  say "Configure"
  cmake -S "$top" --preset release > "$top/build/configure.log" 2>&1 || {
    tail -n 30 "$top/build/configure.log" >&2
    fail "configuring failed; all of it is in $top/build/configure.log"
  }
  say "Build"
  cmake --build "$top/build/release"
  exec 9>&-
fi
[ -x "$ctl" ] || fail "there is no $ctl; run without --no-build"

say "Starter image"
if ! "$ctl" images --json | grep -q '"twinhull/starter:latest"'; then
  "$ctl" images starter > /dev/null
fi

say "Guest kernel"
if package=$("$top/installer/fetch-kernel.sh" "$top/build/kernel"); then
  "$ctl" kernel prepare "$package" > /dev/null
elif "$ctl" kernel show > /dev/null 2>&1; then
  echo "The newest kernel could not be fetched; going on with the one that is there."
else
  fail "no kernel for VMs; run again with a network, or give a package to: $ctl kernel prepare" 5
fi

if [ "$headless" = no ]; then
  say "Window"
  exec "$bin/twinhull"
fi

say "Comparison: container and VM by turns, $repeat runs each"
"$ctl" compare twinhull/starter --repeat "$repeat" \
  --report "$here/twin-report.json" --report "$here/twin-report.html"
say "Reports: $here/twin-report.json, $here/twin-report.html"
