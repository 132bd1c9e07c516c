#!/bin/sh
# SPDX-License-Identifier: MIT
# Measures flash, RAM, stack and instructions, prints them beside their ceilings and goals, and fails past a ceiling.
# Usage: bench/gate.sh [--set-ceilings] [--write-tables]     see bench/README.md. The last line is "N passed, N failed".
set -eu
cd "$(dirname "$0")/.."
. .ci/need.sh
need bench
exec python3 bench/measure.py "$@"
