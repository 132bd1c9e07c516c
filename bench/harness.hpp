// What each measured program does with its workloads: it runs them, checks what they found, and prints
// `count NAME INSTRUCTIONS`, `sizeof NAME BYTES` and `lend NAME BYTES`.
// A workload that finds something wrong, or that counts differently the second time, ends the run: measure.py sees to it.
// SPDX-License-Identifier: MIT
#pragma once

#include "port.hpp"
#include "samples.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace bench {

inline void print(std::size_t number) {
    char digits[24];
    char* at = digits + sizeof digits - 1;
    *at = '\0';
    do {
        *--at = static_cast<char>('0' + number % 10);
        number /= 10;
    } while (number != 0);
    print(at);
}

inline void print(const char* kind, const char* name, std::size_t number) {
    print(kind);
    print(" ");
    print(name);
    print(" ");
    print(number);
    print("\n");
}

/// Nothing of an earlier run may pass for a result.
inline void forget() {
    got = {};
    std::memset(rx, 0, sizeof rx);
    std::memset(tx, 0, sizeof tx);
}

inline void no_set_up() {}

/// Measures one workload. `set_up` is done before each run of it, and is not counted.
inline void measure(const char* name, work run, std::string_view input, bool (*right)(), void (*set_up)() = no_set_up) {
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
inline void begin() {
    print(counts_exactly() ? "exact\n" : "inexact\n");
    measure("nothing", nothing, {}, [] { return true; });
}

}  // namespace bench
