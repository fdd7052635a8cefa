#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# hull_bench.sh [REPEATS]: hull beside crun and runc (those of them that are installed), in turn within one run: start as root
# with and without the default seccomp profile, as an ordinary user, exec, a hundred at once, peak memory, system calls.
# crun and runc refuse a hybrid cgroup tree: all run in a private mount namespace with a v2-only view. States rest in
# memory, as on users' machines (/run is a tmpfs). Needs root; HULL names another hull.
set -euo pipefail
cd "$(dirname "$0")/../.."
hull=${HULL:-$PWD/build/release/bin/hull}
[ "$(id -u)" -eq 0 ] || { echo "hull_bench.sh: needs root" >&2; exit 1; }
[ -x "$hull" ] || { echo "hull_bench.sh: $hull is not built (cmake --build --preset release --target hull)" >&2; exit 1; }
exec unshare -m sh -c 'mount -t cgroup2 none /sys/fs/cgroup && exec "$@"' sh python3 tests/bench/hull_bench.py "$hull" "${1:-60}"
