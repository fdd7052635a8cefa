# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Sourced: where this computer gets Debian from, for the Debians that tests make.

# The mirror of SUITE that this computer uses itself, with its updates, one "deb URI SUITE main" a line; Debian's own where it
# uses none.
debian_sources() {
  local suite=$1 own
  own=$(apt-get indextargets --format "\$(ORIGIN) \$(REPO_URI) \$(RELEASE)" 'Created-By: Packages' 2> /dev/null \
    | awk -v suite="$suite" '$1 == "Debian" && index($3, suite) == 1 { print "deb", $2, $3, "main" }' | sort -u)
  if grep -q " $suite main\$" <<< "$own"; then
    printf '%s\n' "$own"
  else
    echo "deb http://deb.debian.org/debian $suite main"
  fi
}

# How it reaches them, as lines of apt.conf(5).
debian_connection() {
  apt-config dump --no-empty --format '%f "%v";%n' Acquire | grep -E '^Acquire::(https?::Proxy|Check-)' || true
}
