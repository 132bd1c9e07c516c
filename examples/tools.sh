#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds atmqtt, atmqtt-modem and atmqtt-decode into build/tools/examples/, and sees to it that mosquitto is installed, to try them
# with. It starts none: the README does.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/.ci/need.sh"
need build broker

build=$root/build/tools
mkdir -p "$build"
echo "building the tools" >&2
{
    cmake -G Ninja -S "$root" -B "$build" -D CMAKE_BUILD_TYPE=Release \
        -D ATMQTT_TESTS=OFF -D ATMQTT_FUZZ=OFF -D ATMQTT_BENCH=OFF &&
        cmake --build "$build" --parallel "$(getconf _NPROCESSORS_ONLN)" --target atmqtt-host atmqtt-modem atmqtt-decode
} >"$build/log" 2>&1 </dev/null || { cat "$build/log" >&2; exit 1; }
ls "$build/examples/atmqtt" "$build/examples/atmqtt-modem" "$build/examples/atmqtt-decode"
