// EXPECT: no matching function for call to 'format
// A pointer does not say how much is lent.
// SPDX-License-Identifier: MIT
#include <atmqtt/at/codec.hpp>

#include <cstddef>

using namespace atmqtt;

std::size_t write_into(char* out, [[maybe_unused]] std::size_t size) {
#ifdef CONTROL
    const auto text = format(disconnect{}, {out, size});
#else
    const auto text = format(disconnect{}, out);
#endif
    return text ? text->size() : 0;
}
