// Tests of atmqtt/host/host.hpp: back-off, giving up, closing, and a module that is stuck.
// SPDX-License-Identifier: MIT
#include "host_world.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

using atmqtt::errc;
using atmqtt::host_options;
using atmqtt::millis;
using atmqtt::qos;
using atmqtt::testing::host_world;

namespace {

std::uint32_t pause_in(const std::string& events) {
    const auto at = events.rfind("retrying ");
    REQUIRE(at != std::string::npos);
    return static_cast<std::uint32_t>(std::strtoul(events.c_str() + at + 9, nullptr, 10));
}
/// The pauses of so many failures in a row, each of which was kept to the millisecond.
std::vector<std::uint32_t> pauses(const host_options& options, unsigned count) {
    host_world world{options};
    world.replies["AT+MQTTOPEN"] = "+CME ERROR: 614";
    world.begin();
    std::vector<std::uint32_t> out;
    std::string events = world.pass(200);
    for (; out.size() != count; events = world.pass(200)) {
        out.push_back(pause_in(events));
        world.commands();
        // OPEN went out 160 ms after it began.
        CHECK(world.pass(out.back() - 41).empty());
        CHECK(world.commands().empty());
        CHECK(world.pass(1) == "step raw acknowledged");
        CHECK(world.commands() == "AT|");
    }
    return out;
}

}  // namespace

TEST_CASE("pauses double from 1 s to 5 min, each of between its half and its whole") {
    for (const std::uint32_t seed : {0U, 1U, 2U, 77U, 0xFFFFFFFFU}) {
        CAPTURE(seed);
        host_options options;
        options.failures = 0;
        options.seed = seed;
        const auto all = pauses(options, 20);
        std::uint32_t whole = 1'000;
        for (const std::uint32_t one : all) {
            CHECK(one >= whole / 2);
            CHECK(one <= whole);
            whole = whole < 150'000 ? whole * 2 : 300'000;
            if (whole > 256'000) whole = 300'000;
        }
    }
}
TEST_CASE("every pause within the bounds comes, and none outside: seed by seed") {
    std::set<std::uint32_t> seen;
    for (std::uint32_t seed = 1; seed != 400; ++seed) {
        host_options options;
        options.first_wait = options.longest_wait = millis{10};
        options.failures = 0;
        options.seed = seed * 2'654'435'761U;
        host_world world{options};
        world.replies["AT+MQTTOPEN"] = "+CME ERROR: 614";
        world.begin();
        seen.insert(pause_in(world.pass(160)));
    }
    CHECK(seen == std::set<std::uint32_t>{5, 6, 7, 8, 9, 10});
}
TEST_CASE("the same seed waits alike, another does not") {
    host_options options;
    options.failures = 0;
    const auto first = pauses(options, 8);
    CHECK(first == pauses(options, 8));
    options.seed = 2;
    CHECK(first != pauses(options, 8));
}
TEST_CASE("a pause of no time") {
    host_options options;
    options.first_wait = options.longest_wait = millis{0};
    host_world world{options};
    world.replies["AT+MQTTCFG="] = "ERROR";
    const std::string events = world.open();
    CHECK(events.find("closed refused; retrying 0; ") != std::string::npos);
}
TEST_CASE("once it was open the pauses begin anew") {
    host_options options;
    options.first_wait = options.longest_wait = millis{1'000};
    options.longest_wait = millis{300'000};
    host_world world{options};
    world.replies["AT+MQTTOPEN"] = "+CME ERROR: 614";
    world.open();
    world.pass(30'000);
    world.replies["AT+MQTTOPEN"] = "+MQTTOPEN: OK|OK";
    CHECK(atmqtt::ends_with(world.pass(64'000), "opened"));
    CHECK(pause_in(world.hear("+MQTTDISC: OK")) <= 1'000);
}

TEST_CASE("one that is lost as soon as it is open is opened less and less often, until it stays open") {
    host_world world;
    world.be_open();
    std::uint32_t longest = 0;
    for (unsigned round = 0; round != 12; ++round) {
        const std::uint32_t pause = pause_in(world.hear("+MQTTDISC: OK"));
        const std::uint32_t most = std::min(1'000U << round, 300'000U);
        CHECK(pause <= most);
        CHECK(pause >= most / 2);
        longest = std::max(longest, pause);
        CHECK(atmqtt::ends_with(world.pass(pause + 1'000), "opened"));
    }
    CHECK(longest >= 150'000);
    world.pass(61'000);  // it is looked whether it is open
    CHECK(pause_in(world.hear("+MQTTDISC: OK")) <= 1'000);
}

TEST_CASE("after so many failures in a row it gives up, and does no more") {
    for (const auto most : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{5}, std::uint8_t{255}}) {
        CAPTURE(most);
        host_options options;
        options.failures = most;
        options.longest_wait = millis{60'000};
        host_world world{options};
        world.replies["AT+MQTTCFG="] = "ERROR";
        world.begin();
        const std::string events = world.pass(86'400'000);
        unsigned count = 0;
        for (auto at = events.find("closed"); at != std::string::npos; at = events.find("closed", at + 1)) ++count;
        CHECK(count == most);
        CHECK(atmqtt::ends_with(events, "step CFG refused; closed refused; give_up"));
        CHECK(!world.it.wait(world.now));
        world.commands();
        CHECK(world.pass(86'400'000).empty());
        CHECK(world.commands().empty());
    }
}
TEST_CASE("it has given up until it is told otherwise") {
    host_options options;
    options.failures = 1;
    host_world world{options};
    world.replies["AT+MQTTCFG="] = "ERROR";
    CHECK(atmqtt::ends_with(world.open(), "; give_up"));
    world.replies["AT+MQTTCFG="] = "OK";
    SUBCASE("it is opened again") { CHECK(atmqtt::ends_with(world.open(), "; opened")); }
    SUBCASE("the module was switched off and on") {
        world.it.restarted(world.now);
        CHECK(atmqtt::ends_with(world.pass(1'000), "; opened"));
    }
    SUBCASE("it is closed") {
        world.it.close(world.now);
        CHECK(world.pass(1'000) == "closed asked");
        world.it.restarted(world.now);
        CHECK(world.pass(1'000).empty());
    }
}
TEST_CASE("a count of 0 never gives up") {
    host_options options;
    options.failures = 0;
    options.longest_wait = millis{1'000};
    host_world world{options};
    world.replies["AT+MQTTCFG="] = "ERROR";
    world.begin();
    CHECK(world.pass(600'000).find("give_up") == std::string::npos);
}

// --- closing ---

TEST_CASE("switched off and on as soon as it is told that it is closed: nothing is told of another try, or of none") {
    for (const std::uint8_t failures : {std::uint8_t{1}, std::uint8_t{10}}) {
        CAPTURE(failures);
        host_options options;
        options.failures = failures;
        host_world world{options};
        world.replies["AT+MQTTOPEN"] = "+CME ERROR: 614";
        world.handler = [&](const atmqtt::host::event& found) {
            if (!std::holds_alternative<atmqtt::on::closed>(found)) return;
            world.replies["AT+MQTTOPEN"] = "+MQTTOPEN: OK|OK";
            world.it.restarted(world.now);
        };
        const std::string events = world.open();
        CHECK(events.find("closed bad_credentials; step raw") != std::string::npos);
        CHECK(atmqtt::ends_with(events, "opened"));
    }
}

TEST_CASE("patience and first_wait of 0 are as 1: with a module that does not answer ticks come to an end") {
    host_options options;
    options.patience = options.first_wait = millis{0};
    options.failures = 0;
    host_world world{options};
    world.replies[""] = host_world::silence;
    world.open();
    CHECK(world.pass(5'000).find("closed no_answer; retrying 1") != std::string::npos);
}

TEST_CASE("a host whose UART takes nothing: it has failed after its patience, and is closed when asked to") {
    std::vector<char> rx(700), tx(1100);
    for (const bool is_closing : {false, true}) {
        CAPTURE(is_closing);
        host_world settings_of;
        atmqtt::host it{host_options{}, {rx.data(), rx.size()}, {tx.data(), tx.size()}};
        atmqtt::instant now{};
        REQUIRE(it.open(settings_of.wanted, now));
        std::vector<atmqtt::on::cause> causes;
        const auto pass = [&](std::uint32_t ms) {
            for (std::uint32_t at = 0; at <= ms; at += 100) {
                while (const auto found = it.tick(now))
                    if (const auto* const closed = std::get_if<atmqtt::on::closed>(&*found))
                        causes.push_back(closed->why);
                it.transmitted(0, now);
                (void)it.transmit();
                now = now + millis{100};
            }
        };
        if (is_closing) {
            pass(5'000);
            it.close(now);
            pass(40'000);
            CHECK(causes == std::vector<atmqtt::on::cause>{atmqtt::on::cause::asked});
        } else {
            pass(95'000);
            CHECK(causes == std::vector<atmqtt::on::cause>{atmqtt::on::cause::no_answer});
        }
    }
}

TEST_CASE("close disconnects") {
    for (const char* const reply : {"OK|+MQTTDISC: OK", "+MQTTDISC: OK|OK", "ERROR", "+CME ERROR: 620"}) {
        CAPTURE(std::string(reply));
        host_world world;
        world.be_open();
        world.replies["AT+MQTTDISC"] = reply;
        world.it.close(world.now);
        CHECK(!world.it.is_open());
        CHECK(atmqtt::ends_with(world.pass(100), "; closed asked"));
        CHECK(world.commands() == "AT+MQTTDISC|");
        CHECK(world.pass(600'000).empty());
        CHECK(world.commands().empty());
        world.it.close(world.now);
        CHECK(world.pass(1'000).empty());  // it is
        world.be_open();
    }
}
TEST_CASE("close, and the module does not answer") {
    host_world world;
    world.be_open();
    world.replies = {{"", host_world::silence}};
    world.it.close(world.now);
    CHECK(world.pass(10'000) == "step DISC no_answer; closed asked");
}
TEST_CASE("close, and the module has not answered before: 15 s, and it can be opened again") {
    host_world world;
    world.be_open();
    const auto replies = world.replies;
    world.replies = {{"", host_world::silence}};
    SUBCASE("it was open") {
        REQUIRE(world.it.publish("p", "x", qos::at_least_once, false));
        CHECK(world.pass(20'000) == "done PUB no_answer");
    }
    SUBCASE("it was reconnecting") {
        world.hear("+MQTTREC:0");
        REQUIRE(world.it.send(atmqtt::raw_command{"AT+CSQ"}));
        CHECK(world.pass(5'000) == "done raw no_answer");
    }
    world.it.close(world.now);
    CHECK(world.pass(14'999).empty());
    CHECK(world.pass(1) == "closed asked");
    world.replies = replies;
    world.begin();
    world.pass(60'000);
    CHECK(world.it.is_open());
}
TEST_CASE("close waits for what is under way") {
    host_world world;
    world.be_open();
    world.replies["AT+MQTTPUB"] = host_world::silence;
    REQUIRE(world.it.publish("p", "x", qos::at_least_once, false));
    world.it.close(world.now);
    CHECK(world.pass(1'000).empty());
    CHECK(world.hear("+MQTTPUBACK: 0,1|OK") == "answer +MQTTPUBACK: 0,1; done PUB acknowledged");
    CHECK(world.pass(100) == "step DISC refused; closed asked");
    CHECK(world.commands() == "AT+MQTTPUB=\"p\",1,0,0,\"x\"|AT+MQTTDISC|");
}
TEST_CASE("close waits for what is under way as long as that may take, though it is more than 15 s") {
    host_world world;
    world.wanted.timeout = 60;  // and 2 s for the module's own alarm
    world.be_open();
    world.replies["AT+MQTTPUB"] = host_world::silence;
    REQUIRE(world.it.publish("p", "x", qos::at_least_once, false));
    world.it.close(world.now);
    CHECK(world.pass(61'000).empty());
    CHECK(world.hear("+MQTTPUBACK: 0,1|OK") == "answer +MQTTPUBACK: 0,1; done PUB acknowledged");
    CHECK(world.pass(100) == "step DISC refused; closed asked");
}
TEST_CASE("close behind a restart: what was switched off and on is connected to nothing, and not told to disconnect") {
    host_world world;
    world.be_open();
    world.it.restarted(world.now);
    world.it.close(world.now);
    CHECK(world.pass(60'000).find("closed asked") != std::string::npos);
    CHECK(world.commands().find("AT+MQTTDISC") == std::string::npos);
}
TEST_CASE("a raw command puts off nothing that the host is waiting for") {
    host_options options;
    options.first_wait = options.longest_wait = millis{20'000};
    options.check = millis{60'000};
    SUBCASE("the next time") {
        host_world world{options};
        world.be_open();
        world.hear("+MQTTDISC: OK");
        for (int count = 0; count != 4; ++count) {
            world.pass(4'000);
            REQUIRE(world.it.send(atmqtt::raw_command{"AT+CSQ"}));
        }
        CHECK(atmqtt::ends_with(world.pass(5'000), "; opened"));
    }
    SUBCASE("the module's tries") {
        host_world world{options};
        world.be_open();
        world.hear("+MQTTREC:0");
        for (int count = 0; count != 8; ++count) {
            world.pass(10'000);
            REQUIRE(world.it.send(atmqtt::raw_command{"AT+CSQ"}));
        }
        CHECK(world.pass(9'999).find("closed") == std::string::npos);
        CHECK(world.pass(1).find("closed impatience") != std::string::npos);
    }
}
TEST_CASE("close twice does not put off the end") {
    host_world world;
    world.be_open();
    world.replies = {{"", host_world::silence}};
    REQUIRE(world.it.publish("p", "x", qos::at_least_once, false));
    CHECK(world.pass(20'000) == "done PUB no_answer");
    world.it.close(world.now);
    CHECK(world.pass(10'000).empty());
    world.it.close(world.now);
    CHECK(world.pass(4'999).empty());
    CHECK(world.pass(1) == "closed asked");
}
TEST_CASE("close behind a connection that came of itself: it is disconnected") {
    host_world world;
    world.be_open();
    world.hear("+MQTTDISC: OK");
    world.hear("+MQTTOPEN: OK");
    world.forget();
    world.it.close(world.now);
    CHECK(world.pass(1'000) == "step DISC refused; closed asked");
    CHECK(world.commands() == "AT+MQTTDISC|");
}
TEST_CASE("close at any moment of bringing up: it ends, says so once, and can be opened again") {
    for (std::uint32_t moment = 0; moment != 400; moment += 5) {
        for (const char* const quiet : {"none", "AT", "AT+MQTTCFG", "AT+MQTTOPEN", "AT+MQTTSUB"}) {
            CAPTURE(moment);
            CAPTURE(std::string(quiet));
            host_world world;
            world.subscriptions = {{"t", qos::at_most_once}, {"u", qos::at_most_once}};
            const auto replies = world.replies;
            world.replies[quiet] = host_world::silence;
            if (std::string(quiet) == "AT") world.replies = {{"", host_world::silence}};
            world.begin();
            world.pass(moment);
            world.it.close(world.now);
            CHECK(!world.it.is_open());
            world.replies = replies;
            const std::string events = world.pass(60'000);
            CHECK(events.find("closed asked") != std::string::npos);
            CHECK(events.find("closed") == events.rfind("closed"));
            CHECK(events.find("opened") == std::string::npos);
            world.begin();
            world.pass(60'000);
            CHECK(world.it.is_open());
        }
    }
}
TEST_CASE("close while a command is under way that brings it up: once that is over, and DISC is not due") {
    host_world world;
    world.replies["AT+MQTTCFG="] = host_world::silence;
    world.open();
    world.it.close(world.now);
    CHECK(world.pass(1'000).empty());
    CHECK(world.hear("OK") == "step CFG acknowledged; closed asked");
    world.commands();
    CHECK(world.pass(60'000).empty());
    CHECK(world.commands().empty());
    world.begin();  // at once
}
TEST_CASE("close while it waits for something") {
    SUBCASE("for the module's tries") {
        host_world world;
        world.be_open();
        world.hear("+MQTTREC:0");
        world.it.close(world.now);
        CHECK(world.pass(100) == "step DISC refused; closed asked");  // the module is to stop them
    }
    SUBCASE("for the next time") {
        host_world world;
        world.be_open();
        world.hear("+MQTTDISC: OK");
        world.it.close(world.now);
        CHECK(world.pass(1'000) == "closed asked");
        CHECK(world.pass(600'000).empty());
        CHECK(world.commands().empty());
    }
}
TEST_CASE("close where it may be connected, though that is not known: it is disconnected") {
    SUBCASE("before it was told anything") {
        host_world world;
        world.begin();
        world.it.close(world.now);
        CHECK(world.pass(100) == "step raw acknowledged; step raw acknowledged; step DISC refused; closed asked");
        CHECK(world.commands() == "AT|ATE0|AT+MQTTDISC|");
    }
    SUBCASE("OPEN had no answer, but comes about") {
        host_world world;
        world.replies["AT+MQTTOPEN"] = host_world::silence;
        world.open();
        CHECK(world.pass(40'000).find("closed no_answer; retrying") != std::string::npos);
        world.commands();
        world.hear("+MQTTOPEN: OK");
        world.it.close(world.now);
        CHECK(atmqtt::ends_with(world.pass(3'000), "step DISC refused; closed asked"));
        CHECK(world.commands() == "AT|AT+MQTTDISC|");
    }
    SUBCASE("it was not waited for any longer") {
        host_world world;
        world.be_open();
        world.hear("+MQTTREC:2");
        CHECK(world.pass(90'000).rfind("closed impatience; retrying", 0) == 0);
        world.it.close(world.now);
        CHECK(world.pass(100) == "step DISC refused; closed asked");
    }
    SUBCASE("DISC of the bringing up was told late") {
        host_world world;
        world.replies["AT+MQTTDISC"] = "OK";
        world.replies["AT+MQTTOPEN"] = host_world::silence;
        world.open();
        world.pass(3'000);
        CHECK(world.hear("+MQTTDISC: OK") == "alarm +MQTTDISC: OK");
        world.hear("+MQTTOPEN: OK|OK");
        CHECK(atmqtt::ends_with(world.pass(1'000), "opened"));
        world.commands();
        world.it.close(world.now);
        world.pass(3'000);
        CHECK(world.commands() == "AT+MQTTDISC|");
    }
    SUBCASE("it says that it is, or did so before an error, or the error does not say that nothing is tried any more") {
        for (const char* const reply :
             {"+CME ERROR: 602", "+MQTTOPEN: OK|ERROR", "+CME ERROR", "ERROR", "+CME ERROR: 615"}) {
            host_world world;
            world.replies["AT+MQTTOPEN"] = reply;
            world.open();
            world.it.close(world.now);
            CHECK(world.pass(100) == "step DISC refused; closed asked");
        }
    }
    SUBCASE("it was given up") {
        host_options options;
        options.failures = 1;
        host_world world{options};
        world.replies["AT+MQTTOPEN"] = host_world::silence;
        world.open();
        CHECK(atmqtt::ends_with(world.pass(60'000), "closed no_answer; give_up"));
        world.it.close(world.now);
        CHECK(world.pass(100) == "step DISC refused; closed asked");
    }
}
TEST_CASE("a module that starts anew while it is being closed is closed") {
    host_world world;
    world.be_open();
    world.replies["AT+MQTTDISC"] = host_world::silence;
    world.it.close(world.now);
    world.events();
    world.it.restarted(world.now);
    CHECK(world.pass(30'000) == "step DISC no_answer; closed asked");
}

TEST_CASE("nor is it brought up where it says itself that it starts anew while it is being closed") {
    host_options options;
    options.boot_line = "*ATREADY: 1";
    host_world world{options};
    world.be_open();
    world.replies["AT+MQTTDISC"] = host_world::silence;
    world.it.close(world.now);
    CHECK(world.hear("*ATREADY: 1") == "text *ATREADY: 1");
    CHECK(world.pass(30'000) == "step DISC no_answer; closed asked");
    CHECK(world.commands() == "AT+MQTTDISC|AT|");
}

TEST_CASE("and so is one that starts anew before it was told: it is not told any more") {
    host_world world;
    world.be_open();
    world.it.close(world.now);
    world.it.restarted(world.now);
    CHECK(world.pass(30'000) == "closed asked");
    CHECK(world.commands().empty());
}
TEST_CASE("opened and closed in a row: each end is told before it is opened again") {
    host_world world;
    for (int i = 0; i != 8; ++i) {
        REQUIRE(world.it.open(world.wanted, world.now));
        world.it.close(world.now);
        CHECK(world.it.open(world.wanted, world.now).why().code == errc::busy);
        CHECK(world.pass(100) == "step DISC refused; closed asked");  // it may have been open before
    }
}
TEST_CASE("close twice is close") {
    host_world world;
    world.be_open();
    world.replies["AT+MQTTDISC"] = host_world::silence;
    world.it.close(world.now);
    CHECK(world.events().empty());
    world.it.close(world.now);
    CHECK(world.commands() == "AT+MQTTDISC|");
    CHECK(world.hear("OK|+MQTTDISC: OK") == "answer +MQTTDISC: OK; step DISC acknowledged; closed asked");
    CHECK(world.pass(600'000).empty());
}

TEST_CASE("settings that have become such as no module could be told: it is tried again, and again") {
    host_world world;
    world.be_open();
    world.wanted.server.host = "h\"";
    world.hear("+MQTTDISC: OK");
    const std::string events = world.pass(2'000);
    CHECK(events.find("closed refused; retrying ") != std::string::npos);
    CHECK(world.commands().find("AT+MQTTCFG=") == std::string::npos);
    world.wanted.server.host = "h";
    CHECK(atmqtt::ends_with(world.pass(60'000), "; opened"));
}

// --- stuck ---

TEST_CASE("a module that counts and does not answer, closed before that is known: stuck comes all the same") {
    host_world world;
    world.be_open();
    world.replies["AT+MQTTPUB"] = host_world::silence;
    REQUIRE(world.it.publish("p", "with\r\nlines", qos::at_least_once, false));
    world.events();
    SUBCASE("while it is open") {
        world.it.close(world.now);
        CHECK(world.pass(60'000) == "done PUB no_answer; closed asked; stuck");
    }
    SUBCASE("while it waits for its next try") {
        world.hear("+MQTTDISC: OK");
        world.it.close(world.now);
        CHECK(world.pass(60'000) == "closed asked; done PUB no_answer; stuck");
    }
    SUBCASE("once its time is over: DISC is held back until that is known, and then is no use") {
        CHECK(world.pass(12'000) == "done PUB no_answer");
        world.it.close(world.now);
        CHECK(world.pass(60'000) == "stuck; closed asked");
    }
    CHECK(world.commands() == "AT+MQTTPUB=\"p\",1,0,0,11|");
    CHECK(world.open() == "stuck");
}
TEST_CASE("a module that counts and does not answer is not told anything, until it was switched off and on") {
    host_world world;
    world.be_open();
    world.replies["AT+MQTTPUB"] = host_world::silence;
    REQUIRE(world.it.publish("p", "with\r\nlines", qos::at_least_once, false));
    CHECK(world.pass(12'000) == "done PUB no_answer");
    CHECK(world.pass(12'000) == "stuck");
    CHECK(world.commands() == "AT+MQTTPUB=\"p\",1,0,0,11|");
    CHECK(!world.it.is_open());
    CHECK(!world.it.wait(world.now));
    CHECK(world.pass(86'400'000).empty());
    CHECK(world.commands().empty());
    CHECK(world.it.publish("p", "x", qos::at_most_once, false).why().code == errc::not_open);
    CHECK(world.it.send(atmqtt::raw_command{"AT"}).why().code == errc::busy);
    world.replies.erase("AT+MQTTPUB");
    SUBCASE("it was") {
        world.it.restarted(world.now);
        CHECK(atmqtt::ends_with(world.pass(1'000), "; opened"));
    }
    SUBCASE("or the answer was lost") {
        world.it.lost(world.now);
        CHECK(atmqtt::ends_with(world.pass(10'000), "; opened"));
    }
    SUBCASE("or it has counted long enough, and says so") {
        CHECK(world.hear("+CME ERROR: 608").empty());
        const std::string events = world.pass(10'000);
        CAPTURE(events);
        CHECK(atmqtt::ends_with(events, "; opened"));
    }
    SUBCASE("it is closed") {
        world.it.close(world.now);
        CHECK(world.it.open(world.wanted, world.now).why().code == errc::busy);  // its end is not told yet
        CHECK(world.pass(1'000) == "closed asked");
        CHECK(world.commands().empty());
    }
    SUBCASE("it is closed, and who opens it again is told again") {
        world.it.close(world.now);
        CHECK(world.pass(1'000) == "closed asked");
        CHECK(world.open() == "stuck");
        CHECK(world.pass(86'400'000).empty());
        CHECK(world.commands().empty());
        world.it.restarted(world.now);
        CHECK(atmqtt::ends_with(world.pass(1'000), "; opened"));
    }
    SUBCASE("it is closed, and was before it is opened again") {
        world.it.close(world.now);
        CHECK(world.pass(1'000) == "closed asked");
        world.it.restarted(world.now);
        CHECK(atmqtt::ends_with(world.open(), "; opened"));
    }
}
TEST_CASE("the answer to a counted message was lost: once it cannot be counting, it is asked, and goes on") {
    for (const std::uint16_t timeout : {std::uint16_t{1}, std::uint16_t{10}}) {
        CAPTURE(timeout);
        host_world world;
        world.wanted.timeout = timeout;
        world.be_open();
        world.replies["AT+MQTTPUB"] = host_world::silence;
        REQUIRE(world.it.publish("p", "with\r\nlines", qos::at_least_once, false));
        world.events();
        world.commands();
        CHECK(world.hear_bytes("\r\n> ").empty());
        world.commands();
        world.replies.erase("AT+MQTTPUB");
        world.it.lost(world.now);
        const std::string events = world.pass(60'000);
        CAPTURE(events);
        CHECK(events.find("done PUB") != std::string::npos);
        CHECK(events.find("stuck") == std::string::npos);
        CHECK(world.it.is_open());
        CHECK(world.it.is_ready());
    }
}
TEST_CASE("a module that counts and does not answer, given up before that is known: it can be opened again, once it "
          "was mended") {
    host_options options;
    options.failures = 1;
    host_world world{options};
    world.be_open();
    world.replies["AT+MQTTPUB"] = host_world::silence;
    REQUIRE(world.it.publish("p", "with\r\nlines", qos::at_least_once, false));
    CHECK(world.hear("+MQTTDISC: OK") == "alarm +MQTTDISC: OK; closed gave_up; give_up");
    CHECK(world.pass(60'000) == "done PUB no_answer; stuck");
    world.commands();
    CHECK(world.open() == "stuck");
    CHECK(world.commands().empty());
    world.it.restarted(world.now);
    CHECK(atmqtt::ends_with(world.pass(1'000), "; opened"));
}

TEST_CASE("opened again after it was given up: the failures are counted anew") {
    host_options options;
    options.failures = 2;
    host_world world{options};
    world.replies["AT+MQTTCFG="] = "ERROR";
    world.open();
    CHECK(atmqtt::ends_with(world.pass(10'000), "give_up"));
    CHECK(world.open().find("give_up") == std::string::npos);
    CHECK(atmqtt::ends_with(world.pass(10'000), "give_up"));
}

TEST_CASE("switched off and on: the failures are counted anew") {
    host_options options;
    options.failures = 2;
    host_world world{options};
    world.replies["AT+MQTTCFG="] = "ERROR";
    CHECK(world.open().find("retrying") != std::string::npos);
    world.it.restarted(world.now);
    const std::string events = world.pass(400);
    CHECK(events.find("retrying") != std::string::npos);
    CHECK(events.find("give_up") == std::string::npos);
}

TEST_CASE("closed, nothing is waited for") {
    host_world world;
    world.replies["AT+MQTTDISC"] = "+MQTTDISC: OK|OK";
    world.be_open();
    world.it.close(world.now);
    CHECK(atmqtt::ends_with(world.pass(1'000), "closed asked"));
    CHECK(!world.it.wait(world.now));
}

TEST_CASE(
    "closed while OPEN is under way, which fails, but not for good: a module that tries again is told to disconnect") {
    for (const char* const said : {"+CME ERROR: 603", "+MQTTOPEN: FAIL|+CME ERROR: 603",
                                   "+MQTTOPEN:FAIL|+CME ERROR: 604", "+MQTTOPEN: FAIL|ERROR"}) {
        CAPTURE(std::string(said));
        host_world world;
        world.replies["AT+MQTTOPEN"] = host_world::silence;
        world.open();
        world.it.close(world.now);
        world.forget();
        world.hear(said);
        CHECK(atmqtt::ends_with(world.pass(1'000), "step DISC refused; closed asked"));
        CHECK(world.commands() == "AT+MQTTDISC|");
    }
}
