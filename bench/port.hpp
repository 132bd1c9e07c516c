// What a target gives to the measured programs: x86.cpp for callgrind, arm/start.cpp for QEMU.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bench {

/// One measured function: it takes its input and leaves what it found in a global, where it is checked.
using work = void (*)(std::string_view input);

/// Calls `run` once. Callgrind collects exactly while this function is on the stack; QEMU's timer is read on both sides.
extern "C" void measured(work run, std::string_view input);

/// A function that only returns: what it costs to call it is not counted.
extern "C" void nothing(std::string_view);

/// Instructions of `run` beyond those of `nothing`. 0 where callgrind counts from outside.
std::uint32_t instructions(work run, std::string_view input);

/// Whether the count is exact here: code of known length counts as what it is.
bool counts_exactly();

void print(const char* text);

}  // namespace bench

extern "C" {
/// What start-up runs.
void program();

/// A serial port and its buffers, opaque to the compiler: what the programs of rows 10 and 11 read from and write to.
alignas(8) extern char received[2048];  // for `lent`: where a compiler sees less, it moves words byte by byte
extern char sent[1100];
std::size_t uart_read();
void uart_write(const void* from, std::size_t size);
}

/// An object that lies there, whatever its value: who asks for it is measured and never run.
template <class Object>
Object& lent() {
    return *reinterpret_cast<Object*>(received);
}

/// What was found leaves the program, and so must be there.
template <class Found>
void show(const Found& found) {
    uart_write(&found, sizeof found);
}
