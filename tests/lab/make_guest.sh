#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# make_guest.sh FOLDER: makes FOLDER/root.img and FOLDER/kernel, a Debian 12 with systemd, cgroup v2 and the ordinary user
# "tester": a desktop's half that tests of limits, scopes and delegation need. Needs root, else status 77. Made again only when this folder
# of scripts has changed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/support/debian_sources.sh
source "$here/../support/debian_sources.sh"
folder=${1:?usage: make_guest.sh FOLDER}
packages=systemd-sysv,dbus,dbus-user-session,libpam-systemd,uidmap,busybox-static,procps,strace,iproute2,criu,slirp4netns,apparmor,secilc
packages+=,linux-image-cloud-amd64,tiny-initramfs # any initramfs program will do: the kernel needs none to reach its root
packages+=,libqt6test6,libqt6network6,libasan8,libubsan1,libseccomp2,libarchive13,libvirt0,libsystemd0,libqt6sql6,libyaml-cpp0.7,libxml2,libosinfo-1.0-0

recipe=$(cat "${BASH_SOURCE[0]}" "$here"/guest/* | sha256sum)
if [ -f "$folder/recipe" ] && [ "$(cat "$folder/recipe")" = "$recipe" ]; then
  exit 0
fi
[ "$(id -u)" -eq 0 ] || { echo "SKIP   : lab: making the guest needs root"; exit 77; }

mkdir -p "$folder"
rm -f "$folder/recipe"
root=$(mktemp -d "$folder/root.XXXXXX")
trap 'rm -rf --one-file-system "$root"' EXIT

debian_sources bookworm > "$folder/sources.list"
debian_connection > "$folder/apt.conf"
mmdebstrap --quiet --variant=minbase --format=directory --include="$packages" \
  --aptopt='Acquire::Languages "none"' --aptopt="$folder/apt.conf" --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' bookworm "$root" "$folder/sources.list"

install -D -m 0755 "$here/guest/begin.sh" "$root/lab/begin.sh"
install -m 0644 "$here/guest/lab.service" "$root/etc/systemd/system/lab.service"
chroot "$root" useradd --create-home --shell /bin/sh tester
chroot "$root" systemctl --quiet enable lab.service
# What waits for a device that is not there, or works beside the tests.
chroot "$root" systemctl --quiet mask serial-getty@.service getty@.service console-getty.service systemd-timesyncd.service \
  apparmor.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer
echo lab > "$root/etc/hostname"
: > "$root/etc/fstab"

cp "$root"/boot/vmlinuz-* "$folder/kernel"
rm -rf "${root:?}"/boot "$root"/var/cache/apt "$root"/var/lib/apt/lists
rm -f "$folder/root.img"
mke2fs -q -t ext4 -O ^has_journal -d "$root" "$folder/root.img" 1500M
echo "$recipe" > "$folder/recipe"
