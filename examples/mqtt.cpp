// What the README shows of MQTT: a session that publishes, with the broker's answers made here instead of coming from a socket.
// SPDX-License-Identifier: MIT
#include <atmqtt.hpp>

#include <cstdio>
#include <string_view>

namespace {

char rx[512], tx[600];          // the body of one packet; a topic and a few bytes, and CONNECT
atmqtt::in_flight records[22];  // four bytes for each identifier in use
atmqtt::session session{rx, tx, records};
atmqtt::link connection;  // phases, timeouts, tries to reconnect: it says when to connect a socket and when to close it

void hear(const atmqtt::session::event& found, atmqtt::instant now) {
    namespace it = atmqtt::from_session;
    atmqtt::match(
        found, [&](const it::greeted&) { connection.step(atmqtt::link_event::greeted, now); },
        [&](const it::accepted&) { connection.step(atmqtt::link_event::accepted, now); },
        [&](const it::done& d) { std::printf("%s\n", d.how == it::outcome::acknowledged ? "acknowledged" : "failed"); },
        [](const auto&) {});
}

void send(atmqtt::instant now) {
    for (auto bytes = session.transmit(); !bytes.empty(); bytes = session.transmit()) {
        std::printf("-> %02x, %zu bytes\n", static_cast<unsigned>(bytes[0]) & 0xFF, bytes.size());  // to the socket
        session.transmitted(bytes.size(), now);
    }
    while (const auto event = session.tick(now)) hear(*event, now);
}

void receive(std::string_view input, atmqtt::instant now) {  // from the socket
    while (const auto event = session.receive(input, now)) hear(*event, now);
}

}  // namespace

int main() {
    const atmqtt::instant now{};  // of a clock that the caller reads
    connection.step(atmqtt::link_event::open_asked, now);
    connection.step(atmqtt::link_event::socket_up, now);

    atmqtt::mqtt::connect greeting;
    greeting.id = "card-7";
    greeting.keep_alive = 60;  // seconds
    if (!session.greet(greeting, now)) return 1;
    send(now);
    receive({"\x20\x02\0\0", 4}, now);  // CONNACK
    std::printf("stat %d\n", static_cast<int>(stat(connection.at())));

    const atmqtt::mqtt::publish message{"dev/gsm/u", "{\"t\":21}", 0, false, atmqtt::qos::at_least_once, false};
    if (!session.publish(message, now)) return 1;  // what it views is borrowed until it is done
    send(now);
    receive({"\x40\x02\0\x01", 4}, now);  // PUBACK
    return 0;
}
