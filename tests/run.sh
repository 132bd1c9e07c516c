#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds and runs all tests. The last line is "N passed, N failed".
#   ATMQTT_WALKS=off tests/run.sh    without the long walks: for .ci/bare-root, behind a run that had them
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/.ci/need.sh"
need build test broker

jobs=$(getconf _NPROCESSORS_ONLN)
passed=0 failed=0

# quietly LOG COMMAND...: what it prints is shown only if it fails.
quietly() {
    log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null || { cat "$log"; return 1; }
}

# run_suite TARGET CHOICE OPTION...: CHOICE are options of ctest. A suite that cannot be built, or that runs no test, is one
# failure. Two more tests at a time than there are processors, for some wait for a clock.
run_suite() {
    target=$1 choice=$2
    shift 2
    quietly "$build/configure.log" cmake -G Ninja -S "$root" -B "$build" -D ATMQTT_BENCH=OFF -D ATMQTT_UNITY=ON "$@" &&
        quietly "$build/build.log" cmake --build "$build" --parallel "$jobs" --target "$target" -- -k 0 || return 1
    rm -rf "$build/profiles"
    status=0
    # shellcheck disable=SC2086  # a list of options
    (cd "$build" && LLVM_PROFILE_FILE=$build/profiles/%p.profraw ctest --parallel "$((jobs + 2))" --no-tests=error --output-on-failure $choice) >"$build/ctest.log" 2>&1 </dev/null ||
        status=$?
    sed '/^ *Start /d' "$build/ctest.log"
    summary=$(sed -n 's/^[0-9]*% tests passed, \([0-9]*\) tests\{0,1\} failed out of \([0-9]*\)$/\1 \2/p' "$build/ctest.log")
    [ -n "$summary" ] || return 1
    failed=$((failed + ${summary% *}))
    passed=$((passed + ${summary#* } - ${summary% *}))
    [ "$status" -eq 0 ] || [ "${summary% *}" -gt 0 ]
}

suite() {
    build=$root/build/$1
    echo "== $1"
    shift
    mkdir -p "$build"
    run_suite "$@" || { failed=$((failed + 1)); echo "this suite did not run to its end"; }
}

# Long walks through the machines, optimised, by g++.
[ "${ATMQTT_WALKS:-}" = off ] || suite walks walks '-L walk' -D CMAKE_CXX_COMPILER=g++ -D ATMQTT_FUZZ=OFF -D ATMQTT_EXAMPLES=OFF
# All else, by clang++. Unoptimised, and with line numbers only: that builds in a third of the time, and what is watched is
# the same; what is run is counted, for .ci/coverage. Meson's tests are these without the sanitizers, by g++.
suite sanitized all '' -D CMAKE_CXX_COMPILER=clang++ -D ATMQTT_COVERAGE=ON \
    -D CMAKE_CXX_FLAGS='-gline-tables-only -fsanitize=address,undefined -fno-sanitize-recover=all'

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
