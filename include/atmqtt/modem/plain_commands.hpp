// The commands that are not of MQTT and that every driver starts with.
// SPDX-License-Identifier: MIT
#pragma once

#include "../at/head.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt::detail {

/// Which one it is; ours: the manual has none of them, this is what V.250 and 3GPP 27.007 make of them.
enum class plain_command : std::uint8_t {
    unknown,
    attention,      ///< AT
    echo_off,       ///< ATE0, ATE
    echo_on,        ///< ATE1
    identify,       ///< ATI
    errors_plain,   ///< AT+CMEE=0
    errors_number,  ///< AT+CMEE=1
    errors_words,   ///< AT+CMEE=2
    query_errors,   ///< AT+CMEE?
};

/// One of them, without blanks, in upper case.
struct plain_row {
    std::string_view words;
    plain_command what;
};
/// All of them. In a function they would be built on the stack.
inline constexpr plain_row plain_rows[] = {
    {"AT", plain_command::attention},
    {"ATE0", plain_command::echo_off},
    {"ATE", plain_command::echo_off},
    {"ATE1", plain_command::echo_on},
    {"ATI", plain_command::identify},
    {"AT+CMEE=0", plain_command::errors_plain},
    {"AT+CMEE=1", plain_command::errors_number},
    {"AT+CMEE=2", plain_command::errors_words},
    {"AT+CMEE?", plain_command::query_errors},
};

/// Reads it in either case, with blanks anywhere. ours: blanks alone are no command.
constexpr plain_command parse_plain(std::string_view line) {
    while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
    if (line.empty()) return plain_command::unknown;
    for (const plain_row& one : plain_rows) {
        if (behind(line, one.words) == line.size()) return one.what;
    }
    return plain_command::unknown;
}

}  // namespace atmqtt::detail
