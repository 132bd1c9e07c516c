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
show() {
    [ -e "$1" ] || return 0
    from=${1%.bin}
    from=${from##*.}
    printf '%s== %s, sent by the %s%s\n' "$bold" "${1#"$root"/}" "$from" "$plain"
    "$build/examples/atmqtt-decode" --from "$from" "$1"
    echo
    shown=$((shown + 1))
}

# The manual's own dialogue first; what is hostile or broken comes behind what is right.
captures=$root/examples/captures
show "$captures/manual-section-3.host.bin"
show "$captures/manual-section-3.modem.bin"
for capture in "$captures"/*.host.bin "$captures"/*.modem.bin; do
    case $capture in */manual-section-3.*) ;; *) show "$capture" ;; esac
done
[ "$shown" -gt 0 ] || { echo "no captures below examples/captures" >&2; exit 1; }
