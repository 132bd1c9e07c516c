// host/chat.hpp: what is an answer, and what it is worth, at its exact times: rules 1 to 9. Dialogues: transcripts.cpp.
// SPDX-License-Identifier: MIT
#include "chat_world.hpp"

#include <atmqtt/host/chat.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace chat_world;
using namespace std::string_literals;

// --- rule 1 ---

TEST_CASE("rule 1: until its last byte is offered, no line is an answer") {
    at_each_clock([](world& w) {
        w.says("OK", "+MQTTOPEN: OK", "+MQTTSUBACK: 1,1,t");
        CHECK(w.told() == words{"alarm OK", "alarm +MQTTOPEN: OK", "late +MQTTSUBACK: 1,1,t"});
        REQUIRE(w.it.send(sub));
        w.says("OK", "ERROR", "+MQTTSUBACK: 1,1,t");
        CHECK(w.told() == words{"alarm OK", "alarm ERROR", "late +MQTTSUBACK: 1,1,t"});
        CHECK(w.take() == sub_line + "\r"s);
        w.says("+MQTTSUBACK: 2,1,t", "OK");
        CHECK(w.told() == words{"answer +MQTTSUBACK: 2,1,t", "SUB acknowledged, granted 1"});
    });
}

TEST_CASE("rule 1: in the pause no line is an answer to the command that waits for its end") {
    world w;
    w.sends(query_state{}, "AT+MQTTSTAT?");
    w.says("+MQTTSTAT: 1", "OK");
    CHECK(w.told() == words{"answer +MQTTSTAT: 1", "STAT? acknowledged"});
    REQUIRE(w.it.send(set_reconnect{true}));
    CHECK(w.it.transmit().empty());
    w.says("OK");
    CHECK(w.told() == words{"alarm OK"});
    w.hands_out("AT+MQTTREC=1\r");
    w.says("OK");
    CHECK(w.told() == words{"REC acknowledged"});
}

TEST_CASE("rule 1: an answer may come before the integrator has said that the command is out") {
    world w;
    REQUIRE(w.it.send(sub));
    const std::size_t size = w.it.transmit().size();
    w.says("+MQTTSUBACK: 1,1,t", "OK");
    CHECK(w.told() == words{"answer +MQTTSUBACK: 1,1,t"});
    CHECK_FALSE(w.it.is_ready());
    w.it.transmitted(size, w.now);
    w.tick();
    CHECK(w.told() == words{"SUB acknowledged, granted 1"});
}

TEST_CASE("rule 1: a command that the module has a part of is handed out to its end, whatever it is answered") {
    for (const char* const final : {"OK", "ERROR", "+CME ERROR: 601"}) {
        CAPTURE(final);
        world w;
        REQUIRE(w.it.send(set_timeout{10}));
        CHECK(w.take(5) == "AT+MQ");
        w.says(final);
        CHECK(w.told() == words{});
        CHECK(w.it.is_pending());
        CHECK(w.take() == "TTTO=10\r");
        CHECK(w.told().size() == 1);
        CHECK(w.it.is_ready());
    }
}

TEST_CASE("a command taken byte by byte is one command, and what is taken that was not given counts for nothing") {
    world w;
    REQUIRE(w.it.send(set_reconnect{false}));
    w.it.transmitted(5, w.now);
    std::string line;
    while (!w.it.transmit().empty()) line += w.take(1);
    CHECK(line == "AT+MQTTREC=0\r");
    w.it.transmitted(5, w.now);
    w.says("OK");
    CHECK(w.told() == words{"REC acknowledged"});
}

// --- rule 2 ---

TEST_CASE("rule 2: with a carrier a command is done by both halves, in either order") {
    struct row {
        const char* carrier;
        const char* line;
        const char* answer;
        const char* done;
        bool (*send)(chat&);
    };
    const row table[] = {
        {"+MQTTOPEN: OK", open_line, "answer +MQTTOPEN: OK", "OPEN acknowledged",
         [](chat& c) { return bool{c.send(open{})}; }},
        {"+MQTTSUBACK:1,1,t", sub_line, "answer +MQTTSUBACK: 1,1,t", "SUB acknowledged, granted 1",
         [](chat& c) { return bool{c.send(sub)}; }},
        {"+MQTT UNSUBACK:8,\"t\"", unsub_line, "answer +MQTT UNSUBACK:8,\"t\"", "UNSUB acknowledged",
         [](chat& c) { return bool{c.send(unsub)}; }},
        {"+MQTTPUBACK:0,5", "AT+MQTTPUB=\"t\",1,0,0,\"a\"", "answer +MQTTPUBACK: 0,5", "PUB acknowledged",
         [](chat& c) { return bool{c.send(pub(q1))}; }},
        {"+MQTTPUBCOMP:0,5", "AT+MQTTPUB=\"t\",2,0,0,\"a\"", "answer +MQTTPUBCOMP: 0,5", "PUB acknowledged",
         [](chat& c) { return bool{c.send(pub(q2))}; }},
        {"+MQTTDISC: OK", disc_line, "answer +MQTTDISC: OK", "DISC acknowledged",
         [](chat& c) { return bool{c.send(disconnect{})}; }},
        {"+MQTTCFG:\"(null)\"", "AT+MQTTCFG?", "answer +MQTTCFG:\"(null)\"", "CFG? acknowledged",
         [](chat& c) { return bool{c.send(query_configuration{})}; }},
        {"+MQTTSTAT:4", "AT+MQTTSTAT?", "answer +MQTTSTAT: 4", "STAT? acknowledged",
         [](chat& c) { return bool{c.send(query_state{})}; }},
        {"+MQTTSUB:", "AT+MQTTSUB?", "answer +MQTTSUB:", "SUB? acknowledged",
         [](chat& c) { return bool{c.send(query_subscriptions{})}; }},
        {"+MQTTPING: 1", "AT+MQTTPING?", "answer +MQTTPING: 1", "PING? acknowledged",
         [](chat& c) { return bool{c.send(query_ping_echo{})}; }},
        {"+MQTTREC: 1,0", "AT+MQTTREC?", "answer +MQTTREC: 1,0", "REC? acknowledged",
         [](chat& c) { return bool{c.send(query_reconnect{})}; }},
        {"+MQTTTO: 10", "AT+MQTTTO?", "answer +MQTTTO: 10", "TO? acknowledged",
         [](chat& c) { return bool{c.send(query_timeout{})}; }},
    };
    for (const row& one : table) {
        for (const bool is_ok_first : {false, true}) {
            CAPTURE(one.line);
            CAPTURE(is_ok_first);
            world w;
            REQUIRE(one.send(w.it));
            w.hands_out(one.line + "\r"s);
            w.says(is_ok_first ? "OK" : one.carrier);
            CHECK(w.told() == (is_ok_first ? words{} : words{one.answer}));
            CHECK(w.it.is_pending());
            w.pass(999);
            w.says(is_ok_first ? one.carrier : "OK");
            CHECK(w.told() == (is_ok_first ? words{one.answer, one.done} : words{one.done}));
            CHECK(w.it.is_ready());
        }
    }
}

TEST_CASE("rule 2: without a carrier a command is done by its final result") {
    const configure m{"h", 1883, "i", 60, "u", "p"};
    world w;
    w.sends(m, "AT+MQTTCFG=\"h\",1883,\"i\",60,\"u\",\"p\",1,\"\",0");
    w.says("OK");
    w.sends(pub(q0), pub_line(q0));
    w.says("OK");
    w.sends(set_ping_echo{true}, "AT+MQTTPING=1");
    w.says("OK");
    w.sends(set_reconnect{true}, "AT+MQTTREC=1");
    w.says("OK");
    w.sends(set_timeout{10}, "AT+MQTTTO=10");
    w.says("OK");
    w.sends(delete_configuration{}, "AT+MQTTDEL");
    w.says("OK");
    w.sends(raw_command{"AT"}, "AT");
    w.says("OK");
    CHECK(w.told() == words{"CFG acknowledged", "PUB acknowledged", "PING acknowledged", "REC acknowledged",
                            "TO acknowledged", "DEL acknowledged", "raw acknowledged"});
}

TEST_CASE("rule 2: PUBREC is a part of the answer at QoS 2, but neither half") {
    world w;
    w.sends(pub(q2), pub_line(q2));
    w.says("+MQTTPUBREC: 0,7", "OK");
    CHECK(w.told() == words{"answer +MQTTPUBREC: 0,7"});
    CHECK(w.it.is_pending());
    w.says("+MQTTPUBCOMP: 0,7");
    CHECK(w.told() == words{"answer +MQTTPUBCOMP: 0,7", "PUB acknowledged"});
}

TEST_CASE("AT-25: whatever comes before, between and after the halves is told in its order") {
    world w;
    w.sends(pub(q1), pub_line(q1));
    w.says("+MQTTTO:5", "+MQTTPUBACK: 0,5");
    w.hear("\r\n+MQTTPUBLISH:0,1,0,1,t,3,abc\r\n\r\nOK\r\n+MQTTREC:0\r\n\r\n+MQTTPINGRESP:OK\r\n");
    CHECK(w.told() == words{"alarm +MQTTTO: 5", "answer +MQTTPUBACK: 0,5", "message q1 #1 t \"abc\"",
                            "PUB acknowledged", "alarm +MQTTREC:0", "alarm +MQTTPINGRSP: OK"});
}

TEST_CASE("AT-25: any line that was not asked for is an alarm, whatever is under way") {
    world w;
    w.sends(query_state{}, "AT+MQTTSTAT?");
    const words alarms = {"+MQTTOPEN: OK",    "+MQTTDISC: OK",   "+MQTTREC:1",       "+MQTTTO: 3",
                          "+MQTTPUBREL: 0,1", "+MQTTPING: 1",    "+MQTTPINGRSP: OK", "+CME ERROR: 609",
                          "+CME ERROR: 615",  "+CME ERROR: 619", "+MQTTPUBREC: 0,1"};
    words expected;
    for (const std::string& one : alarms) {
        w.says(one);
        expected.push_back("alarm " + one);
    }
    CHECK(w.told() == expected);
    w.says("+MQTTSTAT: 1", "OK");
    CHECK(w.told() == words{"answer +MQTTSTAT: 1", "STAT? acknowledged"});
}

// --- rule 3 ---

TEST_CASE("rule 3: OK alone is `accepted` after the grace, and no more") {
    at_each_clock([](world& w) {
        w.sends(sub, sub_line);
        w.pass(5000);
        w.says("OK");
        tells_after(w, 2000, {"SUB accepted"});
        w.sends(unsub, unsub_line);
        w.says("OK");
        tells_after(w, 2000, {"UNSUB accepted"});
        w.sends(pub(q1), pub_line(q1));
        w.says("OK");
        tells_after(w, 2000, {"PUB accepted"});
        w.sends(pub(q2), pub_line(q2));
        w.says("OK");
        tells_after(w, 2000, {"PUB accepted"});
        w.sends(disconnect{}, disc_line);
        w.says("OK");
        tells_after(w, 2000, {"DISC accepted"});
        CHECK(w.it.is_ready());
    });
}

TEST_CASE("rule 3: a second OK does not put off the end of the grace") {
    world w;
    w.sends(sub, sub_line);
    w.says("OK");
    w.pass(1'900);
    w.says("OK");
    tells_after(w, 100, {"SUB accepted"});
}

TEST_CASE("rule 3: the carrier may come in the last millisecond of the grace; a query without it is `accepted`") {
    world w;
    w.sends(sub, sub_line);
    w.says("OK");
    w.pass(1999);
    w.says("+MQTTSUBACK: 1,1,t");
    CHECK(w.told() == words{"answer +MQTTSUBACK: 1,1,t", "SUB acknowledged, granted 1"});
    w.sends(query_state{}, "AT+MQTTSTAT?");
    w.says("OK");
    tells_after(w, 2000, {"STAT? accepted"});
    CHECK(w.it.is_ready());  // it has answered, if with little
}

TEST_CASE("rule 3: OPEN waits its whole time for `+MQTTOPEN`, and has no answer then") {
    at_each_clock([](world& w) {
        w.sends(open{}, open_line);
        w.pass(1000);
        w.says("OK");
        tells_after(w, 39000, {"OPEN no_answer"});
        CHECK(w.it.is_ready());
        w.sends(open{}, open_line);
        w.says("OK");
        w.pass(39999);
        w.says("+MQTTOPEN:OK");
        CHECK(w.told() == words{"answer +MQTTOPEN: OK", "OPEN acknowledged"});
    });
}

TEST_CASE(
    "the carrier without the final result is worth what it says; the module is probed, for its OK may still come") {
    at_each_clock([](world& w) {
        w.sends(pub(q1), pub_line(q1));
        w.says("+MQTTPUBACK: 0,5");
        CHECK(w.told() == words{"answer +MQTTPUBACK: 0,5"});
        tells_after(w, 2000, {"PUB acknowledged"});
        CHECK_FALSE(w.it.is_ready());
        w.says("OK");  // not that of the next command
        CHECK(w.told() == words{});
        w.pass(2000);
        CHECK(w.take() == "AT\r");
        w.says("OK");
        w.pass(300);
        CHECK(w.it.is_ready());
        CHECK(w.told() == words{});
    });
}

// --- rule 4 ---

TEST_CASE("rule 4: 128 refuses a subscription whatever the final result says, and a lower QoS is part of the verdict") {
    struct row {
        std::vector<std::string> lines;
        std::string done;
    };
    const row table[] = {
        {{"+MQTTSUBACK: 1,128,t", "OK"}, "SUB refused, granted 128"},
        {{"OK", "+MQTTSUBACK: 1,128,t"}, "SUB refused, granted 128"},
        {{"+MQTTSUBACK: 1,0,t", "OK"}, "SUB acknowledged, granted 0"},
        {{"+MQTTSUBACK: 1,0,t", "+CME ERROR: 605"}, "SUB refused 605, granted 0"},
        {{"+MQTTSUBACK: 1,128,t", "+CME ERROR: 605"}, "SUB refused 605"},
        {{"+MQTTSUBACK: 1,1,t", "ERROR"}, "SUB refused, granted 1"},
        {{"+MQTTSUBACK: 1,7,t", "OK"}, "SUB refused, granted 7"},
    };
    for (const row& one : table) {
        CAPTURE(one.done);
        world w;
        w.sends(sub, sub_line);
        for (const std::string& line : one.lines) w.says(line);
        CHECK(w.told().back() == one.done);
    }
    world w;
    w.sends(sub, sub_line);
    w.says("+MQTTSUBACK: 1,128,t");
    (void)w.told();
    tells_after(w, 2000, {"SUB refused, granted 128"});
}

TEST_CASE("rule 4: a code of SUBACK that MQTT does not have is a refusal") {
    for (const char* const code : {"3", "127", "135", "255"}) {
        world w;
        w.sends(sub, sub_line);
        w.says("+MQTTSUBACK: 1,"s + code + ",t", "OK");
        CHECK(w.told().back() == "SUB refused, granted "s + code);
    }
}

TEST_CASE("rule 4: `+MQTTOPEN:FAIL` fails OPEN; an error behind it has the reason, OK changes nothing") {
    for (const char* const final : {"+CME ERROR: 603", "OK", "ERROR"}) {
        CAPTURE(final);
        world w;
        w.sends(open{}, open_line);
        w.says("+MQTTOPEN:FAIL");
        CHECK(w.told() == words{"answer +MQTTOPEN: FAIL"});
        w.says(final);
        CHECK(w.told() == words{final[0] == '+' ? "OPEN refused 603" : "OPEN refused"});
        CHECK(w.it.is_ready());
    }
    world w;
    w.sends(open{}, open_line);
    w.says("OK", "+MQTTOPEN:FAIL");
    CHECK(w.told() == words{"answer +MQTTOPEN: FAIL", "OPEN refused"});
    w.sends(open{}, open_line);
    w.says("+MQTTOPEN:FAIL");
    (void)w.told();
    tells_after(w, 2000, {"OPEN refused"});
    CHECK_FALSE(w.it.is_ready());
}

TEST_CASE("rule 4: a DISC that fails is refused, and the link is not taken to be closed") {
    world w;
    w.sends(disconnect{}, disc_line);
    w.says("+MQTTDISC: FAIL", "OK");
    CHECK(w.told() == words{"answer +MQTTDISC: FAIL", "DISC refused"});
}

// --- rule 5: the codes are in meaning.cpp ---

TEST_CASE("rule 5: an error that ends a command is its verdict, with the code; others are alarms") {
    at_each_clock([](world& w) {
        w.sends(sub, sub_line);
        w.says("+CME ERROR: 603", "+CME ERROR: 608", "+CME ERROR: 606");
        CHECK(w.told() == words{"alarm +CME ERROR: 603", "alarm +CME ERROR: 608", "SUB refused 606"});
        w.sends(open{}, open_line);
        w.says("+CME ERROR: 602");
        CHECK(w.told() == words{"OPEN refused 602"});
        w.sends(disconnect{}, disc_line);
        w.says("+CME ERROR: 620");
        CHECK(w.told() == words{"DISC refused 620"});
        w.sends(delete_configuration{}, "AT+MQTTDEL");
        w.says("+CME ERROR: 601");
        CHECK(w.told() == words{"DEL refused 601"});
    });
}

TEST_CASE("AT-31, rule 5: errors as text, without a code and with an unknown one end any command") {
    struct row {
        const char* line;
        const char* done;
    };
    for (const row& one : {row{"ERROR", "STAT? refused"}, row{"+CME ERROR", "STAT? refused"},
                           row{"+CME ERROR: operation not allowed", "STAT? refused"},
                           row{"+CME ERROR: 3", "STAT? refused 3"}, row{"+CME ERROR:65535", "STAT? refused 65535"}}) {
        CAPTURE(one.line);
        world w;
        w.sends(query_state{}, "AT+MQTTSTAT?");
        w.says(one.line);
        CHECK(w.told() == words{one.done});
    }
}

TEST_CASE(
    "rule 5: an error without a number may be any: a publish that ends by it may have been delivered, but before its "
    "prompt") {
    for (const char* const said : {"ERROR", "+CME ERROR", "+CME ERROR: publish failed"}) {
        CAPTURE(said);
        for (const qos level : {q0, q1, q2}) {
            world w;
            w.sends(pub(level), pub_line(level));
            w.says(said);
            CHECK(w.told() == words{"PUB unknown"});
        }
        world w;
        sends_counted(w);
        w.says(said);
        CHECK(w.told() == words{"PUB refused"});
    }
}
TEST_CASE("rule 5: a publish that ends by 608 to 613 may have been delivered, and by any code once PUBREC is here") {
    for (const char* const code : {"610", "611", "612"}) {
        world w;
        w.sends(pub(q2), pub_line(q2));
        w.says("+CME ERROR: "s + code);
        CHECK(w.told() == words{"PUB unknown "s + code});
    }
    world received;
    received.sends(pub(q2), pub_line(q2));
    received.says("+MQTTPUBREC: 0,5", "ERROR");
    CHECK(received.told() == words{"answer +MQTTPUBREC: 0,5", "PUB unknown"});
    for (const qos level : {q0, q1, q2}) {
        world w;
        w.sends(pub(level), pub_line(level));
        w.says("+CME ERROR: 608");
        CHECK(w.told() == words{"PUB unknown 608"});
        w.sends(pub(level), pub_line(level));
        w.says("+CME ERROR: 613");
        CHECK(w.told() == words{"PUB unknown 613"});
        w.sends(pub(level), pub_line(level));
        w.says("+CME ERROR: 601");
        CHECK(w.told() == words{"PUB refused 601"});
    }
    world w;
    w.sends(unsub, unsub_line);
    w.says("+CME ERROR: 613");
    CHECK(w.told() == words{"UNSUB unknown 613"});
    w.sends(sub, sub_line);
    w.says("+CME ERROR: 613");
    CHECK(w.told() == words{"SUB unknown 613"});
    w.sends(sub, sub_line);
    w.says("+CME ERROR: 605");
    CHECK(w.told() == words{"SUB refused 605"});
    w.sends(sub, sub_line);
    w.says("+MQTTSUBACK: 1,1,t", "OK");
    CHECK(w.told() == words{"answer +MQTTSUBACK: 1,1,t", "SUB acknowledged, granted 1"});  // none was owed
    w.sends(sub, sub_line);
    w.says("+MQTTSUBACK: 1,128,t", "+CME ERROR: 613");
    CHECK(w.told() == words{"answer +MQTTSUBACK: 1,128,t", "SUB refused 613"});
    w.sends(query_state{}, "AT+MQTTSTAT?");
    w.says("+CME ERROR: 613");
    CHECK(w.told() == words{"STAT? refused 613"});
}

TEST_CASE("rule 5: an error behind the acknowledgement of a message does not unsay it") {
    world w;
    w.sends(pub(q1), pub_line(q1));
    w.says("+MQTTPUBACK: 0,5", "+CME ERROR: 608");
    CHECK(w.told() == words{"answer +MQTTPUBACK: 0,5", "PUB acknowledged 608"});
}

// --- rule 6 ---

TEST_CASE("rule 6: `+MQTTTO` of its own kind ends a command as `no_ack`, and its final result is swallowed") {
    struct row {
        const char* alarm;
        const char* final;
        const char* done;
        const char* line;
        bool (*send)(chat&);
    };
    const row table[] = {
        {"+MQTTTO:1", "+CME ERROR: 604", "OPEN no_ack", open_line, [](chat& c) { return bool{c.send(open{})}; }},
        {"+MQTTTO:2", "+CME ERROR: 608", "PUB no_ack", "AT+MQTTPUB=\"t\",1,0,0,\"a\"",
         [](chat& c) { return bool{c.send(pub(q1))}; }},
        {"+MQTTTO: 2", "OK", "PUB no_ack", "AT+MQTTPUB=\"t\",2,0,0,\"a\"",
         [](chat& c) { return bool{c.send(pub(q2))}; }},
        {"+MQTTTO:3", "+CME ERROR: 605", "SUB no_ack", sub_line, [](chat& c) { return bool{c.send(sub)}; }},
        {"+MQTTTO:4", "+CME ERROR: 618", "UNSUB no_ack", unsub_line, [](chat& c) { return bool{c.send(unsub)}; }},
    };
    for (const row& one : table) {
        CAPTURE(one.line);
        at_each_clock([&](world& w) {
            REQUIRE(one.send(w.it));
            w.hands_out(one.line + "\r"s);
            w.pass(10000);
            w.says(one.alarm);
            CHECK(w.told() == words{one.done});
            CHECK_FALSE(w.it.is_ready());
            w.pass(1999);
            w.says(one.final);
            CHECK(w.told() == words{});
            CHECK(w.it.is_ready());
            w.sends(set_reconnect{true}, "AT+MQTTREC=1");
            w.says("OK");
            CHECK(w.told() == words{"REC acknowledged"});
        });
    }
}

TEST_CASE("rule 6: without its final result the next command waits for the grace; with it, for the pause only") {
    at_each_clock([](world& w) {
        w.sends(sub, sub_line);
        w.says("+MQTTTO:3");
        CHECK(w.told() == words{"SUB no_ack"});
        w.pass(1999);
        CHECK_FALSE(w.it.is_ready());
        w.pass(1);
        CHECK(w.it.is_ready());
        w.sends(sub, sub_line);
        w.says("OK", "+MQTTTO:3");
        CHECK(w.told() == words{"SUB no_ack"});
        CHECK(w.it.is_ready());
    });
}

TEST_CASE("rule 6: kinds of other commands, of pings and unknown ones are alarms") {
    world w;
    w.sends(sub, sub_line);
    w.says("+MQTTTO:1", "+MQTTTO:2", "+MQTTTO:4", "+MQTTTO:5", "+MQTTTO:6", "+MQTTTO:7");
    CHECK(w.told() == words{"alarm +MQTTTO: 1", "alarm +MQTTTO: 2", "alarm +MQTTTO: 4", "alarm +MQTTTO: 5",
                            "alarm +MQTTTO: 6", "alarm +MQTTTO: 7"});
    w.says("+MQTTSUBACK: 1,1,t", "OK");
    (void)w.told();
    w.sends(pub(q0), pub_line(q0));  // which nothing acknowledges
    w.says("+MQTTTO:2", "OK");
    CHECK(w.told() == words{"alarm +MQTTTO: 2", "PUB acknowledged"});
}

TEST_CASE("rule 6: a value past all kinds is none of them") {
    world w;
    w.sends(sub, sub_line);
    w.says("+MQTTTO:259", "+MQTTTO:515", "+MQTTSUBACK: 1,1,t", "OK");
    CHECK(w.told().back() == "SUB acknowledged, granted 1");
    w.sends(pub(q1), pub_line(q1));
    w.says("+MQTTTO:258", "+MQTTPUBACK: 0,5", "OK");
    CHECK(w.told() == words{"alarm +MQTTTO: 258", "answer +MQTTPUBACK: 0,5", "PUB acknowledged"});
}

TEST_CASE("rule 6: what is acknowledged is not late: the alarm is about something else") {
    world w;
    w.sends(pub(q1), pub_line(q1));
    w.says("+MQTTPUBACK: 0,5", "+MQTTTO:2", "OK");
    CHECK(w.told() == words{"answer +MQTTPUBACK: 0,5", "alarm +MQTTTO: 2", "PUB acknowledged"});
}

// --- rule 7 ---

TEST_CASE("AT-26, rule 7: `+MQTTTO` answers its query, and is ambiguous from 1 to 6") {
    for (const unsigned value : {0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 10U, 65535U}) {
        world w;
        w.sends(query_timeout{}, "AT+MQTTTO?");
        w.says("+MQTTTO: " + number(value), "OK");
        const std::string doubt = value >= 1 && value <= 6 ? " ambiguous" : "";
        CHECK(w.told() == words{"answer +MQTTTO: " + number(value) + doubt, "TO? acknowledged"});
        w.says("+MQTTTO: " + number(value));
        CHECK(w.told() == words{"alarm +MQTTTO: " + number(value)});
    }
}

TEST_CASE("AT-26, rule 7: `+MQTTREC` with two fields answers the query, with one it is an alarm") {
    world w;
    w.says("+MQTTREC: 1,2");
    CHECK(w.told() == words{"alarm +MQTTREC: 1,2"});
    w.sends(query_reconnect{}, "AT+MQTTREC?");
    w.says("+MQTTREC: 0", "+MQTTREC:1", "+MQTTREC: 1,2", "OK");
    CHECK(w.told() == words{"alarm +MQTTREC:0", "alarm +MQTTREC:1", "answer +MQTTREC: 1,2", "REC? acknowledged"});
}

TEST_CASE("AT-26, rule 7: `+MQTTDISC` answers DISC, and else is an alarm: the link is closed") {
    world w;
    w.says("+MQTTDISC:OK");
    w.sends(pub(q1), pub_line(q1));
    w.says("+MQTTDISC: OK");
    CHECK(w.told() == words{"alarm +MQTTDISC: OK", "alarm +MQTTDISC: OK"});
    CHECK(w.it.is_pending());
    w.says("+CME ERROR: 608");
    CHECK(w.told() == words{"PUB unknown 608"});
    w.sends(disconnect{}, disc_line);
    w.says("OK", "+MQTTDISC:OK", "+MQTTDISC: OK");
    CHECK(w.told() == words{"answer +MQTTDISC: OK", "DISC acknowledged", "alarm +MQTTDISC: OK"});
}

TEST_CASE("AT-33: two answers are two answers, and one verdict") {
    world w;
    w.sends(query_state{}, "AT+MQTTSTAT?");
    w.says("+MQTTSTAT: 1", "+MQTTSTAT: 0", "OK", "OK");
    CHECK(w.told() == words{"answer +MQTTSTAT: 1", "answer +MQTTSTAT: 0", "STAT? acknowledged", "alarm OK"});
}

// --- rule 8 ---

namespace {

/// A publish whose acknowledgement stays owed.
void owe(world& w, qos level) {
    w.sends(pub(level), pub_line(level));
    w.says("OK");
    w.pass(2000);
    CHECK(w.told() == words{"PUB accepted"});
}
/// SUB and UNSUB of the same topic, neither acknowledged yet.
void owe_both(world& w) {
    w.sends(sub, sub_line);
    w.says("OK");
    tells_after(w, 2000, {"SUB accepted"});
    w.sends(unsub, unsub_line);
    w.says("OK");
    tells_after(w, 2000, {"UNSUB accepted"});
}

}  // namespace

TEST_CASE("AT-33, rule 8: a late acknowledgement is an event of its own, named where only one is owed") {
    world w;
    owe(w, q1);
    w.says("+MQTTPUBACK: 0,5");
    CHECK(w.told() == words{"late +MQTTPUBACK: 0,5 of the last"});
    w.says("+MQTTPUBACK: 0,5");
    CHECK(w.told() == words{"late +MQTTPUBACK: 0,5"});
    owe(w, q2);
    w.says("+MQTTPUBACK: 0,6", "+MQTTPUBCOMP: 0,6");
    CHECK(w.told() == words{"late +MQTTPUBACK: 0,6", "late +MQTTPUBCOMP: 0,6 of the last"});
}

TEST_CASE("AT-33, rule 8: where two are owed neither is named, until one is left") {
    world w;
    owe(w, q1);
    owe(w, q2);
    w.sends(pub(q1), pub_line(q1));
    w.says("OK");
    w.pass(2000);
    (void)w.told();
    w.says("+MQTTPUBACK: 0,5", "+MQTTPUBACK: 0,6", "+MQTTPUBACK: 0,7", "+MQTTPUBCOMP: 0,8");
    CHECK(w.told() == words{"late +MQTTPUBACK: 0,5", "late +MQTTPUBACK: 0,6 of the last", "late +MQTTPUBACK: 0,7",
                            "late +MQTTPUBCOMP: 0,8 of the last"});
}

TEST_CASE("AT-33, rule 8: an acknowledgement that may be an older message's is not credited to the next") {
    world w;
    owe(w, q1);
    w.sends(pub(q1), pub_line(q1));
    w.says("+MQTTPUBACK: 0,5", "OK");
    CHECK(w.told() == words{"late +MQTTPUBACK: 0,5"});
    CHECK(w.it.is_pending());
    w.says("+MQTTPUBACK: 0,6");
    CHECK(w.told() == words{"answer +MQTTPUBACK: 0,6", "PUB acknowledged"});
    owe(w, q1);
    w.sends(pub(q1), pub_line(q1));
    w.says("+MQTTPUBACK: 0,7", "OK");
    CHECK(w.told() == words{"late +MQTTPUBACK: 0,7"});
    tells_after(w, 12000, {"PUB accepted"});
}

TEST_CASE("rule 8: one acknowledgement that never comes costs one message its own, and no more") {
    struct row {
        qos level;
        const char* ack;
    };
    for (const row& one : {row{q1, "+MQTTPUBACK: 0,6"}, row{q2, "+MQTTPUBCOMP: 0,6"}}) {
        world w;
        owe(w, one.level);
        for (const char* const how : {"OK first", "OK last"}) {
            CAPTURE(how);
            const bool is_first = how == "OK first"s;
            if (!is_first) owe(w, one.level);
            w.sends(pub(one.level), pub_line(one.level));
            if (is_first) w.says("OK");
            w.pass(1000);
            w.says(one.ack);
            if (!is_first) w.says("OK");
            CHECK(w.told() == words{"late "s + one.ack});
            tells_after(w, 12000, {"PUB accepted"});  // by then it would have come, whosever that was
            w.sends(pub(one.level), pub_line(one.level));
            w.says(one.ack, "OK");
            CHECK(w.told() == words{"answer "s + one.ack, "PUB acknowledged"});
        }
    }
}

TEST_CASE("once PUBREC has come, PUBCOMP has the whole time again, as the module gives it") {
    for (const bool is_ok_first : {true, false}) {
        CAPTURE(is_ok_first);
        world w;
        w.sends(pub(q2), pub_line(q2));
        if (is_ok_first) w.says("OK");
        w.pass(is_ok_first ? 1'999 : 11'999);
        w.says("+MQTTPUBREC: 0,6");
        w.pass(11'999);
        CHECK(w.told() == words{"answer +MQTTPUBREC: 0,6"});
        w.says("+MQTTPUBCOMP: 0,6");
        if (!is_ok_first) w.says("OK");
        CHECK(w.told() == words{"answer +MQTTPUBCOMP: 0,6", "PUB acknowledged"});
        w.sends(pub(q2), pub_line(q2));
        w.says("+MQTTPUBREC: 0,7");
        CHECK(w.told() == words{"answer +MQTTPUBREC: 0,7"});
        tells_after(w, 12'000, {"PUB no_answer"});
    }
}

TEST_CASE("PUBREC said again does not put off the end of that time") {
    world w;
    w.sends(pub(q2), pub_line(q2));
    w.says("+MQTTPUBREC: 0,6");
    w.pass(11'900);
    w.says("+MQTTPUBREC: 0,6");
    CHECK(w.told() == words{"answer +MQTTPUBREC: 0,6", "alarm +MQTTPUBREC: 0,6"});
    tells_after(w, 100, {"PUB no_answer"});
}

TEST_CASE("rule 8: what was not acknowledged for as long as that may take is owed no more") {
    for (const std::uint32_t span : {11'999U, 12'000U}) {
        CAPTURE(span);
        at_each_clock([span](world& w) {
            owe(w, q1);
            const instant then = w.now;
            w.sends(pub(q0), pub_line(q0));
            w.says("OK");
            w.pass(span - (w.now.ticks - then.ticks));
            (void)w.told();
            w.sends(pub(q1), pub_line(q1));
            w.says("+MQTTPUBACK: 0,6", "OK");
            const bool is_old = span == 12'000;
            CHECK(w.told() ==
                  (is_old ? words{"answer +MQTTPUBACK: 0,6", "PUB acknowledged"} : words{"late +MQTTPUBACK: 0,6"}));
        });
    }
}

TEST_CASE("rule 8: SUBACK and UNSUBACK that may be those of an older command are not credited to the next") {
    const subscribe again{"t", q2};
    for (const char* const way : {"it comes", "it does not", "it is old", "closed", "another link"}) {
        CAPTURE(way);
        world w;
        owe_both(w);
        if (way == "it is old"s) w.pass(12'000);
        if (way == "closed"s) w.says("+MQTTDISC: OK");
        if (way == "another link"s) w.says("+MQTTOPEN: OK");
        (void)w.told();
        const bool is_gone = way == "it is old"s || way == "closed"s || way == "another link"s;
        w.sends(again, "AT+MQTTSUB=\"t\",2");
        w.says("+MQTTSUBACK: 1,1,t", "OK");
        CHECK(w.told() == (is_gone ? words{"answer +MQTTSUBACK: 1,1,t", "SUB acknowledged, granted 1"}
                                   : words{"late +MQTTSUBACK: 1,1,t"}));
        if (way == "it comes"s) {
            w.says("+MQTTSUBACK: 2,2,t");
            CHECK(w.told() == words{"answer +MQTTSUBACK: 2,2,t", "SUB acknowledged, granted 2"});
            w.sends(unsub, unsub_line);
            w.says("+MQTT UNSUBACK:1,\"t\"", "+MQTT UNSUBACK:2,\"t\"", "OK");
            CHECK(w.told() ==
                  words{"late +MQTT UNSUBACK:1,\"t\"", "answer +MQTT UNSUBACK:2,\"t\"", "UNSUB acknowledged"});
        }
        if (way == "it does not"s) tells_after(w, 12'000, {"SUB accepted"});
    }
}

TEST_CASE("rule 8: SUBACK of an older command on another topic leaves the one under way its own") {
    world w;
    w.sends(subscribe{"other", q1}, "AT+MQTTSUB=\"other\",1");
    w.says("OK");
    tells_after(w, 2000, {"SUB accepted"});
    w.sends(sub, sub_line);
    w.says("+MQTTSUBACK: 1,1,other", "+MQTTSUBACK: 2,1,t", "OK");
    CHECK(w.told() == words{"late +MQTTSUBACK: 1,1,other", "answer +MQTTSUBACK: 2,1,t", "SUB acknowledged, granted 1"});
}

TEST_CASE("rule 8: a late SUBACK or UNSUBACK is of no message, and never said to be of the last") {
    world w;
    owe_both(w);
    w.says("+MQTTSUBACK: 1,1,t", "+MQTT UNSUBACK:1,\"t\"");
    CHECK(w.told() == words{"late +MQTTSUBACK: 1,1,t", "late +MQTT UNSUBACK:1,\"t\""});
}

TEST_CASE("rule 8: topics of one letter are told from each other, whatever is owed about one of them") {
    for (char letter = '`'; letter <= '~'; ++letter) {
        if (letter == 't') continue;
        const std::string topic(1, letter);
        CAPTURE(topic);
        world w;
        w.sends(sub, sub_line);
        w.says("OK");
        tells_after(w, 2000, {"SUB accepted"});
        w.sends(subscribe{topic, q1}, "AT+MQTTSUB=\"" + topic + "\",1");
        w.says("+MQTTSUBACK: 2,1," + topic, "OK");
        CHECK(w.told() == words{"answer +MQTTSUBACK: 2,1," + topic, "SUB acknowledged, granted 1"});
    }
}

TEST_CASE("rule 8: once all that was owed has come, its topics are none of those that are owed then") {
    world w;
    w.sends(sub, sub_line);
    w.says("OK");
    tells_after(w, 2000, {"SUB accepted"});
    w.says("+MQTTSUBACK: 1,1,t");
    w.sends(subscribe{"b", q1}, "AT+MQTTSUB=\"b\",1");
    w.says("OK");
    w.pass(2000);
    (void)w.told();
    w.sends(sub, sub_line);
    w.says("+MQTTSUBACK: 3,1,t", "OK");
    CHECK(w.told() == words{"answer +MQTTSUBACK: 3,1,t", "SUB acknowledged, granted 1"});
}

TEST_CASE("a line that ends a raw command ends no later one, and is told once") {
    const std::string_view finals[] = {"+MQTTSTAT: 1"};
    raw_command raw{"AT+X"};
    raw.extra_finals = finals;
    raw.extra_count = 1;
    world w;
    w.sends(raw, "AT+X");
    w.says("+MQTTSTAT: 1");
    CHECK(w.told() == words{"alarm +MQTTSTAT: 1", "raw acknowledged"});
    w.pass(100);
    w.says("+MQTTSTAT: 1");
    CHECK(w.told() == words{"alarm +MQTTSTAT: 1"});
}

TEST_CASE("a message whose length is wrong casts no doubt on a command of which no byte is out yet") {
    world w;
    w.sends(sub, sub_line);
    w.says("+MQTTSUBACK: 1,1,t", "OK");
    (void)w.told();
    REQUIRE(w.it.send(unsub));  // after the pause
    w.says("+MQTTPUBLISH: 0,0,0,0,\"u\",3,abcdef");
    CHECK(w.told() == words{"message q0 #0 u \"abc\" mismatch"});
    w.hands_out(std::string(unsub_line) + "\r");
    w.says("+MQTT UNSUBACK:2,\"t\"", "OK");
    CHECK(w.told() == words{"answer +MQTT UNSUBACK:2,\"t\"", "UNSUB acknowledged"});
}

TEST_CASE("rule 8: what is owed about one topic says nothing about another: its own SUBACK and UNSUBACK end it") {
    world w;
    w.sends(sub, sub_line);
    w.says("OK");
    tells_after(w, 2000, {"SUB accepted"});
    w.sends(subscribe{"b", q2}, "AT+MQTTSUB=\"b\",2");
    w.says("OK", "+MQTTSUBACK: 2,128,b");
    CHECK(w.told() == words{"answer +MQTTSUBACK: 2,128,b", "SUB refused, granted 128"});
    w.sends(unsub, unsub_line);
    w.says("OK");
    tells_after(w, 2000, {"UNSUB accepted"});
    w.sends(unsubscribe{"b"}, "AT+MQTTUNSUB=\"b\"");
    w.says("OK", "+MQTT UNSUBACK:3,\"b\"");
    CHECK(w.told() == words{"answer +MQTT UNSUBACK:3,\"b\"", "UNSUB acknowledged"});
    w.says("+MQTTSUBACK: 2,2,b");  // doubled: it is not the one that is owed
    CHECK(w.told() == words{"late +MQTTSUBACK: 2,2,b"});
    w.sends(sub, sub_line);
    w.says("+MQTTSUBACK: 1,1,t", "+MQTTSUBACK: 4,1,t", "OK");
    CHECK(w.told() == words{"late +MQTTSUBACK: 1,1,t", "answer +MQTTSUBACK: 4,1,t", "SUB acknowledged, granted 1"});
}

TEST_CASE("rule 8: what is owed about two topics of UNSUB is owed about each") {
    world w;
    w.sends(unsub, unsub_line);
    w.says("OK");
    tells_after(w, 2000, {"UNSUB accepted"});
    w.sends(unsubscribe{"b"}, "AT+MQTTUNSUB=\"b\"");
    w.says("OK");
    tells_after(w, 2000, {"UNSUB accepted"});
    w.says("+MQTT UNSUBACK:2,\"b\"");
    CHECK(w.told() == words{"late +MQTT UNSUBACK:2,\"b\""});
    w.sends(unsub, unsub_line);
    w.says("+MQTT UNSUBACK:1,\"t\"", "+MQTT UNSUBACK:3,\"t\"", "OK");
    CHECK(w.told() == words{"late +MQTT UNSUBACK:1,\"t\"", "answer +MQTT UNSUBACK:3,\"t\"", "UNSUB acknowledged"});
}

TEST_CASE("rule 8: nor is SUBACK owed of a SUB whose link is gone") {
    for (const char* const line : {"+MQTTDISC: OK", "+MQTTOPEN: OK"}) {
        CAPTURE(line);
        world w;
        w.sends(sub, sub_line);
        w.says("OK", line);
        CHECK(w.told() == words{"alarm "s + line});
        tells_after(w, 2000, {"SUB accepted"});
        w.sends(sub, sub_line);
        w.says("+MQTTSUBACK: 1,1,t", "OK");
        CHECK(w.told() == words{"answer +MQTTSUBACK: 1,1,t", "SUB acknowledged, granted 1"});
    }
}

TEST_CASE("rule 8: PUBREC that may be an older message's is an alarm") {
    world w;
    owe(w, q2);
    w.sends(pub(q2), pub_line(q2));
    w.says("+MQTTPUBREC: 0,5", "+MQTTPUBCOMP: 0,5", "+MQTTPUBREC: 0,6", "+MQTTPUBCOMP: 0,6", "OK");
    CHECK(w.told() == words{"alarm +MQTTPUBREC: 0,5", "late +MQTTPUBCOMP: 0,5", "answer +MQTTPUBREC: 0,6",
                            "answer +MQTTPUBCOMP: 0,6", "PUB acknowledged"});
}

TEST_CASE("rule 8: a message not offered yet, and one of another QoS, owe nothing") {
    world w;
    owe(w, q1);
    REQUIRE(w.it.send(pub(q1)));
    w.says("+MQTTPUBACK: 0,5");
    CHECK(w.told() == words{"late +MQTTPUBACK: 0,5 of the last"});
    w.hands_out(pub_line(q1) + "\r");
    w.says("+MQTTPUBACK: 0,6", "OK");
    CHECK(w.told() == words{"answer +MQTTPUBACK: 0,6", "PUB acknowledged"});
    owe(w, q1);
    w.sends(pub(q2), pub_line(q2));
    w.says("+MQTTPUBACK: 0,7");
    CHECK(w.told() == words{"late +MQTTPUBACK: 0,7 of the last"});
}

TEST_CASE("rule 8: of what was refused, or acknowledged, nothing is owed; of what is unknown it is") {
    world w;
    w.sends(pub(q1), pub_line(q1));
    w.says("+CME ERROR: 601", "+MQTTPUBACK: 0,1");
    CHECK(w.told() == words{"PUB refused 601", "late +MQTTPUBACK: 0,1"});
    w.sends(pub(q1), pub_line(q1));
    w.says("+MQTTPUBACK: 0,2", "+CME ERROR: 608", "+MQTTPUBACK: 0,2");
    CHECK(w.told() == words{"answer +MQTTPUBACK: 0,2", "PUB acknowledged 608", "late +MQTTPUBACK: 0,2"});
    w.sends(pub(q1), pub_line(q1));
    w.says("+CME ERROR: 608", "+MQTTPUBACK: 0,3");
    CHECK(w.told() == words{"PUB unknown 608", "late +MQTTPUBACK: 0,3 of the last"});
    w.sends(pub(q0), pub_line(q0));
    w.says("+CME ERROR: 608", "+MQTTPUBACK: 0,3");
    CHECK(w.told() == words{"PUB unknown 608", "late +MQTTPUBACK: 0,3"});
    w.sends(pub(q1), pub_line(q1));
    w.says("+MQTTTO:2", "+MQTTPUBACK: 0,4");
    CHECK(w.told() == words{"PUB no_ack", "late +MQTTPUBACK: 0,4 of the last"});
}

TEST_CASE("rule 8: with the link, or the module's memory, what is owed is gone") {
    world w;
    owe(w, q1);
    w.says("+MQTTDISC: OK");
    w.sends(pub(q1), pub_line(q1));
    w.says("+MQTTPUBACK: 0,5", "OK");
    CHECK(w.told() == words{"alarm +MQTTDISC: OK", "answer +MQTTPUBACK: 0,5", "PUB acknowledged"});
    owe(w, q1);
    w.it.restarted(w.now);
    w.pass(20);
    w.says("+MQTTPUBACK: 0,6");
    CHECK(w.told() == words{"late +MQTTPUBACK: 0,6"});
}

TEST_CASE("rule 8: with another link it is gone too where sessions are clean, as the module was told") {
    struct row {
        bool is_clean;
        const char* final;
        bool is_gone;
    };
    for (const row& one : {row{true, "OK", true}, row{false, "OK", false}, row{true, "ERROR", false}}) {
        CAPTURE(one.is_clean);
        CAPTURE(one.final);
        world w;
        w.sends(configure{"h", 1, "i", 1, "u", "p", one.is_clean, true, "", false},
                "AT+MQTTCFG=\"h\",1,\"i\",1,\"u\",\"p\","s + (one.is_clean ? "1" : "0"));
        w.says(one.final);
        (void)w.told();
        owe(w, q1);
        owe(w, q2);
        w.says("+MQTTOPEN:FAIL", "+MQTTREC:0", "+MQTTOPEN:OK");
        (void)w.told();
        w.sends(pub(q1), pub_line(q1));
        w.says("+MQTTPUBACK: 0,5", "OK");
        w.pass(12'000);
        CHECK(w.told().back() == (one.is_gone ? "PUB acknowledged" : "PUB accepted"));
    }
    world w;
    w.sends(configure{"h", 1, "i", 1, "u", "p", true, true, "", false}, "AT+MQTTCFG=\"h\",1,\"i\",1,\"u\",\"p\",1");
    w.says("OK");
    w.sends(raw_command{"AT+MQTTCFG=\"h\",1,\"i\",1,\"u\",\"p\",0"}, "AT+MQTTCFG=\"h\",1,\"i\",1,\"u\",\"p\",0");
    w.says("OK");
    (void)w.told();
    owe(w, q1);
    w.says("+MQTTOPEN:OK", "+MQTTPUBACK: 0,5");
    CHECK(w.told() == words{"alarm +MQTTOPEN: OK", "late +MQTTPUBACK: 0,5 of the last"});
}

TEST_CASE("rule 8: nor is the acknowledgement owed of the message that was under way") {
    for (const bool is_clean : {true, false}) {
        CAPTURE(is_clean);
        world w;
        w.sends(configure{"h", 1, "i", 1, "u", "p", is_clean, true, "", false},
                "AT+MQTTCFG=\"h\",1,\"i\",1,\"u\",\"p\","s + (is_clean ? "1" : "0"));
        w.says("OK");
        for (const bool is_closed : {true, false}) {
            CAPTURE(is_closed);
            w.pass(20);
            (void)w.told();
            w.sends(pub(q1), pub_line(q1));
            w.says(is_closed ? "+MQTTDISC: OK" : "+MQTTOPEN:OK", "+CME ERROR: 608");
            CHECK(w.told().back() == "PUB unknown 608");
            w.pass(20);
            w.sends(pub(q1), pub_line(q1));
            w.says("+MQTTPUBACK: 0,6", "OK");
            const bool is_gone = is_closed || is_clean;
            CHECK(w.told() ==
                  (is_gone ? words{"answer +MQTTPUBACK: 0,6", "PUB acknowledged"} : words{"late +MQTTPUBACK: 0,6"}));
            if (!is_gone) break;
        }
    }
}

TEST_CASE("a UART that takes no byte of a command ends it as one that was not answered") {
    for (const std::size_t taken : {0U, 1U, 5U}) {
        for (const bool is_counted : {false, true}) {
            CAPTURE(taken);
            CAPTURE(is_counted);
            world w;
            if (is_counted)
                REQUIRE(w.it.send_message({"t", q1, false, false, {}}, "\r"));
            else
                REQUIRE(w.it.send(sub));
            CHECK(w.take(taken).size() == taken);
            CHECK_FALSE(w.it.transmit().empty());
            w.pass(11'999);
            CHECK(w.told().empty());
            w.pass(1);
            CHECK(w.told() == words{is_counted ? "PUB no_answer" : "SUB no_answer"});
            CHECK(w.it.transmit().empty());
            if (is_counted) {  // all of it may have been taken, and its prompt be on its way
                w.pass(12'000);
                CHECK(w.told() == words{"stuck"});
                continue;
            }
            w.pass(2'000);
            CHECK(w.take() == "AT\r");
            w.says("ERROR");  // to what there was of both
            w.pass(300);
            CHECK(w.it.is_ready());
        }
    }
}

TEST_CASE("nor does a command wait for ever for somebody to ask for it") {
    world w;
    REQUIRE(w.it.send(sub));
    w.tick();
    w.pass(11'999);
    CHECK(w.told().empty());
    w.pass(1);
    CHECK(w.told() == words{"SUB no_answer"});
    CHECK(w.it.transmit().empty());
    w.pass(20);
    CHECK(w.it.is_ready());
    w.says("+MQTTSUBACK: 1,1,a/b");  // it was not sent: nothing is owed
    CHECK(w.told() == words{"late +MQTTSUBACK: 1,1,a/b"});
}

TEST_CASE("rule 8: a counted message refused before its prompt owes nothing") {
    world w;
    sends_counted(w);
    w.says("+CME ERROR: 608", "+MQTTPUBACK: 0,5");
    CHECK(w.told() == words{"PUB refused 608", "late +MQTTPUBACK: 0,5"});
}

TEST_CASE("rule 8: more than 255 are owed, and none is named") {
    world w;
    for (int count = 0; count != 258; ++count) {
        w.sends(pub(q1), pub_line(q1));
        w.says("+CME ERROR: 608");
    }
    (void)w.told();
    for (int count = 0; count != 254; ++count) w.says("+MQTTPUBACK: 0,5");
    for (const std::string& one : w.told()) CHECK(one == "late +MQTTPUBACK: 0,5");
}

TEST_CASE("rule 8: SUBACK and UNSUBACK of another topic are late, and never those of the command under way") {
    world w;
    w.sends(sub, sub_line);
    w.says("+MQTTSUBACK: 1,1,other", "+MQTT UNSUBACK:1,\"t\"", "+MQTTSUBACK: 1,1,tt", "OK");
    CHECK(w.told() == words{"late +MQTTSUBACK: 1,1,other", "late +MQTT UNSUBACK:1,\"t\"", "late +MQTTSUBACK: 1,1,tt"});
    tells_after(w, 2000, {"SUB accepted"});
}

// --- rule 9 ---

TEST_CASE("rule 9: behind the header every line is an item until OK, in each of its spellings") {
    world w;
    w.sends(query_subscriptions{}, "AT+MQTTSUB?");
    w.says("+MQTTSUB:", "dev/gsm/u", "a,1", "\"b,c\",2", "[d,0]", "+other: x", "> ", "AT+MQTTSUB?", "+MQTTSUB");
    CHECK(w.told() == words{"answer +MQTTSUB:", "item dev/gsm/u", "item a,1", "item b,c,2", "item d,0",
                            "item +other: x", "item > ", "item AT+MQTTSUB?", "text \"+MQTTSUB\""});
    w.says("OK");
    CHECK(w.told() == words{"SUB? acknowledged"});
    w.says("dev/gsm/u");
    CHECK(w.told() == words{"text \"dev/gsm/u\""});
}

TEST_CASE("AT-32, rule 9: a topic that looks like an alarm is one, and one named OK is the end") {
    world w;
    w.sends(query_subscriptions{}, "AT+MQTTSUB?");
    w.says("+MQTTSUB:", "+MQTTTO:5", "+MQTTREC:x", "a", "OK", "b", "OK");
    CHECK(w.told() == words{"answer +MQTTSUB:", "alarm +MQTTTO: 5", "malformed \"+MQTTREC:x\": not a number at 9",
                            "item a", "SUB? acknowledged", "text \"b\"", "alarm OK"});
}

TEST_CASE("rule 9: a list may take its time, line by line; an empty one is one too") {
    at_each_clock([](world& w) {
        w.sends(query_subscriptions{}, "AT+MQTTSUB?");
        w.pass(999);
        w.says("+MQTTSUB:");
        for (int item = 0; item != 5; ++item) {
            w.pass(999);
            w.says("a");
        }
        (void)w.told();
        w.pass(999);
        w.says("OK");
        CHECK(w.told() == words{"SUB? acknowledged"});
        w.sends(query_subscriptions{}, "AT+MQTTSUB?");
        w.says("+MQTTSUB:", "a");
        (void)w.told();
        tells_after(w, 1000, {"SUB? acknowledged"});
    });
}

TEST_CASE("rule 9: before the header a line is text") {
    world w;
    w.sends(query_subscriptions{}, "AT+MQTTSUB?");
    w.says("a", "OK");
    CHECK(w.told() == words{"text \"a\""});
    tells_after(w, 2000, {"SUB? accepted"});
}

TEST_CASE("a CFG that is refused changes nothing: sessions are clean as before") {
    world w;
    const configure clean{"h", 1, "i", 1, "u", "p", true, true, "", false};
    w.sends(clean, "AT+MQTTCFG=\"h\",1,\"i\",1,\"u\",\"p\",1");
    w.says("OK");
    w.pass(100);
    w.sends(clean, "AT+MQTTCFG=\"h\",1,\"i\",1,\"u\",\"p\",1");
    w.says("ERROR");
    w.pass(100);
    w.sends(pub(q1), pub_line(q1));
    w.says("OK");
    w.pass(12'000);
    w.told();
    w.says("+MQTTOPEN: OK");
    w.told();
    w.sends(pub(q1), pub_line(q1));
    w.says("+MQTTPUBACK: 0,1", "OK");
    CHECK(w.told() == words{"answer +MQTTPUBACK: 0,1", "PUB acknowledged"});
}

TEST_CASE("that an acknowledgement is not owed any more is due, to the millisecond") {
    world w;
    w.sends(pub(q1), pub_line(q1));
    w.says("OK");
    while (w.told() == words{}) w.pass(1);
    w.pass(3'000);
    REQUIRE(w.it.wait(w.now));
    CHECK(w.it.wait(w.now)->count() == 9'000);
    w.pass(9'000);
    CHECK(!w.it.wait(w.now));
}

TEST_CASE("a QoS 2 message that was acknowledged says nothing of the next one that is refused") {
    world w;
    w.sends(pub(q2), pub_line(q2));
    w.says("+MQTTPUBREC: 0,1", "+MQTTPUBCOMP: 0,1", "OK");
    w.pass(100);
    w.told();
    w.sends(pub(q1), pub_line(q1));
    w.says("+CME ERROR: 601");
    CHECK(w.told() == words{"PUB refused 601"});
}

TEST_CASE("rule 3: an answer that is said again puts off the end of the grace for no command") {
    const auto check = [](auto&& command, const std::string& line, const char* said, const std::string& ends) {
        CAPTURE(line);
        world w;
        w.sends(command, line);
        w.says(said);
        w.pass(1'900);
        w.says(said);
        w.told();
        tells_after(w, 100, {ends});
    };
    check(sub, sub_line, "+MQTTSUBACK: 1,1,t", "SUB acknowledged, granted 1");
    check(unsub, unsub_line, "+MQTTUNSUBACK: 2,t", "UNSUB acknowledged");
    check(pub(q1), pub_line(q1), "+MQTTPUBACK: 0,1", "PUB acknowledged");
    check(disconnect{}, disc_line, "+MQTTDISC: OK", "DISC acknowledged");
    check(query_state{}, "AT+MQTTSTAT?", "+MQTTSTAT: 1", "STAT? acknowledged");
}

TEST_CASE("rule 8: PUBCOMP of a message that was given up long ago is not that of the next one, whatever comes first") {
    const auto gives_up = [](world& w) {
        w.sends(pub(q2), pub_line(q2));
        w.says("+MQTTPUBREC: 0,1", "+MQTTTO:2", "+CME ERROR: 608");
        w.pass(60'000);
        w.told();
        w.sends(pub(q2), pub_line(q2));
    };
    const std::string late = "late +MQTTPUBCOMP: 0,1";
    SUBCASE("before its PUBREC") {
        world w;
        gives_up(w);
        w.says("+MQTTPUBCOMP: 0,1", "+MQTTPUBREC: 0,2", "+MQTTPUBCOMP: 0,2", "OK");
        CHECK(w.told() == words{late, "answer +MQTTPUBREC: 0,2", "answer +MQTTPUBCOMP: 0,2", "PUB acknowledged"});
    }
    SUBCASE("behind it") {
        world w;
        gives_up(w);
        w.says("+MQTTPUBREC: 0,2", "+MQTTPUBCOMP: 0,1", "+MQTTPUBCOMP: 0,2", "OK");
        CHECK(w.told() == words{"answer +MQTTPUBREC: 0,2", late, "answer +MQTTPUBCOMP: 0,2", "PUB acknowledged"});
    }
    SUBCASE("instead of both") {
        world w;
        gives_up(w);
        w.says("+MQTTPUBCOMP: 0,1", "OK");
        w.pass(2'000);
        CHECK(w.told() == words{late, "PUB accepted"});
    }
}

TEST_CASE("rule 8: SUBACK alone that is owed is not credited to the next SUB of that topic") {
    world w;
    w.sends(sub, sub_line);
    w.says("OK");
    tells_after(w, 2000, {"SUB accepted"});
    w.sends(subscribe{"t", q2}, "AT+MQTTSUB=\"t\",2");
    w.says("+MQTTSUBACK: 1,1,t", "OK");
    CHECK(w.told() == words{"late +MQTTSUBACK: 1,1,t"});
}
