// Formats one command.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

void program() {
    const std::size_t size = uart_read();
    const auto level = static_cast<atmqtt::qos>(received[0]);
    const auto line = atmqtt::format(atmqtt::subscribe{std::string_view{received, size}, level}, sent);
    if (line) uart_write(line->data(), line->size());
}
