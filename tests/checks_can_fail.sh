#!/bin/sh
# SPDX-License-Identifier: MIT
# The checks beside this file, each tried on something planted: what is good passes, what is bad is reported.
#   checks_can_fail.sh COMPILER [OPTION...]
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
count=0 failed=0

# plant FILE TEXT: one more file of the tree; printf reads the escapes in TEXT.
plant() {
    mkdir -p "$(dirname "$tree/$1")"
    printf '%b\n' "$2" >"$tree/$1"
}

# expect pass|fail WORDS COMMAND...: how the command ends, and words that it says. The next case begins with an empty tree.
expect() {
    wanted=$1 words=$2 ended=pass
    shift 2
    count=$((count + 1))
    "$@" >"$work/said" 2>&1 || ended=fail
    if [ "$ended" != "$wanted" ] || ! grep -qF -- "$words" "$work/said"; then
        failed=$((failed + 1))
        echo "wanted: $wanted with \"$words\"; it ended with $ended and said:"
        cat "$work/said"
    fi
    rm -rf "$tree"
}

arrows() { sh "$here/include_arrows.sh" "$tree"; }

plant atmqtt.hpp '#include "atmqtt/modem/a.hpp"\n#include "atmqtt/host/a.hpp"'
plant atmqtt/core/a.hpp '#include "b.hpp"\n#include <cstdint>'
plant atmqtt/core/b.hpp '#pragma once'
plant atmqtt/mqtt/types.hpp '#include "../core/a.hpp"'
plant atmqtt/at/types.hpp '#include "../mqtt/types.hpp"\n#include "../core/a.hpp"'
plant atmqtt/link/a.hpp '#include "../at/types.hpp"\n#  include <atmqtt/core/a.hpp>'
plant atmqtt/host/a.hpp '#include "../link/a.hpp"\n#include "../mqtt/types.hpp"\n#include <optional>'
plant atmqtt/modem/a.hpp '#include "atmqtt/link/a.hpp"\n#include "../at/types.hpp" // a reason\n'
expect pass "8 files, 14 includes, 0 against" arrows

while read -r file line; do
    plant "$file" "#include $line"
    expect fail "$file:1: " arrows
done <<'END'
atmqtt/core/a.hpp "../mqtt/types.hpp"
atmqtt/core/a.hpp "../core/../at/types.hpp"
atmqtt/core/a.hpp "atmqtt.hpp"
atmqtt/core/a.hpp <atmqtt/at/codec.hpp>
atmqtt/core/a.hpp <vector>
atmqtt/core/a.hpp <stdint.h>
atmqtt/core/a.hpp <unistd.h>
atmqtt/core/a.hpp SOME_MACRO
atmqtt/mqtt/a.hpp "../at/types.hpp"
atmqtt/at/a.hpp "../mqtt/text.hpp"
atmqtt/at/a.hpp "../link/link.hpp"
atmqtt/at/a.hpp "../host/line_reader.hpp"
atmqtt/link/a.hpp "../mqtt/types.hpp"
atmqtt/link/a.hpp "../at/codec.hpp"
atmqtt/host/a.hpp "../modem/session.hpp"
atmqtt/modem/a.hpp "../host/chat.hpp"
atmqtt/a.hpp <cstdint>
atmqtt/other/a.hpp <cstdint>
END
mkdir "$tree"
expect fail "0 files, 0 includes" arrows

alone() { sh "$here/headers_alone.sh" "$tree" "$@"; }

plant a.hpp '#pragma once\nstruct known {};'
plant b.hpp '#pragma once\n#include "a.hpp"\ninline known make() { return {}; }'
expect pass "2 headers, 0 failed" alone "$@"
plant a.hpp '#pragma once\ninline unknown make() { return {}; }'
expect fail "does not compile alone: a.hpp" alone "$@"
plant a.hpp '#pragma once\nstruct known {};'
plant b.hpp '#pragma once\ntypedef int known;'
expect fail "do not compile in this order: a.hpp b.hpp" alone "$@"
plant a.hpp 'struct twice {};'
expect fail "does not compile alone: a.hpp" alone "$@"
mkdir "$tree"
expect fail "0 headers" alone "$@"

refused() { sh "$here/must_not_compile.sh" "$tree" "$@"; }

plant a.cpp '// EXPECT: other words\n// EXPECT: too long\n#ifndef CONTROL\nstatic_assert(false, "too long");\n#endif'
expect pass "1 cases, 0 failed" refused "$@"
plant a.cpp '// EXPECT: too long\nint main() {}'
expect fail "a.cpp: compiles" refused "$@"
plant a.cpp '// EXPECT: too long\n#ifndef CONTROL\nstatic_assert(false, "too short");\n#endif'
expect fail "a.cpp: fails without the words" refused "$@"
plant a.cpp '// EXPECT: too long\nstatic_assert(false, "too long");'
expect fail "a.cpp: fails with -DCONTROL too" refused "$@"
plant a.cpp '\n// EXPECT: too long\n#ifndef CONTROL\nstatic_assert(false, "too long");\n#endif'
expect fail "a.cpp: no EXPECT in the first line" refused "$@"
mkdir "$tree"
expect fail "0 cases" refused "$@"

clauses() { sh "$here/mqtt_clauses.sh" "$tree"; }

# list SED: the list of all statements, none of which binds but a server, edited.
list() {
    mkdir -p "$tree/mqtt"
    sed -n 's/^\(MQTT-[^ ]*\) .*/\1 server/p' "$here/mqtt/clauses.txt" | sed "$1" >"$tree/mqtt/clauses.txt"
}

plant mqtt/a.cpp 'TEST_CASE("a: b") {}\nTEST_CASE(\n    "the one claim, and "\n    "the other") {}'
list '1s|server|client mqtt/a.cpp: a: b|; 2s|server|both mqtt/a.cpp: the one claim, and the other \| mqtt/a.cpp: a: b|; 3s|server|transport|'
expect pass "141 statements, 3 tests named, 0 bad" clauses
while read -r edit words; do
    plant mqtt/a.cpp 'TEST_CASE("a b") {}'
    list "$(printf '%s' "$edit" | tr '~' ' ')"
    expect fail "$words" clauses
done <<'END'
1d missing: MQTT-1.5.3-1
$d missing: MQTT-7.1.2-1
2p mqtt/clauses.txt:3: twice: MQTT-1.5.3-2
1s/$/\nMQTT-1.5.3-4~server/ mqtt/clauses.txt:2: not a statement of MQTT 3.1.1: MQTT-1.5.3-4
1s/server// mqtt/clauses.txt:1: binds whom?
1s/server/clients/ mqtt/clauses.txt:1: binds whom?
1s/server/client/ mqtt/clauses.txt:1: no test
1s/server/both/ mqtt/clauses.txt:1: no test
1s|server|client~mqtt/a.cpp| mqtt/clauses.txt:1: not FILE.cpp: NAME
1s|server|client~mqtt/b.cpp:~a~b| mqtt/clauses.txt:1: no such file
1s|server|client~mqtt/a.cpp:~a| mqtt/clauses.txt:1: no such test case
1s|server|client~mqtt/a.cpp:~a~b~\|~mqtt/a.cpp:~b| mqtt/clauses.txt:1: no such test case
1s|server|server~mqtt/a.cpp:~a~| mqtt/clauses.txt:1: no such test case
END
mkdir -p "$tree/mqtt"
: >"$tree/mqtt/clauses.txt"
expect fail "0 statements" clauses

echo "$count planted, $failed failed"
[ "$failed" -eq 0 ]
