#!/bin/sh
# SPDX-License-Identifier: MIT
# Every header compiles as the first and only one of a program, and may be included twice. The rest may follow in any order:
# under -Wshadow a parameter must not have the name of a type that another header brings.
#   headers_alone.sh INCLUDE_DIR COMPILER [OPTION...]
set -eu
include=$1
shift
headers=$(cd "$include" && find . -name '*.hpp' | sed 's|^\./||' | sort)
count=0 failed=0
# shellcheck disable=SC2086  # names of headers are words
all=$(printf '#include <%s>\n' $headers)
for header in $headers; do
    count=$((count + 1))
    printf '#include <%s>\n#include <%s>\n%s\n' "$header" "$header" "$all" | "$@" -I "$include" -x c++ - ||
        { failed=$((failed + 1)); echo "does not compile alone, or not before the others: $header"; }
done
echo "$count headers, $failed failed"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
