// Every call of a host once: bringing a module up, keeping it open, and the whole of what is below.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

#include <new>

void program() {
    std::string_view input{received, uart_read()};
    const auto now = lent<atmqtt::instant>();
    auto& host = *new (received) atmqtt::host{lent<atmqtt::host_options>(), received, sent};

    show(host.open(lent<atmqtt::settings>(), now));
    while (const auto event = host.receive(input, now)) show(event);
    while (const auto event = host.tick(now)) show(event);
    const std::string_view bytes = host.transmit();
    uart_write(bytes.data(), bytes.size());
    host.transmitted(uart_read(), now);
    show(host.wait(now));

    show(host.publish(input, input, lent<atmqtt::qos>(), uart_read() != 0));
    show(host.subscribe(input, lent<atmqtt::qos>()));
    show(host.unsubscribe(input));
    show(host.send(lent<atmqtt::raw_command>()));
    host.network_ready(now);
    host.restarted(now);
    host.lost(now);
    host.close(now);
}
