// Formats every command, and parses nothing.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

void program() {
    const auto command = atmqtt::format(lent<atmqtt::command>(), sent);
    if (command) uart_write(command->data(), command->size());
}
