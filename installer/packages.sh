#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# packages.sh GROUP...: installs what is missing of the groups build, run, test and bench. Asks for sudo only when something is.
set -euo pipefail

# shellcheck disable=SC2034 # the groups are read by name
{
build="g++ cmake ninja-build pkg-config python3 qt6-base-dev qt6-charts-dev libqt6opengl6-dev libgl1-mesa-dev qt6-svg-dev
  qt6-tools-dev qt6-tools-dev-tools qt6-l10n-tools libvirt-dev libxml2-dev libosinfo-1.0-dev libseccomp-dev nlohmann-json3-dev libarchive-dev nettle-dev libcli11-dev libvterm-dev libvncserver-dev libsystemd-dev libyaml-cpp-dev"
run="libvirt-daemon libvirt-clients libvirt-daemon-driver-qemu qemu-system-x86 qemu-utils seabios erofs-utils e2fsprogs
  uidmap passt slirp4netns nftables busybox-static libqt6sql6-sqlite libqt6svg6 cpio skopeo xorriso libosinfo-1.0-0 osinfo-db libvncclient1"
test="xvfb xdotool x11-utils at-spi2-core dbus dbus-daemon gir1.2-atspi-2.0 python3-gi fonts-dejavu-core curl iproute2 strace
  sudo crun clang-format clang-tidy clang libclang-rt-14-dev libcap2-bin git zstd mmdebstrap podman conmon runc
  containerd procps catatonit lld docker-registry umoci fuse-overlayfs buildah qemu-guest-agent sysbench fio iperf3 wrk"
bench="virt-manager" # peers in tests/bench that no test needs; a figure says so where one is not installed
}

# Sets `missing` to the packages of the groups that are not installed.
find_missing() {
  missing=()
  for group in "$@"; do
    for package in ${!group}; do
      dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
    done
  done
}
find_missing "$@"
[ ${#missing[@]} -gt 0 ] || exit 0

# One at a time: run.sh and tests/run.sh may both be running.
mkdir -p "$(dirname "$0")/../build"
exec 9> "$(dirname "$0")/../build/.packages.lock"
flock 9
find_missing "$@"
[ ${#missing[@]} -gt 0 ] || exit 0

sudo=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "packages.sh: needs root to install: ${missing[*]}" >&2; exit 1; }
  sudo=(sudo)
fi
echo "Installing: ${missing[*]}"
"${sudo[@]}" apt-get update -q
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
