// Every call of a session once: what is sent and what comes, with the codec below it.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

#include <new>

void program() {
    std::string_view input{received, uart_read()};
    const auto now = lent<atmqtt::instant>();
    auto& records = lent<atmqtt::in_flight[22]>();
    auto& session = *new (received) atmqtt::session{received, sent, records};
    session.set_ack_timeout(lent<atmqtt::millis>());
    session.allow(lent<atmqtt::code_points>());

    show(session.greet(lent<atmqtt::mqtt::connect>(), now));
    show(session.publish(lent<atmqtt::mqtt::publish>(), now));
    show(session.subscribe(input, lent<atmqtt::qos>(), now));
    show(session.unsubscribe(input, now));

    while (const auto event = session.receive(input, now)) show(event);
    show(session.is_full());
    const std::string_view bytes = session.transmit();
    uart_write(bytes.data(), bytes.size());
    session.transmitted(uart_read(), now);
    while (const auto event = session.tick(now)) show(event);
    show(session.wait(now));
    show(session.strays());

    show(session.leave(now));
    session.lost(now);
    session.rebind(received, sent, records, input, input);
    show(session.forget());
}
