// Formats three commands.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

namespace {

template <class Command>
void send() {
    const auto line = atmqtt::format(lent<Command>(), sent);
    if (line) uart_write(line->data(), line->size());
}

}  // namespace

void program() {
    send<atmqtt::subscribe>();
    send<atmqtt::unsubscribe>();
    send<atmqtt::publish>();
}
