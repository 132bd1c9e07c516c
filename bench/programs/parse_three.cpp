// Parses three lines.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

void program() {
    const auto line = atmqtt::parse<atmqtt::suback, atmqtt::puback, atmqtt::message>({received, uart_read()});
    uart_write(&line, sizeof line);
}
