#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs in the lab's guest, once: hands over to the job on the programs disk, so that the guest need not be made again
# when the job changes.
set -eu

mount -t tmpfs -o size=1g none /tmp
mkdir -p /lab/programs
mount -o ro /dev/nvme1n1 /lab/programs
exec /lab/programs/job.sh
