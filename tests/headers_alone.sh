#!/bin/sh
# SPDX-License-Identifier: MIT
# Every header compiles as the first and only one of a program, and may be included twice.
#   headers_alone.sh INCLUDE_DIR COMPILER [OPTION...]
set -eu
include=$1
shift
headers=$(cd "$include" && find . -name '*.hpp' | sed 's|^\./||' | sort)
count=0 failed=0
for header in $headers; do
    count=$((count + 1))
    printf '#include <%s>\n#include <%s>\n' "$header" "$header" | "$@" -I "$include" -x c++ - ||
        { failed=$((failed + 1)); echo "does not compile alone: $header"; }
done
echo "$count headers, $failed failed"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
