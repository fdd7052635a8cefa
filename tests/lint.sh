#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# lint.sh BUILD_FOLDER: clang-tidy over every product source; exits 1 when one has a finding.
set -euo pipefail
cd "$(dirname "$0")/.."
git ls-files 'app/*.cpp' 'core/*.cpp' 'ui/*.cpp' | xargs -P "$(nproc)" -n 4 nice clang-tidy -p "$1" --quiet
