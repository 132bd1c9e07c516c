// EXPECT: narrow
// A member takes no number outside its type.
// SPDX-License-Identifier: MIT
#include <atmqtt/at/commands.hpp>

using namespace atmqtt;

configure server() {
#ifdef CONTROL
    return {"host", 1883};
#else
    return {"host", -1883};
#endif
}
