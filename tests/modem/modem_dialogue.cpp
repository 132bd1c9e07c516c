// modem/modem.hpp: whole dialogues, byte for byte, by any chunking.                 [2.1, 2.3.6, 2.4, 3.1 - 3.3] AT-40, 42, 43
// SPDX-License-Identifier: MIT
#include "modem_world.hpp"

#include <string>
#include <string_view>

using namespace atmqtt;
using namespace atmqtt::testing;

namespace {

/// What the host writes, or else what the broker does by itself; and then what the modem has written: wire.md section 1.
struct turn {
    std::string_view host;
    std::string_view broker;
    std::string_view manual;
    std::string_view sdk;
};

/// Every line of section 1's table; the rows in which time goes by are in modem_time.cpp.
const turn dialogue[] = {
    {"AT", "", "OK", "OK"},
    {"AT+CMEE=1", "", "OK", "OK"},
    {"AT+MQTTDISC", "", "ERROR", "+CME ERROR: 620"},
    {"AT+MQTTCFG?", "", "+MQTTCFG:\"(null)\"|OK", "OK|+MQTTCFG:\"(null)\""},
    {"AT+MQTTCFG=\"host\",1883,\"id\",60,\"user\",\"secret\",0,\"v\",1", "", "OK", "OK"},
    {"AT+MQTTCFG?", "", "+MQTTCFG: \"host\",1883,\"id\",60,\"user\",\"***\",0,\"v\",1|OK",
     "OK|+MQTTCFG: \"host\",1883,\"id\",60,\"user\",\"***\",0,\"v\",1"},
    {"AT+MQTTPING=1", "", "+CME ERROR: 613", "+CME ERROR: 613"},
    {"AT+MQTTOPEN=1,1,0,0,0,\"\",\"\"", "", "+MQTTOPEN: OK|OK", "OK|+MQTTOPEN:OK"},
    {"AT+MQTTPING?", "", "+MQTTPING: 1|OK", "OK|+MQTTPING: 1"},
    {"AT+MQTTREC?", "", "+MQTTREC: 1,0|OK", "OK|+MQTTREC: 1,0"},
    {"AT+MQTTTO?", "", "+MQTTTO: 10|OK", "OK|+MQTTTO: 10"},
    {"AT+MQTTTO=20", "", "OK", "OK"},
    {"AT+MQTTTO?", "", "+MQTTTO: 20|OK", "OK|+MQTTTO: 20"},
    {"AT+MQTTSTAT?", "", "+MQTTSTAT: 1|OK", "OK|+MQTTSTAT:1"},
    {"AT+MQTTSUB=\"pyr\",2", "", "+MQTTSUBACK: 1,2,pyr|OK", "OK|+MQTTSUBACK:1,2,pyr"},
    {"AT+MQTTSUB=\"a/#\",1", "", "+MQTTSUBACK: 2,1,a/#|OK", "OK|+MQTTSUBACK:2,1,a/#"},
    {"AT+MQTTSUB=\"pyr\",1", "", "+CME ERROR: 606", "+CME ERROR: 606"},
    {"AT+MQTTSUB?", "", "+MQTTSUB:|pyr,2|a/#,1|OK", "+MQTTSUB:|pyr|a/#|OK"},
    {"AT+MQTTPUB=\"t\",0,0,0,\"say \\\"yes\\\"\"", "", "OK", "OK"},
    {"AT+MQTTPUB=\"t\",1,1,1,\"1890\"", "", "+MQTTPUBACK: 0,3|OK", "OK|+MQTTPUBACK:0,3"},
    {"AT+MQTTPUB=\"t\",2,0,0,\"abc\"", "", "+MQTTPUBREC: 0,4|+MQTTPUBCOMP: 0,4|OK",
     "+MQTTPUBREC:0,4|OK|+MQTTPUBCOMP:0,4"},
    {"", {"\x30\x08\x00\x03pyrabc", 10}, "+MQTTPUBLISH: 0,0,0,0,\"pyr\",3,abc", "+MQTTPUBLISH:0,0,0,0,pyr,3,abc"},
    {"", {"\x33\x07\x00\x03pyr\x00\x09", 9}, "+MQTTPUBLISH: 0,1,1,9,\"pyr\",0,", "+MQTTPUBLISH:0,1,1,9,pyr,0,"},
    {"",
     {"\x34\x0E\x00\x03pyr\x00\x01{\"a\":1}", 16},
     "+MQTTPUBLISH: 0,2,0,1,\"pyr\",7,{\"a\":1}|+MQTTPUBREL: 0,1",
     "+MQTTPUBLISH:0,2,0,1,pyr,7,{\"a\":1}|+MQTTPUBREL:0,1"},
    {"AT+MQTTUNSUB=\"pyr\"", "", "+MQTT UNSUBACK:5,\"pyr\"|OK", "OK|+MQTTUNSUBACK:5,pyr"},
    {"AT+MQTTUNSUB=\"pyr\"", "", "+CME ERROR: 601", "+CME ERROR: 601"},
    {"AT+MQTTDISC", "", "+MQTTDISC: OK|OK", "OK|+MQTTDISC: OK"},
    {"AT+MQTTDEL", "", "OK", "OK"},
    {"AT+MQTTNONE", "", "ERROR", "ERROR"},
};

void play(modem_world& w, spelling how, bool echoes) {
    w.serves = w.dials = true;
    for (const auto& one : dialogue) {
        CAPTURE(one.host);
        const std::string wanted = said(how == spelling::manual ? one.manual : one.sdk);
        if (one.host.empty())
            CHECK(w.hear_bytes(one.broker) == wanted);
        else
            CHECK(w.ask(one.host) == (echoes ? visible(std::string(one.host) + "\r") : "") + wanted);
    }
}
modem_options speaking(spelling how) {
    modem_options options;
    options.how = how;
    return options;
}

/// A message of `payload` at QoS 0 to "t", as it is on the wire.
std::string published(std::string_view payload) {
    char out[2048];
    return visible(*mqtt::encode(mqtt::publish{"t", payload}, out));
}
const std::string prompted = visible(prompt);

}  // namespace

TEST_CASE("one dialogue with every line of wire.md's table, in each spelling, whole and byte by byte, with and without "
          "echo") {
    for (const spelling how : {spelling::manual, spelling::sdk}) {
        std::string events;
        std::string packets;
        for (const std::size_t chunk : {SIZE_MAX, std::size_t{1}, std::size_t{3}}) {
            for (const bool echoes : {true, false}) {
                CAPTURE(chunk);
                CAPTURE(echoes);
                modem_world w{speaking(how)};
                w.chunk = chunk;
                if (!echoes) CHECK(w.ask("ATE0") == visible("ATE0\r") + said("OK"));
                play(w, how, echoes);
                const std::string did = w.events();
                const std::string sent = w.packets();
                if (events.empty()) events = did, packets = sent;
                CHECK(did == events);
                CHECK(sent == packets);
            }
        }
        CHECK(events == "connect host:1883 tls v; greeted 0; close");
        CHECK(
            packets ==
            "CONNECT id; SUBSCRIBE #1 pyr q2; SUBSCRIBE #2 a/# q1; PUBLISH q0 t=say \"yes\"; PUBLISH q1 #3 t=1890 "
            "retain; PUBLISH q2 #4 t=abc; PUBREL #4; PUBACK #9; PUBREC #1; PUBCOMP #1; UNSUBSCRIBE #5 pyr; DISCONNECT");
    }
}

TEST_CASE("3.1 - 3.3: the manual's flow; a message may come between PUBACK and what was asked next") {
    modem_world w;
    w.ask("ATE0");
    CHECK(w.ask("AT+MQTTCFG=\"183.230.40.39\",6002,\"4069959\",10,\"75829\",\"IIOu0oFUg1guk20ornTK1uzAcnM=\",1") ==
          said("OK"));
    CHECK(w.ask("AT+MQTTCFG?") ==
          said("+MQTTCFG: \"183.230.40.39\",6002,\"4069959\",10,\"75829\",\"***\",1,\"\",0|OK"));
    CHECK(w.ask("AT+MQTTOPEN=1,1,1,1,1,\"mywill\",\"001bye\"").empty());
    CHECK(w.events() == "connect 183.230.40.39:6002");
    CHECK(w.connected().empty());
    // CONNECT: user, password, will retained at QoS 1, clean: 0xEE; keep alive 10.
    const std::string connect = std::string("\x10\x48\x00\x04MQTT\x04\xEE\x00\x0A\x00\x07", 14) + "4069959" +
                                std::string("\x00\x06", 2) + "mywill" + std::string("\x00\x06", 2) + "001bye" +
                                std::string("\x00\x05", 2) + "75829" + std::string("\x00\x1C", 2) +
                                "IIOu0oFUg1guk20ornTK1uzAcnM=";
    CHECK(w.packet_bytes() == visible(connect));
    CHECK(w.hear(mqtt::connack{}) == said("+MQTTOPEN: OK|OK"));
    w.serves = true;
    w.packets();
    CHECK(w.ask("AT+MQTTSUB=\"pyr\",1") == said("+MQTTSUBACK: 1,1,pyr|OK"));
    CHECK(w.ask("AT+MQTTPUB=\"dev/gsm/u\",1,0,0,\"abc\"") == said("+MQTTPUBACK: 0,2|OK"));
    w.serves = false;
    CHECK(w.ask("AT+MQTTPUB=\"pyr\",1,0,0,\"abc\"").empty());
    // ours: PUBACK and OK in one step; a message is before or behind both.
    CHECK(w.hear(mqtt::publish{"pyr", "abc", 1, false, qos::at_least_once, false}) ==
          said("+MQTTPUBLISH: 0,1,0,1,\"pyr\",3,abc"));
    CHECK(w.hear(mqtt::puback{3}) == said("+MQTTPUBACK: 0,3|OK"));
    w.serves = true;
    CHECK(w.ask("AT+MQTTUNSUB=\"pyr\"") == said("+MQTT UNSUBACK:4,\"pyr\"|OK"));
    CHECK(w.ask("AT+MQTTDISC") == said("+MQTTDISC: OK|OK"));
    CHECK(w.events() == "greeted 0; close");
    CHECK(w.ask("AT+MQTTDEL") == said("OK"));
}

TEST_CASE("AT-42: counted data are any bytes, by any chunking, and the host may send them before it has the prompt") {
    std::string every;
    for (int code = 0; code != 256; ++code) every += static_cast<char>(code);
    const std::string payloads[] = {every, "\r\nAT+MQTTDISC\r",    "x", "AT\r", "\x1A", "\b\b\b", "\n",
                                    "\r",  std::string(1100, '\r')};
    for (const auto& payload : payloads) {
        for (const std::size_t chunk : {SIZE_MAX, std::size_t{1}, std::size_t{7}}) {
            CAPTURE(visible(first(payload, 20)));
            CAPTURE(chunk);
            const std::string line = "AT+MQTTPUB=\"t\",0,0,0," + number(payload.size());
            modem_world w;
            w.open();
            w.chunk = chunk;
            CHECK(w.ask(line) == prompted);
            CHECK(w.host(payload) == said("OK"));
            CHECK(w.packet_bytes() == published(payload));

            w.host_takes = payload.front() != '\n';  // before the prompt was taken, an LF would be the command's
            if (!w.host_takes) continue;
            CHECK(w.host(line + "\r" + payload + "AT\r") == prompted + said("OK|OK"));
            CHECK(w.packet_bytes() == published(payload));
        }
    }
}

TEST_CASE("an LF behind the CR of a counted PUBLISH is the command's, one behind the prompt is data") {
    for (const std::size_t chunk : {SIZE_MAX, std::size_t{1}}) {
        modem_world w;
        w.open();
        w.chunk = chunk;
        w.host_takes = false;  // the LF is on its way while the prompt is
        CHECK(w.host("AT+MQTTPUB=\"t\",0,0,0,3\r\n").empty());
        w.host_takes = true;
        CHECK(w.written() == prompted);
        CHECK(w.host("\nab") == said("OK"));
        CHECK(w.packet_bytes() == published("\nab"));
        CHECK(w.host("\r\nAT\r\n") == said("OK"));
    }
}

TEST_CASE("an LF is data once the prompt was taken, though a line behind it was not") {
    modem_world w;
    w.open();
    w.host_takes = false;
    CHECK(w.ask("AT+MQTTPUB=\"t\",0,0,0,3").empty());
    w.pass(40'000);  // a PINGRESP has not come: +MQTTTO:5 waits behind the prompt
    w.forget();
    SUBCASE("by bytes") {
        w.take_from_uart(3);
        w.take_from_uart(1);
        w.host("\nab");
    }
    SUBCASE("by lines") {
        CHECK(w.it().next_line(w.now) == prompt);
        w.host("\nab");
    }
    CHECK(w.packet_bytes() == published("\nab"));
}

TEST_CASE("AT-42: a count of 0 has no prompt; one that is too large is refused before it, whatever it is") {
    modem_sizes sizes;
    sizes.command = 100;
    modem_world w{{}, sizes};
    w.open();
    CHECK(w.ask("AT+MQTTPUB=\"t\",1,0,0,0").empty());
    CHECK(w.packets() == "PUBLISH q1 #1 t=");
    CHECK(w.hear(mqtt::puback{1}) == said("+MQTTPUBACK: 0,1|OK"));
    for (const char* const count : {"100", "101", "65536", "4294967295"})
        CHECK(w.ask(std::string("AT+MQTTPUB=\"t\",1,0,0,") + count) == said("+CME ERROR: 601"));
    CHECK(w.ask("AT+MQTTPUB=\"t\",0,0,0,99") == prompted);
    CHECK(w.host(std::string(99, 'y') + "AT\r") == said("OK|OK"));
    CHECK(w.packet_bytes().find(std::string(99, 'y')) != std::string::npos);
}

TEST_CASE("AT-42: a topic that could not be sent is refused before the prompt, not after the data") {
    modem_sizes sizes;
    sizes.tx = 100;
    modem_world w{{}, sizes};
    w.open();
    const std::string topic(100, 't');
    CHECK(w.ask("AT+MQTTPUB=\"" + topic + "\",1,0,0,3") == said("+CME ERROR: 601"));
    CHECK(w.ask("AT+MQTTPUB=\"" + topic + "\",1,0,0,\"abc\"") == said("+CME ERROR: 601"));
    CHECK(w.ask("AT+MQTTPUB=\"t\",0,0,0,\"abc\"") == said("OK"));
}

TEST_CASE("a topic that fills tx to the last byte is sent, one that is a byte longer is refused") {
    modem_sizes sizes;
    sizes.tx = 100;
    modem_world w{{}, sizes};
    w.open();
    w.serves = true;
    const std::string fits(100 - session::overhead, 't');
    const std::string too_long = fits + "t";
    CHECK(w.ask("AT+MQTTPUB=\"" + fits + "\",0,0,0,\"abc\"") == said("OK"));
    CHECK(w.ask("AT+MQTTPUB=\"" + fits + "\",0,0,0,3") == visible(prompt));
    CHECK(w.host("def") == said("OK"));
    CHECK(w.ask("AT+MQTTSUB=\"" + fits + "\",1") == said("+MQTTSUBACK: 1,1," + fits + "|OK"));
    CHECK(w.packets() == "PUBLISH q0 " + fits + "=abc; PUBLISH q0 " + fits + "=def; SUBSCRIBE #1 " + fits + " q1");
    CHECK(w.ask("AT+MQTTPUB=\"" + too_long + "\",0,0,0,\"abc\"") == said("+CME ERROR: 601"));
    CHECK(w.ask("AT+MQTTPUB=\"" + too_long + "\",0,0,0,3") == said("+CME ERROR: 601"));
    CHECK(w.ask("AT+MQTTSUB=\"" + too_long + "\",1") == said("+CME ERROR: 601"));
    CHECK(w.packets().empty());
}

TEST_CASE("AT-42: data cut short: 608 after 10 s of silence, and the next line is read; surplus is the next command") {
    modem_world w;
    w.open();
    CHECK(w.ask("AT+MQTTPUB=\"t\",1,0,0,10") == prompted);
    CHECK(w.just_at(10'000) == said("+CME ERROR: 608"));  // from the prompt on
    CHECK(w.ask("AT+MQTTPUB=\"t\",1,0,0,10") == prompted);
    CHECK(w.pass(9'999).empty());
    CHECK(w.host("AT\r").empty());
    CHECK(w.just_at(10'000) == said("+CME ERROR: 608"));  // from the last byte on
    CHECK(w.packets() == "");
    CHECK(w.ask("AT") == said("OK"));
    CHECK(w.ask("AT+MQTTPUB=\"t\",0,0,0,3") == prompted);
    CHECK(w.host("abcAT\r") == said("OK|OK"));
    CHECK(w.host("def\r") == said("ERROR"));
    CHECK(w.packets() == "PUBLISH q0 t=abc");

    modem_options hasty;
    hasty.data_gap = millis{50};
    modem_world other{hasty};
    other.open();
    CHECK(other.ask("AT+MQTTPUB=\"t\",1,0,0,10") == prompted);
    CHECK(other.just_at(50) == said("+CME ERROR: 608"));
}

TEST_CASE("while the modem itself takes no data, for it has no room, their silence does not run") {
    modem_sizes sizes;
    sizes.lines = modem::least_lines + 10;
    modem_world w{{}, sizes};
    w.open("\"h\",1,\"me\",0,\"u\",\"p\",1,\"\",0");
    CHECK(w.ask("AT+MQTTPUB=\"t\",0,0,0,12") == visible(prompt));
    w.host_takes = false;
    w.hear(mqtt::publish{"a topic", "x"});  // no room is left behind it
    const std::string message = "+MQTTPUBLISH: 0,0,0,0,\"a topic\",1,x";
    SUBCASE("they are no commands, whenever they are taken") {
        CHECK(w.host("AT+MQTTDISC\r").empty());
        CHECK(w.host_bytes_left() == 12);
        CHECK(w.pass(60'000).empty());
        w.host_takes = true;
        CHECK(w.written() == said(message + "|OK"));
        CHECK(w.packets() == "PUBLISH q0 t=AT+MQTTDISC\r");
    }
    SUBCASE("it begins once there is room") {
        CHECK(w.pass(60'000).empty());
        w.host_takes = true;
        CHECK(w.written() == said(message));
        CHECK(w.just_at(10'000) == said("+CME ERROR: 608"));
    }
}

TEST_CASE("what is written while data are awaited puts off nothing: their silence began with the prompt") {
    modem_world w;
    w.open("\"h\",1,\"me\",0,\"u\",\"p\",1,\"\",0");
    CHECK(w.ask("AT+MQTTPUB=\"t\",0,0,0,2") == prompted);
    CHECK(w.pass(6'000).empty());
    CHECK(w.hear(mqtt::publish{"u", "x"}) == said("+MQTTPUBLISH: 0,0,0,0,\"u\",1,x"));
    CHECK(w.just_at(4'000) == said("+CME ERROR: 608"));
}

TEST_CASE("two commands that are too long, in one piece, are told of both") {
    modem_world w;
    w.open();
    w.host(std::string(1'100, 'x') + "\r" + std::string(1'200, 'y') + "\rAT\r");
    CHECK(w.events() == "overlong 1101; overlong 1201");
}

TEST_CASE("echo: no byte is missing of a long line, however little room there is") {
    modem_sizes sizes;
    sizes.lines = modem::least_lines + 3;
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{5}, SIZE_MAX}) {
        modem_world w{{}, sizes};
        w.chunk = chunk;
        std::string line;
        for (int i = 0; i != 100; ++i) line += "AT+" + std::to_string(i);
        CHECK(w.ask(line) == visible(line + "\r") + said("ERROR"));
    }
}

TEST_CASE("the silence that ends data does not begin before the prompt was taken") {
    modem_world w;
    w.open("\"h\",1,\"me\",0,\"u\",\"p\",1");
    w.host_takes = false;
    w.ask("AT+MQTTPUB=\"t\",0,0,0,1");
    CHECK(w.pass(30'000).empty());
    w.host_takes = true;
    CHECK(w.written() == prompted);
    CHECK(w.just_at(10'000) == said("+CME ERROR: 608"));
}

TEST_CASE(
    "AT-40: 1024 bytes with the CR are a line, 1025 are dropped in silence, or with an ERROR where that is asked for") {
    for (const bool is_told : {false, true}) {
        for (const std::size_t chunk : {SIZE_MAX, std::size_t{1}}) {
            modem_options options;
            options.refuses_overlong = is_told;
            modem_world w{options};
            w.open();
            w.chunk = chunk;
            const std::string head = "AT+MQTTPUB=\"t\",0,0,0,\"";
            const std::string fits = head + std::string(1023 - head.size() - 1, 'x') + "\"";
            CHECK(w.ask(fits) == said("OK"));
            CHECK(w.ask(fits + " ") == (is_told ? said("ERROR") : ""));
            CHECK(w.events() == "overlong 1025");
            CHECK(w.packets().find(";") == std::string::npos);
            CHECK(w.ask("AT") == said("OK"));
        }
    }
    modem_world w;
    w.open();
    CHECK(w.host(std::string(10'000'000, 'x')).empty());
    CHECK(w.host("\rAT\r") == said("OK"));
    CHECK(w.events() == "overlong 10000001");
}

TEST_CASE("AT-40: LF alone ends nothing, BACKSPACE edits, blanks in a head and either case are read") {
    modem_world w;
    w.open();
    CHECK(w.host("AT\n\n").empty());
    CHECK(w.host("\r\n") == said("OK"));
    CHECK(w.ask("ATX\bE1\b0") == said("OK"));
    CHECK(w.ask("\b\bAT") == said("OK"));
    CHECK(w.ask("at+mqttstat?") == said("+MQTTSTAT: 1|OK"));
    CHECK(w.ask("AT+ MQTT STAT ?") == said("+MQTTSTAT: 1|OK"));
    CHECK(w.ask("AT+MQTTPUB= \"t\", 0, 0,0 ,\"x\" ") == said("OK"));
    CHECK(w.packets() == "PUBLISH q0 t=x");
}

TEST_CASE("AT-43: two commands in one chunk, a command while another runs, 'A' then a long pause then 'T': in order, "
          "none lost") {
    modem_world w;
    w.open();
    CHECK(w.host("AT\rAT+MQTTSTAT?\rATI\r") == said("OK|+MQTTSTAT: 1|OK|atmqtt|OK"));
    CHECK(w.host("AT+MQTTSUB=\"a\",1\rAT+MQTTPUB=\"t\",1,0,0,\"x\"\rAT+MQTTSUB?\r").empty());
    CHECK(w.packets() == "SUBSCRIBE #1 a q1");
    CHECK(w.it().is_busy());
    CHECK(w.hear(mqtt::suback{1, {"\1", 1}}) == said("+MQTTSUBACK: 1,1,a|OK"));
    CHECK(w.packets() == "PUBLISH q1 #2 t=x");
    CHECK(w.hear(mqtt::puback{2}) == said("+MQTTPUBACK: 0,2|OK|+MQTTSUB:|a,1|OK"));
    CHECK_FALSE(w.it().is_busy());
    CHECK(w.host("A").empty());
    w.hear(mqtt::connack{});  // whatever happens meanwhile
    w.pass(3'000'000);
    CHECK(w.host("T\r") == said("OK"));
}

TEST_CASE("echo: every byte that is taken but for data, at once, LF and BACKSPACE too") {
    modem_world w;
    w.open();
    CHECK(w.ask("ATE1") == said("OK"));
    CHECK(w.host("A") == "A");
    CHECK(w.host("TX\b\n\r\n") == visible("TX\b\n\r") + said("OK") + visible("\n"));
    CHECK(w.host("AT+MQTTPUB=\"t\",0,0,0,3\rabc") == visible("AT+MQTTPUB=\"t\",0,0,0,3\r") + prompted + said("OK"));
    CHECK(w.ask(std::string(1100, 'x')) == visible(std::string(1100, 'x') + "\r"));
    CHECK(w.ask("ATE0") == visible("ATE0\r") + said("OK"));
    CHECK(w.ask("AT") == said("OK"));
}
