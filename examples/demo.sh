#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the demo and runs it: both ends in one process, over a serial line that chops and delays, with a broker in memory.
# Usage: examples/demo.sh [--broker HOST:PORT]     with that broker instead, which needs Asio.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/.ci/need.sh"
need demo
[ $# -eq 0 ] || need demo-broker

build=$root/build/demo
log=$build/log
mkdir -p "$build"
echo "building the demo" >&2
{
    cmake -G Ninja -S "$root" -B "$build" -D CMAKE_BUILD_TYPE=Release \
        -D ATMQTT_TESTS=OFF -D ATMQTT_TOOLS=OFF -D ATMQTT_FUZZ=OFF -D ATMQTT_BENCH=OFF &&
        cmake --build "$build" --parallel "$(getconf _NPROCESSORS_ONLN)" --target atmqtt-demo
} >"$log" 2>&1 </dev/null || { cat "$log" >&2; exit 1; }
exec "$build/examples/atmqtt-demo" "$@"
