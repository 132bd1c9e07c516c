# SPDX-License-Identifier: MIT
# Sourced, not run:  . .ci/need.sh; need build test
# Makes sure that what each purpose needs is there. On Debian and Ubuntu what is missing is installed; elsewhere it is
# named, and the script ends. What is already there, from whatever source, is left alone.
# shellcheck shell=sh

# purpose | package of Debian | how to find out that it is there | what it is, for those who install it by other means
need_table='
build     | g++                            | command g++                       | g++, a C++17 compiler
build     | cmake                          | command cmake                     | cmake, 3.16 or later
build     | ninja-build                    | command ninja                     | ninja
build     | libcli11-dev                   | header g++ CLI/CLI.hpp            | CLI11, the header CLI/CLI.hpp
build     | nlohmann-json3-dev             | header g++ nlohmann/json.hpp      | nlohmann/json, the header nlohmann/json.hpp
build     | libasio-dev                    | header g++ asio.hpp               | Asio without Boost, the header asio.hpp
build     | libedit-dev                    | header g++ editline/readline.h    | libedit, the header editline/readline.h
build     | libssl-dev                     | header g++ openssl/ssl.h          | OpenSSL with its headers
demo      | g++                            | command g++                       | g++, a C++17 compiler
demo      | cmake                          | command cmake                     | cmake, 3.16 or later
demo      | ninja-build                    | command ninja                     | ninja
demo-broker | libasio-dev                  | header g++ asio.hpp               | Asio without Boost, the header asio.hpp
test      | doctest-dev                    | header g++ doctest/doctest.h      | doctest, the header doctest/doctest.h
test      | clang                          | command clang++                   | clang++
test      | libclang-rt-dev                | links address,undefined           | the sanitizers of clang++ (compiler-rt)
coverage  | llvm                           | command llvm-cov                  | llvm-cov and llvm-profdata, of the version of clang++
coverage  | python3                        | command python3                   | python3, 3.9 or later
broker    | mosquitto                      | command mosquitto                 | mosquitto, a broker
broker    | socat                          | command socat                     | socat
broker    | mosquitto-clients              | command mosquitto_pub             | mosquitto_pub and mosquitto_sub
test      | openssl                        | command openssl                   | openssl, the program
test      | python3                        | command python3                   | python3, 3.9 or later
fuzz      | g++                            | command g++                       | g++, for its standard library
fuzz      | cmake                          | command cmake                     | cmake, 3.16 or later
fuzz      | ninja-build                    | command ninja                     | ninja
fuzz      | clang                          | command clang++                   | clang++
fuzz      | libclang-rt-dev                | links fuzzer-no-link,address      | libFuzzer and the sanitizers of clang++
meson     | meson                          | command meson                     | meson, 1.0 or later
lint      | clang-format                   | command clang-format              | clang-format 14
lint      | clang-tidy                     | command clang-tidy                | clang-tidy 14
lint      | python3-clang                  | libclang                          | libclang for the Python of /usr/bin/python3
bench     | g++                            | command g++                       | g++, a C++17 compiler
bench     | python3                        | command python3                   | python3, 3.9 or later
bench     | binutils-arm-none-eabi         | command arm-none-eabi-objdump     | binutils for arm-none-eabi
bench     | gcc-arm-none-eabi              | command arm-none-eabi-g++         | g++ for arm-none-eabi
bench     | libnewlib-arm-none-eabi        | header arm-none-eabi-g++ string.h | newlib for arm-none-eabi
bench     | libstdc++-arm-none-eabi-newlib | header arm-none-eabi-g++ variant  | libstdc++ for arm-none-eabi
bench     | valgrind                       | command valgrind                  | valgrind
bench     | qemu-system-arm                | command qemu-system-arm           | qemu-system-arm
compare   | g++                            | command g++                       | g++, a C++17 compiler
compare   | libbenchmark-dev               | header g++ benchmark/benchmark.h  | Google Benchmark with its headers
compare   | python3                        | command python3                   | python3, 3.9 or later
cache     | ccache                         | command ccache                    | ccache
bare-root | mmdebstrap                     | command mmdebstrap                | mmdebstrap
bare-root | git                            | command git                       | git
bare-root | debian-archive-keyring         | file /usr/share/keyrings/debian-archive-keyring.gpg | the keys of the Debian archive
'

# Whether it is there: the words of the third column.
need_met() {
    case $1 in
        command) (PATH=$PATH:/usr/sbin:/sbin && command -v "$2") >/dev/null ;;  # where Debian has what serves
        file) test -e "$2" ;;
        header) printf '#include <%s>\n' "$3" | "$2" -x c++ -std=c++17 -M - >/dev/null 2>&1 ;;
        links) need_links "$2" ;;
        libclang) /usr/bin/python3 -c 'from clang.cindex import Index; Index.create()' 2>/dev/null ;;
    esac
}

need_links() {
    need_out=$(mktemp)
    need_status=0
    printf 'int main() {}\n' | clang++ -x c++ "-fsanitize=$1" - -o "$need_out" 2>/dev/null || need_status=1
    rm -f "$need_out"
    return "$need_status"
}

# What the given purposes lack, as lines "package|what it is".
need_missing() {
    printf '%s' "$need_table" | sed 's/ *| */|/g' | while IFS='|' read -r need_purpose need_package need_test need_what; do
        case " $* " in *" $need_purpose "*) ;; *) continue ;; esac
        # shellcheck disable=SC2086  # the column is a list of words
        need_met $need_test </dev/null || printf '%s|%s\n' "$need_package" "$need_what"
    done | sort -u -t '|' -k 1,1
}

need_apt() {
    set -- env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@"
    if [ "$(id -u)" -eq 0 ]; then
        "$@" </dev/null
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@" </dev/null  # nobody is there to type a password: fail at once
    fi
}

# A package that the distribution does not have is left out: the look afterwards tells whether anything is missing.
need_install() {
    need_apt update >/dev/null || echo "apt-get update failed; going on with the lists that are there" >&2
    need_known=
    for need_package; do
        if apt-cache show "$need_package" >/dev/null 2>&1; then need_known="$need_known $need_package"; fi
    done
    # shellcheck disable=SC2086  # a list of packages
    need_apt install --no-install-recommends $need_known >/dev/null
}

need() {
    need_list=$(need_missing "$@")
    [ -n "$need_list" ] || return 0
    need_packages=$(printf '%s\n' "$need_list" | cut -d '|' -f 1 | tr '\n' ' ')
    if command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null; }; then
        echo "installing: $need_packages" >&2
        # shellcheck disable=SC2086  # a list of packages
        need_install $need_packages || echo "apt-get could not install all of it" >&2
        need_list=$(need_missing "$@")
        [ -n "$need_list" ] || return 0
    fi
    {
        echo "Please install, then run this again:"
        printf '%s\n' "$need_list" | sed 's/^\(.*\)|\(.*\)$/    \2  (Debian: \1)/'
        if command -v apt-get >/dev/null; then echo "As root: apt-get install $need_packages"; fi
    } >&2
    exit 1
}
