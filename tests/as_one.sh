#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes pieces that compile eight files of a program as one, for they instantiate the same templates: that takes a quarter of the
# time. Prints what to compile instead.
#   as_one.sh PIECE FILE...    PIECE1.cpp, PIECE2.cpp, ...
# Each file stands in a namespace of its own, so that names need not differ between files; what they include comes first, outside
# of it. A file beside a header of its name defines what that declares, and stays alone. The largest folder is two pieces, for two
# processors.
set -eu
piece=$1
shift

# includes FILE...: each line once, with the places of what stands beside a file.
includes() {
    for file; do
        sed -n "s|^#include \"\\(.*\\)|#include \"$(dirname "$file")/\\1|p; /^#include </p" "$file"
    done | awk '!seen[$0]++'
}

as_one() {
    includes "$@"
    for file; do
        own=$((own + 1))
        printf 'namespace its_own_%d {\n#include "%s"\n}\n' "$own" "$file"
    done
}

# Untouched where it says the same, so that nothing is compiled again.
write_piece() {
    number=$((number + 1))
    own=0
    as_one "$@" >"$piece.new"
    cmp -s "$piece.new" "$piece$number.cpp" || cp "$piece.new" "$piece$number.cpp"
    rm "$piece.new"
    echo "$piece$number.cpp"
}

number=0
for file; do
    shift
    if [ -e "${file%.cpp}.hpp" ]; then
        echo "$file"
    else
        set -- "$@" "$file"
    fi
done
while [ $# -gt 8 ]; do
    write_piece "$1" "$2" "$3" "$4" "$5" "$6" "$7" "$8"
    shift 8
done
if [ $# -gt 0 ]; then write_piece "$@"; fi
