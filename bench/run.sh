#!/bin/sh
# SPDX-License-Identifier: MIT
# Times rows 1-9 beside the same work written by hand, by Google Benchmark, and writes one table: build/bench/compare.md.
# Usage: bench/run.sh [REPETITIONS]    50 of 5 ms a case unless told; see bench/README.md. Fails if a result is wrong.
#        bench/run.sh --check          each case runs and is checked, no table; the last line is "N passed, N failed"
# CXX=clang++ measures with another compiler.
set -eu
cd "$(dirname "$0")/.."
. .ci/need.sh

most=50 seconds=0.005 check=
case ${1:-} in
    '') ;;
    --check) most=1 seconds=0.0001 check=--check ;;
    *[!0-9]* | 0*) sed -n 's/^# Usage: //p' "$0" >&2; exit 2 ;;
    *) most=$1 ;;
esac
need compare
mkdir -p build/bench
"${CXX:-g++}" -std=c++17 -O2 -isystem include bench/compare.cpp -o build/bench/compare -lbenchmark -lpthread

# In random order, so that no case has the quiet minutes of the machine for itself.
if ! build/bench/compare --benchmark_enable_random_interleaving=true --benchmark_repetitions="$most" \
    --benchmark_min_time="$seconds" --benchmark_out=build/bench/compare.json --benchmark_out_format=json \
    >build/bench/compare.log 2>&1; then
    grep '^wrong result' build/bench/compare.log | sort -u | grep . || tail -n 20 build/bench/compare.log
    echo "0 passed, 1 failed"
    exit 1
fi
python3 bench/compare.py $check build/bench/compare.json build/bench/compare.md
