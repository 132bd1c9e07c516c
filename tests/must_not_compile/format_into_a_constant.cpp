// EXPECT: no matching function for call to 'format
// What is lent is written to.
// SPDX-License-Identifier: MIT
#include <atmqtt/at/codec.hpp>

using namespace atmqtt;

#ifdef CONTROL
using storage = char[16];
#else
using storage = const char[16];
#endif

bool fits(storage& out) { return static_cast<bool>(format(disconnect{}, out)); }
