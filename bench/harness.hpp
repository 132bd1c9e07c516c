// What each measured program does with its workloads: it runs them, checks what they found, and prints
// `count NAME INSTRUCTIONS`, `sizeof NAME BYTES` and `lend NAME BYTES`.
// A workload that finds something wrong, or that counts differently the second time, ends the run: measure.py sees to it.
// It has no name outside of a program: what a compiler inlines of the library depends on what else there is to inline.
// SPDX-License-Identifier: MIT
#pragma once

#include "port.hpp"
#include "samples.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace bench {

static void print(std::size_t number) {
    char digits[24];
    char* at = digits + sizeof digits - 1;
    *at = '\0';
    do {
        *--at = static_cast<char>('0' + number % 10);
        number /= 10;
    } while (number != 0);
    print(at);
}

static void print(const char* kind, const char* name, std::size_t number) {
    print(kind);
    print(" ");
    print(name);
    print(" ");
    print(number);
    print("\n");
}

/// Nothing of an earlier run may pass for a result.
static void forget() {
    got = {};
    std::memset(rx, 0, sizeof rx);
    std::memset(tx, 0, sizeof tx);
}

static void no_set_up() {}

/// Measures one workload. `set_up` is done before each run of it, and is not counted.
static void measure(const char* name, work run, std::string_view input, bool (*right)(), void (*set_up)() = no_set_up) {
    forget();
    set_up();
    run(input);  // the first call of a C library may set things up
    forget();
    set_up();
    const std::uint32_t count = instructions(run, input);
    const bool first = right();
    forget();
    set_up();
    const std::uint32_t again = instructions(run, input);
    const bool good = first && right() && count == again;
    print(good ? "count" : "wrong", name, count);
}

/// Says whether counts are exact here, and what a call costs that does nothing.
static void begin() {
    print(counts_exactly() ? "exact\n" : "inexact\n");
    measure("nothing", nothing, {}, [] { return true; });
}

}  // namespace bench
