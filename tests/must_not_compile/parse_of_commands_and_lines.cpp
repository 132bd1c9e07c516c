// EXPECT: parse: commands and lines are not parsed together
// The one is what a modem reads, the other what a host reads.
// SPDX-License-Identifier: MIT
#include <atmqtt/at/codec.hpp>

#include <string_view>

using namespace atmqtt;

bool known(std::string_view text) {
#ifdef CONTROL
    return static_cast<bool>(parse<suback, puback>(text));
#else
    return static_cast<bool>(parse<subscribe, suback>(text));
#endif
}
