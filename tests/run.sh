#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what the tests need, builds preset dev-asan, runs everything.
set -euo pipefail
cd "$(dirname "$0")/.."
installer/packages.sh build run test
cmake --preset dev-asan
cmake --build --preset dev-asan
ctest --preset dev-asan
