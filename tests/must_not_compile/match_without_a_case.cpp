// EXPECT: match: a case is missing
// Leaving out a kind of message is a mistake that the compiler finds, not a case that nobody handles.
// SPDX-License-Identifier: MIT
#include <atmqtt/at/codec.hpp>

using namespace atmqtt;

int handle(const std::variant<puback, disc_is, pingrsp>& any) {
    return match(
        any, [](const puback&) { return 1; },
#ifdef CONTROL
        [](const disc_is&) { return 2; },
#endif
        [](const pingrsp&) { return 3; });
}
