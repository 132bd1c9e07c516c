// EXPECT: nodiscard
// Whether it was written is the only news there is.
// SPDX-License-Identifier: MIT
#include <atmqtt/at/codec.hpp>

using namespace atmqtt;

void write_into(buffer out) {
#ifdef CONTROL
    static_cast<void>(format(disconnect{}, out));
#else
    format(disconnect{}, out);
#endif
}
