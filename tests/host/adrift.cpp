// Behind lost bytes, a line that is too long, and a damaged header what is read as lines may be the rest of a message, and so may be
// written by a stranger: what host/chat.hpp and host/host.hpp make of it.
// SPDX-License-Identifier: MIT
#include "chat_world.hpp"
#include "host_world.hpp"

#include <atmqtt/host/chat.hpp>
#include <atmqtt/host/host.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace chat_world;
using namespace std::string_literals;
using atmqtt::ends_with;
using atmqtt::host_options;
using atmqtt::qos;
using atmqtt::testing::host_world;

namespace {

using atmqtt::chat_options;

constexpr std::uint32_t gap = 500;     // of silence, after which a payload has ended
constexpr std::uint32_t grace = 2000;  // in all

/// The ways to come there. The memory of the world is too small for the first.
void go_adrift(world& w, const std::string& by) {
    if (by == "overlong") w.hear("\r\n+MQTTPUBLISH: 0,0,0,0,\"" + std::string(1200, 't') + "\",21,\r\n");
    if (by == "damaged") w.hear("\r\n+MQTTPUBLISH: 0,0,0,\"t\",21,\r\n");
    if (by == "lost") w.it.lost(w.now);
    w.told();
}
const std::string ways[] = {"overlong", "damaged", "lost"};

}  // namespace

TEST_CASE("AT-20: adrift, a message that is sent then is not acknowledged by what a stranger wrote") {
    for (const std::string& way : ways) {
        CAPTURE(way);
        at_each_clock([&](world& w) {
            go_adrift(w, way);
            REQUIRE(w.it.send_message(pub(q1), "a"));  // by who handles the event
            CHECK(w.it.transmit().empty());
            w.says("+MQTTPUBACK: 0,1", "OK");  // the rest of the payload
            CHECK(w.told() == words{"late +MQTTPUBACK: 0,1", "alarm OK"});
            w.pass(gap - 1);
            CHECK(w.it.transmit().empty());
            w.pass(1);
            CHECK(w.take() == pub_line(q1) + "\r");
            w.says("+MQTTPUBACK: 0,2", "OK");
            CHECK(w.told() == words{"answer +MQTTPUBACK: 0,2", "PUB acknowledged"});
        });
    }
}

TEST_CASE("adrift, a command that was given is of unknown outcome, and one that was not is held back") {
    for (const std::string& way : ways) {
        CAPTURE(way);
        world given;
        given.sends(pub(q1), pub_line(q1));
        go_adrift(given, way);
        given.says("+MQTTPUBACK: 0,1", "OK");
        CHECK(given.told() == words{"answer +MQTTPUBACK: 0,1", "PUB unknown"});
        world held;
        REQUIRE(held.it.send(sub));
        go_adrift(held, way);
        CHECK(held.it.transmit().empty());
        held.pass(gap);
        CHECK(held.take() == sub_line + "\r"s);
        held.says("+MQTTSUBACK: 1,1,t", "OK");
        CHECK(held.told() == words{"answer +MQTTSUBACK: 1,1,t", "SUB acknowledged, granted 1"});
    }
}

TEST_CASE("adrift, a counted message is held back with its payload") {
    world w;
    REQUIRE(w.it.send_message({"t", q1, false, false, {}}, newline_payload));
    w.it.lost(w.now);
    CHECK(w.it.transmit().empty());
    w.pass(gap);
    CHECK(w.take() == counted_line + "\r"s);
    w.hear("\r\n> ");
    CHECK(w.take() == newline_payload);
    w.says("+MQTTPUBACK: 0,2", "OK");
    CHECK(w.told() == words{"answer +MQTTPUBACK: 0,2", "PUB acknowledged"});
}

TEST_CASE("it is adrift until nothing has come for the gap, and no longer than the grace") {
    world quiet;
    quiet.it.lost(quiet.now);
    CHECK(quiet.it.is_adrift());
    for (int lines = 0; lines != 3; ++lines) {
        quiet.pass(gap - 1);
        CHECK(quiet.it.is_adrift());
        quiet.hear("x");
    }
    quiet.pass(gap);
    CHECK(!quiet.it.is_adrift());
    world busy;
    busy.it.lost(busy.now);
    REQUIRE(busy.it.send(sub));
    std::uint32_t passed = 0;
    for (; busy.it.transmit().empty(); passed += 100) {
        REQUIRE(passed < 10'000);
        go_adrift(busy, "damaged");  // somebody goes on
        busy.pass(100);
    }
    CHECK(passed == grace);
}

TEST_CASE("what goes on for longer than the grace acknowledges nothing") {
    world w;
    go_adrift(w, "overlong");
    REQUIRE(w.it.send_message(pub(q1), "a"));
    for (std::uint32_t passed = 0; passed != grace; passed += 100) {
        CHECK(w.it.transmit().empty());
        w.says("+MQTTPUBACK: 0,1", "OK");
        w.pass(100);
    }
    w.told();
    CHECK(w.take() == pub_line(q1) + "\r");
    w.says("+MQTTPUBACK: 0,1", "OK");
    CHECK(w.told() == words{"answer +MQTTPUBACK: 0,1", "PUB unknown"});
    // Nor one that is sent once it has been quiet for too short a time.
    w.pass(gap - 1);
    CHECK(w.it.is_adrift());
    w.pass(1);
    CHECK(!w.it.is_adrift());
}

TEST_CASE("bytes that came before the silence was looked at are of before it") {
    world w;
    w.it.lost(w.now);
    w.now = w.now + atmqtt::millis{60'000};  // nobody has called it for so long
    std::string_view input = "\r\n+MQTTPUBACK: 0,1\r\n";
    while (w.it.receive(input, w.now)) {}
    CHECK(w.it.is_adrift());
}

TEST_CASE("adrift, what follows a verdict has the same silence before it") {
    world w;
    w.sends(pub(q0), pub_line(q0));
    w.it.lost(w.now);
    w.says("OK");  // whose?
    CHECK(w.told() == words{"PUB unknown"});
    REQUIRE(w.it.send(pub(q0)));
    w.pass(gap - 1);
    CHECK(w.it.transmit().empty());
    w.says("OK");  // the other
    CHECK(w.told() == words{"alarm OK"});
    w.pass(gap);
    CHECK(w.take() == pub_line(q0) + "\r");
}

TEST_CASE("adrift, a probe is sent and may be answered; the next command is not sent then") {
    world w;
    w.sends(atmqtt::query_state{}, "AT+MQTTSTAT?");
    w.pass(3000);
    CHECK(w.take() == "AT\r");
    w.hear("\r\n+MQTTPUBLISH: 0,0,0,\"t\",21,\r\n");
    w.says("OK");
    for (int lines = 0; lines != 3; ++lines) {
        w.pass(400);
        CHECK(w.take().empty());
        w.says("x");
    }
    REQUIRE(w.it.send(sub));
    w.pass(400);
    CHECK(w.it.transmit().empty());
    w.pass(100);
    CHECK(w.take() == sub_line + "\r"s);
}

TEST_CASE("what was answered adrift owes its acknowledgement all the same: it is not credited to the next message") {
    for (const char* const said : {"+MQTTPUBACK: 0,9", "ERROR"}) {
        CAPTURE(said);
        world w;
        w.sends(pub(q1), pub_line(q1));
        w.it.lost(w.now);
        w.says(said, "OK");  // a stranger's
        w.pass(gap);
        (void)w.told();
        w.sends(pub(q1), pub_line(q1));
        w.says("+MQTTPUBACK: 0,1", "OK");  // the first one's
        CHECK(w.told() == words{"late +MQTTPUBACK: 0,1"});
        w.says("+MQTTPUBACK: 0,2");
        CHECK(w.told() == words{"answer +MQTTPUBACK: 0,2", "PUB acknowledged"});
    }
}

TEST_CASE("what is owed is not taken for come, or gone with its link, by what is heard adrift") {
    for (const char* const said : {"+MQTTPUBACK: 0,9", "+MQTTDISC: OK", "+MQTTOPEN: OK"}) {
        CAPTURE(said);
        world w;
        w.sends(pub(q1), pub_line(q1));
        w.says("OK");
        w.pass(grace);
        CHECK(w.told() == words{"PUB accepted"});
        w.it.lost(w.now);
        w.says(said);
        const words told = w.told();
        REQUIRE(told.size() == 1);
        CHECK(!ends_with(told[0], "of the last"));
        w.pass(gap);
        w.sends(pub(q1), pub_line(q1));
        w.says("+MQTTPUBACK: 0,1", "OK");  // the first one's
        CHECK(w.told() == words{"late +MQTTPUBACK: 0,1"});
    }
}

TEST_CASE("adrift, no answer after the other puts off for ever that it is ready") {
    world w;
    w.sends(atmqtt::query_state{}, "AT+MQTTSTAT?");
    w.pass(3000);
    CHECK(w.take() == "AT\r");
    std::uint32_t passed = 0;
    for (; !w.it.is_ready(); passed += 200) {
        REQUIRE(passed < 10'000);
        w.it.lost(w.now);
        w.says("OK");
        w.pass(200);
    }
    CHECK(passed == 400);  // once it has settled, 300 ms behind the first
}

TEST_CASE("a message that silence has ended before its count goes adrift: the rest of it may still come") {
    world w;
    w.hear("\r\n+MQTTPUBLISH: 0,0,0,0,\"t\",40,abc");
    w.pass(gap);
    CHECK(w.told() == words{"message q0 #0 t \"abc\" mismatch"});
    REQUIRE(w.it.send_message(pub(q1), "a"));
    w.pass(100);
    CHECK(w.it.transmit().empty());
    w.says("+MQTTPUBACK: 0,1", "OK");
    CHECK(w.told() == words{"late +MQTTPUBACK: 0,1", "alarm OK"});
    w.pass(gap);
    CHECK(w.take() == pub_line(q1) + "\r");
}

TEST_CASE("a module that starts anew is not adrift, and a damaged line of another name is nothing of a message") {
    world w;
    w.it.lost(w.now);
    w.it.restarted(w.now);
    CHECK(!w.it.is_adrift());
    w.says("+MQTTSUBACK: 1");
    CHECK(!w.it.is_adrift());
}

// --- the host ---

TEST_CASE("AT-20: adrift, a host does not close for what it hears: it asks") {
    host_world world;
    world.be_open();
    const std::string header = "+MQTTPUBLISH: 0,0,0,\"t\",21,|";
    CHECK(world.hear(header + "+MQTTDISC: OK") == "malformed +MQTTPUBLISH: 0,0,0,\"t\",21,; alarm +MQTTDISC: OK");
    CHECK(world.it.is_open());
    CHECK(world.commands().empty());
    CHECK(world.pass(gap) == "answer +MQTTSTAT: 1; step STAT? acknowledged");
    CHECK(world.commands() == "AT+MQTTSTAT?|");
    CHECK(world.it.is_open());
    CHECK(world.it.is_ready());
    world.hear("+MQTTDISC: OK");  // which nothing stands before
    CHECK(!world.it.is_open());
}

TEST_CASE("adrift, it hears neither a boot line, nor an echo, nor that the module connects anew") {
    host_options options;
    options.boot_line = "READY";
    for (const char* const said : {"READY", "+MQTTOPEN: OK", "+MQTTREC: 0", "AT+MQTTPUB=\"p\",0,0,0,\"x\""}) {
        CAPTURE(said);
        host_world world{options};
        world.be_open();
        REQUIRE(world.it.publish("p", "x", qos::at_most_once, false));
        world.pass(100);
        world.forget();
        world.it.lost(world.now);
        world.hear(said);
        world.pass(5'000);
        CHECK(world.it.is_open());
        CHECK(world.commands() == "AT+MQTTSTAT?|");
    }
}

TEST_CASE("bytes were lost, and with them that the link is gone: it is asked") {
    host_world world;
    world.be_open();
    world.replies["AT+MQTTSTAT?"] = "+MQTTSTAT: 0|OK";
    world.it.lost(world.now);
    CHECK(ends_with(world.pass(1'000), "reconnecting 0"));
    CHECK(!world.it.is_open());
}

TEST_CASE("adrift, and a message that is published then is acknowledged by its own PUBACK") {
    host_world world;
    world.be_open();
    world.replies["AT+MQTTPUB"] = "OK|+MQTTPUBACK: 0,2";
    world.hear(std::string(900, 'y') + "|+MQTTPUBACK: 0,1|OK");
    world.pass(gap);
    world.forget();
    REQUIRE(world.it.publish("p", "x", qos::at_least_once, false));
    CHECK(ends_with(world.pass(100), "done PUB acknowledged"));
}

TEST_CASE("adrift, a check that is answered by nobody knows whom is made again") {
    host_options options;
    options.check = atmqtt::millis{0};
    host_world world{options};
    world.be_open();
    world.it.lost(world.now);
    world.pass(gap - 1);
    world.replies["AT+MQTTSTAT?"] = host_world::silence;
    world.pass(1);
    CHECK(world.commands() == "AT+MQTTSTAT?|");
    CHECK(ends_with(world.hear(std::string(900, 'y') + "|+MQTTDISC: OK|+MQTTSTAT: 1|OK"), "step STAT? unknown"));
    CHECK(world.it.is_open());
    CHECK(world.it.is_ready());
    world.replies["AT+MQTTSTAT?"] = "+MQTTSTAT: 0|OK";
    CHECK(ends_with(world.pass(5'000), "reconnecting 0"));
}

TEST_CASE("adrift while it subscribes, it neither begins anew nor closes for what it hears") {
    host_options options;
    options.boot_line = "READY";
    for (const char* const said : {"READY", "+MQTTDISC: OK", "+MQTTREC: 0", "+MQTTOPEN: OK"}) {
        CAPTURE(said);
        host_world world{options};
        world.subscriptions = {{"#", qos::at_most_once}, {"t", qos::at_most_once}};
        world.replies["AT+MQTTSUB=\"#"] =
            "+MQTTSUBACK: 1,0,#|OK|" + std::string(900, 'y') + "|" + said;  // a retained message
        CHECK(ends_with(world.open(), "; opened"));
        CHECK(world.commands().find("AT+MQTTSUB=\"t\",0|") != std::string::npos);
        CHECK(world.it.is_open());
    }
}
