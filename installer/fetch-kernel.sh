#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# fetch-kernel.sh FOLDER: downloads Debian's newest cloud kernel as a package file into FOLDER and prints its path. Nothing
# is installed and no rights are needed; a file that is there already is not fetched again.
set -euo pipefail

folder=${1:?usage: fetch-kernel.sh FOLDER}
command -v apt-get >/dev/null || { echo "fetch-kernel.sh: needs apt-get; get a Debian package linux-image-*-cloud-amd64 another way" >&2; exit 1; }
meta=linux-image-cloud-$(dpkg --print-architecture)
mkdir -p "$folder"
cd "$folder"
work=$(mktemp -d ./fetch.XXXXXX)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C
apt=() # other package lists than the system's, where it has none

kernel_package() { # the package that the meta package stands for
    apt-cache "${apt[@]}" depends --important "$meta" 2>/dev/null | sed -n 's/^ *Depends: *\(linux-image-[^ ]*\)$/\1/p' | head -n 1
}

package=$(kernel_package)
if [ -z "$package" ]; then
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    apt=(-o "Dir::State::Lists=$PWD/$work/lists" -o "Dir::Cache=$PWD/$work/cache" -o "APT::Sandbox::User=")
    apt-get "${apt[@]}" -q update >&2
    package=$(kernel_package)
fi
[ -n "$package" ] || { echo "fetch-kernel.sh: no package $meta; is a Debian source in /etc/apt?" >&2; exit 1; }

file=$(cd "$work" && apt-get "${apt[@]}" download --print-uris "$package" | sed -n "s/^'[^']*' \([^ ]*\) .*/\1/p")
if [ ! -f "$file" ]; then
    (cd "$work" && apt-get "${apt[@]}" -q -o APT::Sandbox::User= download "$package" >&2)
    mv "$work/$file" "$file"
fi
echo "$PWD/$file"
