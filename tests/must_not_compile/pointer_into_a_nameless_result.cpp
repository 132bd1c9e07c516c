// EXPECT: address of
// EXPECT: no matching function for call to 'get_if'
// What a result holds is gone with it: give it a name first.
// SPDX-License-Identifier: MIT
#include <atmqtt/at/codec.hpp>

using namespace atmqtt;

bool is_open(std::string_view text) {
#ifdef CONTROL
    const auto line = parse_line(text);
    const auto* const found = std::get_if<state_is>(&*line);
#else
    const auto* const found = std::get_if<state_is>(&*parse_line(text));
#endif
    return found != nullptr && found->stat == connection_state::open;
}
