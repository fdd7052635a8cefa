#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs in the lab's guest, once, as a unit of systemd's or as the first process: hands over to the job on the programs
# disk, so that the guest need not be made again when the job changes.
set -eu

if [ $$ -eq 1 ]; then
  mount -t devtmpfs devtmpfs /dev
  mount -t proc proc /proc
  until [ -b /dev/nvme1n1 ]; do sleep 0.1; done # the kernel has waited for the root's disk only
fi
mount -t tmpfs -o size=1g none /tmp
mkdir -p /lab/programs
mount -o ro /dev/nvme1n1 /lab/programs
exec /lab/programs/job.sh
