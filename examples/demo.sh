#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds atmqtt-decode and reads the sample captures with it.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/.ci/need.sh"
need build

build=$root/build/demo
log=$build/log
mkdir -p "$build"
echo "building atmqtt-decode" >&2
{
    cmake -G Ninja -S "$root" -B "$build" -D CMAKE_BUILD_TYPE=Release \
        -D ATMQTT_TESTS=OFF -D ATMQTT_FUZZ=OFF -D ATMQTT_BENCH=OFF &&
        cmake --build "$build" --parallel "$(getconf _NPROCESSORS_ONLN)" --target atmqtt-decode
} >"$log" 2>&1 </dev/null || { cat "$log" >&2; exit 1; }

bold='' plain=''
if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); fi

shown=0
for capture in "$root"/examples/captures/*.modem.bin "$root"/examples/captures/*.host.bin; do
    [ -e "$capture" ] || continue
    from=${capture%.bin}
    from=${from##*.}
    printf '%s== %s, sent by the %s%s\n' "$bold" "${capture#"$root"/}" "$from" "$plain"
    "$build/examples/atmqtt-decode" --from "$from" "$capture"
    echo
    shown=$((shown + 1))
done
[ "$shown" -gt 0 ] || { echo "no captures below examples/captures" >&2; exit 1; }
