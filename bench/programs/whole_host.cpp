// Formats every command and parses every line.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

void program() {
    const std::size_t size = uart_read();
    const auto command = atmqtt::format(lent<atmqtt::command>(), sent);
    if (command) uart_write(command->data(), command->size());

    const auto line = atmqtt::parse_line({received, size});
    uart_write(&line, sizeof line);
}
