#!/bin/sh
# SPDX-License-Identifier: MIT
# Reads the #include lines of the library and holds its floors: core <- mqtt <- at <- link <- host | modem.
#   include_arrows.sh INCLUDE_DIR
set -eu
cd "$1"
# shellcheck disable=SC2016  # the program is awk's
find . -type f | sed 's|^\./||' | sort | xargs awk '
BEGIN {
    sees["core"]  = "core/"
    sees["mqtt"]  = "core/ mqtt/"
    sees["at"]    = "core/ at/ mqtt/types.hpp"
    sees["link"]  = "core/ link/ at/types.hpp"
    sees["host"]  = "core/ mqtt/ at/ link/ host/"
    sees["modem"] = "core/ mqtt/ at/ link/ modem/"
    sees["umbrella"] = "core/ mqtt/ at/ link/ host/ modem/"

    # What allocates, throws or does I/O is missing here on purpose. <chrono> is there for its durations.
    standard = " algorithm array bit chrono climits compare concepts cstddef cstdint cstring functional initializer_list " \
               "iterator limits numeric optional ratio span string_view tuple type_traits utility variant version "
    bad = 0
}

function report(why) { print FILENAME ":" FNR ": " why ": " $0; bad++ }

function floor_of(path,   parts) {
    if (path == "atmqtt.hpp") return "umbrella"
    return split(path, parts, "/") == 3 && parts[1] == "atmqtt" && parts[2] in sees ? parts[2] : ""
}

function exists(path,   line, found) { found = (getline line < path) >= 0; close(path); return found }

# As a compiler looks for it: beside the file that asks, then from the root.
function resolve(name,   path) {
    path = FILENAME
    sub(/[^\/]*$/, "", path)
    path = path name
    while (sub(/[^\/.]+\/\.\.\//, "", path)) {}
    return exists(path) ? path : name
}

function allowed(floor, path,   rules, count, i) {
    count = split(sees[floor], rules, " ")
    for (i = 1; i <= count; i++)
        if (index(path, "atmqtt/" rules[i]) == 1) return 1
    return 0
}

FNR == 1 {
    files++
    floor = floor_of(FILENAME)
    if (floor == "") report("a file outside the floors")
}

floor != "" && /^[ \t]*#[ \t]*(include|import)/ {
    if (!match($0, /<[^>]+>|"[^"]+"/)) { report("which header?"); next }
    quoted = substr($0, RSTART, 1) == "\""
    name = substr($0, RSTART + 1, RLENGTH - 2)
    if (quoted || index(name, "/")) {
        if (!allowed(floor, resolve(name))) report(floor " does not see this")
    } else if (!index(standard, " " name " ")) {
        report("not a standard header that the library may use")
    }
    arrows++
}

END {
    print files + 0 " files, " arrows + 0 " includes, " bad " against the arrows"
    exit bad > 0 || arrows == 0
}'
