#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The first process of the guest when its kernel runs SELinux: loads selinux.cil, runs every line of the programs disk's
# list as root (see job.sh) and turns the guest off. There is no systemd: it is not needed for this, and the boot is short.
set -u
exec > /dev/ttyS1 2>&1 < /dev/null

mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t selinuxfs selinuxfs /sys/fs/selinux
source=$(cat /lab/programs/source)
mkdir -p "$source"
mount --bind /lab/programs "$source"

# The kernel takes the policy in one write.
if secilc --mls true --output /tmp/policy --filecontext /dev/null "$source/selinux.cil" \
  && dd if=/tmp/policy of=/sys/fs/selinux/load bs=1M status=none && echo 1 > /sys/fs/selinux/enforce; then
  while read -r who name program; do
    echo "== begin $name as $who, $(cut -d ' ' -f 1 /proc/uptime) s after the start"
    LC_ALL=C.UTF-8 HOME=/tmp TWINHULL_TEST_BIN="$(cat "$source/bin")" UBSAN_OPTIONS=print_stacktrace=1 "$source/$program"
    echo "== end $name as $who: status $?"
  done < "$source/list"
  echo "== all done"
fi
busybox poweroff -f
