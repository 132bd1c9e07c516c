// Tests of atmqtt/host/host.hpp: the user's commands, what is passed on, and what holds whatever happens.   [2.3.4 - 2.3.6]
// SPDX-License-Identifier: MIT
#include "host_world.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <variant>

using atmqtt::errc;
using atmqtt::host;
using atmqtt::host_options;
using atmqtt::millis;
using atmqtt::qos;
using atmqtt::raw_command;
using atmqtt::testing::host_world;

namespace {

errc outcome(const atmqtt::result<atmqtt::nothing>& sent) { return sent ? errc::none : sent.why().code; }

/// Every way to send something.
struct outcomes {
    errc publish, subscribe, unsubscribe, raw;

    explicit outcomes(host_world& in)
        : publish(outcome(in.it.publish("p", "x", qos::at_most_once, false))),
          subscribe(outcome(in.it.subscribe("s", qos::at_most_once))),
          unsubscribe(outcome(in.it.unsubscribe("s"))),
          raw(outcome(in.it.send(raw_command{"AT"}))) {}
    bool are(errc of_mqtt, errc of_raw) const {
        return publish == of_mqtt && subscribe == of_mqtt && unsubscribe == of_mqtt && raw == of_raw;
    }
};

}  // namespace

// --- when something can be sent ---

TEST_CASE("what is not open publishes nothing; a raw command goes at any time but while the host sends its own") {
    host_world world;
    CHECK(world.it.send(raw_command{"AT+CSQ"}));
    CHECK(world.events() == "done raw acknowledged");
    world.pass(20);
    CHECK(!world.it.publish("p", "x", qos::at_most_once, false));

    world.replies["AT+MQTTOPEN"] = host_world::silence;
    world.open();
    CHECK(outcomes{world}.are(errc::not_open, errc::busy));
    world.hear("+MQTTOPEN: OK|OK");
    CHECK(atmqtt::ends_with(world.pass(100), "opened"));

    world.replies["AT+MQTTPUB"] = host_world::silence;
    REQUIRE(world.it.publish("p", "x", qos::at_least_once, false));
    CHECK(outcomes{world}.are(errc::busy, errc::busy));
    CHECK(world.events().empty());
    CHECK(world.hear("OK|+MQTTPUBACK:0,1") == "answer +MQTTPUBACK: 0,1; done PUB acknowledged");
    world.hear("+MQTTREC:0");
    CHECK(!world.it.publish("p", "x", qos::at_most_once, false));
    CHECK(world.it.send(raw_command{"AT"}));
    world.pass(100);
    world.hear("+MQTTDISC: OK");
    CHECK(!world.it.publish("p", "x", qos::at_most_once, false));
    CHECK(world.it.send(raw_command{"AT"}));
}
TEST_CASE("no raw command comes between those of bringing up, at no millisecond of it") {
    host_world world;
    world.subscriptions = {{"t", qos::at_most_once}};
    world.begin();
    std::uint32_t ms = 0;
    for (; !world.it.is_open() && ms != 10'000; ++ms) {
        CHECK(world.it.send(raw_command{"AT+CSQ"}).why().code == errc::busy);
        CHECK(!world.it.is_ready());
        world.pass(1);
    }
    CHECK(ms > 100);
    CHECK(world.it.is_open());
    CHECK(world.commands().find("AT+CSQ") == std::string::npos);
}
TEST_CASE("a host goes on in other memory in the middle of a message whose payload stays where it is") {
    for (const bool has_other : {false, true}) {
        CAPTURE(has_other);
        host_world world;
        world.be_open();
        std::string payload = "two\nlines\r";
        world.replies["AT+MQTTPUB"] = world.replies["two"] = host_world::silence;
        REQUIRE(world.it.publish("p", payload, qos::at_least_once, false));
        world.events();
        std::string other = payload;
        if (has_other) {
            world.move(std::string_view(other));
            payload.assign(payload.size(), '#');
        } else {
            world.move();
        }
        world.hear_bytes("\r\n> ");
        CHECK(world.commands() == "AT+MQTTPUB=\"p\",1,0,0,10|two\nlines|");
    }
}
TEST_CASE("a host goes on with settings at another place, open or not") {
    host_world world;
    auto settings = std::make_unique<atmqtt::settings>(world.wanted);
    atmqtt::settings other;
    world.it.rebind(other);  // it has none
    REQUIRE(world.it.open(*settings, world.now));
    settings->timeout = 77;
    other = world.wanted;
    world.it.rebind(other);
    settings.reset();
    CHECK(atmqtt::ends_with(world.pass(10'000), "opened"));
    CHECK(world.commands().find("=77|") == std::string::npos);
    world.it.restarted(world.now);
    CHECK(atmqtt::ends_with(world.pass(10'000), "opened"));
    CHECK(world.commands().find("AT+MQTTTO=" + std::to_string(other.timeout) + "|") != std::string::npos);
}
TEST_CASE("a host goes on in other memory in the middle of a line, and of a command that is being handed out") {
    char rx[700] = {}, tx[1100] = {}, other_rx[700] = {}, other_tx[1100] = {};
    host it({}, rx, tx);
    REQUIRE(it.send(raw_command{"AT+CSQ"}));
    CHECK(it.transmit() == "AT+CSQ\r");
    it.transmitted(3, {});
    std::copy(std::begin(rx), std::end(rx), std::begin(other_rx));
    std::copy(std::begin(tx), std::end(tx), std::begin(other_tx));
    it.rebind(other_rx, other_tx);
    std::fill(std::begin(tx), std::end(tx), '#');
    CHECK(it.transmit() == "CSQ\r");
    it.transmitted(4, {});
    std::string_view input = "\r\nRI";
    while (it.receive(input, {})) {}
    std::copy(std::begin(other_rx), std::end(other_rx), std::begin(rx));
    std::copy(std::begin(other_tx), std::end(other_tx), std::begin(tx));
    it.rebind(rx, tx);
    std::fill(std::begin(other_rx), std::end(other_rx), '#');
    std::fill(std::begin(other_tx), std::end(other_tx), '#');
    input = "NG\r\n";
    const auto found = it.receive(input, {});
    REQUIRE(found);
    CHECK(atmqtt::testing::in_words(*found) == "text of the answer RING");
    atmqtt::settings wanted;  // what cannot be told is found by writing it, over what was lent last
    wanted.server.host = "h";
    wanted.server.id = "me";
    it.restarted({});
    (void)it.open(wanted, {});
    CHECK(std::count(std::begin(other_tx), std::end(other_tx), '#') == 1100);
}
TEST_CASE("is_ready says whether a command would be busy, at every millisecond of a day of trouble") {
    host_world world;
    world.begin();
    std::size_t changes = 0;
    bool was_ready = false;
    const auto watch = [&](std::uint32_t ms) {
        for (std::uint32_t at = 0; at != ms; ++at) {
            world.pass(1);
            host copy = world.it;
            const bool is_ready = copy.is_ready();
            const auto sent = copy.send(raw_command{"AT+X"});
            if (is_ready != bool{sent}) FAIL("is_ready is wrong");
            changes += is_ready != was_ready ? 1 : 0;
            was_ready = is_ready;
        }
    };
    watch(1'000);
    world.replies["AT+CSQ"] = host_world::silence;
    REQUIRE(world.it.send(raw_command{"AT+CSQ"}));
    watch(8'000);
    world.replies["AT+MQTTSTAT?"] = "+MQTTSTAT: 0|OK";
    watch(70'000);
    world.it.restarted(world.now);
    watch(2'000);
    world.it.close(world.now);
    watch(2'000);
    CHECK(changes > 4);
}

TEST_CASE("a module that has left a command unanswered is ready once it answers, open or not") {
    host_world world;
    world.replies[""] = host_world::silence;
    REQUIRE(world.it.send(raw_command{"AT+CSQ"}));
    CHECK(world.pass(1'000) == "done raw no_answer");
    CHECK_FALSE(world.it.is_ready());
    CHECK(world.pass(10'000).empty());
    CHECK_FALSE(world.it.is_ready());
    world.replies[""] = "OK";
    world.pass(2'000);
    CHECK(world.it.is_ready());
}

TEST_CASE("what cannot be formatted is refused, and the next one goes") {
    host_world world;
    world.be_open();
    CHECK(outcome(world.it.publish("p\"", "x", qos::at_most_once, false)) == errc::forbidden_byte);
    const std::string too_long(1'025, '\n');
    CHECK(outcome(world.it.publish("p", too_long, qos::at_most_once, false)) == errc::too_long);
    CHECK(outcome(world.it.subscribe(std::string(513, 's'), qos::at_most_once)) == errc::too_long);
    CHECK(outcome(world.it.unsubscribe("a\nb")) == errc::forbidden_byte);
    CHECK(outcome(world.it.send(raw_command{"AT\rAT"})) == errc::forbidden_byte);
    CHECK(world.events().empty());
    CHECK(world.commands().empty());
    CHECK(world.it.publish("p", "x", qos::at_most_once, false));
    CHECK(world.events() == "done PUB acknowledged");
}

TEST_CASE("each command has one verdict") {
    const struct {
        char what;  // p0 p1 p2, s, u, r
        const char* reply;
        const char* events;
    } rows[] = {
        {'0', "OK", "done PUB acknowledged"},
        {'1', "+MQTTPUBACK: 0,7|OK", "answer +MQTTPUBACK: 0,7; done PUB acknowledged"},
        {'1', "OK|+MQTTPUBACK: 0,7", "answer +MQTTPUBACK: 0,7; done PUB acknowledged"},
        {'2', "+MQTTPUBREC: 0,7|+MQTTPUBCOMP: 0,7|OK",
         "answer +MQTTPUBREC: 0,7; answer +MQTTPUBCOMP: 0,7; done PUB acknowledged"},
        {'1', "OK", "done PUB accepted"},
        {'1', "+CME ERROR: 608", "done PUB unknown 608"},
        {'1', "+CME ERROR: 601", "done PUB refused 601"},
        {'1', "+MQTTTO:2|+CME ERROR: 608", "done PUB no_ack"},
        {'1', "-", "done PUB no_answer"},
        {'s', "+MQTTSUBACK: 1,1,s|OK", "answer +MQTTSUBACK: 1,1,s; done SUB acknowledged at 1"},
        {'s', "+MQTTSUBACK: 1,128,s|OK", "answer +MQTTSUBACK: 1,128,s; done SUB refused"},
        {'s', "+CME ERROR: 606", "done SUB refused 606"},
        {'u', "+MQTT UNSUBACK: 1,\"s\"|OK", "answer +MQTT UNSUBACK:1,\"s\"; done UNSUB acknowledged"},
        {'r', "+CSQ: 20,99|OK", "text of the answer +CSQ: 20,99; done raw acknowledged"},
        {'r', "ERROR", "done raw refused"},
        {'r', "-", "done raw no_answer"},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.reply));
        host_options options;
        options.check = millis{0};
        host_world world{options};
        world.be_open();
        for (const char* const command : {"AT+MQTTPUB", "AT+MQTTSUB", "AT+MQTTUNSUB", "AT+CSQ"})
            world.replies[command] = row.reply;
        switch (row.what) {
            case 's': REQUIRE(world.it.subscribe("s", qos::at_least_once)); break;
            case 'u': REQUIRE(world.it.unsubscribe("s")); break;
            case 'r': REQUIRE(world.it.send(raw_command{"AT+CSQ"})); break;
            default: REQUIRE(world.it.publish("p", "x", static_cast<qos>(row.what - '0'), false));
        }
        std::string events = world.pass(60'000);
        const auto check = events.find("; answer +MQTTSTAT");  // after what is not known
        CHECK(events.substr(0, check) == row.events);
    }
}

// --- handlers ---

TEST_CASE("a handler answers the message that it looks at, and goes on looking") {
    host_world world;
    world.be_open();
    unsigned sent = 0;
    world.handler = [&](const host::event& found) {
        const auto* const m = std::get_if<atmqtt::on::message>(&found);
        if (m == nullptr) return;
        REQUIRE(world.it.publish("reply", "got it", qos::at_least_once, false));
        ++sent;
        CHECK(m->what.payload == "\r\nOK\r\n");
        CHECK(!world.it.publish("reply", "twice", qos::at_least_once, false));
    };
    world.replies["AT+MQTTPUB"] = "+MQTTPUBACK: 0,9|OK";
    CHECK(world.hear("+MQTTPUBLISH: 0,1,0,4,\"t\",6,\r\nOK\r\n|+MQTTTO:5") ==
          "message t at 1 6 \\x0D\\x0AOK\\x0D\\x0A; alarm +MQTTTO: 5; answer +MQTTPUBACK: 0,9; done PUB acknowledged");
    CHECK(sent == 1);
    CHECK(world.commands() == "AT+MQTTPUB=\"reply\",1,0,0,\"got it\"|");
}
TEST_CASE("a handler sends the next one when the one before is done") {
    host_world world;
    world.be_open();
    unsigned left = 5;
    std::string payload;  // is borrowed
    world.handler = [&](const host::event& found) {
        if (std::holds_alternative<atmqtt::on::done>(found) && left-- != 0) {
            payload = std::to_string(left);
            REQUIRE(world.it.publish("p", payload, qos::at_most_once, false));
        }
    };
    REQUIRE(world.it.publish("p", "first", qos::at_most_once, false));
    world.pass(1'000);
    CHECK(world.commands() ==
          "AT+MQTTPUB=\"p\",0,0,0,\"first\"|AT+MQTTPUB=\"p\",0,0,0,\"4\"|AT+MQTTPUB=\"p\",0,0,0,\"3\"|"
          "AT+MQTTPUB=\"p\",0,0,0,\"2\"|AT+MQTTPUB=\"p\",0,0,0,\"1\"|AT+MQTTPUB=\"p\",0,0,0,\"0\"|");
}
TEST_CASE("a handler publishes as soon as it is open, closes, and opens again") {
    host_world world;
    unsigned turns = 0;
    world.handler = [&](const host::event& found) {
        if (std::holds_alternative<atmqtt::on::opened>(found))
            REQUIRE(world.it.publish("p", "x", qos::at_most_once, false));
        if (std::holds_alternative<atmqtt::on::done>(found)) world.it.close(world.now);
        if (std::holds_alternative<atmqtt::on::closed>(found) && ++turns != 3)
            REQUIRE(world.it.open(world.wanted, world.now));
    };
    world.begin();
    world.pass(10'000);
    CHECK(turns == 3);
}

// --- what is passed on ---

TEST_CASE("what was not asked for is passed on, in its order, whatever the state") {
    const std::string lines =
        "+MQTTTO:5|+MQTTPINGRSP: OK|+CME ERROR: 609|+MQTTPUBREL: 0,4|RING|+MQTTPUBACK: 0,3|+MQTTSUBACK: x";
    const std::string words =
        "alarm +MQTTTO: 5; alarm +MQTTPINGRSP: OK; alarm +CME ERROR: 609; alarm +MQTTPUBREL: 0,4; "
        "text RING; late +MQTTPUBACK: 0,3; malformed +MQTTSUBACK: x";
    host_world world;
    CHECK(world.hear(lines) == words);
    world.be_open();
    CHECK(world.hear(lines) == words);
    world.hear("+MQTTREC:0");
    CHECK(world.hear(lines) == words);
    world.hear("+MQTTDISC: OK");
    CHECK(world.hear(lines) == words);
}
TEST_CASE("messages come while it is brought up, and while it is closed") {
    host_world world;
    const std::string message = "message t at 0 2 hi";
    CHECK(world.hear("+MQTTPUBLISH: 0,0,0,0,\"t\",2,hi") == message);
    world.replies["AT+MQTTOPEN"] = host_world::silence;
    world.open();
    CHECK(world.hear("+MQTTPUBLISH: 0,0,0,0,\"t\",2,hi") == message);
}
TEST_CASE("a message larger than its memory is told of") {
    host_world world;
    world.be_open();
    CHECK(world.hear("+MQTTPUBLISH: 0,0,0,0,\"t\",900," + std::string(900, 'x') + "|RING") ==
          "too_large t at 0 900; text RING");
    CHECK(world.hear(std::string(900, 'y') + "|RING").rfind("overlong ", 0) == 0);
}

// --- credentials ---

TEST_CASE("an echo of CFG, a module that shows it, and one that garbles it: no event holds the password") {
    const std::string secret(atmqtt::testing::password);
    host_world world;  // looks for it in each event
    world.echoes = true;
    world.replies["AT+MQTTCFG="] = "+MQTTCFG: \"h\",1883,\"me\",60,\"u\",\"" + secret + "\",0|what " + secret + "|OK";
    const std::string events = world.open();
    CAPTURE(events);
    CHECK(events.find("text 17 bytes") != std::string::npos);
    CHECK(atmqtt::ends_with(events, "opened"));
    world.hear("AT+MQTTCFG=\"h\",1883,\"me\",60,\"u\",\"" + secret + "\",0");
    world.hear("+MQTTCFG: \"h\",1883,\"me\",60,\"u\",\"" + secret);
}

// --- whatever the clock says, wherever the memory is ---

TEST_CASE("a day in the life, around every wrap of the clock, and in memory that moves, is the same") {
    const auto day = [](std::uint32_t start, bool moves) {
        host_options options;
        options.check = millis{30'000};
        host_world world{options, start};
        world.moves = moves;
        world.subscriptions = {{"t", qos::exactly_once}};
        world.replies["AT+MQTTPUB=\"none"] = host_world::silence;
        world.replies["AT+MQTTPUB=\"one"] = "+MQTTPUBACK: 0,1|OK";
        std::string log = world.open();
        const auto add = [&log](const std::string& more) { log += "; " + more; };
        REQUIRE(world.it.publish("one", "x", qos::at_least_once, false));
        add(world.pass(40'000));
        add(world.hear("+MQTTREC:0"));
        add(world.pass(95'000));
        REQUIRE(world.it.publish("none", "x", qos::at_least_once, false));
        add(world.pass(20'000));
        world.replies["AT+MQTTOPEN"] = "+CME ERROR: 603|+MQTTDISC: OK";
        add(world.hear("+MQTTDISC: OK"));
        add(world.pass(600'000));
        world.replies["AT+MQTTOPEN"] = "+MQTTOPEN: OK|OK";
        add(world.pass(300'000));
        world.it.close(world.now);
        add(world.pass(60'000));
        return log + world.commands();
    };
    const std::string as_it_is = day(0, false);
    CHECK(as_it_is.find("closed asked") != std::string::npos);
    CHECK(day(0, true) == as_it_is);
    for (const std::uint32_t wrap : {0x80000000U, 0U}) {
        for (std::uint32_t before = 0; before < 1'200'000; before += 7'919) {
            CAPTURE(wrap);
            CAPTURE(before);
            REQUIRE(day(wrap - before, before % 2 == 0) == as_it_is);
        }
        for (std::uint32_t before = 0; before != 400; ++before) REQUIRE(day(wrap - before, false) == as_it_is);
    }
}

TEST_CASE("a message that is to be retained is, in its command or counted") {
    host_world world;
    world.be_open();
    world.replies["AT+MQTTPUB"] = host_world::silence;
    REQUIRE(world.it.publish("p", "x", qos::at_most_once, true));
    CHECK(world.commands() == "AT+MQTTPUB=\"p\",0,1,0,\"x\"|");
    world.hear("OK");
    world.pass(30);
    REQUIRE(world.it.publish("p", "x\ny", qos::at_most_once, true));
    world.pass(30);
    CHECK(world.commands() == "AT+MQTTPUB=\"p\",0,1,0,3|");
}

TEST_CASE("between two steps of the host's own no command of the user comes, though the module could take one") {
    host_world world;
    unsigned tries = 0;
    world.handler = [&](const atmqtt::host::event& found) {
        if (!std::holds_alternative<atmqtt::on::step>(found) || world.it.is_open()) return;
        ++tries;
        CHECK_FALSE(world.it.is_ready());
        CHECK(world.it.send(atmqtt::raw_command{"AT+CSQ"}).why().code == errc::busy);
    };
    CHECK(atmqtt::ends_with(world.open(), "; opened"));
    CHECK(tries >= 8);
    CHECK(world.commands().find("CSQ") == std::string::npos);
}
