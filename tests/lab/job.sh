#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs in the lab's guest: every line of the programs disk's list, "WHO NAME PROGRAM". WHO is root; disk, root with its
# files on a disk and not in memory, whose mounts this kernel cannot map ids of; tester, an ordinary user in a delegated
# unit of the user's own systemd; or session, the same user outside of it, as after a login.
# What is printed goes to the computer that runs the guest.
set -u

source=$(cat /lab/programs/source)
mkdir -p "$source"
mount --bind /lab/programs "$source"

loginctl enable-linger tester
systemctl start user@1000.service

as() {
  who=$1
  shift
  set -- env LC_ALL=C.UTF-8 HOME=/tmp TWINHULL_TEST_BIN="$(cat "$source/bin")" UBSAN_OPTIONS=print_stacktrace=1 QTEST_FUNCTION_TIMEOUT=600000 "$@"
  case $who in
    root) "$@" ;;
    disk) unshare --mount sh -c 'mount --bind /var/tmp /tmp && exec "$@"' sh "$@" ;;
    tester) systemd-run --machine=tester@ --user --pipe --wait --quiet --property=Delegate=yes "$@" ;;
    session) setpriv --reuid tester --regid tester --init-groups env XDG_RUNTIME_DIR=/run/user/1000 "$@" ;;
  esac
}

while read -r who name program; do
  echo "== begin $name as $who, $(cut -d ' ' -f 1 /proc/uptime) s after the start"
  as "$who" "$source/$program" < /dev/null
  echo "== end $name as $who: status $?"
done < "$source/list"
echo "== all done"
