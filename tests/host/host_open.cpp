// Tests of atmqtt/host/host.hpp: how a module is kept open.                                      [2.3.9, 2.4, 3.4]
// SPDX-License-Identifier: MIT
#include "host_world.hpp"

#include <string>

using atmqtt::host_options;
using atmqtt::millis;
using atmqtt::qos;
using atmqtt::testing::host_world;

using namespace std::string_literals;

namespace {

/// One that is open, with one subscription.
struct open_world : host_world {
    explicit open_world(const host_options& options = {}, std::uint32_t start = 0) : host_world(options, start) {
        subscriptions = {{"t", qos::exactly_once}};
        be_open();
    }
};

const std::string bring_up =
    "AT|ATE0|AT+CMEE=1|AT+MQTTDISC|AT+MQTTDEL|AT+MQTTCFG=\"h\",1883,\"me\",60,\"u\",\"s3cr3t,%2F\",0|AT+MQTTTO=10|"
    "AT+MQTTREC=1|AT+MQTTOPEN=1,1,0,0,0,\"\",\"\"|AT+MQTTPING=1|AT+MQTTSUB=\"t\",2|";

bool ends_open(const std::string& events) { return atmqtt::ends_with(events, "step SUB acknowledged at 2; opened"); }

}  // namespace

// --- the module reconnects ---

TEST_CASE("after a reconnect everything is subscribed to again; 606 says that it still is") {
    open_world world;
    for (const char* const reply : {"+MQTTSUBACK: 1,2,t|OK", "OK|+MQTTSUBACK:1,2,t", "+CME ERROR: 606"}) {
        CAPTURE(std::string(reply));
        world.replies["AT+MQTTSUB"] = reply;
        CHECK(world.hear("+MQTTREC:0") == "alarm +MQTTREC:0; reconnecting 0");
        CHECK(!world.it.is_open());
        CHECK(world.pass(15'000).empty());
        CHECK(world.hear("+MQTTREC: 1") == "alarm +MQTTREC:1; reconnecting 1");
        CHECK(world.commands().empty());
        const std::string events = world.hear("+MQTTOPEN:OK");
        CHECK(atmqtt::begins_with(events, "alarm +MQTTOPEN: OK; "));
        CHECK(atmqtt::ends_with(events, "; opened"));
        CHECK(world.it.is_open());
        CHECK(world.commands() == "AT+MQTTSUB=\"t\",2|");
        world.pass(1'000);
    }
}
TEST_CASE("a reconnect that was not announced is one all the same") {
    open_world world;
    CHECK(ends_open(world.hear("+MQTTOPEN: OK")));
    CHECK(world.commands() == "AT+MQTTSUB=\"t\",2|");
}
TEST_CASE("a reconnect while it subscribes: it subscribes from the start") {
    open_world world;
    world.subscriptions.push_back({"u", qos::at_most_once});
    world.wanted.subscriptions = world.subscriptions.data();
    world.wanted.subscription_count = 2;
    world.hear("+MQTTOPEN: OK");
    world.replies["AT+MQTTSUB=\"u"] = host_world::silence;
    world.pass(20);
    CHECK(world.commands() == "AT+MQTTSUB=\"t\",2|AT+MQTTSUB=\"u\",0|");
    world.hear("+MQTTREC:0");
    world.hear("+CME ERROR: 613");
    world.replies.erase("AT+MQTTSUB=\"u");
    world.hear("+MQTTOPEN: OK");
    CHECK(atmqtt::ends_with(world.pass(100), "; opened"));
    CHECK(world.commands() == "AT+MQTTSUB=\"t\",2|AT+MQTTSUB=\"u\",0|");
}
TEST_CASE(
    "a reconnect while a SUB is under way: what comes of that is not taken for the first one's of the new round") {
    for (const char* const answer : {"+CME ERROR: 613", "+MQTTTO:3|+CME ERROR: 605", "+MQTTSUBACK: 3,1,b|OK"}) {
        for (const char* const before : {"+MQTTOPEN: OK", "+MQTTREC:0|+MQTTOPEN: OK"}) {
            CAPTURE(std::string(answer));
            host_world world;
            world.subscriptions = {{"a", qos::at_least_once}, {"b", qos::at_least_once}, {"c", qos::at_least_once}};
            world.replies["AT+MQTTSUB=\"b"] = host_world::silence;
            world.open();
            world.commands();
            world.replies.erase("AT+MQTTSUB=\"b");
            world.hear(before);
            world.hear(answer);
            CHECK(atmqtt::ends_with(world.pass(5'000), "; opened"));
            CHECK(world.commands() == "AT+MQTTSUB=\"a\",1|AT+MQTTSUB=\"b\",1|AT+MQTTSUB=\"c\",1|");
        }
    }
}
TEST_CASE("pings are set once in a bringing up, whenever it is connected") {
    SUBCASE("OPEN fails, and the module connects by itself") {
        open_world world;
        world.it.close(world.now);
        world.pass(1'000);
        world.replies["AT+MQTTOPEN"] = "+CME ERROR: 603";
        world.wanted.rsp_echo = false;
        world.open();
        world.commands();
        world.hear("+MQTTREC:0");
        world.hear("+MQTTOPEN: OK");
        CHECK(atmqtt::ends_with(world.pass(100), "; opened"));
        CHECK(world.commands() == "AT+MQTTPING=0|AT+MQTTSUB=\"t\",2|");
        world.hear("+MQTTOPEN: OK");
        CHECK(world.commands() == "AT+MQTTSUB=\"t\",2|");
    }
    SUBCASE("the link is lost under PING, and is there again") {
        open_world world;
        world.it.close(world.now);
        world.pass(1'000);
        world.replies["AT+MQTTPING"] = host_world::silence;
        world.open();
        world.commands();
        world.hear("+MQTTREC:0|+MQTTOPEN: OK");
        world.replies.erase("AT+MQTTPING");
        world.hear("+CME ERROR: 613");
        CHECK(atmqtt::ends_with(world.pass(100), "; opened"));
        CHECK(world.commands() == "AT+MQTTPING=1|AT+MQTTSUB=\"t\",2|");
    }
}
TEST_CASE("a module that has stopped trying is brought up anew after a pause") {
    open_world world;
    world.hear("+MQTTREC:0");
    CHECK(world.hear("+MQTTDISC: OK").rfind("alarm +MQTTDISC: OK; closed gave_up; retrying ", 0) == 0);
    CHECK(world.commands().empty());
    CHECK(ends_open(world.pass(2'000)));
    CHECK(world.commands() == bring_up);
}
TEST_CASE("+MQTTDISC: FAIL that nobody has asked for says nothing of the connection") {
    open_world world;
    CHECK(world.hear("+MQTTDISC: FAIL") == "alarm +MQTTDISC: FAIL");
    CHECK(world.it.is_open());
    CHECK(world.pass(1'000).empty());
}
TEST_CASE("while the module reconnects bytes are lost: that it is connected again is believed all the same") {
    open_world world;
    world.hear("+MQTTREC:0");
    world.it.lost(world.now);
    CHECK(world.hear("+MQTTOPEN: OK") == "alarm +MQTTOPEN: OK");
    CHECK(ends_open(world.pass(2'000)));
    CHECK(world.commands() == "AT+MQTTSUB=\"t\",2|");
}
TEST_CASE("a link that breaks without a try") {
    open_world world;
    CHECK(world.hear("+CME ERROR: 615|+MQTTDISC: OK")
              .rfind("alarm +CME ERROR: 615; alarm +MQTTDISC: OK; closed gave_up; retrying ", 0) == 0);
    CHECK(world.hear("+MQTTDISC: OK") == "alarm +MQTTDISC: OK");  // closed is closed
    CHECK(ends_open(world.pass(2'000)));
}
TEST_CASE("a module that neither reconnects nor gives up: patience ends, 90 s after its last try") {
    open_world world;
    world.hear("+MQTTREC:0");
    world.pass(50'000);
    world.hear("+MQTTREC:1");
    CHECK(world.just_at(90'000).rfind("closed impatience; retrying ", 0) == 0);
    CHECK(ends_open(world.pass(2'000)));
}
TEST_CASE("a lost ping is a warning, and no more") {
    open_world world;
    CHECK(world.hear("+MQTTTO:5") == "alarm +MQTTTO: 5");
    CHECK(world.it.is_open());
    CHECK(world.pass(10'000).empty());
}

// --- topics ---

TEST_CASE("a topic is subscribed to if it matches one of the settings'") {
    using atmqtt::is_subscribed;
    const atmqtt::subscribe topics[] = {{"dev/a", qos::at_most_once}, {"all/+/x", qos::exactly_once}};
    atmqtt::settings wanted;
    CHECK_FALSE(is_subscribed(wanted, "dev/a"));
    wanted.subscriptions = topics;
    wanted.subscription_count = 1;
    CHECK(is_subscribed(wanted, "dev/a"));
    CHECK_FALSE(is_subscribed(wanted, "all/1/x"));
    wanted.subscription_count = 2;
    CHECK(is_subscribed(wanted, "all/1/x"));
    for (const char* const other : {"", "dev", "dev/ab", "all/1/y", "all"}) CHECK_FALSE(is_subscribed(wanted, other));
    // A bare topic that is cut at its comma.
    const auto cut = atmqtt::parse_line("+MQTTPUBLISH:0,0,0,0,all/1,3,abc");
    CHECK_FALSE(is_subscribed(wanted, std::get<atmqtt::message>(*cut).topic));
}

// --- checks ---

TEST_CASE("after a minute without a command it asks whether all is well") {
    host_options options;
    options.check = millis{60'000};
    open_world world{options};
    const std::string well = "answer +MQTTSTAT: 1; step STAT? acknowledged";
    REQUIRE(world.it.publish("p", "x", qos::at_most_once, false));
    CHECK(world.events() == "done PUB acknowledged");
    CHECK(world.just_at(60'000) == well);
    CHECK(world.just_at(60'000) == well);
    world.pass(59'999);
    REQUIRE(world.it.publish("p", "x", qos::at_most_once, false));
    CHECK(world.events() == "done PUB acknowledged");
    CHECK(world.just_at(60'000) == well);
}
TEST_CASE("a command that says nothing of the connection does not put off the check") {
    const struct {
        const char* line;
        const char* reply;
    } rows[] = {{"AT+MQTTPUB", "+CME ERROR: 30"},
                {"AT+MQTTPUB", "+CME ERROR: 601"},
                {"AT+MQTTSUB", "+CME ERROR: 606"},
                {"AT+CSQ", "+CSQ: 31,99|OK"}};
    for (const auto& row : rows) {
        CAPTURE(std::string(row.line) + " " + row.reply);
        open_world world;
        world.replies[row.line] = row.reply;
        for (int count = 0; count != 2; ++count) {
            if (row.line == std::string("AT+MQTTPUB"))
                REQUIRE(world.it.publish("p", "x", qos::at_least_once, false));
            else if (row.line == std::string("AT+MQTTSUB"))
                REQUIRE(world.it.subscribe("x", qos::at_most_once));
            else
                REQUIRE(world.it.send(atmqtt::raw_command{"AT+CSQ"}));
            world.pass(29'000);
            CHECK(world.commands().find("STAT?") == std::string::npos);
        }
        world.pass(2'000);
        CHECK(world.commands() == "AT+MQTTSTAT?|");
    }
}
TEST_CASE("a check may come to this") {
    const struct {
        const char* state;
        const char* configuration;
        const char* after;  // the check
        bool is_open;
        std::uint32_t ms = 30;  // how long it takes
    } rows[] = {
        {"+MQTTSTAT: 1|OK", "", "", true},
        // It is no wiser: but one that has started anew is known by what it has forgotten.
        {"+CME ERROR: 601", "+MQTTCFG: \"h\",1883,\"me\",60,\"u\",\"***\",0,\"\",0|OK", "", true},
        {"+CME ERROR: 601", "+CME ERROR: 601", "", true},
        {"+CME ERROR: 601", "+MQTTCFG:\"(null)\"|OK", "restarted", false},
        {"ERROR", "+MQTTCFG:\"(null)\"|OK", "restarted", false},
        {"+MQTTSTAT: 0|OK", "+MQTTCFG: \"h\",1883,\"me\",60,\"u\",\"***\",0,\"\",0|OK", "reconnecting", false},
        {"+MQTTSTAT: 2|OK", "+MQTTCFG: \"h\",1883,\"me\",60,\"u\",\"***\",0,\"\",0|OK", "reconnecting", false},
        {"+MQTTSTAT: 0|OK", "+MQTTCFG:\"(null)\"|OK", "restarted", false},
        // What cannot be read is an answer all the same: it is not asked without end.
        {"OK", "OK", "", true, 4'060},
        {"OK", "+MQTTCFG:\"(null)\"|OK", "restarted", false, 2'060},
        {"+MQTTSTAT: 1,0|OK", "+MQTTCFG: \"h\",1883,\"me\",60,\"u\",\"***\",0,\"\",0|OK", "", true, 2'060},
        {"+MQTTSTAT: 0|OK", "OK", "reconnecting", false, 2'060},
        {"+MQTTSTAT: 0|OK", "+MQTTCFG:\"(null)\",0,\"(null)\"|OK", "reconnecting", false, 2'060},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.state));
        host_options options;
        options.check = millis{5'000};
        open_world world{options};
        world.replies["AT+MQTTSTAT?"] = row.state;
        world.replies["AT+MQTTCFG?"] = row.configuration;
        REQUIRE(world.it.publish("p", "x", qos::at_most_once, false));
        const std::string events = world.pass(5'000 + row.ms);
        for (const char* const news : {"restarted", "reconnecting"})
            CHECK((events.find(news) != std::string::npos) == (std::string(row.after) == news));
        CHECK(events.find("closed") == std::string::npos);
        if (row.is_open) CHECK(world.it.is_ready());
        // One that was restarted is on its way up.
        CHECK(world.it.is_open() == row.is_open);
    }
}
TEST_CASE("a check that says nothing, behind one that did: what that said is forgotten") {
    open_world world;
    world.pass(61'000);
    REQUIRE(world.commands() == "AT+MQTTSTAT?|");
    world.replies["AT+MQTTSTAT?"] = "+CME ERROR: 601";
    world.replies["AT+MQTTCFG?"] = "+MQTTCFG:\"(null)\"|OK";
    CHECK(world.pass(61'000).find("restarted") != std::string::npos);
}
TEST_CASE("a module that refuses STAT?, and of whose CFG? nothing comes of use, is not asked more often than any") {
    for (const bool is_silent : {false, true}) {
        CAPTURE(is_silent);
        open_world world;
        world.replies["AT+MQTTSTAT?"] = "ERROR";
        world.replies["AT+MQTTCFG?"] = is_silent ? host_world::silence : std::string(800, 'x') + "|OK";
        world.pass(63'000);
        CHECK(world.commands().find("AT+MQTTSTAT?|AT+MQTTCFG?|") == 0);
        CHECK(world.it.is_open());
        CHECK(world.pass(50'000).find("closed") == std::string::npos);
        CHECK(world.it.is_ready());
        CHECK(world.commands().find("MQTT") == std::string::npos);
    }
}
TEST_CASE("a module that says that it is not open, and nothing of use of its configuration, is asked both once more") {
    for (const bool is_silent : {false, true}) {
        CAPTURE(is_silent);
        open_world world;
        world.replies["AT+MQTTSTAT?"] = "+MQTTSTAT: 0|OK";
        world.replies["AT+MQTTCFG?"] = is_silent ? host_world::silence : std::string(800, 'x') + "|OK";
        world.pass(60'100);
        CHECK(world.commands() == "AT+MQTTSTAT?|AT+MQTTCFG?|");
        world.replies["AT+MQTTCFG?"] = "+MQTTCFG:\"(null)\"|OK";
        CHECK(world.pass(6'000).find("restarted") != std::string::npos);
        const std::string commands = world.commands();
        CHECK(commands.find(is_silent ? "AT|AT+MQTTSTAT?|AT+MQTTCFG?|" : "AT+MQTTSTAT?|AT+MQTTCFG?|") == 0);
    }
}
TEST_CASE("a command that ends while the module reconnects puts off nothing") {
    host_options options;
    options.check = millis{200'000};
    open_world world{options};
    world.replies["AT+MQTTPUB"] = host_world::silence;
    REQUIRE(world.it.publish("p", "x", qos::at_least_once, false));
    world.hear("+MQTTREC:0");
    world.pass(5'000);
    CHECK(world.hear("+MQTTPUBACK: 0,1|OK") == "answer +MQTTPUBACK: 0,1; done PUB acknowledged");
    CHECK(world.pass(84'999).find("closed") == std::string::npos);
    CHECK(world.pass(1).find("closed impatience") != std::string::npos);
}
TEST_CASE("a message that the module has taken, and that is all that it says, is as good as a check") {
    open_world world;
    world.replies["AT+MQTTPUB"] = "OK";
    world.pass(30'000);
    REQUIRE(world.it.publish("p", "x", qos::at_least_once, false));
    CHECK(world.pass(2'000) == "done PUB accepted");
    world.commands();
    CHECK(world.pass(59'999).empty());
    CHECK(world.commands().empty());
    world.pass(1);
    CHECK(world.commands() == "AT+MQTTSTAT?|");
}
TEST_CASE("bytes that were lost bring nothing up anew: of what is open it is asked whether it still is, and no more") {
    open_world world;
    world.it.lost(world.now);
    CHECK(world.it.is_open());
    world.pass(5'000);
    CHECK(world.it.is_open());
    CHECK(world.commands() == "AT+MQTTSTAT?|");
    world.hear("+MQTTREC:0");
    world.it.lost(world.now);
    world.pass(5'000);
    CHECK(world.commands().empty());
    CHECK(ends_open(world.hear("+MQTTOPEN: OK")));
}
TEST_CASE("a link that is found to be lost counts as the module's try 0") {
    open_world world;
    world.replies["AT+MQTTSTAT?"] = "+MQTTSTAT: 2|OK";
    CHECK(atmqtt::ends_with(world.pass(61'000), "step CFG? acknowledged; reconnecting 0"));
}
TEST_CASE("a module that does not reconnect by itself is not waited for: it is brought up again") {
    host_options options;
    options.check = millis{5'000};
    open_world world{options};
    world.wanted.recon = false;
    world.replies["AT+MQTTSTAT?"] = "+MQTTSTAT: 0|OK";
    const std::string events = world.pass(5'100);
    CHECK(events.find("closed gave_up; retrying") != std::string::npos);
    CHECK(events.find("reconnecting") == std::string::npos);
}
TEST_CASE("while a check is under way it is open, as far as is known") {
    host_options options;
    options.check = millis{5'000};
    open_world world{options};
    world.replies["AT+MQTTSTAT?"] = host_world::silence;
    world.pass(5'010);
    CHECK(world.commands() == "AT+MQTTSTAT?|");
    CHECK(world.it.is_open());
    const auto busy = world.it.publish("p", "x", qos::at_most_once, false);
    REQUIRE(!busy);
    CHECK(busy.why().code == atmqtt::errc::busy);
}
TEST_CASE("a link that was lost without a word: it waits for the module's tries, and brings it up in the end") {
    host_options options;
    options.check = millis{5'000};
    open_world world{options};
    world.replies["AT+MQTTSTAT?"] = "+MQTTSTAT: 0|OK";
    world.pass(5'100);
    world.commands();
    SUBCASE("it reconnects") { CHECK(ends_open(world.hear("+MQTTOPEN: OK"))); }
    SUBCASE("it does not") {
        const std::string events = world.pass(92'000);
        CHECK(events.rfind("closed impatience; retrying ", 0) == 0);
        CHECK(ends_open(events));
        CHECK(world.commands() == bring_up);
    }
}
TEST_CASE("a module that does not answer a check is asked until it does") {
    host_options options;
    options.check = millis{5'000};
    open_world world{options};
    const auto replies = world.replies;
    world.replies = {{"", host_world::silence}};
    CHECK(world.pass(60'000) == "step STAT? no_answer");
    world.replies = replies;
    CHECK(world.pass(3'000) == "answer +MQTTSTAT: 1; step STAT? acknowledged");
    CHECK(world.it.is_open());
}
TEST_CASE("a module that has died while it was open: that is told, and it is tried again, and given up") {
    for (const bool is_found_by_check : {true, false}) {
        for (const bool comes_back : {true, false}) {
            CAPTURE(is_found_by_check);
            CAPTURE(comes_back);
            host_options options;
            options.failures = 3;
            open_world world{options};
            const auto replies = world.replies;
            world.replies = {{"", host_world::silence}};
            if (is_found_by_check) {
                while (world.commands().empty()) CHECK(world.pass(1).empty());
                CHECK(world.pass(1'000) == "step STAT? no_answer");
                CHECK(world.pass(88'999).empty());
            } else {
                REQUIRE(world.it.publish("p", "x", qos::at_least_once, false));
                CHECK(world.pass(12'000) == "done PUB no_answer");
                CHECK(world.pass(89'999).empty());
            }
            CHECK(world.it.is_open());
            CHECK(world.pass(1).rfind("closed no_answer; retrying ", 0) == 0);
            CHECK(!world.it.is_open());
            CHECK(world.pass(93'000).rfind("closed no_answer; retrying ", 0) == 0);
            if (comes_back) {
                world.replies = replies;
                CHECK(ends_open(world.pass(10'000)));
            } else {
                CHECK(world.pass(93'000) == "closed no_answer; give_up");
                CHECK(world.pass(3'600'000).empty());
            }
        }
    }
}
TEST_CASE("a long command of the user's is no silence: neither while it is checked, nor while it is brought up") {
    const std::string_view search = "AT+COPS=?";
    host_options options;
    options.failures = 1;
    SUBCASE("open") {
        open_world world{options};
        world.replies["AT+COPS"] = host_world::silence;
        REQUIRE(world.it.send(atmqtt::raw_command{search, millis{180'000}}));
        CHECK(world.pass(179'000).empty());
        CHECK(world.hear("OK") == "done raw acknowledged");
        CHECK(world.pass(1'000) == "answer +MQTTSTAT: 1; step STAT? acknowledged");
    }
    SUBCASE("waiting for the network") {
        host_world world{options};
        world.replies["AT+MQTTOPEN"] = "+CME ERROR: 600";
        world.replies["AT+COPS"] = host_world::silence;
        world.open();
        REQUIRE(world.it.send(atmqtt::raw_command{search, millis{180'000}}));
        world.it.network_ready(world.now);
        world.replies.erase("AT+MQTTOPEN");
        CHECK(world.pass(179'000).empty());
        world.replies["AT+MQTTOPEN"] = "+MQTTOPEN: OK|OK";
        world.hear("OK");
        CHECK(atmqtt::ends_with(world.pass(1'000), "; opened"));
    }
}
TEST_CASE("a module that dies between the halves of an answer: the step is done, and the next one is never sent") {
    for (const char* const command : {"AT+MQTTOPEN", "AT+MQTTSUB"}) {
        CAPTURE(std::string(command));
        host_world world;
        world.subscriptions = {{"t", qos::at_least_once}, {"u", qos::at_least_once}};
        world.replies = {{"", "OK"}, {"AT+MQTTDISC", "ERROR"}, {"AT+MQTTOPEN", "+MQTTOPEN: OK|OK"}};
        world.replies[command] = command == "AT+MQTTOPEN"s ? "+MQTTOPEN: OK" : "+MQTTSUBACK: 1,1,t";
        world.open();
        world.replies = {{"", host_world::silence}};
        const std::string events = world.pass(110'000);
        CHECK(events.find(" acknowledged") != std::string::npos);
        CHECK(events.find("closed no_answer; retrying ") != std::string::npos);
    }
}
TEST_CASE("a module that answers just before its time is over has answered") {
    host_options options;
    options.failures = 1;
    host_world world{options};
    world.replies = {{"", host_world::silence}};
    world.open();
    CHECK(world.pass(88'700).empty());
    world.replies = host_world().replies;
    CHECK(world.hear("OK").empty());
    CHECK(atmqtt::ends_with(world.pass(2'000), "; opened"));
}
TEST_CASE("no patience at all: a check that is answered is none the worse for it") {
    host_options options;
    options.patience = millis{0};
    open_world world{options};
    CHECK(world.pass(61'000) == "answer +MQTTSTAT: 1; step STAT? acknowledged");
}
TEST_CASE("a module that answers AT, and no check, is told to have failed too") {
    open_world world;
    world.replies["AT+MQTTSTAT?"] = host_world::silence;
    const std::string events = world.pass(160'000);
    CHECK(events.find("closed no_answer; retrying ") != std::string::npos);
    CHECK(ends_open(events));
}
TEST_CASE("the link is lost between the halves of OPEN's answer: it is not told to be open") {
    host_world world;
    world.replies["AT+MQTTOPEN"] = "+MQTTOPEN: OK";
    world.open();
    world.replies["AT+MQTTOPEN"] = "+MQTTOPEN: OK|OK";
    SUBCASE("for good") {
        CHECK(world.hear("+MQTTDISC: OK|OK").rfind("alarm +MQTTDISC: OK; closed gave_up; retrying ", 0) == 0);
        CHECK(!world.it.is_open());
        CHECK(atmqtt::ends_with(world.pass(3'000), "; opened"));
    }
    SUBCASE("and the module tries again") {
        CHECK(world.hear("+MQTTREC:0|OK") == "alarm +MQTTREC:0; reconnecting 0; step OPEN acknowledged");
        CHECK(world.hear("+MQTTOPEN: OK") == "alarm +MQTTOPEN: OK");
        CHECK(world.pass(100) == "step PING acknowledged; opened");
    }
}
TEST_CASE("a check of 0 is none") {
    host_options options;
    options.check = millis{0};
    open_world world{options};
    CHECK(world.pass(86'400'000).empty());
    CHECK(!world.it.wait(world.now));
    CHECK(world.commands().empty());
}
TEST_CASE("after a command whose outcome is not known it asks at once") {
    for (const char* const reply : {"+MQTTTO:2|+CME ERROR: 608", "+CME ERROR: 608", "+CME ERROR: 613"}) {
        CAPTURE(std::string(reply));
        open_world world;
        world.replies["AT+MQTTPUB"] = reply;
        REQUIRE(world.it.publish("p", "x", qos::at_least_once, false));
        world.pass(100);
        CHECK(world.commands() == "AT+MQTTPUB=\"p\",1,0,0,\"x\"|AT+MQTTSTAT?|");
        CHECK(world.it.is_open());
    }
}

TEST_CASE("after a counted message that is refused before its prompt, because the link is lost, it asks at once") {
    for (const char* const reply : {"+CME ERROR: 608", "+CME ERROR: 613"}) {
        CAPTURE(std::string(reply));
        open_world world;
        world.replies["AT+MQTTPUB"] = reply;
        REQUIRE(world.it.publish("p", "a\nb", qos::at_least_once, false));
        CHECK(world.pass(100).find("done PUB refused " + std::string(reply + 12)) == 0);
        CHECK(world.commands() == "AT+MQTTPUB=\"p\",1,0,0,3|AT+MQTTSTAT?|");
        CHECK(world.it.is_open());
    }
}

// --- restarts ---

TEST_CASE("after a SUB whose socket has failed it asks at once, after one that is refused it does not") {
    for (const bool has_failed : {false, true}) {
        host_world world;
        world.be_open();
        world.replies["AT+MQTTSUB"] = has_failed ? "+CME ERROR: 613" : "+CME ERROR: 601";
        REQUIRE(world.it.subscribe("x", qos::at_most_once));
        world.pass(500);
        CHECK(world.commands() == std::string("AT+MQTTSUB=\"x\",0|") + (has_failed ? "AT+MQTTSTAT?|" : ""));
        CHECK(world.it.is_open());
    }
}
TEST_CASE("the integrator says that the module has started anew") {
    open_world world;
    world.it.restarted(world.now);
    CHECK(!world.it.is_open());
    CHECK(ends_open(world.pass(1'000)));
    CHECK(world.commands() == bring_up);
}
TEST_CASE("a restart in the middle of bringing up begins it anew") {
    host_world world;
    world.subscriptions = {{"t", qos::exactly_once}};
    world.replies["AT+MQTTOPEN"] = host_world::silence;
    world.open();
    world.commands();
    world.replies["AT+MQTTOPEN"] = "+MQTTOPEN: OK|OK";
    world.it.restarted(world.now);
    const std::string events = world.pass(1'000);
    CHECK(events.rfind("step OPEN no_answer; step raw acknowledged; ", 0) == 0);
    CHECK(ends_open(events));
    CHECK(world.commands() == bring_up);
}
TEST_CASE("a restart cuts a wait short, and forgets the failures") {
    host_options options;
    options.first_wait = options.longest_wait = millis{300'000};
    open_world world{options};
    world.hear("+MQTTDISC: OK");
    world.pass(10'000);
    world.it.restarted(world.now);
    CHECK(ends_open(world.pass(1'000)));
}
TEST_CASE("a command under way ends with a restart, without an answer") {
    open_world world;
    world.replies["AT+MQTTPUB"] = host_world::silence;
    REQUIRE(world.it.publish("p", "x", qos::at_least_once, false));
    world.events();
    world.it.restarted(world.now);
    const std::string events = world.pass(1'000);
    CHECK(events.rfind("done PUB no_answer; step raw acknowledged; ", 0) == 0);
    CHECK(ends_open(events));
}
TEST_CASE("a restart is found by the line that the module prints") {
    host_options options;
    options.boot_line = "*ATREADY: 1";
    open_world world{options};
    CHECK(world.hear("*ATREADY: 0") == "text *ATREADY: 0");
    CHECK(world.hear("*ATREADY: 1") == "text *ATREADY: 1; restarted");
    CHECK(ends_open(world.pass(1'000)));
    CHECK(world.commands() == bring_up);
    SUBCASE("not in what a message says") {
        world.hear_bytes("\r\n+MQTTPUBLISH: 0,0,0,0,\"t\",15,\r\n*ATREADY: 1\r\n\r\n");
        CHECK(world.it.is_open());
    }
    SUBCASE("nor once it is closed") {
        world.it.close(world.now);
        world.pass(1'000);
        CHECK(world.hear("*ATREADY: 1") == "text *ATREADY: 1");
        CHECK(world.pass(100'000).empty());
    }
}
TEST_CASE("what comes in one piece with that line is not lost") {
    host_options options;
    options.boot_line = "*ATREADY: 1";
    open_world world{options};
    CHECK(world.hear("*ATREADY: 1|RING") == "text *ATREADY: 1; restarted; text RING");
    CHECK(ends_open(world.pass(1'000)));
}
TEST_CASE("nor what comes in one piece with an echo by which a restart is found") {
    open_world world;
    world.replies["AT+MQTTPUB"] = host_world::silence;
    REQUIRE(world.it.publish("p", "x", qos::at_least_once, false));
    world.events();
    CHECK(world.hear_bytes("AT+MQTTPUB=\"p\",1,0,0,\"x\"\r\r\n+CME ERROR: 608\r\n\r\nRING\r\n") ==
          "restarted; done PUB no_answer; alarm +CME ERROR: 608; text RING");
}
TEST_CASE("the line that the module prints as it starts, while AT is tried, begins nothing anew") {
    host_options options;
    options.boot_line = "*ATREADY: 1";
    host_world world{options};
    world.replies[""] = host_world::silence;
    world.open();
    world.replies[""] = "OK";
    CHECK(world.hear("*ATREADY: 1") == "text *ATREADY: 1");
    CHECK(atmqtt::ends_with(world.pass(5'000), "; opened"));
}
TEST_CASE("a restart is found by an echo, once ATE0 had worked") {
    open_world world;
    world.echoes = true;
    REQUIRE(world.it.publish("p", "x", qos::at_least_once, false));
    world.replies["AT+MQTTPUB"] = "+CME ERROR: 608";
    std::string events = world.events();
    CHECK(events.find("restarted") != std::string::npos);
    CHECK(events.find("done PUB") != std::string::npos);
    world.echoes = false;  // ATE0
    CHECK(ends_open(world.pass(3'000)));
    CHECK(world.commands() == "AT+MQTTPUB=\"p\",1,0,0,\"x\"|" + bring_up);
}
TEST_CASE("by that of a counted line, behind which nothing but its payload may be sent, once its verdict is there") {
    const auto published = [](open_world& world) {
        world.echoes = true;
        world.replies["AT+MQTTPUB"] = host_world::silence;
        REQUIRE(world.it.publish("p", "a\nb", qos::at_least_once, false));
        CHECK(world.pass(1'000).empty());
        CHECK(world.commands() == "AT+MQTTPUB=\"p\",1,0,0,3|");
        world.echoes = false;  // a payload has none
    };
    open_world world;
    published(world);
    SUBCASE("it was prompted for") {
        CHECK(world.hear_bytes("\r\n> ").empty());
        CHECK(world.it.transmit().empty());
        CHECK(world.hear("+MQTTPUBACK: 0,1|OK") == "answer +MQTTPUBACK: 0,1; done PUB acknowledged; restarted");
    }
    SUBCASE("it was refused") {
        CHECK(world.hear("ERROR") == "done PUB refused; restarted");
        CHECK(ends_open(world.pass(3'000)));
    }
    SUBCASE("nothing came: it may be counting, and is sent nothing") {
        CHECK(world.pass(30'000) == "done PUB no_answer; stuck");
        CHECK(world.commands().empty());
    }
}
TEST_CASE("that ATE0 itself has an echo does not keep a restart from being found") {
    host_world world;
    world.echoes = true;
    world.replies["ATE0"] = host_world::silence;
    world.begin();
    world.pass(500);
    REQUIRE(world.commands() == "AT|ATE0|");
    world.echoes = false;  // it was obeyed
    world.hear("OK");
    REQUIRE(atmqtt::ends_with(world.pass(1'000), "opened"));
    world.forget();
    world.echoes = true;
    CHECK(world.pass(60'000).find("restarted") != std::string::npos);
}
TEST_CASE("of a module that was switched off and on nothing is known, nor whether it keeps its echo") {
    host_world world;
    world.echoes = true;
    world.open();
    REQUIRE(world.it.is_open());
    world.echoes = false;
    world.it.restarted(world.now);
    REQUIRE(atmqtt::ends_with(world.pass(2'000), "opened"));
    world.echoes = true;
    CHECK(world.pass(61'000).find("restarted") != std::string::npos);
}
TEST_CASE("a module that keeps its echo, whatever it is told, is open all the same") {
    host_world world;
    world.echoes = true;
    CHECK(atmqtt::ends_with(world.open(), "step PING acknowledged; opened"));
    CHECK(world.pass(600'000).find("restarted") == std::string::npos);
    CHECK(world.it.is_open());
}
TEST_CASE("nor is a restart found where one of its echoes could not be told") {
    host_world world;
    world.echoes = true;
    world.open();
    REQUIRE(world.it.is_open());
    world.echoes = false;
    CHECK(world.pass(60'000).find("step STAT? acknowledged") != std::string::npos);
    world.echoes = true;
    CHECK(world.pass(600'000).find("restarted") == std::string::npos);
    CHECK(world.it.is_open());
}
TEST_CASE("a restart is found by a check: nothing is configured") {
    open_world world;
    world.replies["AT+MQTTSTAT?"] = "+MQTTSTAT: 0|OK";
    world.replies["AT+MQTTCFG?"] = "+MQTTCFG:\"(null)\"|OK";
    const std::string events = world.pass(61'500);
    CHECK(events.rfind("answer +MQTTSTAT: 0; step STAT? acknowledged; answer +MQTTCFG:\"(null)\"; "
                       "step CFG? acknowledged; restarted; ",
                       0) == 0);
    CHECK(ends_open(events));
    CHECK(world.commands() == "AT+MQTTSTAT?|AT+MQTTCFG?|" + bring_up);
}

TEST_CASE("brought up again, what the module says of the link before OPEN is of the old one") {
    host_world world;
    world.be_open();
    world.replies[""] = host_world::silence;
    world.hear("+MQTTDISC: OK");
    world.pass(1'500);
    world.forget();
    CHECK(world.hear("+MQTTREC:0") == "alarm +MQTTREC:0");
    CHECK(world.hear("+MQTTDISC: OK") == "alarm +MQTTDISC: OK");
}

TEST_CASE("that nothing is configured is believed of an answer that is known only") {
    host_world world;
    world.be_open();
    world.replies["AT+MQTTSTAT?"] = "ERROR";
    world.replies["AT+MQTTCFG?"] = host_world::silence;
    std::string commands;
    while (commands.find("CFG?") == std::string::npos) {
        world.pass(10);
        commands += world.commands();
        REQUIRE(commands.size() < 1000);
    }
    world.it.lost(world.now);
    world.hear("+MQTTCFG:\"(null)\"|OK");
    CHECK(world.pass(100).find("restarted") == std::string::npos);
    CHECK(world.it.is_open());
}

TEST_CASE("a second restart is found by an echo, too, where the first was found by that of a counted line") {
    host_world world;
    world.be_open();
    for (int round = 0; round != 2; ++round) {
        CAPTURE(round);
        world.echoes = true;
        world.replies["AT+MQTTPUB"] = host_world::silence;
        REQUIRE(world.it.publish("p", "a\nb", qos::at_least_once, false));
        world.pass(1'000);
        world.echoes = false;
        CHECK(world.hear("ERROR") == "done PUB refused; restarted");
        CHECK(atmqtt::ends_with(world.pass(3'000), "opened"));
    }
}
