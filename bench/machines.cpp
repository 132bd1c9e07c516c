// What the machines cost: link, session, chat, host and modem, each from a call to what comes of it.
// Whatever brings a machine to where a workload begins is done before, and not counted.
// SPDX-License-Identifier: MIT
#include "harness.hpp"
#include "script.hpp"

#include <atmqtt.hpp>

#include <cstring>
#include <new>
#include <string_view>
#include <variant>

namespace bench {
namespace {

namespace mqtt = atmqtt::mqtt;
using atmqtt::qos;

// Variables, so that no compiler knows their values.
std::string_view names = topic;
atmqtt::instant now{1'000};

constexpr std::string_view greeted{"\x20\x02\0\0", 4};
constexpr std::string_view puback{"\x40\x02\0\x01", 4};
constexpr std::string_view pubrec{"\x50\x02\0\x01", 4};
constexpr std::string_view pubrel{"\x62\x02\0\x01", 4};
constexpr std::string_view pubcomp{"\x70\x02\0\x01", 4};
constexpr std::string_view suback{"\x90\x03\0\x01\x01", 5};

storage<128> payload;
storage<160> packets[3];  ///< that publish it, at each QoS
storage<200> urc_of_payload;
storage<200> command_of_payload;

void prepare_samples() {
    while (payload.size != 128) payload.add(static_cast<char>('a' + payload.size % 26));
    for (unsigned level = 0; level != 3; ++level) {
        packets[level].add(static_cast<char>(0x30 | level << 1));
        packets[level].add({level == 0 ? "\x8B\x01\0\x09" : "\x8D\x01\0\x09", 4});
        packets[level].add(topic);
        if (level != 0) packets[level].add({"\0\x01", 2});
        packets[level].add(payload.view());
    }
    urc_of_payload.add("\r\n+MQTTPUBLISH: 0,1,0,1,\"dev/gsm/u\",128,");
    urc_of_payload.add(payload.view());
    urc_of_payload.add("\r\n");
    command_of_payload.add("AT+MQTTPUB=\"dev/gsm/u\",1,0,0,\"");
    command_of_payload.add(payload.view());
    command_of_payload.add("\"\r");
}

/// The one machine of a workload.
alignas(8) char room[sizeof(atmqtt::modem) > sizeof(atmqtt::host) ? sizeof(atmqtt::modem) : sizeof(atmqtt::host)];
char lines[1100], profile[200], subscriptions[64], packet_body[300];
atmqtt::in_flight records[4];

template <class Machine>
Machine& it() {
    return *std::launder(reinterpret_cast<Machine*>(room));
}

/// Bytes that a machine has handed out, one piece after the other.
storage<400> out;

bool is_out(std::string_view first, std::string_view second = {}) {
    const std::string_view all = out.view();
    return all.size() == first.size() + second.size() && all.substr(0, first.size()) == first &&
           all.substr(first.size()) == second;
}

void keep(std::string_view bytes) {
    std::memcpy(out.data + out.size, bytes.data(), bytes.size());
    out.size += bytes.size();
}

// --- link ---

void make_link() { new (room) atmqtt::link{}; }
void open_link(std::string_view) {
    auto& link = it<atmqtt::link>();
    constexpr atmqtt::link_event events[] = {atmqtt::link_event::open_asked, atmqtt::link_event::socket_up,
                                             atmqtt::link_event::greeted, atmqtt::link_event::accepted};
    for (const auto event : events) link.step(event, now);
    got.ok = !link.tick(now) && !link.wait(now) && link.at() == atmqtt::phase::open;
}

// --- session ---

void hear(const atmqtt::session::event& found) {
    namespace it = atmqtt::from_session;
    if (std::get_if<it::accepted>(&found) != nullptr) got.code = 0;
    if (const auto* d = std::get_if<it::done>(&found)) got.ok = d->how != it::outcome::lost;
    if (const auto* m = std::get_if<it::message>(&found)) {
        got.bytes = m->what.payload;
        ++got.length;
    }
}
void hand_out(atmqtt::session& session) {
    for (auto bytes = session.transmit(); !bytes.empty(); bytes = session.transmit()) {
        keep(bytes);
        session.transmitted(bytes.size(), now);
    }
    while (const auto event = session.tick(now)) hear(*event);
}
void bring(atmqtt::session& session, std::string_view bytes) {
    while (const auto event = session.receive(bytes, now)) hear(*event);
    hand_out(session);
}
void make_session() {
    out.size = 0;
    got.length = 0;
    new (room) atmqtt::session{rx, tx, records};
}
void greet(std::string_view) {
    auto& session = it<atmqtt::session>();
    mqtt::connect m;
    m.id = "card-7";
    got.ok = bool{session.greet(m, now)};
    hand_out(session);
    bring(session, greeted);
}
bool is_greeted() { return got.ok && got.code == 0; }
void be_greeted() {
    make_session();
    greet({});
    got = {};
    got.length = 0;
    out.size = 0;
}

bool publish(qos level) {
    return bool{it<atmqtt::session>().publish({names, payload.view(), 0, false, level, false}, now)};
}
void publish_0(std::string_view) {
    if (publish(qos::at_most_once)) hand_out(it<atmqtt::session>());
}
void publish_1(std::string_view) {
    auto& session = it<atmqtt::session>();
    if (publish(qos::at_least_once)) hand_out(session);
    bring(session, puback);
}
void publish_2(std::string_view) {
    auto& session = it<atmqtt::session>();
    if (publish(qos::exactly_once)) hand_out(session);
    bring(session, pubrec);
    bring(session, pubcomp);
}
bool is_published_0() { return got.ok && is_out(packets[0].view()); }
bool is_published_1() { return got.ok && is_out(packets[1].view()); }
bool is_published_2() { return got.ok && is_out(packets[2].view(), pubrel); }

void subscribe(std::string_view filter) {
    auto& session = it<atmqtt::session>();
    if (session.subscribe(filter, qos::at_least_once, now)) hand_out(session);
    bring(session, suback);
}
bool is_done() { return got.ok; }

void receive(std::string_view bytes) { bring(it<atmqtt::session>(), bytes); }
void receive_2(std::string_view bytes) {
    receive(bytes);
    receive(pubrel);
}
bool is_received() {
    return got.length == 1 && std::string_view{rx, 400}.find(payload.view()) != std::string_view::npos;
}
bool is_received_0() { return is_received() && is_out({}); }
bool is_received_1() { return is_received() && is_out(puback); }
bool is_received_2() { return is_received() && is_out(pubrec, pubcomp); }

// --- chat ---

void make_chat() { new (room) atmqtt::chat{rx, tx}; }
void command_and_answer(std::string_view answer) {
    auto& chat = it<atmqtt::chat>();
    if (!chat.send(atmqtt::set_timeout{10})) return;
    got.length = chat.transmit().size();
    chat.transmitted(got.length, now);
    while (const auto event = chat.receive(answer, now)) {
        if (const auto* d = std::get_if<atmqtt::from_chat::done>(&*event)) got.ok = d->acknowledged();
    }
    while (chat.tick(now)) {}
}
bool is_answered() { return got.ok && got.length == sizeof "AT+MQTTTO=10"; }

// --- host ---

const atmqtt::subscribe wanted_topics[] = {{topic, qos::at_least_once}};
atmqtt::settings wanted;

void hear(const atmqtt::host::event& found) {
    namespace on = atmqtt::on;
    if (std::get_if<on::opened>(&found) != nullptr) got.code = 0;
    if (const auto* d = std::get_if<on::done>(&found)) got.ok = d->acknowledged();
    if (const auto* m = std::get_if<on::message>(&found)) {
        got.topic = m->what.topic.raw();
        got.bytes = m->what.payload;
    }
}
void hear_host(std::string_view bytes) {
    auto& host = it<atmqtt::host>();
    while (const auto event = host.receive(bytes, now)) hear(*event);
    while (const auto event = host.tick(now)) hear(*event);
}
// Hands out a command, if there is one, and has it answered. False if there is none.
bool be_answered() {
    auto& host = it<atmqtt::host>();
    const std::string_view command = host.transmit();
    if (command.empty()) return false;
    const std::string_view answer = script::answer_to(command);
    host.transmitted(command.size(), now);
    hear_host(answer);
    return true;
}
void make_host() {
    wanted.server.host = "broker.example";
    wanted.server.id = "card-7";
    wanted.subscriptions = wanted_topics;
    wanted.subscription_count = 1;
    new (room) atmqtt::host{{}, rx, tx};
}
void open_host(std::string_view) {
    auto& host = it<atmqtt::host>();
    if (!host.open(wanted, now)) return;
    while (got.code != 0) {
        hear_host({});
        if (!be_answered()) now = now + *host.wait(now);
    }
    got.ok = host.is_open();
}
void be_open_host() {
    make_host();
    open_host({});
    now = now + atmqtt::millis{100};  // the pause between two commands is over
    hear_host({});
    got = {};
}
void host_publishes(std::string_view message) {
    if (it<atmqtt::host>().publish(names, message, qos::at_least_once, false)) be_answered();
}
bool is_published_by_host() {
    return got.ok && std::string_view{tx, command_of_payload.size} == command_of_payload.view();
}
void host_waits(std::string_view) { got.ok = it<atmqtt::host>().wait(now).has_value(); }
void host_ticks(std::string_view) { got.ok = !it<atmqtt::host>().tick(now); }
bool is_message() { return got.topic == topic && got.bytes == payload.view(); }

// --- modem ---

script::broker far;

// Hands out all that a modem has for either side, until nothing moves any more.
void serve() {
    auto& modem = it<atmqtt::modem>();
    for (bool moves = true; moves;) {
        moves = false;
        while (const auto event = modem.tick(now)) {
            if (std::get_if<atmqtt::from_card::connect>(&*event) != nullptr) modem.connected();
        }
        for (auto bytes = modem.transmit_to_broker(); !bytes.empty(); bytes = modem.transmit_to_broker()) {
            far.take(bytes);
            modem.transmitted_to_broker(bytes.size(), now);
            moves = true;
        }
        std::string_view said = far.says();
        const std::size_t size = said.size();
        while (modem.receive_from_broker(said, now)) {}
        far.said(size - said.size());
        moves = moves || size != said.size();
        for (auto bytes = modem.transmit(); !bytes.empty(); bytes = modem.transmit()) {
            keep(bytes);
            modem.transmitted(bytes.size(), now);
            moves = true;
        }
    }
}
void command(std::string_view line) {
    auto& modem = it<atmqtt::modem>();
    while (const auto event = modem.receive(line, now)) {
        if (std::get_if<atmqtt::from_card::connect>(&*event) != nullptr) modem.connected();
    }
    serve();
}
void make_modem() {
    out.size = 0;
    far = {};
    atmqtt::modem_memory lent;
    lent.command = {rx, 600};
    lent.lines = lines;
    lent.profile = profile;
    lent.subscriptions = subscriptions;
    lent.rx = packet_body;
    lent.tx = {tx, 600};
    lent.records = records;
    lent.record_count = 4;
    new (room) atmqtt::modem{lent};
    command("ATE0\r");
    command("AT+MQTTCFG=\"h\",1883,\"card-7\",60,\"\",\"\",1\r");
    out.size = 0;
}
void open_modem(std::string_view line) { command(line); }
constexpr std::string_view open_line = "AT+MQTTOPEN=0,0,0,0,0,\"\",\"\"\r";
constexpr std::string_view subscribe_line = "AT+MQTTSUB=\"dev/gsm/u\",1\r";
bool is_open_modem() { return is_out("\r\n+MQTTOPEN: OK\r\n\r\nOK\r\n"); }
void be_open_modem() {
    make_modem();
    open_modem(open_line);
    out.size = 0;
}
void obey_command(std::string_view message) {
    if (it<atmqtt::modem>().obey(atmqtt::publish{names, qos::at_least_once, false, false, message}, now)) serve();
}
bool is_published_by_modem() { return far.published() == 1 && is_out("\r\n+MQTTPUBACK: 0,1\r\n", script::ok); }
bool is_subscribed() { return is_out("\r\n+MQTTSUBACK: 1,1,dev/gsm/u\r\n", script::ok); }
void bring_message(std::string_view bytes) {
    while (it<atmqtt::modem>().receive_from_broker(bytes, now)) {}
    serve();
}
bool is_passed_on() { return far.acknowledged() == 1 && is_out(urc_of_payload.view()); }
void modem_waits(std::string_view) { got.ok = it<atmqtt::modem>().wait(now).has_value(); }
void modem_ticks(std::string_view) { got.ok = !it<atmqtt::modem>().tick(now); }

void measure_session() {
    measure("session/greet", greet, {}, is_greeted, make_session);
    measure("session/publish_0", publish_0, {}, is_published_0, be_greeted);
    measure("session/publish_1", publish_1, {}, is_published_1, be_greeted);
    measure("session/publish_2", publish_2, {}, is_published_2, be_greeted);
    measure("session/subscribe", subscribe, topic, is_done, be_greeted);
    measure("session/receive_0", receive, packets[0].view(), is_received_0, be_greeted);
    measure("session/receive_1", receive, packets[1].view(), is_received_1, be_greeted);
    measure("session/receive_2", receive_2, packets[2].view(), is_received_2, be_greeted);
}

}  // namespace
}  // namespace bench

void program() {
    using namespace bench;
    prepare_samples();
    begin();
    measure("link/open", open_link, {}, is_done, make_link);
    measure_session();
    measure("chat/command", command_and_answer, script::ok, is_answered, make_chat);
    measure("host/open", open_host, {}, is_done, make_host);
    measure("host/publish_1", host_publishes, payload.view(), is_published_by_host, be_open_host);
    measure("host/message_128", hear_host, urc_of_payload.view(), is_message, be_open_host);
    measure("host/tick", host_ticks, {}, is_done, be_open_host);
    measure("host/wait", host_waits, {}, is_done, be_open_host);
    measure("modem/open", open_modem, open_line, is_open_modem, make_modem);
    measure("modem/publish_1", command, command_of_payload.view(), is_published_by_modem, be_open_modem);
    measure("modem/obey_publish_1", obey_command, payload.view(), is_published_by_modem, be_open_modem);
    measure("modem/subscribe", command, subscribe_line, is_subscribed, be_open_modem);
    measure("modem/message_128", bring_message, packets[1].view(), is_passed_on, be_open_modem);
    measure("modem/tick", modem_ticks, {}, is_done, be_open_modem);
    measure("modem/wait", modem_waits, {}, is_done, be_open_modem);
}
