// What the README shows of MQTT: a session over a link, with the broker's answers made here instead of coming from a socket.
// SPDX-License-Identifier: MIT
#include <atmqtt.hpp>

#include <cstdio>
#include <string_view>

namespace {

using atmqtt::instant;
using atmqtt::link_event;
using atmqtt::link_move;

char rx[512], tx[600];          // the body of one packet; a topic and a few bytes, and CONNECT
atmqtt::in_flight records[22];  // four bytes for each identifier in use
atmqtt::session session{rx, tx, records};
atmqtt::link connection;  // phases, timeouts, tries to reconnect
atmqtt::mqtt::connect greeting;

void happen(link_event what, instant now);

// The link says what to do.
void follow(const atmqtt::link_step& step, instant now) {
    if (step.closes()) {
        std::puts("close the socket");
        session.lost(now);
    }
    if (step.connects()) std::puts("connect the socket");  // `socket_up` or `socket_failed` is to happen then
    if (step.move == link_move::greet && !session.greet(greeting, now)) happen(link_event::send_failed, now);
    if (step.move == link_move::leave && !session.leave(now)) happen(link_event::send_failed, now);
}
void happen(link_event what, instant now) { follow(connection.step(what, now), now); }

void hear(const atmqtt::session::event& found, instant now) {
    namespace it = atmqtt::from_session;
    atmqtt::match(
        found, [&](const it::greeted&) { happen(link_event::greeted, now); },
        [&](const it::accepted&) { happen(link_event::accepted, now); },
        [&](const it::refused&) { happen(link_event::refused, now); },
        [&](const it::violation&) { happen(link_event::socket_lost, now); },
        [&](const it::ping_missed&) { happen(link_event::ping_missed, now); },
        [&](const it::ping_answered&) { happen(link_event::ping_answered, now); },
        [&](const it::stalled&) { happen(link_event::send_failed, now); },
        [&](const it::left&) { happen(link_event::farewell_sent, now); },
        [&](const it::done& d) { std::puts(d.how == it::outcome::acknowledged ? "acknowledged" : "failed"); },
        [&](const it::message& m) { std::printf("%zu bytes\n", m.what.payload.size()); }, [](const auto&) {});
}

// Whenever bytes were given, something was asked for, or `wait` of one of the two has passed.
void go_on(instant now) {
    if (const auto due = connection.tick(now)) follow(*due, now);
    for (auto bytes = session.transmit(); !bytes.empty(); bytes = session.transmit()) {
        std::printf("-> %02x, %zu bytes\n", static_cast<unsigned>(bytes[0]) & 0xFF, bytes.size());  // to the socket
        session.transmitted(bytes.size(), now);
    }
    while (const auto event = session.tick(now)) hear(*event, now);
}

void receive(std::string_view input, instant now) {  // from the socket
    while (const auto event = session.receive(input, now)) hear(*event, now);
    go_on(now);
}

}  // namespace

int main() {
    const instant now{};  // of a clock that the caller reads
    greeting.id = "card-7";
    greeting.keep_alive = 60;  // seconds
    happen(link_event::open_asked, now);
    happen(link_event::socket_up, now);
    go_on(now);
    receive({"\x20\x02\0\0", 4}, now);  // CONNACK
    std::printf("stat %d\n", static_cast<int>(stat(connection.at())));

    const atmqtt::mqtt::publish message{"dev/gsm/u", "{\"t\":21}", 0, false, atmqtt::qos::at_least_once, false};
    if (!session.publish(message, now)) return 1;  // what it views is borrowed until it is done
    go_on(now);
    receive({"\x40\x02\0\x01", 4}, now);  // PUBACK

    happen(link_event::close_asked, now);
    go_on(now);
    return connection.at() == atmqtt::phase::closed ? 0 : 1;
}
