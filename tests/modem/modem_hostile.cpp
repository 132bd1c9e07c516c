// modem/modem.hpp: what a broker, or whoever publishes through it, may do to a modem; and links that are lost in the midst.
//                                                                                     [2.2, 2.4.1] BI-03, 06, 20 - 23, 31, 33
// SPDX-License-Identifier: MIT
#include "modem_world.hpp"

#include <string>
#include <string_view>

using namespace atmqtt;
using namespace atmqtt::testing;

namespace {

constexpr std::string_view persistent = "\"h\",1,\"me\",0,\"u\",\"p\",0,\"\",0";

/// Packets that MQTT forbids: PUBLISH of QoS 3, acknowledgements with identifier 0 or the wrong flags, and so on.
constexpr std::string_view bad_publish{"\x36\x05\x00\x01t\x00\x01", 7};
constexpr std::string_view bad_puback{"\x40\x02\x00\x00", 4};
constexpr std::string_view bad_pubrec{"\x50\x02\x00\x00", 4};
constexpr std::string_view bad_pubrel{"\x60\x02\x00\x01", 4};
constexpr std::string_view bad_pubcomp{"\x71\x02\x00\x01", 4};
constexpr std::string_view bad_suback{"\x90\x03\x00\x01\x03", 5};
constexpr std::string_view bad_unsuback{"\xB0\x01\x00", 3};
constexpr std::string_view bad_pingresp{"\xD0\x01\x00", 3};

struct row {
    std::string_view ask;  ///< what is under way; empty: nothing
    std::string_view bytes;
    std::string_view says;
};

void subscribe_to(modem_world& w, std::string_view topic, packet_id id) {
    w.ask("AT+MQTTSUB=\"" + std::string(topic) + "\",1");
    w.hear(mqtt::suback{id, {"\1", 1}});
    w.forget();
}
modem_options speaking(spelling how) {
    modem_options options;
    options.how = how;
    return options;
}
mqtt::publish message_to(std::string_view topic, std::string_view payload, packet_id id = 7) {
    return {topic, payload, id, false, qos::at_least_once, false};
}

}  // namespace

TEST_CASE(
    "a malformed packet unasked: its code, or nothing for those that have none; the link closes and is tried again") {
    const row rows[] = {
        {"", bad_publish, "+CME ERROR: 609"},
        {"", bad_puback, "+CME ERROR: 612"},
        {"", bad_pubrec, "+CME ERROR: 610"},
        {"", bad_pubrel, "+CME ERROR: 619"},
        {"", bad_pubcomp, "+CME ERROR: 611"},
        {"", bad_suback, "+CME ERROR: 605"},
        {"", bad_unsuback, "+CME ERROR: 618"},
        {"", {"\x30\xFF\xFF\xFF\xFF", 5}, "+CME ERROR: 609"},
        {"", {"\x30\x03\x00\x01#", 5}, "+CME ERROR: 609"},
        {"", {"\x32\x05\x00\x01t\x00\x00", 7}, "+CME ERROR: 609"},
        {"", {"\x90\x02\x00\x01", 4}, "+CME ERROR: 605"},
        // 607 is "not yet supported": never said.
        {"", bad_pingresp, ""},
        {"", {"\x20\x02\x00\x00", 4}, ""},
        {"", {"\x00\x00", 2}, ""},
        {"", {"\xF0\x00", 2}, ""},
        {"", {"\x10\x00", 2}, ""},
        {"", {"\x82\x00", 2}, ""},
        {"", {"\xA2\x00", 2}, ""},
        {"", {"\xC0\x00", 2}, ""},
        {"", {"\xE0\x00", 2}, ""},
    };
    for (const auto& one : rows) {
        for (const bool reconnects : {true, false}) {
            for (const std::size_t chunk : {SIZE_MAX, std::size_t{1}}) {
                CAPTURE(visible(one.bytes));
                modem_world w;
                w.open();
                if (!reconnects) w.ask("AT+MQTTREC=0");
                w.chunk = chunk;
                CHECK(w.hear_bytes(one.bytes) == said(std::string(one.says) + (reconnects         ? ""
                                                                               : one.says.empty() ? "+MQTTDISC: OK"
                                                                                                  : "|+MQTTDISC: OK")));
                const std::string events = w.events();
                CHECK(events.find("violation by ") == 0);
                CHECK(events.find("; close") == events.size() - 7);
                CHECK(w.ask("AT+MQTTSTAT?") == said("+MQTTSTAT: 0|OK"));
                CHECK(w.pass(4'000) == (reconnects ? said("+MQTTREC:0") : ""));
                if (reconnects) CHECK(w.greet(false) == said("+MQTTOPEN: OK"));
            }
        }
    }
}

TEST_CASE("a malformed acknowledgement ends the command that waits for it, with its code; other packets' codes come "
          "unasked") {
    constexpr std::string_view sub = "AT+MQTTSUB=\"t\",1";
    constexpr std::string_view unsub = "AT+MQTTUNSUB=\"old\"";
    constexpr std::string_view pub_1 = "AT+MQTTPUB=\"t\",1,0,0,\"x\"";
    constexpr std::string_view pub_2 = "AT+MQTTPUB=\"t\",2,0,0,\"x\"";
    const row rows[] = {
        {sub, bad_suback, "+CME ERROR: 605"},
        {sub, {"\x90\x04\x00\x02\x00\x00", 6}, "+CME ERROR: 605"},  // two codes for one filter
        {unsub, bad_unsuback, "+CME ERROR: 618"},
        {pub_1, bad_puback, "+CME ERROR: 612"},
        {pub_2, bad_pubrec, "+CME ERROR: 610"},
        {pub_2, bad_pubcomp, "+CME ERROR: 611"},
        // ours: a SUB or UNSUB whose link is lost has failed by 613, a PUB by 608.
        // And what nobody has asked for comes behind the answer.
        {sub, bad_publish, "+CME ERROR: 613|+CME ERROR: 609"},
        {sub, bad_puback, "+CME ERROR: 613|+CME ERROR: 612"},
        {sub, bad_pingresp, "+CME ERROR: 613"},
        {unsub, bad_suback, "+CME ERROR: 613|+CME ERROR: 605"},
        {pub_1, bad_suback, "+CME ERROR: 608|+CME ERROR: 605"},
        {pub_1, bad_publish, "+CME ERROR: 608|+CME ERROR: 609"},
        {pub_2, bad_pubrel, "+CME ERROR: 608|+CME ERROR: 619"},
        {pub_2, {"\x10\x00", 2}, "+CME ERROR: 608"},
    };
    for (const auto& one : rows) {
        CAPTURE(one.ask);
        CAPTURE(visible(one.bytes));
        modem_world w;
        w.open();
        subscribe_to(w, "old", 1);
        CHECK(w.ask(one.ask).empty());
        CHECK(w.hear_bytes(one.bytes) == said(one.says));
        CHECK(w.ask("AT+MQTTSTAT?") == said("+MQTTSTAT: 0|OK"));
        CHECK(w.pass(4'000) == said("+MQTTREC:0"));
        CHECK(w.greet(false) == said("+MQTTOPEN: OK"));
        CHECK(w.ask("AT+MQTTSUB=\"t\",1").empty());
        CHECK(w.hear(mqtt::suback{3, {"\1", 1}}) == said("+MQTTSUBACK: 3,1,t|OK"));
    }
}

TEST_CASE("a message that was answered by an error is not sent again; one whose link was lost by another packet is") {
    for (const bool is_answer : {true, false}) {
        modem_world w;
        w.open(persistent);
        w.ask("AT+MQTTPUB=\"t\",1,0,0,\"x\"");
        CHECK(w.hear_bytes(is_answer ? bad_puback : bad_publish) == (is_answer ? said("+CME ERROR: 612") : ""));
        w.pass(4'000);
        w.forget();
        CHECK(w.greet(true) == said("+MQTTOPEN: OK"));
        CHECK(w.packets() == (is_answer ? "CONNECT me" : "CONNECT me; PUBLISH q1 #1 t=x dup"));
        if (!is_answer) CHECK(w.hear(mqtt::puback{1}) == said("+MQTTPUBACK: 0,1|OK|+CME ERROR: 609"));
    }
}

TEST_CASE("a message that waits for the next connection is not ended by what comes there instead of CONNACK") {
    using namespace std::string_view_literals;
    const std::string_view all[] = {
        "\x40\x02\x00\x01"sv, "\x40\x02\x00\x00"sv, "\x50\x02\x00\x01"sv, "\x70\x02\x00\x01"sv,
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 150\r\n\r\n                                                  "sv};
    for (const std::string level : {"1", "2"}) {
        for (const std::string_view bytes : all) {
            for (const bool greets : {true, false}) {
                CAPTURE(level);
                CAPTURE(visible(bytes));
                CAPTURE(greets);
                modem_world w;
                w.open(persistent);
                w.ask("AT+MQTTTO=30");
                w.ask("AT+MQTTPUB=\"t\"," + level + ",0,0,\"x\"");
                w.disconnected();
                CHECK(w.pass(4'000) == said("+MQTTREC:0"));
                w.socket_takes = greets;
                w.connected();
                w.forget();
                CHECK(w.hear_bytes(bytes) == "");
                CHECK(w.events() == "violation by " + std::string(name_of(packet_type(bytes[0] >> 4))) + "; close");
                w.socket_takes = true;
                CHECK(w.pass(8'000) == said("+MQTTREC:1"));
                w.forget();
                CHECK(w.greet(true) == said("+MQTTOPEN: OK"));
                CHECK(w.packets() == "CONNECT me; PUBLISH q" + level + " #1 t=x dup");
            }
        }
    }
}

TEST_CASE("codes that nobody has asked for are left out with CMEE=2 and CMEE=0: as words they would be answers to any "
          "command") {
    for (const char* const mode : {"AT+CMEE=1", "AT+CMEE=2", "AT+CMEE=0"}) {
        modem_world w;
        w.open();
        w.ask(mode);
        CHECK(w.hear_bytes(bad_publish) == (mode == std::string("AT+CMEE=1") ? said("+CME ERROR: 609") : ""));
        CHECK(w.pass(4'000) == said("+MQTTREC:0"));
    }
}

TEST_CASE("BI-31: what comes instead of CONNACK fails OPEN by 603, whatever it is") {
    const row rows[] = {{"", {"\x20\x02\x00\x06", 4}, "+CME ERROR: 603"},
                        {"", {"\x20\x02\x01\x00", 4}, "+CME ERROR: 603"},  // a session, and clean was asked
                        {"", {"\x20\x01\x00", 3}, "+CME ERROR: 603"},
                        {"", {"\xD0\x00", 2}, "+CME ERROR: 603"},
                        // Well-formed packets that may not come here.
                        {"", {"\x30\x03\x00\x01t", 5}, "+CME ERROR: 603"},
                        {"", {"\x90\x03\x00\x01\x01", 5}, "+CME ERROR: 603"}};
    for (const auto& one : rows) {
        CAPTURE(visible(one.bytes));
        modem_world w;
        w.ask("ATE0");
        w.ask("AT+MQTTCFG=\"h\",1,\"me\",60,\"u\",\"p\",1");
        w.ask(modem_world::open_command);
        w.connected();
        w.forget();
        CHECK(w.hear_bytes(one.bytes) == said(one.says));
        CHECK(w.events().find("; close") != std::string::npos);
        CHECK(w.pass(4'000) == said("+MQTTREC:0"));
    }
}

TEST_CASE("BI-22, BI-23: acknowledgements that belong to nothing say nothing to the host, and the link lives") {
    modem_world w;
    w.open();
    CHECK(w.hear(mqtt::puback{9}).empty());
    CHECK(w.hear(mqtt::pubcomp{9}).empty());
    CHECK(w.hear(mqtt::unsuback{9}).empty());
    CHECK(w.hear(mqtt::suback{9, {"\0", 1}}).empty());
    CHECK(w.hear(mqtt::pingresp{}).empty());
    CHECK(w.hear(mqtt::pubrec{9}).empty());
    CHECK(w.hear(mqtt::pubrel{9}).empty());
    CHECK(w.packets() == "PUBREL #9; PUBCOMP #9");
    CHECK(w.events().empty());
    // of one that is not the one under way, too
    CHECK(w.ask("AT+MQTTPUB=\"t\",1,0,0,\"x\"").empty());
    CHECK(w.hear(mqtt::puback{9}).empty());
    CHECK(w.hear(mqtt::suback{1, {"\0", 1}}).empty());
    CHECK(w.hear(mqtt::pubcomp{1}).empty());
    CHECK(w.hear(mqtt::puback{1}) == said("+MQTTPUBACK: 0,1|OK"));
}

TEST_CASE("BI-20: a payload is any bytes and changes nothing, whatever it looks like") {
    std::string every = "\r\nOK\r\n\r\n+CME ERROR: 605\r\n\r\n> +MQTTDISC: OK\r\n";
    for (int code = 0; code != 256; ++code) every += static_cast<char>(code);
    for (const std::size_t chunk : {SIZE_MAX, std::size_t{1}}) {
        modem_world w;
        w.open();
        w.chunk = chunk;
        CHECK(w.hear(message_to("t", every)) ==
              visible("\r\n+MQTTPUBLISH: 0,1,0,7,\"t\"," + number(every.size()) + "," + every + "\r\n"));
        CHECK(w.hear(message_to("t", "")) == said("+MQTTPUBLISH: 0,1,0,7,\"t\",0,"));
        CHECK(w.packets() == "PUBACK #7; PUBACK #7");
    }
}

TEST_CASE("BI-03: a message larger than rx is answered and dropped, the host is told 609 and the integrator why") {
    modem_sizes sizes;
    sizes.rx = 20;
    for (const std::size_t chunk : {SIZE_MAX, std::size_t{1}}) {
        modem_world w{{}, sizes};
        w.open();
        w.chunk = chunk;
        CHECK(w.hear(message_to("t", std::string(15, 'x'))) == said("+MQTTPUBLISH: 0,1,0,7,\"t\",15,xxxxxxxxxxxxxxx"));
        CHECK(w.hear(message_to("t", std::string(16, 'x'))) == said("+CME ERROR: 609"));
        CHECK(w.events() == "dropped #7 21: " + std::string(text_of(errc::no_space)));
        CHECK(w.packets() == "PUBACK #7; PUBACK #7");
        CHECK(w.hear(mqtt::publish{"t", "x"}) == said("+MQTTPUBLISH: 0,0,0,0,\"t\",1,x"));
    }
}

TEST_CASE(
    "a topic that its line cannot hold is answered and dropped by 609: quotes, CR, a comma in the bare spelling") {
    struct topic_row {
        std::string_view topic;
        bool by_manual;
        bool by_sdk;
    };
    const topic_row rows[] = {{"a\"b", false, true},  {"\"a", false, false},  {"a\\b", false, true},
                              {"a\rb", false, false}, {"a\nb", false, false}, {"a,b", true, false},
                              {" a", true, true},     {"a\x1A", false, false}};
    for (const auto& one : rows) {
        for (const spelling how : {spelling::manual, spelling::sdk}) {
            CAPTURE(visible(one.topic));
            CAPTURE(how == spelling::sdk);
            modem_world w{speaking(how)};
            w.open();
            const bool is_manual = how == spelling::manual;
            const std::string shown = is_manual ? "+MQTTPUBLISH: 0,1,0,7,\"" + std::string(one.topic) + "\",3,abc"
                                                : "+MQTTPUBLISH:0,1,0,7," + std::string(one.topic) + ",3,abc";
            const bool is_shown = is_manual ? one.by_manual : one.by_sdk;
            CHECK(w.hear(message_to(one.topic, "abc")) == said(is_shown ? shown : "+CME ERROR: 609"));
            CHECK(w.events() == (is_shown ? "" : "dropped #7 3: " + std::string(text_of(errc::forbidden_byte))));
            CHECK(w.packets() == "PUBACK #7");
        }
    }
    modem_sizes sizes;
    sizes.lines = modem::least_lines;
    modem_world w{{}, sizes};
    w.open();
    CHECK(w.hear(message_to(std::string(640, 't'), "abc")) == said("+CME ERROR: 609"));
    CHECK(w.events() == "dropped #7 3: " + std::string(text_of(errc::no_space)));
}

TEST_CASE("the link is lost under a command: SUB and UNSUB fail by 613, PUB by 608, DISC has what it wanted") {
    struct loss_row {
        std::string_view ask;
        bool is_sent;
        std::string_view says;
    };
    const loss_row rows[] = {{"AT+MQTTSUB=\"t\",1", true, "+CME ERROR: 613"},
                             {"AT+MQTTSUB=\"t\",1", false, "+CME ERROR: 613"},
                             {"AT+MQTTUNSUB=\"old\"", true, "+CME ERROR: 613"},
                             {"AT+MQTTPUB=\"t\",0,0,0,\"x\"", false, "+CME ERROR: 608"},
                             {"AT+MQTTPUB=\"t\",1,0,0,\"x\"", true, "+CME ERROR: 608"},
                             {"AT+MQTTPUB=\"t\",2,0,0,\"x\"", true, "+CME ERROR: 608"},
                             {"AT+MQTTPUB=\"t\",2,0,0,\"x\"", false, "+CME ERROR: 608"},
                             {"AT+MQTTDISC", false, "+MQTTDISC: OK|OK"}};
    for (const auto& one : rows) {
        for (const bool reconnects : {true, false}) {
            CAPTURE(one.ask);
            modem_world w;
            w.open();
            subscribe_to(w, "old", 1);
            if (!reconnects) w.ask("AT+MQTTREC=0");
            w.socket_takes = one.is_sent;
            CHECK(w.ask(std::string(one.ask) + "\rAT").empty());
            const bool is_over = one.ask == "AT+MQTTDISC";
            const std::string answered = w.disconnected();
            // ours: first the command's error, then the end of the connection, then what was asked meanwhile.
            const bool is_ended = !reconnects && !is_over;
            CHECK(answered == said(std::string(one.says) + (is_ended ? "|+MQTTDISC: OK|OK" : "|OK")));
            CHECK(w.events() == "close");
            CHECK(w.pass(4'000) == (reconnects && !is_over ? said("+MQTTREC:0") : ""));
        }
    }
}

TEST_CASE(
    "the link is lost while data are counted: they are taken, and then it depends on whether there is a new one") {
    for (const bool is_back : {true, false}) {
        modem_world w;
        w.open();
        CHECK(w.ask("AT+MQTTPUB=\"t\",0,0,0,5") == visible(prompt));
        CHECK(w.host("AT").empty());
        CHECK(w.disconnected().empty());
        CHECK(w.pass(4'000) == said("+MQTTREC:0"));
        if (is_back) CHECK(w.greet(false) == said("+MQTTOPEN: OK"));
        w.forget();
        CHECK(w.host("+AT\rAT\r") == said(is_back ? "OK" : "+CME ERROR: 608") + said("OK"));
        CHECK(w.packets() == (is_back ? "PUBLISH q0 t=AT+AT" : ""));
    }
}

TEST_CASE("608 unasked: a message that the broker will not see answered; not while a PUB would take it for its own") {
    for (const bool publishes : {false, true}) {
        for (const qos level : {qos::at_least_once, qos::exactly_once}) {
            modem_world w;
            w.open();
            w.socket_takes = false;
            if (publishes) w.ask("AT+MQTTPUB=\"t\",0,0,0,\"x\"");
            const std::string shown = "+MQTTPUBLISH: 0," + number(static_cast<std::size_t>(level)) + ",0,7,\"t\",1,x";
            CHECK(w.hear(mqtt::publish{"t", "x", 7, false, level, false}) == said(shown));
            CHECK(w.disconnected() == said("+CME ERROR: 608"));
            w.socket_takes = true;
            CHECK(w.pass(4'000) == said("+MQTTREC:0"));
        }
    }
    modem_sizes sizes;
    sizes.records = 2;
    modem_world w{{}, sizes};
    w.open();
    CHECK(w.hear(mqtt::publish{"t", "x", 1, false, qos::exactly_once, false}) ==
          said("+MQTTPUBLISH: 0,2,0,1,\"t\",1,x"));
    // It is not malformed: there is no record free to answer it by.
    CHECK(w.hear(mqtt::publish{"t", "x", 2, false, qos::exactly_once, false}) == said("+CME ERROR: 608"));
    CHECK(w.events() == "violation by PUBLISH; close");
}

TEST_CASE("608 unasked: whatever has ended the connection before the acknowledgement was handed out") {
    for (const std::string_view bytes : {std::string_view{}, bad_publish, std::string_view{"\x20\x02\x00\x00", 4}}) {
        CAPTURE(visible(bytes));
        modem_world w;
        w.open();
        w.socket_takes = false;
        w.hear(message_to("t", "x"));
        const bool is_malformed = bytes == bad_publish;
        CHECK((bytes.empty() ? w.disconnected() : w.hear_bytes(bytes)) ==
              said(is_malformed ? "+CME ERROR: 609|+CME ERROR: 608" : "+CME ERROR: 608"));
        CHECK(w.pass(4'000) == said("+MQTTREC:0"));
        w.socket_takes = true;
        CHECK(w.greet(false) == said("+MQTTOPEN: OK"));
        CHECK(w.disconnected().empty());  // that was another connection's
    }
}

TEST_CASE("no code that nobody has asked for comes in an answer, nor behind one that says the same") {
    modem_world w;
    w.open("\"h\",1,\"me\",0,\"u\",\"p\",1,\"\",0");
    subscribe_to(w, "old", 1);
    // Whether a message of the broker's is to be acknowledged, and what comes of it then.
    const auto owe = [&](const char* ask) {
        w.ask(ask);
        w.socket_takes = false;
        w.hear(message_to("t", "x"));
        w.forget();
    };
    SUBCASE("a PUB that is late") {
        owe("AT+MQTTPUB=\"t\",1,0,0,\"y\"");
        CHECK(w.pass(10'000) == said("+MQTTTO:2|+CME ERROR: 608"));
    }
    SUBCASE("a SUB that is late") {
        owe("AT+MQTTSUB=\"t\",1");
        CHECK(w.pass(10'000) == said("+MQTTTO:3|+CME ERROR: 605"));
    }
    SUBCASE("a SUB whose connection is lost") {
        owe("AT+MQTTSUB=\"t\",1");
        CHECK(w.disconnected() == said("+CME ERROR: 613|+CME ERROR: 608"));
    }
    SUBCASE("a malformed acknowledgement") {
        owe("AT+MQTTSUB=\"t\",1");
        CHECK(w.hear_bytes(bad_suback) == said("+CME ERROR: 605"));
    }
    SUBCASE("DISC, whose DISCONNECT the socket does not take") {
        owe("AT");
        CHECK(w.ask("AT+MQTTDISC").empty());
        CHECK(w.pass(1'000) == said("+MQTTDISC: OK|OK"));
    }
    SUBCASE("a list") {
        w.host_takes = false;
        w.socket_takes = false;
        w.hear(message_to("t", "x"));
        std::string_view line = "AT+MQTTSUB?\r";
        CHECK_FALSE(w.it().receive(line, w.now));
        w.it().disconnected();
        w.host_takes = true;
        CHECK(w.written() == said("+MQTTPUBLISH: 0,1,0,7,\"t\",1,x|+MQTTSUB:|old,1|OK|+CME ERROR: 608"));
    }
}

TEST_CASE("no 608 where all that was not handed out is about our own message") {
    modem_world w;
    w.open(persistent);
    w.ask("AT+MQTTPUB=\"t\",2,0,0,\"x\"");
    CHECK(w.pass(10'000) == said("+MQTTTO:2|+CME ERROR: 608"));
    CHECK(w.pass(4'000) == said("+MQTTREC:0"));
    w.connected();
    w.forget();
    w.socket_takes = false;  // PUBREL lets the identifier go
    CHECK(w.hear(mqtt::connack{true, connect_code::accepted}) == said("+MQTTOPEN: OK"));
    CHECK(w.disconnected().empty());
}

TEST_CASE("DISC: what is owed to the broker is sent before DISCONNECT, and no error comes before the answer") {
    for (const qos level : {qos::at_least_once, qos::exactly_once}) {
        modem_world w;
        w.open(persistent);
        w.socket_takes = false;
        for (const packet_id id : {packet_id{1}, packet_id{2}, packet_id{3}})
            w.hear(mqtt::publish{"t", "x", id, false, level, false});
        CHECK(w.ask("AT+MQTTDISC").empty());
        w.socket_takes = true;
        CHECK(w.written() == said("+MQTTDISC: OK|OK"));
        CHECK(w.packets() == (level == qos::at_least_once ? "PUBACK #1; PUBACK #2; PUBACK #3; DISCONNECT"
                                                          : "PUBREC #1; PUBREC #2; PUBREC #3; DISCONNECT"));
    }
}

TEST_CASE(
    "after an UNSUB of which it is not known whether the broker has obeyed, the topic may be subscribed to again") {
    for (const bool is_late : {false, true}) {
        modem_world w;
        w.open(persistent);
        subscribe_to(w, "t", 1);
        subscribe_to(w, "z", 2);
        w.ask("AT+MQTTUNSUB=\"t\"");
        if (is_late)
            CHECK(w.pass(10'000) == said("+MQTTTO:4|+CME ERROR: 618"));
        else
            CHECK(w.disconnected() == said("+CME ERROR: 613"));
        w.pass(4'000);
        CHECK(w.greet(true) == said("+MQTTOPEN: OK"));
        CHECK(w.ask("AT+MQTTSUB?") == said("+MQTTSUB:|t,1|z,1|OK"));
        w.forget();
        w.ask("AT+MQTTSUB=\"t\",2");
        CHECK(w.packets() == "SUBSCRIBE #4 t q2");
        CHECK(w.hear(mqtt::suback{4, {"\2", 1}}) == said("+MQTTSUBACK: 4,2,t|OK"));
        CHECK(w.ask("AT+MQTTSUB?") == said("+MQTTSUB:|z,1|t,2|OK"));
        CHECK(w.ask("AT+MQTTSUB=\"t\",2") == said("+CME ERROR: 606"));
    }
}

TEST_CASE(
    "after a CONNECT without a CONNACK, the session that is present may be another: every topic may be subscribed to "
    "again") {
    for (const bool is_late : {false, true}) {
        CAPTURE(is_late);
        modem_world w;
        w.open(persistent);
        subscribe_to(w, "t", 1);
        subscribe_to(w, "z", 2);
        w.disconnected();
        w.pass(4'000);
        w.connected();
        w.forget();
        if (is_late)
            w.pass(8'000);
        else
            w.disconnected();
        w.pass(8'000);
        CHECK(w.greet(true) == said("+MQTTOPEN: OK"));
        CHECK(w.ask("AT+MQTTSUB?") == said("+MQTTSUB:|t,1|z,1|OK"));
        w.forget();
        w.ask("AT+MQTTSUB=\"z\",1");
        CHECK(w.packets() == "SUBSCRIBE #3 z q1");
        CHECK(w.hear(mqtt::suback{3, {"\1", 1}}) == said("+MQTTSUBACK: 3,1,z|OK"));
        CHECK(w.ask("AT+MQTTSUB=\"z\",1") == said("+CME ERROR: 606"));
        w.forget();
        w.ask("AT+MQTTSUB=\"t\",2");
        CHECK(w.packets() == "SUBSCRIBE #4 t q2");
    }
}

TEST_CASE("after a SUB of which it is not known whether the broker has obeyed, the topic may be unsubscribed from") {
    for (const bool is_late : {false, true}) {
        modem_world w;
        w.open(persistent);
        w.ask("AT+MQTTSUB=\"t\",1");
        CHECK((is_late ? w.pass(10'000) : w.disconnected()) ==
              said(is_late ? "+MQTTTO:3|+CME ERROR: 605" : "+CME ERROR: 613"));
        w.pass(4'000);
        CHECK(w.greet(true) == said("+MQTTOPEN: OK"));
        w.forget();
        SUBCASE("") {
            CHECK(w.ask("AT+MQTTSUB?") == said("+MQTTSUB:|OK"));
            CHECK(w.ask("AT+MQTTUNSUB=\"t\"").empty());
            CHECK(w.packets() == "UNSUBSCRIBE #2 t");
            CHECK(w.hear(mqtt::unsuback{2}) == said("+MQTT UNSUBACK:2,\"t\"|OK"));
            CHECK(w.ask("AT+MQTTUNSUB=\"t\"") == said("+CME ERROR: 601"));
        }
        SUBCASE("or subscribed to") {
            CHECK(w.ask("AT+MQTTSUB=\"t\",2").empty());
            CHECK(w.hear(mqtt::suback{2, {"\2", 1}}) == said("+MQTTSUBACK: 2,2,t|OK"));
            CHECK(w.ask("AT+MQTTSUB?") == said("+MQTTSUB:|t,2|OK"));
        }
    }
}

TEST_CASE(
    "MQTT 3.1: after a reconnect every topic may be subscribed to again, for the broker cannot say what it has kept") {
    modem_options options;
    options.protocol = protocol_level::v3_1;
    modem_world w{options};
    w.open(persistent);
    subscribe_to(w, "t", 1);
    w.disconnected();
    w.pass(4'000);
    CHECK(w.greet(false) == said("+MQTTOPEN: OK"));
    CHECK(w.ask("AT+MQTTSUB?") == said("+MQTTSUB:|OK"));
    w.ask("AT+MQTTSUB=\"t\",1");
    CHECK(w.hear(mqtt::suback{2, {"\1", 1}}) == said("+MQTTSUBACK: 2,1,t|OK"));
}

TEST_CASE("a counted PUBLISH for which no record is free is refused before its prompt, never after its data") {
    modem_sizes sizes;
    sizes.records = 2;
    modem_world w{{}, sizes};
    w.open();
    w.hear(mqtt::publish{"t", "x", 1, false, qos::exactly_once, false});
    CHECK(w.ask("AT+MQTTPUB=\"t\",2,0,0,3") == said("+CME ERROR: 608"));
    CHECK(w.ask("AT+MQTTPUB=\"t\",1,0,0,3") == visible(prompt));
}

TEST_CASE("nor is it refused for what comes while its data do: a record is kept for it") {
    modem_sizes sizes;
    sizes.records = 3;
    modem_world w{{}, sizes};
    w.open();
    CHECK(w.ask("AT+MQTTPUB=\"t\",2,0,0,3") == visible(prompt));
    CHECK(w.hear(mqtt::publish{"t", "x", 1, false, qos::exactly_once, false}) ==
          said("+MQTTPUBLISH: 0,2,0,1,\"t\",1,x"));
    w.packets();
    SUBCASE("and used") {
        CHECK(w.host("abc").empty());
        CHECK(w.packets() == "PUBLISH q2 #1 t=abc");
        CHECK(w.hear(mqtt::pubrec{1}) == said("+MQTTPUBREC: 0,1"));
        CHECK(w.hear(mqtt::pubcomp{1}) == said("+MQTTPUBCOMP: 0,1|OK"));
    }
    SUBCASE("until they are cut short") {
        CHECK(w.pass(10'000) == said("+CME ERROR: 608"));
        CHECK(w.hear(mqtt::publish{"t", "x", 2, false, qos::exactly_once, false}) ==
              said("+MQTTPUBLISH: 0,2,0,2,\"t\",1,x"));
    }
    SUBCASE("or the session has ended") {
        w.disconnected();
        w.pass(4'000);
        w.greet(false);
        w.forget();
        CHECK(w.host("abc").empty());
        CHECK(w.packets() == "PUBLISH q2 #2 t=abc");
    }
}

TEST_CASE("no code comes while counted data are awaited that the host would take for the end of its PUB") {
    const std::string count = "AT+MQTTPUB=\"t\",1,0,0,5";
    // The broker waits for PUBACK, which the socket does not take.
    const auto owe_an_answer = [&count](modem_world& w) {
        w.open("\"h\",1,\"me\",60,\"u\",\"p\",0,\"\",0");
        CHECK(w.ask(count) == visible(prompt));
        w.socket_takes = false;
        CHECK(w.hear(message_to("t", "x")) == said("+MQTTPUBLISH: 0,1,0,7,\"t\",1,x"));
    };
    SUBCASE("608: a message that the broker will not see answered") {
        modem_world w;
        owe_an_answer(w);
        CHECK(w.disconnected().empty());
        w.socket_takes = true;
        CHECK(w.host("ab").empty());
        CHECK(w.pass(4'000) == said("+MQTTREC:0"));
        CHECK(w.greet(true) == said("+MQTTOPEN: OK"));
        CHECK(w.host("cde").empty());
        CHECK(w.hear(mqtt::puback{1}) == said("+MQTTPUBACK: 0,1|OK|+CME ERROR: 608"));
    }
    SUBCASE("608: such a message, and the PUB ends by the same code: it is said once") {
        modem_world w;
        owe_an_answer(w);
        CHECK(w.disconnected().empty());
        CHECK(w.host("abcde") == said("+CME ERROR: 608"));
        CHECK(w.pass(4'000) == said("+MQTTREC:0"));
    }
    SUBCASE("608 and 609: such a message, and another that is malformed: what is malformed is said") {
        modem_world w;
        owe_an_answer(w);
        CHECK(w.hear_bytes(std::string("\x36\x05\x00\x01t\x00\x01", 7)).empty());
        CHECK(w.host("abcde") == said("+CME ERROR: 608|+CME ERROR: 609"));
    }
    SUBCASE("608: a message for which no record is free") {
        modem_sizes sizes;
        sizes.records = 2;
        modem_world w{{}, sizes};
        w.open();
        CHECK(w.ask(count) == visible(prompt));
        w.hear(mqtt::publish{"t", "x", 1, false, qos::exactly_once, false});
        CHECK(w.hear(mqtt::publish{"t", "x", 2, false, qos::exactly_once, false}).empty());
        CHECK(w.events() == "violation by PUBLISH; close");
    }
    SUBCASE("610, 611, 612: a malformed acknowledgement") {
        for (const auto& [bytes, code] : {std::pair{bad_puback, "612"}, {bad_pubrec, "610"}, {bad_pubcomp, "611"}}) {
            modem_world w;
            w.open();
            CHECK(w.ask(count) == visible(prompt));
            CHECK(w.hear_bytes(bytes).empty());
            CHECK(w.host("abcde") == said(std::string("+CME ERROR: 608|+CME ERROR: ") + code));
        }
    }
    SUBCASE("of several the last") {
        modem_world w;
        w.open("\"h\",1,\"me\",60,\"u\",\"p\",0,\"\",0");
        CHECK(w.ask(count) == visible(prompt));
        CHECK(w.hear_bytes(bad_suback).empty());
        w.disconnected();
        CHECK(w.pass(4'000) == said("+MQTTREC:0"));
        CHECK(w.greet(true) == said("+MQTTOPEN: OK"));
        CHECK(w.hear_bytes(std::string("\x36\x05\x00\x01t\x00\x01", 7)).empty());
        CHECK(w.host("abcde") == said("+CME ERROR: 608|+CME ERROR: 609"));
    }
    SUBCASE("others come behind it") {
        modem_world w;
        w.open();
        CHECK(w.ask(count) == visible(prompt));
        CHECK(w.hear_bytes(bad_suback).empty());
        CHECK(w.host("abcde") == said("+CME ERROR: 608|+CME ERROR: 605"));
    }
}

TEST_CASE("PUBCOMP of a message that the broker never said it had is no +MQTTPUBCOMP") {
    for (const bool is_received : {false, true}) {
        CAPTURE(is_received);
        modem_world w;
        w.open("\"h\",1,\"me\",0,\"u\",\"p\",0,\"\",0");
        w.ask("AT+MQTTPUB=\"t\",2,0,0,\"x\"");
        if (is_received) CHECK(w.hear(mqtt::pubrec{1}) == said("+MQTTPUBREC: 0,1"));
        CHECK(w.just_at(10'000) == said("+MQTTTO:2|+CME ERROR: 608"));
        CHECK(w.pass(4'000) == said("+MQTTREC:0"));
        CHECK(w.greet(true) == said("+MQTTOPEN: OK"));
        CHECK(w.packets() ==
              std::string("PUBLISH q2 #1 t=x; ") + (is_received ? "PUBREL #1; " : "") + "CONNECT me; PUBREL #1");
        CHECK(w.hear(mqtt::pubcomp{1}) == (is_received ? said("+MQTTPUBCOMP: 0,1") : ""));
    }
}

TEST_CASE("a code that waits for the end of an answer is due as soon as that is here") {
    modem_world w;
    w.open();
    w.ask("AT+MQTTREC=0");
    w.socket_takes = false;
    w.ask("AT+MQTTSUB=\"t\",1");
    w.hear(mqtt::publish{"t", "x", 7, false, qos::at_least_once, false});
    w.forget();
    w.it().disconnected();
    const auto found = w.it().tick(w.now);
    REQUIRE(found);
    CHECK(in_words(*found) == "close");
    CHECK(visible(w.it().transmit()) == said("+CME ERROR: 613|+MQTTDISC: OK"));
    CHECK(w.it().wait(w.now) == millis{0});
    CHECK(w.written() == said("+CME ERROR: 613|+MQTTDISC: OK|+CME ERROR: 608"));
}

TEST_CASE("and it comes before the answer of the next command, though that is here already") {
    modem_world w;
    w.open();
    CHECK(w.ask("AT+MQTTPUB=\"t\",1,0,0,1") == visible(prompt));
    CHECK(w.hear_bytes(bad_suback).empty());
    CHECK(w.host("xAT\r") == said("+CME ERROR: 608|+CME ERROR: 605|OK"));
}

TEST_CASE("a network that is lost behind a socket that came up: it is closed once") {
    modem_world w;
    w.ask("ATE0");
    w.ask("AT+MQTTCFG=\"h\",1,\"me\",60,\"u\",\"p\",1,\"\",0");
    w.ask(modem_world::open_command);
    w.forget();
    w.it().connected();
    w.it().set_network(false);
    CHECK(w.events() == "close");
}
