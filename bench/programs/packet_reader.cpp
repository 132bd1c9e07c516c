// Reads a stream of packets, without decoding any.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

void program() {
    atmqtt::packet_reader reader{sent};
    std::string_view input{received, uart_read()};
    while (const auto event = reader.receive(input)) show(event);
}
