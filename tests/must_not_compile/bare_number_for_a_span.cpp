// EXPECT: no match for 'operator+'
// EXPECT: invalid operands to binary expression
// A span of time names its unit.
// SPDX-License-Identifier: MIT
#include <atmqtt/core/time.hpp>

using namespace atmqtt;

instant later(instant now) {
#ifdef CONTROL
    return now + millis{500};
#else
    return now + 500;
#endif
}
