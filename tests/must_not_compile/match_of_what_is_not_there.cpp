// EXPECT: match: a case is for what the variant does not hold
// A case that is never called would leave its alternative to the one for all others.
// SPDX-License-Identifier: MIT
#include <atmqtt/at/codec.hpp>

using namespace atmqtt;

#ifdef CONTROL
using alarm = timeout_is;
#else
using alarm = timeout_alarm;  // in no `line`: it looks like a timeout_is
#endif

int handle(const line& any) {
    return match(
        any, [](const alarm&) { return 1; }, [](const auto&) { return 2; });
}
