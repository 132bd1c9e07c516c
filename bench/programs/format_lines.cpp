// The modem's side: formats every line, and parses nothing.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

void program() {
    const auto line = atmqtt::format(lent<atmqtt::line>(), sent, lent<atmqtt::spelling>());
    if (line) uart_write(line->data(), line->size());
}
