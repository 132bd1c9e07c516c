#!/bin/sh
# SPDX-License-Identifier: MIT
# Holds mqtt/clauses.txt against the statements that MQTT 3.1.1 numbers in its Appendix B, and against the tests it names.
#   mqtt_clauses.sh TESTS_DIR
set -eu
cd "$1"
# shellcheck disable=SC2016  # the program is awk's
awk '
BEGIN {
    # How many statements each section has; they are numbered from 1.
    split("1.5.3 3 2.2.2 2 2.3.1 7 3.1.0 2 3.1.2 24 3.1.3 11 3.1.4 5 3.2.0 1 3.2.2 6 3.3.1 12 3.3.2 3 3.3.4 1 3.3.5 2 " \
          "3.6.1 1 3.8.1 1 3.8.3 4 3.8.4 6 3.9.3 2 3.10.1 1 3.10.3 2 3.10.4 6 3.12.4 1 3.14.1 1 3.14.4 3 " \
          "4.1.0 2 4.3.1 1 4.3.2 2 4.3.3 2 4.4.0 1 4.5.0 2 4.6.0 6 4.7.1 3 4.7.2 1 4.7.3 4 4.8.0 2 " \
          "6.0.0 4 7.0.0 2 7.1.1 1 7.1.2 1", words, " ")
    for (i = 1; i in words; i += 2)
        for (number = 1; number <= words[i + 1]; number++) known["MQTT-" words[i] "-" number]
    bad = 0
}

function report(why) { print FILENAME ":" FNR ": " why ": " $0; bad++ }

# All of a file in one line, for a formatter breaks long ones, and within a long string, too.
function contents(path,   line, all) {
    if (path in kept) return kept[path]
    while ((getline line < path) > 0) {
        sub(/^[ \t]+/, "", line)
        all = all line
    }
    close(path)
    gsub(/""/, "", all)
    return kept[path] = all
}

function look_up(test,   at, path) {
    at = index(test, ": ")
    path = substr(test, 1, at - 1)
    if (at == 0 || path !~ /^[a-z_\/]+\.cpp$/) return report("not FILE.cpp: NAME")
    if (contents(path) == "") return report("no such file")
    if (!index(contents(path), "TEST_CASE(\"" substr(test, at + 2) "\")")) return report("no such test case")
    tests++
}

/^#/ || /^[ \t]*$/ { next }

{
    if (!($1 in known)) report("not a statement of MQTT 3.1.1")
    if ($1 in seen) report("twice")
    seen[$1]
    statements++
    if ($2 !~ /^(client|both|server|transport)$/) { report("binds whom?"); next }
    named = $0
    sub(/^[^ ]+ +[^ ]+ */, "", named)
    if (named == "" && ($2 == "client" || $2 == "both")) report("no test")
    count = named == "" ? 0 : split(named, one, / \| /)
    for (i = 1; i <= count; i++) look_up(one[i])
}

END {
    for (id in known)
        if (!(id in seen)) { print FILENAME ": missing: " id; bad++ }
    print statements + 0 " statements, " tests + 0 " tests named, " bad " bad"
    exit bad > 0
}' mqtt/clauses.txt
