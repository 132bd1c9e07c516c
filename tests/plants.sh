#!/bin/sh
# SPDX-License-Identifier: MIT
# Bugs planted in a copy of the headers, one at a time: a program that walks the machines must find each of them.
#   plants.sh COUNT FOLDER INCLUDE_DIR COMPILER [OPTION...]
# FOLDER/plants lists the bugs, and FOLDER/PROGRAM.cpp is what must find one. COUNT is how many are planted for each program, evenly
# spread over its rows: "all" takes every one, and shows first that the programs pass with nothing planted.
# A program ends with status 1 and prints the claim that does not hold. The last line is "N planted, N not found".
set -eu
most=$1 folder=$2 include=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
at_once=$(getconf _NPROCESSORS_ONLN)

trim() { printf '%s\n' "$1" | sed 's/^ *//; s/ *$//'; }

# walk PROGRAM HEADERS BINARY COMPILER [OPTION...]: compiles it and runs it. What is said goes to BINARY.said.
walk() {
    source=$folder/$1.cpp headers=$2 binary=$3
    shift 3
    "$@" -I "$headers" "$source" -o "$binary" >"$binary.said" 2>&1 || return 2
    timeout 120 "$binary" >"$binary.said" 2>&1
}

# judge TREE ROW COMPILER [OPTION...]: what is wrong with a row, tried in a new TREE; nothing, if its bug is found.
judge() {
    tree=$1 row=$2 status=0
    shift 2
    IFS='|' read -r name program words header expression <<END
$row
END
    words=$(trim "$words") header=atmqtt/$(trim "$header")
    cp -R "$include" "$tree"
    sed "$expression" "$include/$header" >"$tree/$header" || { echo "sed cannot do it"; return; }
    if cmp -s "$include/$header" "$tree/$header"; then echo "sed changes nothing"; return; fi
    walk "$(trim "$program")" "$tree" "$tree/program" "$@" || status=$?
    case $status in
        0) echo "not found" ;;
        1) grep -qF -- "$words" "$tree/program.said" && return; echo "found, but not for \"$words\":" ;;
        2) echo "does not compile:" ;;
        *) [ -n "$words" ] || return 0; echo "ends with status $status:" ;;  # a crash, where that will do
    esac
    cat "$tree/program.said"
}

grep -v '^#' "$folder/plants" >"$work/rows"
if [ "$most" = all ]; then
    # shellcheck disable=SC2013  # names without blanks
    for program in $(cut -d '|' -f 2 "$work/rows" | sort -u); do
        walk "$program" "$include" "$work/$program" "$@" && continue
        cat "$work/$program.said"
        echo "$program.cpp fails with nothing planted"
        exit 1
    done
else
    awk -F '|' -v most="$most" '
        { row[NR] = $0; of[NR] = $2; count[$2]++ }
        END { for (i = 1; i <= NR; i++) { n = seen[of[i]]++ * most; if (int((n + most) / count[of[i]]) > int(n / count[of[i]])) print row[i] } }
    ' "$work/rows" >"$work/some"
    mv "$work/some" "$work/rows"
fi

count=0 failed=0
while IFS= read -r row; do
    count=$((count + 1))
    (judge "$work/$count" "$row" "$@" >"$work/$count.verdict" 2>&1 </dev/null; rm -rf "${work:?}/$count") &
    [ $((count % at_once)) -ne 0 ] || wait
done <"$work/rows"
wait

number=0
while IFS='|' read -r name rest; do
    number=$((number + 1))
    [ -s "$work/$number.verdict" ] || continue
    failed=$((failed + 1))
    echo "$(trim "$name"): $(cat "$work/$number.verdict")"
done <"$work/rows"
echo "$count planted, $failed not found"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
