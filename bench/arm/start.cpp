// Start-up code and the Cortex-M end of port.hpp, for QEMU's microbit (Cortex-M0) and mps2-an386 (Cortex-M4).
// SPDX-License-Identifier: MIT
//
// Why the counts are exact: under -icount shift=8 each instruction takes 256 ns of virtual time, whatever it is and
// whatever the machine below does, and SysTick counts that time at 16 MHz (microbit: 4.096 ticks an instruction) or
// 25 MHz (mps2: 6.4 ticks). QEMU ends its block of code at a read of the timer, so a read is worth exactly the
// instructions before it; what one read rounds off is less than half an instruction. The ticks of an instruction are
// not assumed: they are taken from a loop of known length, and counts_exactly() shows for every length from 1 to 64,
// and for a long one, that not one instruction is lost. measure.py counts each workload a second time, in QEMU's trace
// of single steps, and wants the same number.
#include "../port.hpp"

#include <cstring>

extern "C" {
extern char stack_top[];
extern char data_load[];
extern char data_begin[];
extern char data_end[];
extern char bss_begin[];
extern char bss_end[];
[[noreturn]] void reset();
[[noreturn]] void fault();
}

namespace {

using handler = void (*)();

struct vector_table {
    char* stack;
    handler handlers[15];
};

[[gnu::section(".vectors"), gnu::used]] const vector_table vectors = {
    stack_top,
    {reset, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault}};

enum class semihosting : std::uint32_t { write0 = 0x04, exit = 0x18 };

void ask(semihosting operation, std::uintptr_t argument) {
    register std::uint32_t r0 asm("r0") = static_cast<std::uint32_t>(operation);
    register std::uintptr_t r1 asm("r1") = argument;
    asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

[[noreturn]] void exit(bool good) {
    ask(semihosting::exit, good ? 0x20026 : 0x20023);  // ADP_Stopped_ApplicationExit, ADP_Stopped_RunTimeErrorUnknown
    for (;;) {}
}

struct systick {
    volatile std::uint32_t control;
    volatile std::uint32_t reload;
    volatile std::uint32_t value;  // counts down, 24 bits
};

systick& timer() { return *reinterpret_cast<systick*>(0xE000E010); }

std::uint32_t ticks(bench::work run, std::string_view input) {
    timer().reload = 0xFFFFFF;
    timer().value = 0;    // any write starts it again
    timer().control = 5;  // on, from the core's clock, no interrupt
    const std::uint32_t before = timer().value;
    bench::measured(run, input);
    return (before - timer().value) & 0xFFFFFF;
}

// Two instructions for each byte of its input, which is never touched.
void spin(std::string_view turns) {
    std::size_t left = turns.size();
    asm volatile(".syntax unified\n"
                 "1: subs %0, #1\n"
                 "bne 1b\n"
                 : "+l"(left)
                 :
                 : "cc");
}

constexpr std::size_t many = 100000;
std::uint32_t ticks_of_many = 0;

std::uint32_t ticks_of_spin(std::size_t turns) { return ticks(spin, {nullptr, turns}); }

}  // namespace

namespace bench {

extern "C" [[gnu::noinline]] void measured(work run, std::string_view input) {
    run(input);
    asm volatile("");  // no tail call
}

// One instruction. Compiled, it would make room for an argument that it never looks at.
asm(R"(
    .section .text.nothing, "ax"
    .global nothing
    .thumb_func
nothing:
    bx lr
    .previous
)");

std::uint32_t instructions(work run, std::string_view input) {
    const std::uint64_t taken = ticks(run, input) - ticks(nothing, input);
    return static_cast<std::uint32_t>((taken * 2 * many + ticks_of_many / 2) / ticks_of_many);
}

bool counts_exactly() {
    ticks_of_many = ticks_of_spin(many + 1) - ticks_of_spin(1);
    const std::uint32_t one = instructions(spin, {nullptr, 1});
    for (std::size_t turns = 2; turns <= 64; ++turns)
        if (instructions(spin, {nullptr, turns}) - one != 2 * (turns - 1)) return false;
    return instructions(spin, {nullptr, 54321}) - one == 2 * 54320;
}

void print(const char* text) { ask(semihosting::write0, reinterpret_cast<std::uintptr_t>(text)); }

}  // namespace bench

extern "C" {

char received[2048];
char sent[1100];

std::size_t uart_read() {
    asm volatile("" : : : "memory");
    return sizeof received;
}

void uart_write(const void* from, std::size_t size) { asm volatile("" : : "r"(from), "r"(size) : "memory"); }

void fault() {
    bench::print("fault\n");
    exit(false);
}

void reset() {
    std::memcpy(data_begin, data_load, static_cast<std::size_t>(data_end - data_begin));
    std::memset(bss_begin, 0, static_cast<std::size_t>(bss_end - bss_begin));
    program();
    exit(true);
}
}
