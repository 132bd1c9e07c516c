#!/bin/sh
# SPDX-License-Identifier: MIT
# What must not compile, and the words that its user must find in the compiler's output.
#   must_not_compile.sh FOLDER COMPILER [OPTION...]
# Each FOLDER/*.cpp begins with one or more lines "// EXPECT: words", one of which must be found. With -DCONTROL the same file
# must compile, so that it is known to fail for that reason only.
set -eu
folder=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C  # plain quotes in the compilers' words

judge() {
    case=$1
    shift
    sed -n 's|^// EXPECT: *||p' "$case" >"$work/expect"
    head -n 1 "$case" | grep -q '^// EXPECT: *[^ ]' || { echo "no EXPECT in the first line"; return; }
    if "$@" "$case" >"$work/output" 2>&1; then echo "compiles"; return; fi
    grep -qFf "$work/expect" "$work/output" || { echo "fails without the words; it says:"; cat "$work/output"; return; }
    "$@" -DCONTROL "$case" >"$work/output" 2>&1 || { echo "fails with -DCONTROL too:"; cat "$work/output"; }
}

count=0 failed=0
for case in "$folder"/*.cpp; do
    [ -e "$case" ] || continue
    count=$((count + 1))
    verdict=$(judge "$case" "$@")
    [ -z "$verdict" ] || { failed=$((failed + 1)); echo "${case##*/}: $verdict"; }
done
echo "$count cases, $failed failed"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
