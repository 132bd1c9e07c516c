#!/bin/sh
# SPDX-License-Identifier: MIT
# Every header compiles as the first and only one of a program, and may be included twice. They may stand in any order: under
# -Wshadow a parameter must not have the name of a type that another header brings. All of them in one order and in the
# opposite one show each pair both ways. And they stand what platforms of firmware define as macros.
#   headers_alone.sh [--orders] INCLUDE_DIR COMPILER [OPTION...]    --orders: no header alone, all of them in both orders
set -eu
alone=yes
if [ "$1" = --orders ]; then alone=no && shift; fi
include=$1
shift
headers=$(cd "$include" && find . -name '*.hpp' | sed 's|^\./||' | sort)
backwards=$(printf '%s\n' "$headers" | sort -r)
count=0 failed=0

# compiles HEADER... -- COMPILER [OPTION...]
compiles() {
    program=''
    while [ "$1" != -- ]; do
        program="$program#include <$1>
"
        shift
    done
    shift
    printf '%s' "$program" | "$@" -I "$include" -x c++ -
}

for header in $headers; do
    count=$((count + 1))
    [ "$alone" = no ] || compiles "$header" "$header" -- "$@" || { failed=$((failed + 1)); echo "does not compile alone: $header"; }
done
for order in "$headers" "$backwards"; do
    # shellcheck disable=SC2086  # names of headers are words
    compiles $order -- "$@" || { failed=$((failed + 1)); echo "do not compile in this order:" $order; }
done
# As in Arduino's headers, which bring the standard library first, and those of Windows.
macros='bit(b) (1UL << (b))
min(a,b) ((a) < (b) ? (a) : (b))
max(a,b) ((a) > (b) ? (a) : (b))
word(...) makeWord(__VA_ARGS__)
F(text) text
OK 0
ERROR 1
IN
OUT
TRUE 1
FALSE 0
DELETE 2
CONST const
interface struct
small char
near
far
B0 0
B1 1
emit
slots
signals public
foreach(a,b) for (a : b)'
{
    find "$include" -name '*.hpp' -exec sed -n '/^#include </p' {} + | sort -u
    printf '%s\n' "$macros" | sed 's/^/#define /'
    for header in $headers; do printf '#include <%s>\n' "$header"; done
} | "$@" -I "$include" -x c++ - || { failed=$((failed + 1)); echo "do not compile behind the macros of platforms"; }
echo "$count headers, $failed failed"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
