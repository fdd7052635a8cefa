#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# hull_bench.sh [REPEATS]: starts busybox /bin/true by hull and by crun in turn, as root, with and without the default seccomp
# profile, and prints medians in milliseconds and peak memory. crun refuses a hybrid cgroup tree: it gets a private
# mount namespace with a v2-only view; hull runs in the same one, so that both see the same computer. Both keep their states
# in memory, as on users' machines (/run is a tmpfs), and make no cgroup; "own cgroup" is hull as the program uses it.
set -euo pipefail
cd "$(dirname "$0")/../.."
repeats=${1:-60}
hull=${HULL:-$PWD/build/release/bin/hull}
[ "$(id -u)" -eq 0 ] || { echo "hull_bench.sh: needs root" >&2; exit 1; }
[ -x "$hull" ] || { echo "hull_bench.sh: $hull is not built (cmake --build --preset release --target hull)" >&2; exit 1; }
command -v crun >/dev/null || { echo "hull_bench.sh: crun is not installed" >&2; exit 1; }

if [ -z "${HULL_BENCH_INSIDE:-}" ]; then
  exec env HULL_BENCH_INSIDE=1 unshare -m sh -c 'mount -t cgroup2 none /sys/fs/cgroup && exec "$0" "$@"' "$PWD/tests/bench/hull_bench.sh" "$repeats"
fi

world=$(mktemp -d /tmp/hull_bench.XXXXXX)
trap 'umount "$world"/run 2>/dev/null; rm -rf "$world"' EXIT
export XDG_RUNTIME_DIR=$world/run XDG_CACHE_HOME=$world/cache
mkdir -p "$world"/run "$world"/plain/rootfs/bin "$world"/filtered
mount -t tmpfs -o mode=0700 tmpfs "$world"/run
cp /bin/busybox "$world"/plain/rootfs/bin/true
cp -a "$world"/plain/rootfs "$world"/filtered/rootfs
"$hull" spec --bundle "$world/filtered"
python3 - "$world" <<'PY'
import json, sys
world = sys.argv[1]
with open(world + "/filtered/config.json") as file:
    config = json.load(file)
config["process"]["args"] = ["/bin/true"]
for folder in ("filtered", "plain"):
    with open(f"{world}/{folder}/config.json", "w") as file:
        json.dump(config, file)
    config["linux"].pop("seccomp", None)
PY

python3 - "$hull" "$world" "$repeats" <<'PY'
import os, shutil, statistics, subprocess, sys, time
hull, world, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3])
runtimes = {
    "hull": [hull, "--root", world + "/run/hull", "--cgroup-manager=disabled"],
    "hull, own cgroup": [hull, "--root", world + "/run/hull"],
    "crun": [shutil.which("crun"), "--root", world + "/run/crun", "--cgroup-manager=disabled"],
}
rows = {}
def once(name, bundle, number):
    command = runtimes[name] + ["run", "--bundle", f"{world}/{bundle}", f"bench{number}"]
    before = time.monotonic()
    pid = os.posix_spawn(command[0], command, os.environ)
    _, status = os.waitpid(pid, 0)
    if status != 0:
        sys.exit(f"{name} {bundle}: exit status {status}")
    return (time.monotonic() - before) * 1000

def peak(name, bundle):
    """Measured by a small program: a child started from here would inherit this interpreter's peak."""
    if not shutil.which("time"):
        return "needs the package time"
    command = ["time", "-f", "%M"] + runtimes[name] + ["run", "--bundle", f"{world}/{bundle}", "peak"]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=True)
    return done.stderr.strip().splitlines()[-1]
for number in range(repeats + 5):
    for bundle in ("plain", "filtered"):
        for name in runtimes:
            sample = once(name, bundle, number)
            if number >= 5:  # warm: caches filled
                rows.setdefault((name, bundle), []).append(sample)
print(f"{'runtime':17} {'seccomp':8} {'median ms':>10} {'fastest ms':>11} {'peak KiB':>9}")
for (name, bundle), samples in sorted(rows.items()):
    print(f"{name:17} {'yes' if bundle == 'filtered' else 'no':8} {statistics.median(samples):10.2f} {min(samples):11.2f} "
          f"{peak(name, bundle):>9}")
PY
