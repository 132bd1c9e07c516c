// Reads a stream of lines and messages, without naming any line.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

void program() {
    atmqtt::line_reader reader{sent};
    std::string_view input{received, uart_read()};
    while (const auto event = reader.receive(input, atmqtt::instant{})) uart_write(&event, sizeof event);
}
