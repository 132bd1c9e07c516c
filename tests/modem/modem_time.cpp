// modem/modem.hpp: when things happen, to the millisecond: wire.md section 3.               [2.3.2, 2.3.8 - 2.3.10, 3.4] BI-36
// SPDX-License-Identifier: MIT
#include "modem_world.hpp"

#include <cstdint>
#include <string>
#include <string_view>

using namespace atmqtt;
using namespace atmqtt::testing;

namespace {

/// Readings of the clock at its start, and such that its middle or its wrap falls into each part of what follows.
constexpr std::uint32_t starts[] = {0,           0x80000000U - 1, 0x80000000U - 9'000, 0x80000000U - 60'000,
                                    0 - 1U,      0 - 4'000U,      0 - 8'000U,          0 - 12'001U,
                                    0 - 30'000U, 0 - 90'000U};

constexpr std::string_view clean = "\"h\",1,\"me\",0,\"u\",\"p\",1,\"\",0";  // and without pings
constexpr std::string_view persistent = "\"h\",1,\"me\",0,\"u\",\"p\",0,\"\",0";

modem_options speaking(spelling how) {
    modem_options options;
    options.how = how;
    return options;
}
/// One that is configured and has nothing written yet.
void set_up(modem_world& w) {
    w.ask("ATE0");
    w.ask("AT+MQTTCFG=" + std::string(clean));
}
/// What has just happened, and not a millisecond earlier: what was written, then the events.
std::string after(modem_world& w, std::uint32_t ms) {
    const std::string early = w.pass(ms - 1) + w.events();
    if (!early.empty()) return "too early: " + early;
    const std::string written = w.pass(1);
    const std::string events = w.events();
    return written + (written.empty() || events.empty() ? "" : " ") + events;
}
std::string both(std::string_view written, std::string_view events) {
    return said(written) + " " + std::string(events);
}

/// From the first loss until it is given up: waits of 4, 8, 16 s, tries of 8 s.
void check_tries(modem_world& w, spelling how) {
    const std::string rec = how == spelling::manual ? "+MQTTREC:" : "+MQTTREC: ";
    CHECK(after(w, 4'000) == both(rec + "0", "connect h:1"));
    CHECK(w.ask("AT+MQTTREC?").find("+MQTTREC: 1,1") != std::string::npos);
    CHECK(after(w, 8'000) == "close");
    CHECK(after(w, 8'000) == both(rec + "1", "connect h:1"));
    w.pass(100);
    w.connected();  // as far as it gets: it is one limit
    CHECK(after(w, 7'900) == "close");
    CHECK(w.ask("AT+MQTTREC?").find("+MQTTREC: 1,2") != std::string::npos);
    CHECK(after(w, 16'000) == both(rec + "2", "connect h:1"));
    w.socket_takes = false;
    w.connected();
    CHECK(after(w, 8'000) == both("+MQTTDISC: OK", "close"));
    w.socket_takes = true;
    CHECK_FALSE(w.it().wait(w.now).has_value());
    CHECK(w.pass(100'000'000).empty());
}

}  // namespace

TEST_CASE(
    "OPEN has 8 s until CONNACK: +MQTTTO:1, 604, then it is tried again after 4, 8 and 16 s, then +MQTTDISC: OK") {
    for (const std::uint32_t start : starts) {
        for (const spelling how : {spelling::manual, spelling::sdk}) {
            for (const int gets_to : {0, 1, 2}) {
                CAPTURE(start);
                CAPTURE(gets_to);
                modem_world w{speaking(how), {}, start};
                set_up(w);
                CHECK(w.ask(modem_world::open_command).empty());
                CHECK(w.events() == "connect h:1");
                w.pass(3'000);
                w.socket_takes = gets_to == 2;
                if (gets_to != 0) CHECK(w.connected().empty());
                CHECK(after(w, 5'000) == both(how == spelling::manual ? "+MQTTTO:1|+CME ERROR: 604"
                                                                      : "+MQTTTO:1|+MQTTOPEN:FAIL|+CME ERROR: 604",
                                              "close"));
                w.socket_takes = true;
                check_tries(w, how);
            }
        }
    }
}

TEST_CASE("603: the socket fails, is lost, or CONNACK says 1 to 3; it is tried again, or with REC=0 that is the end") {
    for (const bool reconnects : {true, false}) {
        for (const spelling how : {spelling::manual, spelling::sdk}) {
            for (const int what : {0, 1, 2, 3, 4}) {
                CAPTURE(what);
                modem_world w{speaking(how)};
                set_up(w);
                if (!reconnects) w.ask("AT+MQTTREC=0");
                w.ask(modem_world::open_command);
                if (what != 0) CHECK(w.connected().empty());
                w.forget();
                const std::string answered = what == 0 ? w.connect_failed()
                                             : what == 1
                                                 ? w.disconnected()
                                                 : w.hear(mqtt::connack{false, static_cast<connect_code>(what - 1)});
                const std::string wanted =
                    how == spelling::manual ? "+CME ERROR: 603" : "+MQTTOPEN:FAIL|+CME ERROR: 603";
                CHECK(answered == said(wanted + (reconnects ? "" : "|+MQTTDISC: OK")));
                CHECK(w.events() ==
                      (what < 2 ? "close" : "greeted " + number(static_cast<std::size_t>(what - 1)) + "; close"));
                if (reconnects)
                    check_tries(w, how);
                else
                    CHECK(w.pass(1'000'000).empty());
            }
        }
    }
    modem_world w;
    set_up(w);
    w.ask("AT+MQTTREC=0");
    w.ask(modem_world::open_command);
    w.events();
    CHECK(after(w, 8'000) == both("+MQTTTO:1|+CME ERROR: 604|+MQTTDISC: OK", "close"));
}

TEST_CASE("614: bad user or password, and nothing is tried again; while trying it is +MQTTDISC: OK alone") {
    for (const connect_code code : {connect_code::bad_credentials, connect_code::not_authorized}) {
        modem_world w;
        set_up(w);
        w.ask(modem_world::open_command);
        w.connected();
        // ours: the error says that it is over.
        CHECK(w.hear(mqtt::connack{false, code}) == said("+CME ERROR: 614"));
        CHECK(w.ask("AT+MQTTSTAT?") == said("+MQTTSTAT: 0|OK"));
        CHECK(w.pass(1'000'000).empty());

        w.open(clean);
        w.disconnected();
        w.pass(4'000);
        w.connected();
        w.forget();
        CHECK(w.hear(mqtt::connack{false, code}) == said("+MQTTDISC: OK"));
        CHECK(w.events() == "greeted " + number(static_cast<std::size_t>(code)) + "; close");
        CHECK(w.pass(1'000'000).empty());
    }
}

TEST_CASE("600: without the network OPEN is refused, what is open or tried ends at once, and nothing is tried again") {
    for (const int at : {0, 1, 2, 3, 4}) {
        CAPTURE(at);
        modem_world w;
        w.open(clean);
        if (at > 0) w.disconnected();
        if (at > 1) w.pass(4'000);
        w.socket_takes = at != 3;
        if (at > 2) w.connected();
        w.forget();
        CHECK(w.set_network(false) == said("+MQTTDISC: OK"));
        CHECK(w.events() == (at == 1 ? "" : "close"));
        CHECK(w.ask(modem_world::open_command) == said("+CME ERROR: 600"));
        CHECK(w.pass(1'000'000).empty());
        w.socket_takes = true;
        CHECK(w.set_network(true).empty());
        CHECK(w.ask(modem_world::open_command).empty());
        CHECK(w.set_network(false) == said("+CME ERROR: 600"));  // ours: and no +MQTTDISC
        CHECK(w.pass(1'000'000).empty());
    }
}

TEST_CASE(
    "acks: TO seconds from the last byte that the socket took; then the alarm, the error, and the link is dropped") {
    struct row {
        const char* ask;
        const char* alarm;
        bool is_received;  // PUBREC comes
    };
    const row rows[] = {{"AT+MQTTPUB=\"t\",1,0,0,\"x\"", "+MQTTTO:2|+CME ERROR: 608", false},
                        {"AT+MQTTPUB=\"t\",2,0,0,\"x\"", "+MQTTTO:2|+CME ERROR: 608", false},
                        {"AT+MQTTPUB=\"t\",2,0,0,\"x\"", "+MQTTTO:2|+CME ERROR: 608", true},
                        {"AT+MQTTSUB=\"t\",2", "+MQTTTO:3|+CME ERROR: 605", false},
                        {"AT+MQTTUNSUB=\"old\"", "+MQTTTO:4|+CME ERROR: 618", false}};
    for (const std::uint32_t start : starts) {
        for (const row& one : rows) {
            for (const bool reconnects : {true, false}) {
                CAPTURE(start);
                CAPTURE(one.ask);
                modem_world w{{}, {}, start};
                w.open(clean);
                w.ask("AT+MQTTTO=7");
                if (!reconnects) w.ask("AT+MQTTREC=0");
                w.ask("AT+MQTTSUB=\"old\",0");
                w.hear(mqtt::suback{1, {"\0", 1}});
                w.forget();
                w.socket_takes = false;
                CHECK(w.ask(one.ask).empty());
                CHECK(w.pass(6'000).empty());
                w.take_from_socket(3);
                CHECK(w.pass(6'000).empty());
                w.socket_takes = true;
                if (one.is_received) {
                    CHECK(w.pass(6'999).empty());
                    CHECK(w.hear(mqtt::pubrec{2}) == said("+MQTTPUBREC: 0,2"));
                }
                CHECK(after(w, 7'000) == both(one.alarm + std::string(reconnects ? "" : "|+MQTTDISC: OK"), "close"));
                if (reconnects) check_tries(w, spelling::manual);
            }
        }
    }
}

TEST_CASE("an ack at its last millisecond is in time, and what comes in the same step as its end is too late for "
          "nothing else") {
    modem_world w;
    w.open(clean);
    w.ask("AT+MQTTPUB=\"t\",1,0,0,\"x\"");
    CHECK(w.pass(9'999).empty());
    CHECK(w.hear(mqtt::puback{1}) == said("+MQTTPUBACK: 0,1|OK"));
    CHECK(w.pass(1'000'000).empty());
    w.ask("AT+MQTTTO=65535");
    w.ask("AT+MQTTPUB=\"t\",1,0,0,\"x\"");
    CHECK(w.just_at(65'535'000) == said("+MQTTTO:2|+CME ERROR: 608"));
}

TEST_CASE("pings: after half the keep alive without sending, then by the whole; three strikes lose it, PINGRESP clears "
          "them") {
    for (const std::uint32_t start : starts) {
        for (const spelling how : {spelling::manual, spelling::sdk}) {
            CAPTURE(start);
            const bool is_manual = how == spelling::manual;
            const std::string strike = said(is_manual ? "+MQTTTO:5" : "+MQTTTO: 5");
            const std::string echo = said(is_manual ? "+MQTTPINGRSP: OK" : "+MQTTPINGRESP:OK");
            modem_world w{speaking(how), {}, start};
            w.open();
            const auto pings_after = [&](std::uint32_t ms) {
                CHECK(w.just_at(ms).empty());
                CHECK(w.packets() == "PINGREQ");
            };
            CHECK(w.pass(29'999).empty());
            CHECK(w.packets().empty());
            pings_after(1);
            CHECK(w.pass(9'999).empty());
            CHECK(w.hear(mqtt::pingresp{}) == echo);
            pings_after(50'001);
            for (int strikes = 0; strikes != 2; ++strikes) {
                CHECK(w.just_at(10'000) == strike);
                pings_after(50'000);
            }
            CHECK(w.hear(mqtt::pingresp{}) == echo);
            pings_after(60'000);
            for (int strikes = 0; strikes != 2; ++strikes) {
                CHECK(w.just_at(10'000) == strike);
                CHECK(w.events().empty());
                pings_after(50'000);
            }
            CHECK(w.just_at(10'000) == strike);
            CHECK(w.events() == "close");
            check_tries(w, how);
        }
    }
}

TEST_CASE(
    "pings count from what was sent: messages that come put none off, a message that goes does; PING=0 is silent") {
    modem_world w;
    w.open();
    for (int times = 0; times != 2; ++times) {
        w.pass(10'000);
        w.hear(mqtt::publish{"t", "x"});
    }
    CHECK(w.pass(9'999).empty());
    CHECK(w.packets().empty());
    w.pass(1);
    CHECK(w.packets() == "PINGREQ");
    CHECK(w.ask("AT+MQTTPING=0") == said("OK"));
    CHECK(w.hear(mqtt::pingresp{}).empty());
    CHECK(w.hear(mqtt::pingresp{}).empty());  // unasked
    w.ask("AT+MQTTPUB=\"t\",0,0,0,\"x\"");
    CHECK(w.packets() == "PUBLISH q0 t=x");
    w.pass(29'999);
    CHECK(w.packets().empty());
    w.pass(1);
    CHECK(w.packets() == "PINGREQ");
    CHECK(w.just_at(10'000) == said("+MQTTTO:5"));  // the alarm is no echo

    modem_world never;
    never.open(clean);
    CHECK(never.pass(0x7FFFFFFF).empty());
    CHECK(never.packets().empty());
}

TEST_CASE("a reconnect to the same session goes on: subscriptions stay, and a message in flight is completed") {
    for (const std::uint32_t start : starts) {
        for (const int level : {1, 2, 3}) {  // 3: PUBREC was there
            CAPTURE(start);
            CAPTURE(level);
            modem_world w{{}, {}, start};
            w.open(persistent);
            w.ask("AT+MQTTSUB=\"s\",1");
            w.hear(mqtt::suback{1, {"\1", 1}});
            w.ask(level == 1 ? "AT+MQTTPUB=\"t\",1,0,0,\"x\"" : "AT+MQTTPUB=\"t\",2,0,0,\"x\"");
            if (level == 3) CHECK(w.hear(mqtt::pubrec{2}) == said("+MQTTPUBREC: 0,2"));
            w.forget();
            CHECK(w.disconnected().empty());
            CHECK(w.events() == "close");
            CHECK(after(w, 4'000) == both("+MQTTREC:0", "connect h:1"));
            w.connected();
            CHECK(w.packets() == "CONNECT me");
            CHECK(w.hear(mqtt::connack{true, connect_code::accepted}) == said("+MQTTOPEN: OK"));
            CHECK(w.events() == "greeted 0 resumed");
            CHECK(w.packets() == (level == 1   ? "PUBLISH q1 #2 t=x dup"
                                  : level == 2 ? "PUBLISH q2 #2 t=x dup"
                                               : "PUBREL #2"));
            if (level == 1) CHECK(w.hear(mqtt::puback{2}) == said("+MQTTPUBACK: 0,2|OK"));
            if (level == 2) CHECK(w.hear(mqtt::pubrec{2}) == said("+MQTTPUBREC: 0,2"));
            if (level > 1) CHECK(w.hear(mqtt::pubcomp{2}) == said("+MQTTPUBCOMP: 0,2|OK"));
            CHECK(w.ask("AT+MQTTSUB?") == said("+MQTTSUB:|s,1|OK"));
            CHECK(w.ask("AT+MQTTREC?") == said("+MQTTREC: 1,0|OK"));
        }
    }
}

TEST_CASE("a reconnect to a new session: the list is empty, the message in flight is lost by 608, in the other "
          "spelling too") {
    for (const spelling how : {spelling::manual, spelling::sdk}) {
        modem_world w{speaking(how)};
        w.open(persistent);
        w.ask("AT+MQTTSUB=\"s\",1");
        w.hear(mqtt::suback{1, {"\1", 1}});
        w.ask("AT+MQTTPUB=\"t\",2,0,0,\"x\"");
        CHECK(w.disconnected().empty());
        w.pass(4'000);
        w.connected();
        w.forget();
        CHECK(w.hear(mqtt::connack{}) ==
              said(how == spelling::manual ? "+MQTTOPEN: OK|+CME ERROR: 608" : "+MQTTOPEN:OK|+CME ERROR: 608"));
        CHECK(w.events() == "greeted 0");
        CHECK(w.packets().empty());
        CHECK(w.ask("AT+MQTTSUB?") == said("+MQTTSUB:|OK"));
    }
    modem_world w;
    w.open(clean);
    w.ask("AT+MQTTSUB=\"s\",1");
    w.hear(mqtt::suback{1, {"\1", 1}});
    w.ask("AT+MQTTPUB=\"t\",1,0,0,\"x\"");
    CHECK(w.disconnected() == said("+CME ERROR: 608"));  // clean: no session will go on
    w.pass(4'000);
    w.forget();
    CHECK(w.greet(false) == said("+MQTTOPEN: OK"));
    CHECK(w.ask("AT+MQTTSUB?") == said("+MQTTSUB:|OK"));
}

TEST_CASE("a message in flight waits for the next connection no longer than an ack may take") {
    modem_world w;
    w.open(persistent);
    w.ask("AT+MQTTPUB=\"t\",1,0,0,\"x\"\rAT+MQTTSTAT?");
    w.disconnected();
    CHECK(w.pass(4'000) == said("+MQTTREC:0"));
    CHECK(w.just_at(6'000) == said("+MQTTTO:2|+CME ERROR: 608|+MQTTSTAT: 2|OK"));
    CHECK(w.greet(true) == said("+MQTTOPEN: OK"));
    CHECK(w.packets() == "PUBLISH q1 #1 t=x; CONNECT me");
}

TEST_CASE("DISC while it waits or tries ends that; while open it waits for the socket, but for 1 s at most") {
    for (const int at : {1, 2, 3}) {
        modem_world w;
        w.open(clean);
        w.disconnected();
        if (at > 1) w.pass(4'000);
        if (at > 2) w.connected();
        w.forget();
        CHECK(w.ask("AT+MQTTDISC") == said("+MQTTDISC: OK|OK"));
        CHECK(w.events() == (at == 1 ? "" : "close"));
        CHECK(w.packets().empty());
        CHECK(w.pass(100'000'000).empty());
    }
    modem_world w;
    w.open(clean);
    w.socket_takes = false;
    CHECK(w.ask("AT+MQTTDISC\rAT+MQTTSTAT?").empty());
    CHECK(w.hear(mqtt::publish{"t", "x"}).empty());
    CHECK(after(w, 1'000) == both("+MQTTDISC: OK|OK|+MQTTSTAT: 0|OK", "close"));
    CHECK(w.pass(100'000'000).empty());
}

TEST_CASE("REC=0 while it waits is the end; while a try is under way that goes on, and may succeed") {
    modem_world w;
    w.open(clean);
    w.disconnected();
    w.pass(4'000);
    CHECK(w.ask("AT+MQTTREC=0") == said("OK"));
    CHECK(w.ask("AT+MQTTREC?") == said("+MQTTREC: 0,1|OK"));
    CHECK(w.greet(false) == said("+MQTTOPEN: OK"));
    CHECK(w.disconnected() == said("+MQTTDISC: OK"));
    CHECK(w.pass(1'000'000).empty());
    CHECK(w.ask("AT+MQTTREC=1") == said("OK"));
    CHECK(w.ask(modem_world::open_command).empty());
    CHECK(w.greet(false) == said("+MQTTOPEN: OK|OK"));
}

TEST_CASE("TO? shows the limit of the options in seconds, rounded up, and 65535 for what is longer") {
    struct limit {
        std::uint32_t ticks;
        const char* shown;
    };
    for (const limit& one : {limit{0, "0"}, limit{1, "1"}, limit{999, "1"}, limit{1'000, "1"}, limit{1'001, "2"},
                             limit{32'768'000, "32768"}, limit{65'534'001, "65535"}, limit{65'535'000, "65535"},
                             limit{65'535'001, "65535"}, limit{UINT32_MAX, "65535"}}) {
        modem_options options;
        options.ack_limit = millis{one.ticks};
        modem_world w{options};
        w.ask("ATE0");
        CHECK(w.ask("AT+MQTTTO?") == said("+MQTTTO: " + std::string(one.shown) + "|OK"));
    }
}

TEST_CASE("the limit of the options is how long an answer may take, before the host has said anything else") {
    modem_options options;
    options.ack_limit = millis{3'000};
    modem_world w{options};
    w.open(clean);
    w.ask("AT+MQTTSUB=\"t\",1");
    CHECK(w.packets() == "SUBSCRIBE #1 t q1");
    CHECK(w.just_at(3'000).find("+MQTTTO:3") != std::string::npos);
}

TEST_CASE("a socket that takes nothing for as long as an answer may take is lost, once a connection is open") {
    modem_world w;
    w.open(clean);
    w.socket_takes = false;
    w.ask("AT+MQTTPUB=\"t\",1,0,0,\"x\"");
    w.pass(9'999);
    CHECK(w.events().empty());
    w.pass(1);
    CHECK(w.events() == "close");
}

TEST_CASE("each wait and each limit is an option; one connection's time is not the next one's") {
    modem_options options;
    options.limits.connect_limit = millis{100};
    options.limits.close_limit = millis{5};
    options.limits.waits[0] = millis{10};
    options.limits.waits[1] = millis{20};
    options.limits.tries = 2;
    modem_world w{options};
    set_up(w);
    w.ask(modem_world::open_command);
    CHECK(w.just_at(100) == said("+MQTTTO:1|+CME ERROR: 604"));
    CHECK(w.just_at(10) == said("+MQTTREC:0"));
    CHECK(w.just_at(120) == said("+MQTTREC:1"));
    CHECK(w.just_at(100) == said("+MQTTDISC: OK"));
    w.ask(modem_world::open_command);
    CHECK(w.pass(99).empty());
    CHECK(w.greet(false) == said("+MQTTOPEN: OK|OK"));
    CHECK(w.pass(29'000).empty());
}

TEST_CASE("BI-40: while something of the broker's could not be received, none of its answers is late") {
    SUBCASE("answers to pings") {
        modem_world w;
        w.open("\"h\",1,\"me\",30,\"u\",\"p\",1,\"\",0");
        w.host_takes = false;
        w.hear(mqtt::publish{"t", "x"});
        for (int pings = 0; pings != 6; ++pings) {
            w.pass(pings == 0 ? 15'000 : 30'000);
            CHECK(w.packets() == "PINGREQ");
            w.hear(mqtt::pingresp{});
        }
        CHECK(w.events().empty());
        w.host_takes = true;
        std::string answers;
        for (int pings = 0; pings != 6; ++pings) answers += "|+MQTTPINGRSP: OK";
        CHECK(w.written() == said("+MQTTPUBLISH: 0,0,0,0,\"t\",1,x" + answers));
        CHECK(w.pass(29'999).empty());
        CHECK(w.events().empty());
    }
    SUBCASE(
        "PUBACK, in time; and what does not come is late, once it could be received, behind the time that was left") {
        modem_world w;
        w.open("\"h\",1,\"me\",0,\"u\",\"p\",1,\"\",0");
        w.host_takes = false;
        w.hear(mqtt::publish{"t", "x"});
        w.ask("AT+MQTTPUB=\"t\",1,0,0,\"y\"");
        w.hear(mqtt::puback{1});
        w.pass(60'000);
        w.host_takes = true;
        CHECK(w.written() == said("+MQTTPUBLISH: 0,0,0,0,\"t\",1,x|+MQTTPUBACK: 0,1|OK"));
        CHECK(w.events().empty());
        w.host_takes = false;
        w.hear(mqtt::publish{"t", "x"});
        w.ask("AT+MQTTPUB=\"t\",1,0,0,\"y\"");
        w.hear(mqtt::publish{"t", "z"});
        CHECK(w.pass(60'000).empty());
        w.host_takes = true;
        const std::string messages = "+MQTTPUBLISH: 0,0,0,0,\"t\",1,x|+MQTTPUBLISH: 0,0,0,0,\"t\",1,z";
        CHECK(w.written() == said(messages));
        CHECK(w.just_at(10'000) == said("+MQTTTO:2|+CME ERROR: 608"));
        CHECK(w.events() == "close");
    }
    SUBCASE("CONNACK") {
        modem_world w;
        w.ask("AT+MQTTCFG=" + std::string(clean));
        w.host_takes = false;
        w.ask(modem_world::open_command);  // its echo
        w.connected();
        w.forget();
        w.hear(mqtt::connack{false, connect_code::accepted});
        CHECK(w.pass(60'000).empty());
        CHECK(w.events().empty());
        w.host_takes = true;
        CHECK(ends_with(w.written(), said("+MQTTOPEN: OK|OK")));
        CHECK(w.events() == "greeted 0");
    }
}

TEST_CASE("BI-40: nor while an answer is still in the caller's hands, for an event before it or for want of records") {
    modem_sizes sizes;
    sizes.rx = 64;
    sizes.records = 3;
    modem_world w{{}, sizes};
    w.open("\"h\",1,\"me\",0,\"u\",\"p\",1,\"\",0");
    w.ask("AT+CMEE=0");
    w.ask("AT+MQTTPUB=\"t\",1,0,0,\"y\"");
    SUBCASE("an event of which the host is told nothing") {
        w.now = w.now + millis{10'000};
        const std::string bytes =
            std::string("\x30\x67\x00\x01t", 5) + std::string(100, 'z') + std::string("\x40\x02\x00\x01", 4);
        std::string_view input = bytes;
        const auto found = w.it().receive_from_broker(input, w.now);
        REQUIRE(found);
        CHECK(in_words(*found) == "dropped #0 103: the lent buffer is too small");
        CHECK_FALSE(w.it().tick(w.now));
        CHECK(w.hear_bytes(input) == said("+MQTTPUBACK: 0,1|OK"));
        CHECK(w.events().empty());
    }
    SUBCASE("a socket that takes nothing for a while") {
        w.pass(9'990);
        w.socket_takes = false;
        for (const packet_id id : {packet_id{7}, packet_id{8}, packet_id{9}, packet_id{10}})
            w.hear(mqtt::publish{"t", "x", id, false, qos::at_least_once, false});
        w.hear(mqtt::puback{1});
        CHECK(w.pass(10).empty());
        w.socket_takes = true;
        CHECK(w.written().find(said("+MQTTPUBACK: 0,1|OK")) != std::string::npos);
        CHECK(w.events().empty());
    }
}

TEST_CASE("BI-40: nor while what has waited in the socket is read, a chunk at a time") {
    modem_sizes sizes;
    sizes.rx = 64;
    modem_world w{{}, sizes};
    w.open("\"h\",1,\"me\",0,\"u\",\"p\",1,\"\",0");
    w.ask("AT+MQTTPUB=\"t\",1,0,0,\"y\"");
    w.chunk = 20;
    w.host_takes = false;
    w.hear(mqtt::publish{"t", "x"});
    w.hear(mqtt::publish{"t", std::string_view("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")});
    SUBCASE("an answer that comes then is in time") {
        w.hear(mqtt::puback{1});
        CHECK(w.pass(60'000).empty());
        w.host_takes = true;
        CHECK(ends_with(w.written(), said("+MQTTPUBACK: 0,1|OK")));
        CHECK(w.events().empty());
        CHECK(w.pass(60'000).empty());
    }
    SUBCASE("one that comes later, too, as long as it may take") {
        CHECK(w.pass(60'000).empty());
        w.host_takes = true;
        CHECK(w.written().find("PUBLISH") != std::string::npos);
        CHECK(w.pass(9'999).empty());
        CHECK(w.hear(mqtt::puback{1}) == said("+MQTTPUBACK: 0,1|OK"));
        CHECK(w.events().empty());
    }
    SUBCASE("no answer is late behind that") {
        CHECK(w.pass(60'000).empty());
        w.host_takes = true;
        CHECK(w.written().find("PUBLISH") != std::string::npos);
        CHECK(w.just_at(10'000) == said("+MQTTTO:2|+CME ERROR: 608"));
        CHECK(w.events() == "close");
    }
    SUBCASE("a host that pauses again and again does not put that off for ever: the time between the pauses counts") {
        CHECK(w.pass(60'000).empty());
        w.host_takes = true;
        w.written();
        for (unsigned second = 1; second != 10; ++second) {
            CHECK(w.pass(1'000).empty());
            w.host_takes = false;
            w.hear(mqtt::publish{"t", "x"});
            w.hear(mqtt::publish{"t", "x"});
            CHECK(w.pass(5'000).empty());
            w.host_takes = true;
            CHECK(w.written() == said("+MQTTPUBLISH: 0,0,0,0,\"t\",1,x|+MQTTPUBLISH: 0,0,0,0,\"t\",1,x"));
        }
        CHECK(w.just_at(1'000) == said("+MQTTTO:2|+CME ERROR: 608"));
    }
    SUBCASE("nor does a broker that goes on sending") {
        w.host_takes = true;
        w.written();
        unsigned passed = 0;
        std::string last;
        for (; last.find("608") == std::string::npos && passed != 100; ++passed) {
            w.host_takes = false;
            w.hear(mqtt::publish{"t", "x"});
            w.hear(mqtt::publish{"t", "x"});
            w.pass(10);
            w.host_takes = true;
            last = w.written() + w.pass(190);
        }
        CHECK(passed == 53);  // 190 ms of each 200 count, of 10 s
    }
}

TEST_CASE(
    "BI-40: CONNACK that comes in pieces once the host takes lines again is in time, too; it is late behind that") {
    for (const bool comes : {true, false}) {
        modem_world w;
        w.chunk = 1;
        w.ask("AT+MQTTCFG=" + std::string(clean));
        w.host_takes = false;
        w.ask(modem_world::open_command);  // its echo
        w.connected();
        w.forget();
        w.pass(1'000);
        w.hear_bytes(comes ? std::string_view{"\x20\x02\x00\x00", 4} : std::string_view{"\x20", 1});
        CHECK(w.pass(60'000).empty());
        w.host_takes = true;
        CHECK(w.written().find(comes ? "+MQTTOPEN: OK" : "AT+MQTTOPEN") != std::string::npos);
        if (!comes) CHECK(w.just_at(7'000) == said("+MQTTTO:1|+CME ERROR: 604"));
    }
}

TEST_CASE("BI-40: an answer to a ping has the time that was left, too") {
    modem_world w;
    w.open("\"h\",1,\"me\",30,\"u\",\"p\",1,\"\",0");
    w.pass(15'000);
    CHECK(w.packets() == "PINGREQ");
    CHECK(w.pass(4'000).empty());
    w.host_takes = false;
    w.hear(mqtt::publish{"t", "x"});
    w.hear(mqtt::publish{"t", "x"});
    CHECK(w.pass(20'000).empty());
    w.host_takes = true;
    w.written();
    CHECK(w.just_at(6'000) == said("+MQTTTO:5"));
}

TEST_CASE("what was left of one connection keeps no verdict back while the next one is being made") {
    modem_world w;
    w.open("\"h\",1,\"me\",0,\"u\",\"p\",0,\"\",0");
    w.ask("AT+MQTTPUB=\"t\",1,0,0,\"y\"");
    w.pass(5'000);
    w.host_takes = false;
    w.hear(mqtt::publish{"t", "x"});
    w.hear(mqtt::publish{"t", "z"});
    w.disconnected();
    w.drop_broker_bytes();
    w.host_takes = true;
    CHECK(w.pass(4'000) == said("+MQTTPUBLISH: 0,0,0,0,\"t\",1,x|+MQTTREC:0"));
    CHECK(w.just_at(1'000) == said("+MQTTTO:2|+CME ERROR: 608"));
}

TEST_CASE(
    "a message that is sent once more has what is left of its time; the connection that had less is not to blame") {
    modem_world w;
    w.open("\"h\",1,\"me\",0,\"u\",\"p\",0,\"\",0");
    w.ask("AT+MQTTPUB=\"t\",1,0,0,\"y\"");
    w.pass(500);
    w.disconnected();
    w.pass(4'000);
    w.pass(5'400);
    CHECK(w.greet(true) == said("+MQTTOPEN: OK"));
    CHECK(w.packets() == "PUBLISH q1 #1 t=y; CONNECT me; PUBLISH q1 #1 t=y dup");
    w.events();
    CHECK(w.just_at(100) == said("+MQTTTO:2|+CME ERROR: 608"));
    CHECK(w.events().empty());
    CHECK(w.hear(mqtt::puback{1}).empty());
    CHECK(w.ask("AT+MQTTSTAT?") == said("+MQTTSTAT: 1|OK"));
    w.ask("AT+MQTTPUB=\"t\",1,0,0,\"z\"");
    CHECK(w.just_at(10'000) == said("+MQTTTO:2|+CME ERROR: 608"));
    CHECK(w.events() == "close");
}

TEST_CASE("what was left of one connection keeps nothing of the next one from being late") {
    modem_world w;
    w.open("\"h\",1,\"me\",0,\"u\",\"p\",1,\"\",0");
    w.host_takes = false;
    w.hear(mqtt::publish{"t", "x"});
    w.hear(mqtt::publish{"t", "z"});
    w.disconnected();
    w.drop_broker_bytes();
    w.host_takes = true;
    CHECK(w.written() == said("+MQTTPUBLISH: 0,0,0,0,\"t\",1,x"));
    CHECK(w.pass(4'000) == said("+MQTTREC:0"));
    w.connected();
    w.events();
    CHECK(w.pass(7'999).empty());
    CHECK(w.pass(1).empty());
    CHECK(w.events() == "close");
}

TEST_CASE("a link that is lost with bytes that were not taken: what is under way has its time all the same") {
    modem_world w;
    w.open("\"h\",1,\"me\",60,\"u\",\"p\",0,\"\",0");
    w.ask("AT+MQTTTO=3");
    w.ask("AT+MQTTPUB=\"t\",1,0,0,\"a\"");
    w.forget();
    w.host_takes = false;
    w.hear(mqtt::publish{"t", "x"});
    w.hear(mqtt::publish{"t", "y"});  // is not taken
    w.disconnected();
    w.host_takes = true;
    w.written();
    CHECK(w.events() == "close");
    CHECK(w.just_at(3'000) == said("+MQTTTO:2|+CME ERROR: 608"));
}

TEST_CASE("what is said or given once too often changes nothing of what is late") {
    modem_world w;
    w.open("\"h\",1,\"me\",0,\"u\",\"p\",1,\"\",0");
    w.ask("AT+MQTTPUB=\"t\",1,0,0,\"y\"");
    w.host_takes = false;
    w.hear(mqtt::publish{"t", "x"});
    w.hear(mqtt::publish{"t", "x"});
    w.pass(20'000);
    SUBCASE("a socket that is up is said to be up") {
        CHECK(w.connected().empty());
        CHECK(w.pass(20'000).empty());
        CHECK(w.events().empty());
    }
    SUBCASE("what was left is not given again: then it is gone, and the answer has the time that was left") {
        w.drop_broker_bytes();
        std::string_view none;
        CHECK_FALSE(w.it().receive_from_broker(none, w.now));
        w.host_takes = true;
        CHECK(w.written() == said("+MQTTPUBLISH: 0,0,0,0,\"t\",1,x"));
        CHECK(w.just_at(10'000) == said("+MQTTTO:2|+CME ERROR: 608"));
    }
}
