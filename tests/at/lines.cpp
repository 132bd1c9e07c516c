// at/lines.hpp: every line in both spellings as a row that is run both ways.                    [2.2 - 2.4, wire.md 1]
// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include <set>
#include <string>
#include <string_view>

using namespace rows;

namespace {

struct row {
    line m;
    std::string_view manual;
    std::string_view sdk;
};

/// Values differ from member to member, so that no two can change places.
const row table[] = {
    {ok{}, "OK", "OK"},
    {plain_error{}, "ERROR", "ERROR"},
    // 2.2
    {cme_error{error_form::number, cme::no_network}, "+CME ERROR: 600", "+CME ERROR: 600"},
    {cme_error{error_form::number, cme::suback_malformed}, "+CME ERROR: 605", "+CME ERROR: 605"},
    {cme_error{error_form::number, cme::already_closed}, "+CME ERROR: 620", "+CME ERROR: 620"},
    {cme_error{error_form::number, cme{3}}, "+CME ERROR: 3", "+CME ERROR: 3"},
    {cme_error{error_form::words, cme::no_network, "SIM not inserted"}, "+CME ERROR: SIM not inserted",
     "+CME ERROR: SIM not inserted"},
    // 2.3.1
    {configuration_is{"183.230.40.39", 6002, "532337966", 60, "246883", false},
     R"(+MQTTCFG: "183.230.40.39",6002,"532337966",60,"246883","***",0,"",0)",
     R"(+MQTTCFG: "183.230.40.39",6002,"532337966",60,"246883","***",0,"",0)"},
    {configuration_is{"h", 8883, "i,d", 0, "u", true, false, "2018-10-31", true},
     R"(+MQTTCFG: "h",8883,"i,d",0,"u","***",1,"2018-10-31",1)",
     R"(+MQTTCFG: "h",8883,"i,d",0,"u","***",1,"2018-10-31",1)"},
    {configuration_is{"h", 1, "i", 65535, "", true, true}, R"(+MQTTCFG: "h",1,"i",65535,"","***",1)",
     R"(+MQTTCFG: "h",1,"i",65535,"","***",1)"},
    {no_configuration{}, "+MQTTCFG:\"(null)\"", "+MQTTCFG:\"(null)\""},
    // 2.3.2
    {open_is{status::ok}, "+MQTTOPEN: OK", "+MQTTOPEN:OK"},
    {open_is{status::fail}, "+MQTTOPEN: FAIL", "+MQTTOPEN:FAIL"},
    // 2.3.3
    {state_is{connection_state::closed}, "+MQTTSTAT: 0", "+MQTTSTAT:0"},
    {state_is{connection_state::open}, "+MQTTSTAT: 1", "+MQTTSTAT:1"},
    {state_is{connection_state::awaiting}, "+MQTTSTAT: 4", "+MQTTSTAT:4"},
    {state_is{connection_state{5}}, "+MQTTSTAT: 5", "+MQTTSTAT:5"},
    // 2.3.4
    {suback{1, 2, "dev/gsm/u"}, "+MQTTSUBACK: 1,2,dev/gsm/u", "+MQTTSUBACK:1,2,dev/gsm/u"},
    {suback{0, 0, "a,b"}, "+MQTTSUBACK: 0,0,a,b", "+MQTTSUBACK:0,0,a,b"},
    {suback{65535, 128, R"(a"b)"}, R"(+MQTTSUBACK: 65535,128,a"b)", R"(+MQTTSUBACK:65535,128,a"b)"},
    {subscriptions_are{}, "+MQTTSUB:", "+MQTTSUB:"},
    // 2.3.5
    {unsuback{8, "test"}, R"(+MQTT UNSUBACK:8,"test")", "+MQTTUNSUBACK:8,test"},
    {unsuback{60001, "a,b"}, R"(+MQTT UNSUBACK:60001,"a,b")", "+MQTTUNSUBACK:60001,a,b"},
    // 2.3.6
    {puback{false, 5}, "+MQTTPUBACK: 0,5", "+MQTTPUBACK:0,5"},
    {puback{true, 65535}, "+MQTTPUBACK: 1,65535", "+MQTTPUBACK:1,65535"},
    {pubrec{false, 2}, "+MQTTPUBREC: 0,2", "+MQTTPUBREC:0,2"},
    {pubrec{true, 0}, "+MQTTPUBREC: 1,0", "+MQTTPUBREC:1,0"},
    {pubcomp{false, 2}, "+MQTTPUBCOMP: 0,2", "+MQTTPUBCOMP:0,2"},
    {pubcomp{true, 3}, "+MQTTPUBCOMP: 1,3", "+MQTTPUBCOMP:1,3"},
    // 2.3.7
    {disc_is{}, "+MQTTDISC: OK", "+MQTTDISC: OK"},
    // 2.3.8
    {ping_echo_is{true}, "+MQTTPING: 1", "+MQTTPING: 1"},
    {ping_echo_is{false}, "+MQTTPING: 0", "+MQTTPING: 0"},
    // 2.3.9
    {reconnect_is{true, 0}, "+MQTTREC: 1,0", "+MQTTREC: 1,0"},
    {reconnect_is{false, 3}, "+MQTTREC: 0,3", "+MQTTREC: 0,3"},
    {reconnect_alarm{0}, "+MQTTREC:0", "+MQTTREC: 0"},
    {reconnect_alarm{2}, "+MQTTREC:2", "+MQTTREC: 2"},
    // 2.3.10
    {timeout_is{10}, "+MQTTTO: 10", "+MQTTTO: 10"},
    {timeout_is{65535}, "+MQTTTO: 65535", "+MQTTTO: 65535"},
    // 2.4.1
    {message{false, qos::exactly_once, false, 1, "test", 23, R"({"action":"leave_hbcd"})"},
     R"(+MQTTPUBLISH: 0,2,0,1,"test",23,{"action":"leave_hbcd"})",
     R"(+MQTTPUBLISH:0,2,0,1,test,23,{"action":"leave_hbcd"})"},
    {message{true, qos::at_least_once, false, 65535, "a/b", 3, "abc"}, R"(+MQTTPUBLISH: 1,1,0,65535,"a/b",3,abc)",
     "+MQTTPUBLISH:1,1,0,65535,a/b,3,abc"},
    {message{false, qos::at_most_once, true, 0, "t", 0, ""}, R"(+MQTTPUBLISH: 0,0,1,0,"t",0,)",
     "+MQTTPUBLISH:0,0,1,0,t,0,"},
    {message{false, qos::at_most_once, false, 0, "t", 4, ",\",1"}, R"(+MQTTPUBLISH: 0,0,0,0,"t",4,,",1)",
     R"(+MQTTPUBLISH:0,0,0,0,t,4,,",1)"},
    {pubrel{false, 1}, "+MQTTPUBREL: 0,1", "+MQTTPUBREL:0,1"},
    {pubrel{true, 65535}, "+MQTTPUBREL: 1,65535", "+MQTTPUBREL:1,65535"},
    // 2.4.2
    {pingrsp{}, "+MQTTPINGRSP: OK", "+MQTTPINGRESP:OK"},
};

}  // namespace

TEST_CASE("every line is formatted in both spellings, and parsed again as the same") {
    std::set<std::size_t> kinds;
    for (const auto& [m, manual, sdk] : table) {
        check_both_ways(m, manual, spelling::manual);
        check_both_ways(m, sdk, spelling::sdk);
        kinds.insert(m.index());
    }
    CHECK(kinds.size() == std::variant_size_v<line>);
}

TEST_CASE("the spelling is the manual's unless told") {
    for (const auto& row : table) CHECK(written(row.m) == written(row.m, spelling::manual));
}

TEST_CASE("a line fits its length exactly, and in any less room it fails without a byte past the end") {
    for (const auto& row : table) {
        CAPTURE(row.manual);
        CHECK(respects_every_size(row.m, "\r\n" + std::string{row.manual} + "\r\n", spelling::manual));
        CHECK(respects_every_size(row.m, "\r\n" + std::string{row.sdk} + "\r\n", spelling::sdk));
    }
}

TEST_CASE("a line is read with any line end around it") {
    for (const auto& [m, manual, sdk] : table) {
        for (const std::string_view wire : {manual, sdk}) {
            CAPTURE(wire);
            check_reads(parse_line(std::string{wire} + "\r\n"), m);
            check_reads(parse_line("\r\n" + std::string{wire}), m);
            if (std::holds_alternative<message>(m)) continue;  // a lone CR or LF may be of the payload
            check_reads(parse_line(std::string{wire} + "\n"), m);
            check_reads(parse_line(std::string{wire} + "\r"), m);
        }
    }
}

TEST_CASE("an error without a code is written and read as the manual has it") {  // 2.3.2
    for (const auto how : {spelling::manual, spelling::sdk}) {
        check_both_ways(cme_error{error_form::nothing}, "+CME ERROR", how);
    }
}

TEST_CASE("AT-31: codes that the manual does not have, and texts, are kept") {
    for (const unsigned code : {0U, 3U, 100U, 599U, 621U, 999U, 65535U}) {
        const auto digits = std::to_string(code);
        check_both_ways(cme_error{error_form::number, static_cast<cme>(code)}, "+CME ERROR: " + digits,
                        spelling::manual);
    }
    for (const std::string_view words :
         {"operation not allowed", "605 topics", "12a", "65536", "unknown, (x)", "\"quoted\"", "\xE9"}) {
        const auto wire = "+CME ERROR: " + std::string{words};
        CAPTURE(wire);
        const auto read = parse<cme_error>(wire);
        CHECK(shown(read.why()) == shown({}));
        CHECK(read->form == error_form::words);
        CHECK(read->words == words);
        CHECK(written(*read) == "\r\n" + wire + "\r\n");
    }
}

TEST_CASE("AT-26: +MQTTTO is one form for an answer and an alarm, and is read as either when asked for") {
    for (const std::string_view wire : {"+MQTTTO:5", "+MQTTTO: 5"}) {
        CAPTURE(wire);
        check_reads(parse_line(wire), line{timeout_is{5}});
        check_reads(parse<timeout_is>(wire), timeout_is{5});
        check_reads(parse<timeout_alarm>(wire), timeout_alarm{timeout_kind::ping});
    }
}

TEST_CASE("AT-26: a timeout alarm is written without a blank, but for the ping of spelling sdk") {  // wire.md 1
    for (unsigned n = 1; n <= 6; ++n) {
        const timeout_alarm alarm{static_cast<timeout_kind>(n)};
        const auto bare = "\r\n+MQTTTO:" + std::to_string(n) + "\r\n";
        CHECK(written(alarm) == bare);
        CHECK(written(alarm, spelling::sdk) == (n == 5 ? "\r\n+MQTTTO: 5\r\n" : bare));
        check_reads(parse<timeout_alarm>(written(alarm)), alarm);
        check_reads(parse<timeout_alarm>(written(alarm, spelling::sdk)), alarm);
        CHECK(respects_every_size(alarm, bare));
    }
    CHECK(respects_every_size(timeout_alarm{timeout_kind::ping}, "\r\n+MQTTTO: 5\r\n", spelling::sdk));
}

TEST_CASE("AT-26: +MQTTREC with two numbers is an answer, with one an alarm, blank or not") {
    for (const std::string_view blank : {"", " "}) {
        const auto head = "+MQTTREC:" + std::string{blank};
        check_reads(parse_line(head + "1,2"), line{reconnect_is{true, 2}});
        check_reads(parse_line(head + "1"), line{reconnect_alarm{1}});
        check_reads(parse<reconnect_is, reconnect_alarm>(head + "0"),
                    std::variant<reconnect_is, reconnect_alarm>{reconnect_alarm{0}});
    }
}

TEST_CASE("AT-26: +MQTTDISC and +CME ERROR are read alike whether asked for or not") {
    for (const std::string_view wire : {"+MQTTDISC: OK", "+MQTTDISC:OK"})
        check_reads(parse_line(wire), line{disc_is{}});
    for (const std::string_view wire : {"+CME ERROR: 615", "+CME ERROR:615"}) {
        check_reads(parse_line(wire), line{cme_error{error_form::number, cme::reconnect_failed}});
    }
}

TEST_CASE("a header is a message without its payload, and ends in the comma before it") {  // 2.4.1
    const message_header header{true, qos::exactly_once, true, 60001, "a/b", 1048576};
    const std::string_view manual = "\r\n+MQTTPUBLISH: 1,2,1,60001,\"a/b\",1048576,";
    const std::string_view sdk = "\r\n+MQTTPUBLISH:1,2,1,60001,a/b,1048576,";
    CHECK(written(header) == manual);
    CHECK(written(header, spelling::sdk) == sdk);
    CHECK(respects_every_size(header, manual));
    CHECK(respects_every_size(header, sdk, spelling::sdk));
    check_reads(parse<message_header>(R"(+MQTTPUBLISH: 1,2,1,60001,"a/b",1048576)"), header);
    check_reads(parse<message_header>("+MQTTPUBLISH:1,2,1,60001,a/b,1048576"), header);
}

TEST_CASE("a header and the payload behind it are the message") {
    const std::string_view payload = "\r\nOK\r\n";
    const message whole{false, qos::at_most_once, false, 0, "t", 6, payload};
    const message_header header{false, qos::at_most_once, false, 0, "t", 6};
    for (const auto how : {spelling::manual, spelling::sdk}) {
        CHECK(written(header, how).append(payload).append("\r\n") == written(whole, how));
    }
}

TEST_CASE("the prompt is CR LF, the sign and a blank, and nothing after it") {  // wire.md 1, field-notes 3
    CHECK(prompt == "\r\n> ");
}
