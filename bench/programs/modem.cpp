// Every call of a modem once: commands, MQTT, and the whole of what is below.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

#include <new>

void program() {
    std::string_view input{received, uart_read()};
    const auto now = lent<atmqtt::instant>();
    auto& modem = *new (received) atmqtt::modem{lent<atmqtt::modem_memory>(), lent<atmqtt::modem_options>()};

    while (const auto event = modem.receive(input, now)) show(event);
    while (const auto event = modem.receive_from_broker(input, now)) show(event);
    while (const auto event = modem.tick(now)) show(event);
    const std::string_view lines = modem.transmit();
    uart_write(lines.data(), lines.size());
    modem.transmitted(uart_read(), now);
    const std::string_view packets = modem.transmit_to_broker();
    uart_write(packets.data(), packets.size());
    modem.transmitted_to_broker(uart_read(), now);
    show(modem.wait(now));

    modem.connected();
    modem.connect_failed();
    modem.disconnected();
    modem.set_network(uart_read() != 0);
}
