// Formats `subscribe` and parses `suback`.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

void program() {
    const auto command = atmqtt::format(atmqtt::subscribe{"dev/gsm/u", atmqtt::qos::exactly_once}, sent);
    if (command) uart_write(command->data(), command->size());

    const auto line = atmqtt::parse<atmqtt::suback>({received, uart_read()});
    uart_write(&line, sizeof line);
}
