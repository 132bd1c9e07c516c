// Tests of atmqtt/host/host.hpp: how a module is brought up, and what each step may come to.            [2.3, 3.1]
// SPDX-License-Identifier: MIT
#include "host_world.hpp"

#include <string>

using atmqtt::ends_with;
using atmqtt::errc;
using atmqtt::host_options;
using atmqtt::millis;
using atmqtt::param;
using atmqtt::qos;
using atmqtt::testing::host_world;

using namespace std::string_literals;

namespace {

const std::string before_open =
    "AT|ATE0|AT+CMEE=1|AT+MQTTDISC|AT+MQTTDEL|AT+MQTTCFG=\"h\",1883,\"me\",60,\"u\",\"s3cr3t,%2F\",0|"
    "AT+MQTTTO=10|AT+MQTTREC=1|";
const std::string open_command = "AT+MQTTOPEN=1,1,0,0,0,\"\",\"\"|";

/// What comes of one command's answer: the events from its verdict on.
std::string from(const char* words, const std::string& events) {
    const auto at = events.find(words);
    return at == std::string::npos ? "never: " + events : events.substr(at);
}

/// Opens a world whose module leaves a command unanswered, and gives what comes of it until that is told.
std::string events_to_silence(host_world& world, const char* command) {
    world.replies[command] = host_world::silence;
    world.begin();
    std::string events;
    for (int ms = 0; ms != 60'000 && events.find("no_answer") == std::string::npos; ++ms) events += world.pass(1);
    return events;
}

}  // namespace

TEST_CASE("a module is brought up by these commands, in this order, 20 ms apart") {
    host_world world;
    world.subscriptions = {{"dev/gsm/u", qos::at_least_once}, {"pyr", qos::exactly_once}};
    world.begin();
    CHECK(world.commands() == "AT|");
    CHECK(world.events() == "step raw acknowledged");
    CHECK(world.just_at(20) == "step raw acknowledged");
    CHECK(world.pass(180) ==
          "step raw acknowledged; step DISC refused; step DEL acknowledged; step CFG acknowledged; "
          "step TO acknowledged; step REC acknowledged; answer +MQTTOPEN: OK; step OPEN acknowledged; "
          "step PING acknowledged; answer +MQTTSUBACK: 1,1,dev/gsm/u; step SUB acknowledged at 1");
    CHECK(!world.it.is_open());
    CHECK(world.pass(20) == "answer +MQTTSUBACK: 1,2,pyr; step SUB acknowledged at 2; opened");
    CHECK(world.it.is_open());
    CHECK("AT|" + world.commands() ==
          before_open + open_command + "AT+MQTTPING=1|AT+MQTTSUB=\"dev/gsm/u\",1|AT+MQTTSUB=\"pyr\",2|");
}

TEST_CASE("without subscriptions it is open after the last setting") {
    host_world world;
    const std::string events = world.open();
    CHECK(from("step PING", events) == "step PING acknowledged; opened");
    CHECK(world.commands() == before_open + open_command + "AT+MQTTPING=1|");
}

TEST_CASE("the settings are told as they are") {
    host_world world;
    world.wanted.timeout = 3;
    world.wanted.recon = false;
    world.wanted.rsp_echo = false;
    world.wanted.greeting.will_flag = true;
    world.wanted.greeting.will_topic = "will";
    world.wanted.greeting.will_mesg = "bye";
    world.open();
    const std::string commands = world.commands();
    CHECK(commands.find("AT+MQTTTO=3|AT+MQTTREC=0|AT+MQTTOPEN=1,1,1,0,0,\"will\",\"bye\"|AT+MQTTPING=0|") !=
          std::string::npos);
}

TEST_CASE("each step may come to this") {
    const struct {
        const char* command;
        const char* reply;
        const char* step;    // from which on
        std::string events;  // within a second
        bool recon = true;
    } rows[] = {
        // What may well be refused, and goes on.
        {"AT+CMEE", "ERROR", "step raw refused",
         "step raw refused; step DISC refused; step DEL acknowledged; "
         "step CFG acknowledged; step TO acknowledged; step REC acknowledged; answer +MQTTOPEN: OK; "
         "step OPEN acknowledged; step PING acknowledged; answer +MQTTSUBACK: 1,1,t; step SUB acknowledged at 1; "
         "opened"},
        {"AT+MQTTDISC", "OK|+MQTTDISC: OK", "step DEL",
         "step DEL acknowledged; "
         "step CFG acknowledged; step TO acknowledged; step REC acknowledged; answer +MQTTOPEN: OK; "
         "step OPEN acknowledged; step PING acknowledged; answer +MQTTSUBACK: 1,1,t; step SUB acknowledged at 1; "
         "opened"},
        {"AT+MQTTDEL", "+CME ERROR: 601", "step DEL",
         "step DEL refused 601; "
         "step CFG acknowledged; step TO acknowledged; step REC acknowledged; answer +MQTTOPEN: OK; "
         "step OPEN acknowledged; step PING acknowledged; answer +MQTTSUBACK: 1,1,t; step SUB acknowledged at 1; "
         "opened"},
        {"AT+MQTTTO", "ERROR", "step TO",
         "step TO refused; step REC acknowledged; answer +MQTTOPEN: OK; "
         "step OPEN acknowledged; step PING acknowledged; answer +MQTTSUBACK: 1,1,t; step SUB acknowledged at 1; "
         "opened"},
        {"AT+MQTTREC", "ERROR", "step REC",
         "step REC refused; answer +MQTTOPEN: OK; "
         "step OPEN acknowledged; step PING acknowledged; answer +MQTTSUBACK: 1,1,t; step SUB acknowledged at 1; "
         "opened"},
        {"AT+MQTTPING", "ERROR", "step PING",
         "step PING refused; answer +MQTTSUBACK: 1,1,t; "
         "step SUB acknowledged at 1; opened"},
        // What must not be.
        {"AT+MQTTCFG=", "ERROR", "step CFG", "step CFG refused; closed refused; retrying 1000"},
        {"AT+MQTTOPEN", "+CME ERROR: 614", "step OPEN", "step OPEN refused 614; closed bad_credentials; retrying 1000"},
        {"AT+MQTTOPEN", "+CME ERROR: 601", "step OPEN", "step OPEN refused 601; closed refused; retrying 1000"},
        {"AT+MQTTOPEN", "ERROR", "step OPEN", "step OPEN refused; closed refused; retrying 1000"},
        {"AT+MQTTOPEN", "+CME ERROR: 600", "step OPEN", "step OPEN refused 600; network_needed"},
        // The module tries again by itself, if it may.
        {"AT+MQTTOPEN", "+CME ERROR: 603", "step OPEN", "step OPEN refused 603"},
        {"AT+MQTTOPEN", "+CME ERROR: 604", "step OPEN", "step OPEN refused 604"},
        {"AT+MQTTOPEN", "+MQTTTO:1|+CME ERROR: 604", "step OPEN", "step OPEN no_ack"},
        {"AT+MQTTOPEN", "+MQTTOPEN:FAIL|+CME ERROR: 603", "step OPEN", "step OPEN refused 603"},
        {"AT+MQTTOPEN", "+CME ERROR: 603", "step OPEN", "step OPEN refused 603; closed refused; retrying 1000", false},
        {"AT+MQTTOPEN", "+MQTTTO:1|+CME ERROR: 604", "step OPEN", "step OPEN no_ack; closed unknown; retrying 1000",
         false},
        // Subscriptions that are as good as made, or are refused: the others are as good as before.
        {"AT+MQTTSUB", "+CME ERROR: 606", "step SUB", "step SUB refused 606; opened"},
        {"AT+MQTTSUB", "+CME ERROR: 601", "step SUB", "step SUB refused 601; opened"},
        {"AT+MQTTSUB", "+MQTTSUBACK: 1,128,t|OK", "step SUB", "step SUB refused; opened"},
        {"AT+MQTTSUB", "+MQTTSUBACK: 1,0,t|OK", "step SUB", "step SUB acknowledged at 0; opened"},
        // The link may be lost with them: it looks.
        {"AT+MQTTSUB", "+CME ERROR: 613", "step SUB",
         "step SUB unknown 613; answer +MQTTSTAT: 1; step STAT? acknowledged; opened"},
        {"AT+MQTTSUB", "+CME ERROR: 605", "step SUB",
         "step SUB refused 605; answer +MQTTSTAT: 1; step STAT? acknowledged; opened"},
        {"AT+MQTTSUB", "+MQTTTO:3|+CME ERROR: 605", "step SUB",
         "step SUB no_ack; answer +MQTTSTAT: 1; step STAT? acknowledged; opened"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.command);
        CAPTURE(row.reply);
        host_options options;
        options.first_wait = options.longest_wait = millis{1'000};
        host_world world{options};
        world.subscriptions = {{"t", qos::at_least_once}};
        world.wanted.recon = row.recon;
        world.replies[row.command] = row.reply;
        std::string events = from(row.step, world.open());
        const auto jitter = events.find("retrying ");  // its bounds are tested below
        if (jitter != std::string::npos) events = events.substr(0, jitter) + "retrying 1000";
        CHECK(events == row.events);
        CHECK(world.it.is_open() == (events.find("opened") != std::string::npos));
    }
}

TEST_CASE(
    "a link that is lost while it subscribes: the module's tries are waited for, and it subscribes from the start") {
    for (const char* const reply : {"+CME ERROR: 613", "+CME ERROR: 605", "+MQTTTO:3|+CME ERROR: 605"}) {
        CAPTURE(std::string(reply));
        host_world world;
        world.subscriptions = {{"t", qos::at_least_once}, {"u", qos::at_least_once}};
        world.replies["AT+MQTTSUB=\"u"] = reply;
        world.replies["AT+MQTTSTAT?"] = "+MQTTSTAT: 0|OK";
        CHECK(atmqtt::ends_with(world.open(), "; answer +MQTTSTAT: 0; step STAT? acknowledged"));
        CHECK(!world.it.is_open());
        world.commands();
        CHECK(world.pass(60'000).empty());
        world.replies.erase("AT+MQTTSUB=\"u");
        world.hear("+MQTTOPEN: OK");
        CHECK(atmqtt::ends_with(world.pass(100), "; opened"));
        CHECK(world.commands() == "AT+MQTTSUB=\"t\",1|AT+MQTTSUB=\"u\",1|");
    }
}
TEST_CASE("a link that is lost while it subscribes is not waited for where the module does not reconnect by itself") {
    host_world world;
    world.subscriptions = {{"t", qos::at_least_once}};
    world.wanted.recon = false;
    world.replies["AT+MQTTSUB"] = "+CME ERROR: 613";
    world.replies["AT+MQTTSTAT?"] = "+MQTTSTAT: 0|OK";
    CHECK(world.open().find("; step STAT? acknowledged; closed gave_up; retrying ") != std::string::npos);
    // What it says of its state may be nothing: then it goes on.
    host_world silent;
    silent.subscriptions = {{"t", qos::at_least_once}};
    silent.replies["AT+MQTTSUB"] = "+CME ERROR: 613";
    silent.replies["AT+MQTTSTAT?"] = "+CME ERROR: 601";
    CHECK(atmqtt::ends_with(silent.open(), "; step STAT? refused 601; opened"));
}
TEST_CASE("a module that comes late is waited for by AT, and brought up from the start") {
    host_world world;
    world.replies[""] = host_world::silence;
    CHECK(world.open() == "step raw no_answer");
    CHECK(world.commands() == "AT|");
    CHECK(world.pass(2'000).empty());
    CHECK(world.commands() == "AT|");
    CHECK(world.pass(10'000).empty());
    CHECK(world.commands() == "AT|AT|AT|AT|AT|AT|AT|AT|AT|AT|");
    world.replies[""] = "OK";
    CHECK(from("step PING", world.pass(3'000)) == "step PING acknowledged; opened");
    CHECK(world.commands() == "AT|" + before_open + open_command + "AT+MQTTPING=1|");
}

TEST_CASE("a step without an answer: at first it begins anew, once the module answers again; later on it has failed") {
    for (const char* const command : {"ATE0", "AT+CMEE"}) {
        CAPTURE(std::string(command));
        host_world world;
        CHECK(ends_with(events_to_silence(world, command), "no_answer"));
        world.replies[command] = "OK";
        CHECK(from("step PING", world.pass(4'000)) == "step PING acknowledged; opened");
    }
    for (const char* const command :
         {"AT+MQTTDISC", "AT+MQTTDEL", "AT+MQTTCFG=", "AT+MQTTTO", "AT+MQTTREC", "AT+MQTTPING", "AT+MQTTSUB"}) {
        CAPTURE(std::string(command));
        host_world world;
        world.subscriptions = {{"t", qos::at_least_once}};
        const auto replies = world.replies;
        CHECK(from("closed", events_to_silence(world, command)).rfind("closed no_answer; retrying ", 0) == 0);
        world.replies = replies;
        CHECK(from("step PING", world.pass(4'000)) ==
              "step PING acknowledged; answer +MQTTSUBACK: 1,1,t; step SUB acknowledged at 1; opened");
    }
}

TEST_CASE("where ATE0 or AT+CMEE is not answered, the module may have been starting: all is told anew, from AT on") {
    for (const char* const command : {"ATE0", "AT+CMEE=1"}) {
        CAPTURE(std::string(command));
        host_world world;
        CHECK(ends_with(events_to_silence(world, command), "no_answer"));
        CHECK(world.commands() == "AT|ATE0|" + (command == "ATE0"s ? "" : "AT+CMEE=1|"s));
        world.replies[command] = "OK";
        world.pass(4'000);
        CHECK(world.commands() == "AT|" + before_open + open_command + "AT+MQTTPING=1|");
    }
}
TEST_CASE("what comes behind an echo is given as soon as it is here: it does not wait for a tick") {
    host_world world;
    world.replies["AT"] = host_world::silence;
    world.begin();
    std::string_view input = "AT\r\n\r\nOK\r\n";
    const auto found = world.it.receive(input, world.now);
    REQUIRE(found);
    CHECK(atmqtt::testing::in_words(*found) == "step raw acknowledged");
}
TEST_CASE("promise 8: a step that is never answered is tried again ever later, and given up") {
    for (const char* const command : {"AT", "ATE0", "AT+CMEE", "AT+MQTTDISC", "AT+MQTTDEL", "AT+MQTTCFG=", "AT+MQTTTO",
                                      "AT+MQTTREC", "AT+MQTTOPEN", "AT+MQTTPING", "AT+MQTTSUB"}) {
        CAPTURE(std::string(command));
        host_options options;
        options.failures = 3;
        host_world world{options};
        world.subscriptions = {{"t", qos::at_least_once}};
        if (command == "AT"s)
            world.replies = {{"", host_world::silence}};
        else
            world.replies[command] = host_world::silence;
        world.begin();
        const std::string events = world.pass(600'000);
        std::size_t failures = 0;
        for (std::size_t at = 0; (at = events.find("closed no_answer", at)) != std::string::npos; ++at) ++failures;
        CHECK(failures == 3);
        CHECK(events.find("closed no_answer; give_up") != std::string::npos);
        CHECK(world.pass(3'600'000).empty());
        world.replies = host_world().replies;
        world.pass(2'000);
        world.begin();
        CHECK(atmqtt::ends_with(world.pass(1'000), "; opened"));
    }
}
TEST_CASE("a module that answers nothing: it has failed after 90 s") {
    host_world world;
    world.replies = {{"", host_world::silence}};
    CHECK(world.open() == "step raw no_answer");
    CHECK(world.pass(88'999).empty());
    CHECK(world.pass(1).rfind("closed no_answer; retrying ", 0) == 0);
    CHECK(world.pass(91'000).rfind("closed no_answer; retrying ", 0) == 0);
    world.replies = host_world().replies;
    CHECK(atmqtt::ends_with(world.pass(5'000), "; opened"));
}

TEST_CASE("an OPEN without an answer in its time has failed") {
    host_world world;
    world.replies["AT+MQTTOPEN"] = host_world::silence;
    world.open();
    CHECK(world.pass(39'000).empty());
    CHECK(from("step OPEN", world.pass(1'000)).rfind("step OPEN no_answer; closed no_answer; retrying ", 0) == 0);
}

TEST_CASE("without a network it waits, for as long as it takes, and then goes on with OPEN") {
    host_world world;
    world.replies["AT+MQTTOPEN"] = "+CME ERROR: 600";
    world.open();
    world.commands();
    CHECK(world.pass(3'600'000).empty());
    CHECK(world.commands().empty());
    CHECK(!world.it.is_open());
    SUBCASE("it is activated by commands of one's own") {
        CHECK(world.it.send(atmqtt::raw_command{"AT+CGACT=1,1"}));
        CHECK(world.events() == "done raw acknowledged");
        world.replies["AT+MQTTOPEN"] = "+MQTTOPEN: OK|OK";
        world.it.network_ready(world.now);
        CHECK(world.pass(100) == "answer +MQTTOPEN: OK; step OPEN acknowledged; step PING acknowledged; opened");
        CHECK(world.commands() == "AT+CGACT=1,1|" + open_command + "AT+MQTTPING=1|");
    }
    SUBCASE("it is not there after all") {
        world.it.network_ready(world.now);
        CHECK(world.pass(100) == "step OPEN refused 600; network_needed");
    }
    SUBCASE("it is closed meanwhile") {
        world.it.close(world.now);
        CHECK(world.pass(100) == "closed asked");
        world.it.network_ready(world.now);
        CHECK(world.pass(100'000).empty());
        CHECK(world.commands().empty());
    }
}
TEST_CASE("network_ready says nothing to a host that has not asked") {
    host_world world;
    world.it.network_ready(world.now);
    CHECK(world.pass(1'000).empty());
    world.be_open();
    world.it.network_ready(world.now);
    CHECK(world.pass(1'000).empty());
    CHECK(world.commands().empty());
    CHECK(world.it.is_open());
}

TEST_CASE("settings that no module could be told are refused, and nothing is sent") {
    host_world world;
    const auto refused = [&world](errc code, param field) {
        const auto opening = world.it.open(world.wanted, world.now);
        CHECK(!opening);
        CHECK(opening.why().code == code);
        CHECK(opening.why().field == field);
        CHECK(world.pass(1'000).empty());
        CHECK(world.commands().empty());
    };
    const atmqtt::subscribe wrong[] = {{"good", qos::at_most_once}, {"a\"b", qos::at_most_once}};
    SUBCASE("a host with a quote") {
        world.wanted.server.host = "h\"";
        refused(errc::forbidden_byte, param::host);
    }
    SUBCASE("port 0") {
        world.wanted.server.port = 0;
        refused(errc::out_of_range, param::port);
    }
    SUBCASE("encrypted without a version") {
        world.wanted.server.short_form = false;
        world.wanted.server.encrypt = true;
        refused(errc::inconsistent, param::version);
    }
    SUBCASE("a will that is too long") {
        static const std::string will(513, 'x');
        world.wanted.greeting.will_mesg = std::string_view(will);
        refused(errc::too_long, param::will_mesg);
    }
    SUBCASE("a will without a topic") {
        world.wanted.greeting.will_flag = true;
        refused(errc::inconsistent, param::will_topic);
    }
    SUBCASE("no timeout") {
        world.wanted.timeout = 0;
        refused(errc::out_of_range, param::timeout);
    }
    SUBCASE("a subscription that would break out of its quotes") {
        world.wanted.subscriptions = wrong;
        world.wanted.subscription_count = 2;
        refused(errc::forbidden_byte, param::topic);
    }
    world.wanted = {};
    world.wanted.server.host = "h";
    CHECK(world.it.open(world.wanted, world.now));
    CHECK(world.it.open(world.wanted, world.now).why().code == errc::busy);
}

TEST_CASE("while it subscribes, a STAT? of which the answer is not trusted is no reason to wait for a reconnect") {
    host_world world;
    world.subscriptions = {{"t", qos::at_most_once}, {"u", qos::at_most_once}};
    world.replies["AT+MQTTSUB=\"u\""] = "+CME ERROR: 605";
    world.replies["AT+MQTTSTAT?"] = host_world::silence;
    world.begin();
    world.pass(1'000);
    // A count that is too small: a publisher's bytes.
    const std::string events = world.hear("+MQTTPUBLISH: 0,0,0,0,\"t\",2,abcdef|+MQTTSTAT: 0|OK");
    CHECK(ends_with(events, "step STAT? unknown; opened"));
}
TEST_CASE("what is to be told, and what is to be sent, is due at once") {
    for (const bool is_doubtful : {false, true}) {
        host_world world;
        if (is_doubtful) world.wanted.server.keep_alive = 9;
        REQUIRE(world.it.open(world.wanted, world.now));
        CHECK(world.it.wait(world.now) == millis{0});
    }
}
TEST_CASE("switched off and on before a warning was told: it is told all the same") {
    host_world world;
    world.wanted.server.keep_alive = 9;
    REQUIRE(world.it.open(world.wanted, world.now));
    world.it.restarted(world.now);
    const std::string events = world.pass(1'000);
    CHECK(events.rfind("warning keep_alive; step raw acknowledged; ", 0) == 0);
    CHECK(ends_with(events, "; opened"));
}
TEST_CASE("a DISC of bringing up whose outcome is not known: close disconnects once more") {
    host_world world;
    world.replies["AT+MQTTDISC"] = host_world::silence;
    world.begin();
    CHECK(ends_with(world.pass(100), "step raw acknowledged"));
    world.it.lost(world.now);
    CHECK(world.hear("OK|+MQTTDISC: OK") == "answer +MQTTDISC: OK; step DISC unknown");
    world.replies["AT+MQTTDISC"] = "+MQTTDISC: OK|OK";
    world.commands();
    world.it.close(world.now);
    CHECK(ends_with(world.pass(5'000), "step DISC acknowledged; closed asked"));
    CHECK(ends_with(world.commands(), "AT+MQTTDISC|"));
}
TEST_CASE("settings that are doubtful are warned of") {
    host_world world;
    const std::string rest = "; step raw acknowledged";
    SUBCASE("keepAlive shorter than the timeout") {
        world.wanted.server.keep_alive = 9;
        world.begin();
        CHECK(world.events() == "warning keep_alive" + rest);
    }
    SUBCASE("keepAlive as long as the timeout") {
        world.wanted.server.keep_alive = 10;
        world.begin();
        CHECK(world.events() == "step raw acknowledged");
    }
    SUBCASE("no pings at all") {
        world.wanted.server.keep_alive = 0;
        world.begin();
        CHECK(world.events() == "step raw acknowledged");
    }
    static const std::string long_word(128, 'w');
    SUBCASE("a CONNECT of 256 bytes") {
        world.wanted.server.user = std::string_view(long_word).substr(0, 101);
        world.wanted.server.passwd = std::string_view(long_word);
        world.wanted.server.id = "12345678";  // 3 + 12 + 8, 2 + 101, 2 + 128
        world.wanted.greeting.will_flag = false;
        world.begin();
        CHECK(world.events() == "step raw acknowledged");
    }
    SUBCASE("a user and a password that CONNECT is not to have do not count") {
        world.wanted.server.user = std::string_view(long_word).substr(0, 101);
        world.wanted.server.passwd = std::string_view(long_word);
        world.wanted.server.id = "123456789";
        SUBCASE("no password") { world.wanted.greeting.pwd_flag = false; }
        SUBCASE("neither") { world.wanted.greeting.usr_flag = world.wanted.greeting.pwd_flag = false; }
        world.begin();
        CHECK(world.events() == "step raw acknowledged");
    }
    SUBCASE("a will counts where there is to be one") {  // 3 + 12 + 2, 2 + 4, 2 + 216, 2 + 1, 2 + 10
        static const std::string bequest(217, 'w');
        world.wanted.greeting.will_topic = "will";
        world.wanted.greeting.will_flag = true;
        std::string expected = "step raw acknowledged";
        SUBCASE("256 bytes") { world.wanted.greeting.will_mesg = std::string_view(bequest).substr(0, 216); }
        SUBCASE("257 bytes") {
            world.wanted.greeting.will_mesg = std::string_view(bequest);
            expected = "warning long_greeting" + rest;
        }
        SUBCASE("257 bytes, if there were to be one") {
            world.wanted.greeting.will_mesg = std::string_view(bequest);
            world.wanted.greeting.will_flag = false;
        }
        world.begin();
        CHECK(world.events() == expected);
    }
    SUBCASE("a CONNECT of 257 bytes") {
        world.wanted.server.user = std::string_view(long_word).substr(0, 101);
        world.wanted.server.passwd = std::string_view(long_word);
        world.wanted.server.id = "123456789";
        world.begin();
        CHECK(world.events() == "warning long_greeting" + rest);
    }
}
