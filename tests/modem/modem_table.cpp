// modem/modem.hpp: every command in every state, and every way in which one can be wrong.       [2.3] AT-41, AT-44
// SPDX-License-Identifier: MIT
#include "modem_world.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>

using namespace atmqtt;
using namespace atmqtt::testing;

namespace {

constexpr std::string_view set_up = "AT+MQTTCFG=\"h\",1,\"me\",60,\"u\",\"p\",1,\"\",0";

/// The states, a letter each: closed, configured, connecting (dialing), greeting, awaiting, waiting, open, closing (leaving).
constexpr std::string_view every_state = "cfdgawol";

void arrive(modem_world& w, char state) {
    w.ask("ATE0");
    if (state == 'c') return;
    w.ask(set_up);
    if (state == 'f') return;
    w.open();
    if (state == 'l') {
        w.socket_takes = false;
        w.it().leave(w.now);
    }
    if (state == 'o' || state == 'l') return;
    w.disconnected();
    if (state == 'w') return;
    w.pass(4'000);
    if (state == 'd') return;
    w.socket_takes = state == 'a';
    w.connected();
}
modem_options speaking(spelling how) {
    modem_options options;
    options.how = how;
    return options;
}
/// All that can be asked of where it stands. The clock stands still.
std::string state_of(modem_world& w) {
    std::string all;
    for (const char* const query : {"AT+MQTTCFG?", "AT+MQTTSTAT?", "AT+MQTTSUB?", "AT+MQTTREC?", "AT+MQTTTO?"})
        all += w.ask(query);
    return all + number(static_cast<std::size_t>(w.it().link_phase()));
}
std::string answer(std::string_view text) { return text == ">" ? visible(prompt) : said(text); }

struct cell {
    std::string_view states;
    std::string_view manual;
    std::string_view sdk;
};
struct row {
    std::string_view ask;
    std::vector<cell> cells;
};

// A command that the broker answers is shown with its answer; `>` is the prompt.
const row table[] = {
    {set_up, {{"cf", "OK", "OK"}, {"dgawol", "ERROR", "+CME ERROR: 601"}}},
    {"AT+MQTTCFG?",
     {{"c", "+MQTTCFG:\"(null)\"|OK", "OK|+MQTTCFG:\"(null)\""},
      {"fdgawol", "+MQTTCFG: \"h\",1,\"me\",60,\"u\",\"***\",1,\"\",0|OK",
       "OK|+MQTTCFG: \"h\",1,\"me\",60,\"u\",\"***\",1,\"\",0"}}},
    // ours: a command that is refused prints no +MQTTOPEN:FAIL; one that was tried does.
    {modem_world::open_command,
     {{"c", "+CME ERROR: 601", "+CME ERROR: 601"},
      {"f", "+MQTTOPEN: OK|OK", "OK|+MQTTOPEN:OK"},
      {"dgawol", "+CME ERROR: 602", "+CME ERROR: 602"}}},
    {"AT+MQTTSTAT?",
     {{"cfwl", "+MQTTSTAT: 0|OK", "OK|+MQTTSTAT:0"},  // ours: closing counts as not connected
      {"d", "+MQTTSTAT: 2|OK", "OK|+MQTTSTAT:2"},
      {"g", "+MQTTSTAT: 3|OK", "OK|+MQTTSTAT:3"},
      {"a", "+MQTTSTAT: 4|OK", "OK|+MQTTSTAT:4"},
      {"o", "+MQTTSTAT: 1|OK", "OK|+MQTTSTAT:1"}}},
    {"AT+MQTTSUB=\"a/+\",2",
     {{"cfdgawl", "+CME ERROR: 613", "+CME ERROR: 613"}, {"o", "+MQTTSUBACK: 1,2,a/+|OK", "OK|+MQTTSUBACK:1,2,a/+"}}},
    // In both spellings OK ends the list, or nobody could tell where that is (wire.md 4.9).
    {"AT+MQTTSUB?", {{"cfdgawol", "+MQTTSUB:|OK", "+MQTTSUB:|OK"}}},
    {"AT+MQTTUNSUB=\"a/+\"",
     {{"cfdgawl", "+CME ERROR: 613", "+CME ERROR: 613"}, {"o", "+CME ERROR: 601", "+CME ERROR: 601"}}},
    {"AT+MQTTPUB=\"a\",0,0,0,\"x\"", {{"cfdgawl", "+CME ERROR: 608", "+CME ERROR: 608"}, {"o", "OK", "OK"}}},
    {"AT+MQTTPUB=\"a\",1,0,0,\"x\"",
     {{"cfdgawl", "+CME ERROR: 608", "+CME ERROR: 608"}, {"o", "+MQTTPUBACK: 0,1|OK", "OK|+MQTTPUBACK:0,1"}}},
    {"AT+MQTTPUB=\"a\",2,0,0,\"x\"",
     {{"cfdgawl", "+CME ERROR: 608", "+CME ERROR: 608"},
      {"o", "+MQTTPUBREC: 0,1|+MQTTPUBCOMP: 0,1|OK", "+MQTTPUBREC:0,1|OK|+MQTTPUBCOMP:0,1"}}},
    {"AT+MQTTPUB=\"a\",0,0,0,3", {{"cfdgawl", "+CME ERROR: 608", "+CME ERROR: 608"}, {"o", ">", ">"}}},
    {"AT+MQTTPUB=\"a\",0,0,0,0", {{"cfdgawl", "+CME ERROR: 608", "+CME ERROR: 608"}, {"o", "OK", "OK"}}},
    // ours: while the connection is being closed, DISC waits for that.
    {"AT+MQTTDISC",
     {{"cf", "ERROR", "+CME ERROR: 620"}, {"dgawo", "+MQTTDISC: OK|OK", "OK|+MQTTDISC: OK"}, {"l", "", ""}}},
    {"AT+MQTTPING=1", {{"cf", "+CME ERROR: 613", "+CME ERROR: 613"}, {"dgawol", "OK", "OK"}}},
    {"AT+MQTTPING=0", {{"cf", "+CME ERROR: 613", "+CME ERROR: 613"}, {"dgawol", "OK", "OK"}}},
    {"AT+MQTTPING?", {{"cf", "+CME ERROR: 613", "+CME ERROR: 613"}, {"dgawol", "+MQTTPING: 1|OK", "OK|+MQTTPING: 1"}}},
    {"AT+MQTTREC=1", {{"cfdgawol", "OK", "OK"}}},
    // ours: between two tries there is nothing left to wait for.
    {"AT+MQTTREC=0", {{"cfdgaol", "OK", "OK"}, {"w", "OK|+MQTTDISC: OK", "OK|+MQTTDISC: OK"}}},
    {"AT+MQTTREC?",
     {{"cfwol", "+MQTTREC: 1,0|OK", "OK|+MQTTREC: 1,0"}, {"dga", "+MQTTREC: 1,1|OK", "OK|+MQTTREC: 1,1"}}},
    {"AT+MQTTTO=65535", {{"cfdgawol", "OK", "OK"}}},
    {"AT+MQTTTO?", {{"cfdgawol", "+MQTTTO: 10|OK", "OK|+MQTTTO: 10"}}},
    {"AT+MQTTDEL", {{"cf", "OK", "OK"}, {"dgawol", "+CME ERROR: 601", "+CME ERROR: 601"}}},
};

}  // namespace

TEST_CASE("AT-44: every command is answered in every state as the table has it, and one refused changes nothing") {
    for (const auto& one : table) {
        std::map<char, int> seen;
        for (const auto& which : one.cells) {
            for (const char state : which.states) {
                ++seen[state];
                for (const spelling how : {spelling::manual, spelling::sdk}) {
                    CAPTURE(one.ask);
                    CAPTURE(state);
                    modem_world w{speaking(how)};
                    arrive(w, state);
                    const std::string before = state_of(w);
                    w.serves = w.dials = true;
                    const std::string_view wanted = how == spelling::manual ? which.manual : which.sdk;
                    CHECK(w.ask(one.ask) == answer(wanted));
                    if (wanted.find("ERROR") != std::string_view::npos) CHECK(state_of(w) == before);
                }
            }
        }
        CHECK(seen.size() == every_state.size());
        for (const auto& [state, times] : seen) CHECK(times == 1);
    }
}

TEST_CASE("AT-41: arity, type, range or quotes wrong in any command: 601, of CFG and DISC as they are refused") {
    const std::string long_word(129, 'x');
    const std::string long_topic(513, 'x');
    const std::vector<std::string> rows = {
        "OPEN=1,1,0,0,0,\"\"",  // one missing
        "OPEN=1,1,0,0,0,\"\",\"\",1",
        "OPEN=2,1,0,0,0,\"\",\"\"",
        "OPEN=1,1,0,0,3,\"\",\"\"",
        "OPEN=1,1,0,0,0,w,\"\"",
        "OPEN=1,1,0,0,0,\"\",\"w",
        "OPEN=\"1\",1,0,0,0,\"\",\"\"",
        "OPEN=1,1,1,0,0,\"" + long_topic + "\",\"\"",
        "OPEN=1,1,1,0,0,\"w\",\"" + long_topic + "\"",
        "OPEN",
        "OPEN?",
        "STAT",
        "STAT=1",
        "STAT?1",
        "SUB=\"a\"",
        "SUB=\"a\",3",
        "SUB=\"a\",-1",
        "SUB=\"a\",\"1\"",
        "SUB=\"a\",1,1",
        "SUB=\"a\",1,",
        "SUB=a,1",
        "SUB=\"a,1",
        "SUB=\"a\\\",1",
        "SUB=",
        "SUB",
        "SUB=\"" + long_topic + "\",1",
        "UNSUB=\"a\",1",
        "UNSUB=a",
        "UNSUB=\"a",
        "UNSUB=",
        "UNSUB?",
        "PUB=\"a\",0,0,0",
        "PUB=\"a\",0,0,0,",
        "PUB=\"a\",0,0,0,\"x\",1",
        "PUB=\"a\",0,0,0,\"x",
        "PUB=\"a\",0,0,0,x",
        "PUB=\"a\",3,0,0,\"x\"",
        "PUB=\"a\",0,2,0,\"x\"",
        "PUB=\"a\",0,0,2,\"x\"",
        "PUB=\"a\",0,0,0,3,",
        "PUB=\"a\",0,0,0,03",
        "PUB=\"a\",0,0,0,-3",
        "PUB=\"a\",0,0,0,+3",
        "PUB=\"a\",0,0,0,3x",
        "PUB=\"a\",0,0,0,4294967296",
        "PUB=\"a\",0,0,0,18446744073709551617",
        "PUB=a,0,0,0,3",
        "PUB?",
        "PING=2",
        "PING=",
        "PING=\"1\"",
        "PING",
        "REC=2",
        "REC=01",
        "REC",
        "TO=0",
        "TO=65536",
        "TO=-1",
        "TO=1s",
        "TO=",
        "TO",
        "DEL=1",
        "DEL?",
        "STAT?;+MQTTSTAT?",
    };
    const std::vector<std::string> configures = {
        "CFG",
        "CFG=",
        "CFG=\"h\",1,\"me\",60,\"u\",\"p\"",
        "CFG=\"h\",1,\"me\",60,\"u\",\"p\",1,\"\"",  // eight
        "CFG=\"h\",1,\"me\",60,\"u\",\"p\",1,\"\",0,0",
        "CFG=\"h\",0,\"me\",60,\"u\",\"p\",1",
        "CFG=\"h\",65536,\"me\",60,\"u\",\"p\",1",
        "CFG=\"h\",1,\"me\",65536,\"u\",\"p\",1",
        "CFG=\"h\",1,\"me\",60,\"u\",\"p\",2",
        "CFG=\"h\",1,\"me\",60,\"u\",\"p\",1,\"\",1",  // encrypt needs a version
        "CFG=h,1,\"me\",60,\"u\",\"p\",1",
        "CFG=\"h\",1,\"me\",60,\"u\",\"p,1",
        "CFG=\"" + long_word + "\",1,\"me\",60,\"u\",\"p\",1",
        "CFG=\"h\",1,\"" + long_word + "\",60,\"u\",\"p\",1",
    };
    const std::vector<std::string> disconnects = {"DISC=1", "DISC?", "DISC;+MQTTSTAT?", "DISC="};
    for (const char state : {'c', 'f', 'w', 'o'}) {
        for (const spelling how : {spelling::manual, spelling::sdk}) {
            CAPTURE(state);
            CAPTURE(how == spelling::sdk);
            modem_world w{speaking(how)};
            arrive(w, state);
            w.forget();
            const std::string before = state_of(w);
            const auto refused = [&](const std::vector<std::string>& all, std::string_view answer_of_sdk) {
                for (const auto& line : all) {
                    CAPTURE(line);
                    const bool has_code = answer_of_sdk.empty() || how == spelling::sdk;
                    const std::string_view code = answer_of_sdk.empty() ? "+CME ERROR: 601" : answer_of_sdk;
                    CHECK(w.ask("AT+MQTT" + line) == said(has_code ? code : "ERROR"));
                }
            };
            refused(rows, "");
            refused(configures, "+CME ERROR: 601");
            refused(disconnects, "+CME ERROR: 620");
            CHECK(state_of(w) == before);
            CHECK(w.packets() == "");
            CHECK(w.events() == "");
        }
    }
}

TEST_CASE("AT-41: a topic that is no name or no filter is 601, in whatever state") {
    const char* const no_filters[] = {"",     "a#",   "#/a",  "a/#/b",    "a+",
                                      "+a/b", "a/+b", "\xFF", "\xC0\xAF", "\xED\xA0\x80"};
    const char* const no_names[] = {"", "#", "+", "a/#", "a/+/b", "a+", "\xFF", "\xC0\xAF"};
    for (const char state : {'f', 'w', 'o'}) {
        CAPTURE(state);
        modem_world w;
        arrive(w, state);
        w.forget();
        const std::string before = state_of(w);
        const auto is_refused = [&](const std::string& line) {
            CAPTURE(line);
            CHECK(w.ask("AT+MQTT" + line) == said("+CME ERROR: 601"));
        };
        for (const std::string topic : no_filters) {
            is_refused("SUB=\"" + topic + "\",1");
            is_refused("UNSUB=\"" + topic + "\"");
        }
        for (const std::string topic : no_names) {
            is_refused("PUB=\"" + topic + "\",1,0,0,\"x\"");
            is_refused("PUB=\"" + topic + "\",1,0,0,3");
            if (state == 'f') is_refused("OPEN=1,1,1,0,0,\"" + topic + "\",\"x\"");
        }
        // ours: a topic that no answer could name.
        is_refused(R"(SUB="a\"b",1)");
        is_refused(R"(SUB="a\b",1)");
        is_refused(R"(UNSUB="a\"b")");
        CHECK(state_of(w) == before);
        CHECK(w.packets() == "");
    }
}

TEST_CASE("OPEN is refused where it could not greet: a password without a user, a name that MQTT 3.1 does not allow") {
    modem_world w;
    arrive(w, 'f');
    CHECK(w.ask("AT+MQTTOPEN=0,1,0,0,0,\"\",\"\"") == said("+CME ERROR: 601"));
    CHECK(w.ask("AT+MQTTOPEN=1,1,0,1,0,\"\",\"\"").empty());  // ours: without a will its flags do not count
    CHECK(w.events() == "connect h:1");

    modem_options old;
    old.protocol = protocol_level::v3_1;
    for (const std::size_t size : {23U, 24U}) {
        modem_world at_level_3{old};
        at_level_3.ask("ATE0");
        at_level_3.ask("AT+MQTTCFG=\"h\",1,\"" + std::string(size, 'i') + "\",60,\"u\",\"p\",1,\"\",0");
        const std::string answered = at_level_3.ask(modem_world::open_command);
        CHECK(answered == (size == 23 ? "" : said("+CME ERROR: 601")));
    }
}

TEST_CASE(
    "SUB? shows the topics with their QoS, in the other spelling without; a known topic is 606; UNSUB takes it out") {
    for (const spelling how : {spelling::manual, spelling::sdk}) {
        const bool is_manual = how == spelling::manual;
        modem_world w{speaking(how)};
        arrive(w, 'o');
        w.serves = true;
        w.ask("AT+MQTTSUB=\"a/b\",0");
        w.ask("AT+MQTTSUB=\"#\",2");
        CHECK(w.ask("AT+MQTTSUB?") == said(is_manual ? "+MQTTSUB:|a/b,0|#,2|OK" : "+MQTTSUB:|a/b|#|OK"));
        CHECK(w.ask("AT+MQTTSUB=\"a/b\",1") == said("+CME ERROR: 606"));
        CHECK(w.ask("AT+MQTTUNSUB=\"a/b\"") ==
              said(is_manual ? "+MQTT UNSUBACK:3,\"a/b\"|OK" : "OK|+MQTTUNSUBACK:3,a/b"));
        CHECK(w.ask("AT+MQTTSUB?") == said(is_manual ? "+MQTTSUB:|#,2|OK" : "+MQTTSUB:|#|OK"));
        CHECK(w.ask("AT+MQTTUNSUB=\"a/b\"") == said("+CME ERROR: 601"));
    }
}

TEST_CASE("SUB: less than was asked for is kept as granted; 128 is shown, then OK, and not kept") {
    modem_world w;
    arrive(w, 'o');
    CHECK(w.ask("AT+MQTTSUB=\"a\",2").empty());
    CHECK(w.hear(mqtt::suback{1, {"\0", 1}}) == said("+MQTTSUBACK: 1,0,a|OK"));
    CHECK(w.ask("AT+MQTTSUB=\"b\",2").empty());
    CHECK(w.hear(mqtt::suback{2, {"\x80", 1}}) == said("+MQTTSUBACK: 2,128,b|OK"));
    CHECK(w.ask("AT+MQTTSUB?") == said("+MQTTSUB:|a,0|OK"));
}

TEST_CASE("DEL forgets configuration and subscriptions; a new CFG for the same session keeps them") {
    const std::string persistent = "\"h\",1,\"me\",60,\"u\",\"p\",0,\"\",0";
    for (const bool is_deleted : {false, true}) {
        modem_world w;
        w.open(persistent);
        w.serves = true;
        w.ask("AT+MQTTSUB=\"a\",1");
        w.ask("AT+MQTTDISC");
        CHECK(w.ask("AT+MQTTSUB?") == said("+MQTTSUB:|a,1|OK"));
        if (is_deleted) {
            CHECK(w.ask("AT+MQTTDEL") == said("OK"));
            CHECK(w.ask("AT+MQTTCFG?") == said("+MQTTCFG:\"(null)\"|OK"));
            CHECK(w.ask(modem_world::open_command) == said("+CME ERROR: 601"));
            CHECK(w.ask("AT+MQTTDEL") == said("OK"));
        }
        CHECK(w.ask("AT+MQTTCFG=" + persistent) == said("OK"));
        CHECK(w.ask("AT+MQTTSUB?") == said(is_deleted ? "+MQTTSUB:|OK" : "+MQTTSUB:|a,1|OK"));
        CHECK(w.ask("AT+MQTTCFG=\"h\",1,\"you\",60,\"u\",\"p\",0,\"\",0") == said("OK"));
        CHECK(w.ask("AT+MQTTSUB?") == said("+MQTTSUB:|OK"));
    }
}

TEST_CASE("DEL forgets no message in flight: the broker may keep the session, and a CFG for it goes on with it") {
    const std::string persistent = "\"h\",1,\"me\",60,\"u\",\"p\",0,\"\",0";
    for (const bool is_same : {true, false}) {
        CAPTURE(is_same);
        modem_world w;
        w.open(persistent);
        w.socket_takes = false;  // PUBREC
        const mqtt::publish message{"t", "x", 9, false, qos::exactly_once, false};
        CHECK(w.hear(message) == said("+MQTTPUBLISH: 0,2,0,9,\"t\",1,x"));
        CHECK(w.disconnected() == said("+CME ERROR: 608"));
        w.socket_takes = true;
        CHECK(w.ask("AT+MQTTDISC") == said("+MQTTDISC: OK|OK"));
        CHECK(w.ask("AT+MQTTDEL") == said("OK"));
        CHECK(w.ask(is_same ? "AT+MQTTCFG=" + persistent : "AT+MQTTCFG=\"h\",1,\"you\",60,\"u\",\"p\",0,\"\",0") ==
              said("OK"));
        w.ask(modem_world::open_command);
        CHECK(w.greet(true) == said("+MQTTOPEN: OK|OK"));
        w.forget();
        CHECK(w.hear(mqtt::publish{"t", "x", 9, true, qos::exactly_once, false}) ==
              (is_same ? "" : said("+MQTTPUBLISH: 1,2,0,9,\"t\",1,x")));
        CHECK(w.packets() == "PUBREC #9");
    }
}

TEST_CASE("CMEE 0, 1 and 2: ERROR, the number, the words; 1 at the start") {
    modem_world w;
    arrive(w, 'c');
    struct mode {
        const char* set;
        const char* is;
        const char* sub;
        const char* ping_of_no;
    };
    CHECK(w.ask("AT+CMEE?") == said("+CMEE: 1|OK"));
    for (const mode& one : {mode{"AT+CMEE=0", "+CMEE: 0|OK", "ERROR", "ERROR"},
                            mode{"at+cmee=2", "+CMEE: 2|OK", "+CME ERROR: parameter not supported",
                                 "+CME ERROR: socket operation failed"},
                            mode{"AT + CMEE = 1", "+CMEE: 1|OK", "+CME ERROR: 601", "+CME ERROR: 613"}}) {
        CHECK(w.ask(one.set) == said("OK"));
        CHECK(w.ask("AT+CMEE?") == said(one.is));
        CHECK(w.ask("AT+MQTTSUB=") == said(one.sub));
        CHECK(w.ask("AT+MQTTPING?") == said(one.ping_of_no));
        CHECK(w.ask("AT+MQTTCFG=") == said("ERROR"));  // [2.3.1], whatever CMEE says
        CHECK(w.ask("AT+MQTTDISC") == said("ERROR"));
    }
}

TEST_CASE("what is no command of MQTT: AT, ATE, ATI, and ERROR for all that is unknown") {
    modem_world w;
    arrive(w, 'c');
    for (const char* const known : {"AT", "at", " A T ", "ATE0", "ate0", "ATE"}) CHECK(w.ask(known) == said("OK"));
    CHECK(w.ask("ATI") == said("atmqtt|OK"));
    for (const char* const unknown :
         {"AT+CSQ", "ATZ", "AT+CMEE=3", "AT+CMEE", "ATE2", "A", "X", "AT+MQTT", "AT+MQTTNEW=1", "+MQTTSTAT?", "AT;AT",
          "\"", "AT+CMEE=\"1\"", ",,,,", "OK", "AT\x80", " ", "   "})
        CHECK(w.ask(unknown) == said("ERROR"));
    CHECK(w.ask("").empty());
}
