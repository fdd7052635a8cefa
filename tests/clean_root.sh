#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# clean_root.sh [--keep] [installer|window|tests|all]: proves the package lists. Makes a minimal Debian 12 in a temporary
# folder, clones the committed state of this source into it and runs there: installer/run.sh --headless (installer, the
# default), installer/run.sh in an X server until its window is there (window), tests/run.sh (tests), or one after the
# other (all). Needs root, debootstrap, about 6 GB below $TMPDIR and half an hour; on demand, not part of tests/run.sh.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
suite=bookworm
# shellcheck source=tests/support/debian_sources.sh
source "$top/tests/support/debian_sources.sh"

fail() { printf 'clean_root.sh: %s\n' "$1" >&2; exit 1; }
say() { printf '\n### %s\n' "$1"; }

# The desktop's part is an X server that is installed before; all else comes from the installer.
open_window() {
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends xvfb x11-utils > /dev/null
  Xvfb :77 -screen 0 1280x720x24 -nolisten tcp -noreset &
  local server=$!
  "$@" DISPLAY=:77 /root/twinhull/installer/run.sh &
  local program=$!
  until xwininfo -display :77 -root -tree 2> /dev/null | grep '"Twinhull"'; do
    kill -0 "$program" 2> /dev/null || fail "installer/run.sh ended and opened no window"
    sleep 1
  done
  kill "$program" "$server"
  wait || true
}

# Runs in mount and process namespaces of its own: nothing that is mounted or left running survives it. pivot_root, not
# chroot: the kernel makes no user namespaces for a process in a chroot (user_namespaces(7)).
inside() {
  local root=$1 what=$2
  mount --bind "$root" "$root"
  mount --rbind /dev "$root/dev"
  mount --rbind /sys "$root/sys"
  mount -t proc proc "$root/proc"
  mount -t tmpfs -o mode=0755 tmpfs "$root/run"
  mkdir -p "$root/.outside"
  cd "$root"
  pivot_root . .outside
  cd /
  umount -l /.outside
  rmdir /.outside
  local proxy=()
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [ -z "${!name:-}" ] || proxy+=("$name=${!name}")
  done
  local clean=(env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${proxy[@]}")
  mkdir -p /root/work
  cd /root/work
  if [ "$what" = installer ] || [ "$what" = all ]; then
    say "installer/run.sh --headless"
    "${clean[@]}" /root/twinhull/installer/run.sh --headless --repeat 1
    ls -l twin-report.json twin-report.html
    say "installer/run.sh --headless, again"
    "${clean[@]}" /root/twinhull/installer/run.sh --headless --repeat 1
  fi
  if [ "$what" = window ] || [ "$what" = all ]; then
    say "installer/run.sh in an X server"
    open_window "${clean[@]}"
  fi
  if [ "$what" = tests ] || [ "$what" = all ]; then
    say "tests/run.sh"
    "${clean[@]}" /root/twinhull/tests/run.sh
  fi
}

if [ "${1:-}" = --inside ]; then
  inside "$2" "$3"
  exit 0
fi

keep=no
what=installer
for argument in "$@"; do
  case $argument in
    --keep) keep=yes ;;
    installer | window | tests | all) what=$argument ;;
    *) fail "no such argument: $argument. See the head of this file" ;;
  esac
done
[ "$(id -u)" -eq 0 ] || fail "needs root for debootstrap"
command -v debootstrap > /dev/null || fail "needs the package debootstrap"

sources=$(debian_sources "$suite")
mirror=$(awk -v suite="$suite" '$3 == suite { print $2; exit }' <<< "$sources")

root=$(mktemp -d --tmpdir twinhull-clean-root.XXXXXX)
chmod 0755 "$root" # it becomes /, which ordinary users must pass
cleanup() {
  if [ "$keep" = yes ]; then
    echo "Kept: $root"
  else
    rm -rf --one-file-system "$root"
  fi
}
trap cleanup EXIT

say "Debian $suite from $mirror"
debootstrap --variant=minbase "$suite" "$root" "$mirror" > "$root.log" 2>&1 || {
  tail -n 20 "$root.log" >&2
  fail "debootstrap failed"
}
rm -f "$root.log"
printf '%s\n' "$sources" > "$root/etc/apt/sources.list"
debian_connection > "$root/etc/apt/apt.conf.d/90host"

say "Source"
git clone -q --no-local --depth 1 "file://$top" "$root/root/twinhull"

unshare --mount --pid --fork --kill-child --propagation private \
  "$(realpath "${BASH_SOURCE[0]}")" --inside "$root" "$what"
say "Done"
