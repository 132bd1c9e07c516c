// Tests of atmqtt/host/course.hpp: a module that is connected again and again, and does not stay so.
// SPDX-License-Identifier: MIT
#include "host_world.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using atmqtt::host_options;
using atmqtt::millis;
using atmqtt::qos;
using atmqtt::testing::host_world;

namespace {

std::uint32_t pause_in(std::string_view events) {
    const auto at = events.rfind("retrying ");
    REQUIRE(at != std::string_view::npos);
    return static_cast<std::uint32_t>(std::strtoul(events.data() + at + 9, nullptr, 10));
}
unsigned count_of(std::string_view wanted, std::string_view in) {
    unsigned count = 0;
    for (auto at = in.find(wanted); at != std::string_view::npos; at = in.find(wanted, at + 1)) ++count;
    return count;
}
/// The module is disconnected by its broker, and connected again 2 s later.
std::string relapse(host_world& world) {
    std::string events = world.hear("+MQTTREC:0");
    events += world.pass(2'000);
    if (world.it.is_open()) return events;
    events += "; " + world.hear("+MQTTOPEN: OK");
    return events += world.pass(2'000);
}

/// It is open, and will be disconnected if that is lost: it was five times.
void make_restless(host_world& world) {
    world.be_open();
    for (unsigned round = 0; round != 5; ++round) relapse(world);
    world.forget();
}
/// A counted message is under way, and the module says nothing any more.
void send_into_silence(host_world& world, bool is_prompted = true) {
    world.replies[""] = world.replies["AT+MQTTPUB="] = host_world::silence;
    REQUIRE(world.it.publish("t", "a\nb", qos::at_least_once, false));
    CHECK(world.commands() == "AT+MQTTPUB=\"t\",1,0,0,3|");
    if (is_prompted) CHECK(world.hear_bytes("\r\n> ").empty());
}
/// How often it is opened in an hour in which something is heard every three seconds.
template <class Hear>
unsigned openings(host_world& world, Hear hear) {
    unsigned opened = 0;
    for (unsigned round = 0; round != 1'200; ++round) {
        std::string events = hear();
        events += world.pass(3'000);
        opened += count_of("opened", events);
    }
    return opened;
}

}  // namespace

TEST_CASE(
    "a module that is connected again and again, and loses that at once, is disconnected, and opened after a pause") {
    host_world world;
    world.replies["AT+MQTTDISC"] = "OK|+MQTTDISC: OK";
    world.be_open();
    for (unsigned round = 0; round != 5; ++round) {
        CAPTURE(round);
        CHECK(relapse(world) == "alarm +MQTTREC:0; reconnecting 0; alarm +MQTTOPEN: OK; opened");
        CHECK(world.commands().find("DISC") == std::string::npos);
    }
    const std::string events = world.hear("+MQTTREC:0");
    CHECK_FALSE(world.it.is_open());
    CHECK(world.commands() == "AT+MQTTDISC|");
    CHECK(events.find("closed unstable; retrying ") != std::string::npos);
    const std::uint32_t pause = pause_in(events);
    CHECK(pause >= 16'000);
    CHECK(pause <= 32'000);
    world.hear("+MQTTOPEN: OK");  // its last try: it is disconnected all the same
    world.pass(pause - 1'000);
    CHECK(world.commands().empty());
    CHECK(atmqtt::ends_with(world.pass(2'000), "; opened"));
}

TEST_CASE("its tries become fewer: some fifteen an hour, where it would have made hundreds") {
    host_options options;
    options.failures = 0;
    host_world world{options};
    world.be_open();
    const unsigned opened =
        openings(world, [&] { return world.hear(world.it.is_open() ? "+MQTTREC:0" : "+MQTTOPEN: OK"); });
    CHECK(opened >= 12);
    CHECK(opened <= 30);
}
TEST_CASE(
    "a broker that hangs up at each SUBSCRIBE is asked some fifteen times an hour, whether the module says so or not") {
    for (const bool says_so : {true, false}) {
        CAPTURE(says_so);
        host_options options;
        options.failures = 0;
        host_world world{options};
        world.subscriptions = {{"not/allowed", qos::at_least_once}};
        world.replies["AT+MQTTSUB="] = "+CME ERROR: 613";
        world.replies["AT+MQTTSTAT?"] = "+MQTTSTAT: 2|OK";
        world.begin();
        unsigned tries = 0;
        for (unsigned round = 0; round != 1'200; ++round) {
            if (says_so) world.hear("+MQTTREC:0");
            world.hear("+MQTTOPEN: OK");
            world.pass(3'000);
            tries += count_of("AT+MQTTSUB=", world.commands());
        }
        CHECK(tries >= 12);
        CHECK(tries <= 30);
    }
}

TEST_CASE("who publishes as soon as it is open, and is acknowledged, has not seen it stay open by that") {
    host_world world;
    world.replies["AT+MQTTPUB="] = "+MQTTPUBACK: 0,1|OK";
    world.handler = [&](const atmqtt::host::event& found) {
        if (std::holds_alternative<atmqtt::on::opened>(found))
            CHECK(world.it.publish("t", "m", qos::at_least_once, false));
    };
    world.be_open();
    std::string events;
    for (unsigned round = 0; round != 6; ++round) events += relapse(world);
    CHECK(events.find("closed unstable") != std::string::npos);
}

TEST_CASE(
    "a minute of being open makes good all losses before it, whoever was busy meanwhile, at any time of the clock") {
    for (const std::uint32_t start : {0U, 0x7FFFF000U, 0xFFFF0000U}) {
        for (const std::uint32_t check : {0U, 7'000U, 60'000U, 600'000U}) {
            CAPTURE(start);
            CAPTURE(check);
            host_options options;
            options.check = millis{check};
            host_world world{options, start};
            world.be_open();
            for (unsigned round = 0; round != 4; ++round) relapse(world);
            world.pass(58'001);  // and the 2 s of the last
            for (unsigned round = 0; round != 5; ++round) {
                CAPTURE(round);
                CHECK(relapse(world).find("closed") == std::string::npos);
                world.forget();
            }
            CHECK(world.hear("+MQTTREC:0").find("closed") == std::string::npos);
        }
    }
}
TEST_CASE("a minute but for a tenth of a second does not") {
    host_options options;
    options.check = millis{0};
    host_world world{options};
    world.be_open();
    for (unsigned round = 0; round != 5; ++round) {
        world.pass(57'900);
        CHECK(relapse(world).find("closed") == std::string::npos);
    }
    world.pass(57'900);
    CHECK(world.hear("+MQTTREC:0").find("closed unstable") != std::string::npos);
}
TEST_CASE("tries of the module that connect nothing are none of these, however many") {
    host_world world;
    world.be_open();
    std::string events;
    for (unsigned number = 0; number != 20; ++number) {
        events += world.hear("+MQTTREC:" + std::to_string(number));
        events += world.pass(4'000);
    }
    CHECK(events.find("closed") == std::string::npos);
}

TEST_CASE("while it is disconnected for a pause") {
    host_world world;
    make_restless(world);
    world.replies["AT+MQTTDISC"] = host_world::silence;
    CHECK(world.hear("+MQTTREC:0") == "alarm +MQTTREC:0; reconnecting 0");
    CHECK(world.commands() == "AT+MQTTDISC|");
    SUBCASE("it is closed: that is the end") {
        world.it.close(world.now);
        CHECK(world.hear("OK|+MQTTDISC: OK") == "answer +MQTTDISC: OK; step DISC acknowledged; closed asked");
        CHECK(world.pass(3'600'000).empty());
    }
    SUBCASE("it was switched off and on: it is brought up at once, and all is forgotten") {
        world.it.restarted(world.now);
        world.replies["AT+MQTTDISC"] = "ERROR";
        const std::string events = world.pass(2'000);
        CHECK(events.find("closed") == std::string::npos);
        CHECK(atmqtt::ends_with(events, "opened"));
        CHECK(world.hear("+MQTTREC:0").find("closed") == std::string::npos);
    }
    SUBCASE("it does not answer: it is brought up after the pause all the same") {
        const std::string events = world.pass(30'000);
        CHECK(events.find("closed unstable; retrying ") != std::string::npos);
        world.replies["AT+MQTTDISC"] = "ERROR";
        CHECK(atmqtt::ends_with(world.pass(40'000), "; opened"));
    }
    SUBCASE("nothing else can be sent") {
        CHECK(world.it.publish("t", "m", qos::at_most_once, false).why().code == atmqtt::errc::not_open);
        CHECK(world.it.send(atmqtt::raw_command{"AT+CSQ"}).why().code == atmqtt::errc::busy);
        CHECK(world.it.open(world.wanted, world.now).why().code == atmqtt::errc::busy);
    }
}

TEST_CASE("a module that reconnects unseen while it is open starts anew as well: what was long before is forgiven") {
    host_options options;
    options.check = millis{0};
    host_world world{options};
    world.be_open();
    for (unsigned round = 0; round != 8; ++round) {
        world.pass(61'000);
        std::string events = world.hear("+MQTTOPEN: OK");
        events += world.pass(1'000);
        CHECK(atmqtt::ends_with(events, "opened"));
    }
    CHECK(pause_in(world.hear("+MQTTDISC: OK")) <= 1'000);
}
TEST_CASE(
    "it may still be counting a payload when it is to be disconnected for a pause: it is stuck then, and not closed") {
    host_world world;
    make_restless(world);
    send_into_silence(world, false);
    CHECK(world.pass(4'000).empty());
    CHECK(world.hear("+MQTTREC:0") == "alarm +MQTTREC:0; reconnecting 0");
    const std::string events = world.pass(60'000);
    CHECK(events.find("stuck") != std::string::npos);
    CHECK(events.find("closed") == std::string::npos);
    world.replies[""] = "OK";
    world.it.restarted(world.now);
    CHECK(atmqtt::ends_with(world.pass(2'000), "; opened"));
}

TEST_CASE("a module that starts anew again and again is brought up each time, and never given up") {
    host_options options;
    options.boot_line = "RDY";
    host_world world{options};
    world.be_open();
    for (unsigned round = 0; round != 100; ++round) {
        std::string events = world.hear("RDY");
        events += world.pass(2'000);
        CHECK(events.find("restarted") != std::string::npos);
        CHECK(events.find("retrying") == std::string::npos);
        CHECK(atmqtt::ends_with(events, "opened"));
    }
}
TEST_CASE("a module that reconnects unseen, again and again, is disconnected as one that says so") {
    host_options options;
    options.failures = 0;
    host_world world{options};
    world.be_open();
    const unsigned opened = openings(world, [&] { return world.hear("+MQTTOPEN: OK"); });
    CHECK(opened >= 12);
    CHECK(opened <= 30);
}
TEST_CASE("nor are tries that connect nothing any of these behind a pause: what comes of them is accepted") {
    host_world world;
    make_restless(world);
    world.replies["AT+MQTTOPEN"] = "+CME ERROR: 603";
    const std::uint32_t pause = pause_in(world.hear("+MQTTREC:0"));
    world.pass(pause + 1'000);
    for (const char* const number : {"0", "1"}) {
        CHECK(world.hear(std::string("+MQTTREC:") + number).find("closed") == std::string::npos);
        world.pass(4'000);
    }
    std::string events = world.hear("+MQTTOPEN: OK");
    events += world.pass(1'000);
    CHECK(atmqtt::ends_with(events, "opened"));
    CHECK(world.hear("+MQTTREC:0").find("closed unstable") != std::string::npos);
}
TEST_CASE("it stays open for weeks between two losses, and nobody looks: none of them is one too many") {
    host_options options;
    options.check = millis{0};
    host_world world{options};
    world.be_open();
    for (unsigned round = 0; round != 8; ++round) {
        for (unsigned days = 0; days != 26; ++days) world.pass(86'400'000);
        CHECK(relapse(world).find("closed") == std::string::npos);
    }
}
TEST_CASE("a command that goes on keeps DISC back: it is brought up after the pause all the same") {
    host_world world;
    make_restless(world);
    send_into_silence(world);
    world.hear("+MQTTREC:0");
    const std::string events = world.pass(20'000);
    CHECK(events.find("closed unstable; retrying ") != std::string::npos);
    CHECK(events.find("closed asked") == std::string::npos);
}
