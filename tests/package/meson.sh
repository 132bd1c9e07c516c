#!/bin/sh
# SPDX-License-Identifier: MIT
# Somebody else's Meson project, with the library among its subprojects: built with a warning of nearly every struct, for a user's
# warnings are not about the library's headers, and installed.
#   meson.sh SOURCE
set -eu
source=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

mkdir "$work/subprojects"
ln -s "$source" "$work/subprojects/atmqtt"
cp "$source/tests/package/main.cpp" "$work/"
cat >"$work/meson.build" <<'END'
project('user', 'cpp', default_options: ['cpp_std=c++17', 'werror=true'])
executable('user', 'main.cpp', cpp_args: '-Wpadded', dependencies: dependency('atmqtt', fallback: ['atmqtt', 'atmqtt_dep']))
END
meson setup --prefix=/library "$work/build" "$work"
meson compile -C "$work/build"
DESTDIR=$work/stage meson install -C "$work/build"
cmp "$source/LICENSE" "$work/stage/library/share/licenses/atmqtt/LICENSE"
cmp "$source/include/atmqtt.hpp" "$work/stage/library/include/atmqtt.hpp"
