// The x86-64 end of port.hpp. Callgrind dumps its counts each time `measured` returns; measure.py reads them.
// SPDX-License-Identifier: MIT
#include "port.hpp"

#include <cstdio>

namespace bench {

extern "C" [[gnu::noinline]] void measured(work run, std::string_view input) {
    run(input);
    asm volatile("");  // no tail call: `measured` stays on the stack
}

extern "C" void nothing(std::string_view) {}

std::uint32_t instructions(work run, std::string_view input) {
    measured(run, input);
    return 0;
}

bool counts_exactly() { return true; }

void print(const char* text) { std::fputs(text, stdout); }

}  // namespace bench

int main() { program(); }
