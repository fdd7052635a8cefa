#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# lint.sh BUILD_FOLDER: clang-tidy over every product source; ends red when one has a finding. It reads a dozen sources as one (lint_units.py):
# that an include is missing is seen by the builds without precompiled headers. The folder is clang's: its precompiled headers are read as well.
set -euo pipefail
cd "$(dirname "$0")/.."

# lint_unit FOLDER UNIT FILE...: the files as one unit; one by one where they do not compile as one.
lint_unit() {
  local found
  if ! found=$(nice clang-tidy -p "$1" --quiet "$2" 2>&1); then
    if [ $# -eq 3 ] || ! grep -q 'clang-diagnostic-error' <<<"$found"; then
      printf '%s\n' "$found"
      return 1
    fi
    echo "One by one, for they clash: ${*:3}"
    nice clang-tidy -p "$1" --quiet "${@:3}" || return 1
  fi
  echo "$(($# - 2)) linted, to ${!#}"
}
export -f lint_unit

git ls-files 'app/*.cpp' 'core/*.cpp' 'ui/*.cpp' | xargs python3 tests/lint_units.py "$1" |
  xargs -P "$(nproc)" -L 1 bash -c 'lint_unit "$0" "$@"' "$1/lint"
