// at/tolerances.hpp: every deviation of field-notes.md section 1, read with its tolerance and not without.     [AT-24]
// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include <string>
#include <string_view>

using namespace rows;

namespace {

using toggle = bool tolerances::*;

constexpr tolerances with(toggle name, bool on, tolerances may = usual_tolerances) {
    may.*name = on;
    return may;
}

/// A line that only one tolerance reads, what it is then, and why it is refused without.
struct line_row {
    toggle name;
    std::string_view wire;
    line m;
    error why;
};

struct command_row {
    toggle name;
    std::string_view wire;
    command m;
    error why;
};

constexpr error unknown{errc::unknown_head};

const line_row lines[] = {
    {&tolerances::head_blanks, "+MQTT UNSUBACK:8,\"test\"", unsuback{8, "test"}, unknown},  // 2.3.5
    {&tolerances::head_blanks, "+ MQTTREC:0", reconnect_alarm{0}, unknown},                 // 2.3.9
    {&tolerances::head_blanks, "+ MQTTTO:10", timeout_is{10}, unknown},                     // 2.3.10
    {&tolerances::head_blanks, "+MQTT PUBREL:0,1", pubrel{false, 1}, unknown},              // 2.4.1
    {&tolerances::head_blanks, "+MQTT PINGRSP:OK", pingrsp{}, unknown},
    {&tolerances::head_blanks, "+MQTTOPEN :OK", open_is{}, unknown},
    {&tolerances::field_blanks,
     "+MQTTREC:1, 0",
     reconnect_is{true, 0},
     {errc::not_a_number, param::reconnum, 11}},  // 2.3.9
    {&tolerances::field_blanks, "+MQTTPUBACK:0,  5", puback{false, 5}, {errc::not_a_number, param::pack_id, 14}},
    {&tolerances::field_blanks, "+MQTTOPEN:OK  ", open_is{}, {errc::unexpected, param::none, 12}},
    {&tolerances::field_blanks, "+MQTTPUBCOMP:0,2 ", pubcomp{false, 2}, {errc::unexpected, param::none, 16}},
    {&tolerances::bare_topic,
     "+MQTTPUBLISH:0,1,0,1,pyr,3,abc",
     message{false, qos::at_least_once, false, 1, "pyr", 3, "abc"},
     {errc::not_quoted, param::topic, 21}},  // 3.2
    {&tolerances::bare_topic, "+MQTTUNSUBACK:8,test", unsuback{8, "test"}, {errc::not_quoted, param::topic, 16}},
    {&tolerances::bare_error, "+CME ERROR", cme_error{error_form::nothing}, {errc::missing, param::err, 10}},  // 2.3.2
    {&tolerances::bare_error, "\r\n+CME ERROR\r\n", cme_error{error_form::nothing}, {errc::missing, param::err, 10}},
    {&tolerances::error_text,
     "+CME ERROR:no network",
     cme_error{error_form::words, cme::no_network, "no network"},
     {errc::not_a_number, param::err, 11}},
    {&tolerances::error_text,
     "+CME ERROR:-1",
     cme_error{error_form::words, cme::no_network, "-1"},
     {errc::not_a_number, param::err, 11}},
    {&tolerances::ping_heading, "+MQTT PINGRSP OK", pingrsp{}, unknown},  // 2.4.2
    {&tolerances::ping_heading, "+MQTTPINGRSP OK", pingrsp{}, unknown},
    {&tolerances::curly_quotes,
     "+MQTTCFG:“h”,1,”i”,6,“u“,”***”,1",
     configuration_is{"h", 1, "i", 6, "u", true, true},
     {errc::not_quoted, param::host, 9}},  // 2.3.1
    {&tolerances::curly_quotes,
     "+MQTTCFG:\"h\",1,”i”,6,\"u\",\"***\",1",
     configuration_is{"h", 1, "i", 6, "u", true, true},
     {errc::not_quoted, param::id, 15}},
    {&tolerances::wrong_length,
     "+MQTTPUBLISH:0,1,0,1,\"t\",14,abxxxxabc",
     message{false, qos::at_least_once, false, 1, "t", 14, "abxxxxabc"},
     {errc::length_mismatch, param::msg_len, 28}},  // 2.4.1
    {&tolerances::wrong_length,
     "+MQTTPUBLISH:0,0,0,0,\"t\",2,abc",
     message{false, qos::at_most_once, false, 0, "t", 2, "abc"},
     {errc::length_mismatch, param::msg_len, 27}},
    {&tolerances::wrong_length,
     "+MQTTPUBLISH:0,0,0,0,\"t\",3,",
     message{false, qos::at_most_once, false, 0, "t", 3, ""},
     {errc::length_mismatch, param::msg_len, 27}},
};

const command_row commands[] = {
    {&tolerances::head_blanks, R"(AT+ MQTTOPEN=1,1,0,0,0,"","")", open{}, unknown},  // 2.3.2
    {&tolerances::head_blanks, "AT+ MQTTSTAT?", query_state{}, unknown},             // 2.3.3
    {&tolerances::head_blanks, "AT+MQTT DISC", disconnect{}, unknown},
    {&tolerances::field_blanks,
     R"(AT+MQTTOPEN=1,1,0,0,0, "","")",
     open{},
     {errc::not_quoted, param::will_topic, 22}},  // 2.3.2
    {&tolerances::field_blanks,
     R"(AT+MQTTSUB="a", 1)",
     subscribe{"a", qos::at_least_once},
     {errc::not_a_number, param::qos, 15}},
    {&tolerances::field_blanks, "AT+MQTTREC=1 ", set_reconnect{true}, {errc::unexpected, param::none, 12}},
    {&tolerances::field_blanks,
     R"(AT+MQTTPUB="t",0,0,0,5 )",
     publish_counted{"t", qos::at_most_once, false, false, 5},
     {errc::unexpected, param::none, 22}},
    {&tolerances::field_blanks,
     R"(AT+MQTTPUB="t",0,0,0,"5" )",
     publish{"t", qos::at_most_once, false, false, "5"},
     {errc::unexpected, param::none, 24}},
    {&tolerances::field_blanks, "AT+MQTTCFG? ", query_configuration{}, {errc::unexpected, param::none, 11}},
    {&tolerances::curly_quotes, "AT+MQTTUNSUB=”test”", unsubscribe{"test"}, {errc::not_quoted, param::topic, 13}},
    {&tolerances::curly_quotes,
     "AT+MQTTSUB=“a,b“,2",
     subscribe{"a,b", qos::exactly_once},
     {errc::not_quoted, param::topic, 11}},
};

}  // namespace

TEST_CASE("AT-24: each deviation of a line is read with its tolerance, and refused without it") {
    for (const auto& row : lines) {
        CAPTURE(row.wire);
        check_reads(parse_line(row.wire, with(row.name, true)), row.m);
        check_reads(parse_line(row.wire, tolerances::all()), row.m);
        CHECK(shown(parse_line(row.wire, with(row.name, false)).why()) == shown(row.why));
    }
}

TEST_CASE("AT-24: each deviation of a command is read with its tolerance, and refused without it") {
    for (const auto& row : commands) {
        CAPTURE(row.wire);
        check_reads(parse_command(row.wire, with(row.name, true)), row.m);
        check_reads(parse_command(row.wire, tolerances::all()), row.m);
        CHECK(shown(parse_command(row.wire, with(row.name, false)).why()) == shown(row.why));
    }
}

TEST_CASE("AT-24: a tolerance needs no other") {
    for (const auto& row : lines) {
        CAPTURE(row.wire);
        check_reads(parse_line(row.wire, with(row.name, true, tolerances::none())), row.m);
    }
    for (const auto& row : commands) {
        CAPTURE(row.wire);
        check_reads(parse_command(row.wire, with(row.name, true, tolerances::none())), row.m);
    }
}

TEST_CASE("AT-24: what a tolerance lets in is written in the canonical form") {
    const struct {
        std::string_view wire;
        std::string_view canonical;
    } table[] = {
        {"+ MQTTREC:0", "+MQTTREC:0"},
        {"+MQTT PUBREL: 0,1", "+MQTTPUBREL: 0,1"},
        {"+MQTTREC:1, 0", "+MQTTREC: 1,0"},
        {"+MQTTPUBLISH:0,1,0,1,pyr,3,abc", R"(+MQTTPUBLISH: 0,1,0,1,"pyr",3,abc)"},
        {"+CME ERROR:605", "+CME ERROR: 605"},
        {"+MQTT PINGRSP OK", "+MQTTPINGRSP: OK"},
        {"+MQTTPINGRESP:OK", "+MQTTPINGRSP: OK"},
        {"+MQTTUNSUBACK:8,”test”", R"(+MQTT UNSUBACK:8,"test")"},
        {R"(+MQTTSUBACK:2,2,"dev/gsm/u")", "+MQTTSUBACK: 2,2,dev/gsm/u"},
        {"+MQTTDISC:OK", "+MQTTDISC: OK"},
    };
    for (const auto& row : table) {
        CAPTURE(row.wire);
        CHECK(written(*parse_line(row.wire, tolerances::all())) == "\r\n" + std::string{row.canonical} + "\r\n");
    }
    CHECK(written(*parse_command("at+ mqttSUB= ”a”,1 ", tolerances::all())) == "AT+MQTTSUB=\"a\",1\r");
}

TEST_CASE("AT-24: every spelling that modules were seen to use is read as usual") {
    const struct {
        std::string_view wire;
        line m;
    } table[] = {
        {"+MQTTOPEN: OK", open_is{}},
        {"+MQTTOPEN:OK", open_is{}},
        {"+MQTTOPEN:FAIL", open_is{status::fail}},
        {"+MQTTPINGRSP: OK", pingrsp{}},
        {"+MQTTPINGRSP:OK", pingrsp{}},
        {"+MQTTPINGRESP:OK", pingrsp{}},
        {"+MQTTPINGRESP: OK", pingrsp{}},
        {"+MQTT PINGRSP OK", pingrsp{}},
        {"+ MQTT PINGRSP OK", pingrsp{}},  // 2.4.2, the box
        {"+MQTT UNSUBACK:8,\"test\"", unsuback{8, "test"}},
        {"+MQTTUNSUBACK:8,test", unsuback{8, "test"}},
        {"+MQTTUNSUBACK: 8,\"test\"", unsuback{8, "test"}},
        {"+MQTTSUBACK: 2,2,dev/gsm/u", suback{2, 2, "dev/gsm/u"}},
        {"+MQTTSUBACK:2,2,\"dev/gsm/u\"", suback{2, 2, "dev/gsm/u"}},
        {"+MQTTPUBREL: 0,1", pubrel{false, 1}},
        {"+MQTT PUBREL: 0,1", pubrel{false, 1}},
        {R"(+MQTTPUBLISH: 0,2,0,1,"test",23,{"action":"leave_hbcd"})",
         message{false, qos::exactly_once, false, 1, "test", 23, R"({"action":"leave_hbcd"})"}},
        {"+MQTTPUBLISH:0,1,0,1,pyr,3,abc", message{false, qos::at_least_once, false, 1, "pyr", 3, "abc"}},
        {"+MQTTDISC: OK", disc_is{}},
        {"+MQTTDISC:OK", disc_is{}},
        {"+MQTTTO:5", timeout_is{5}},
        {"+MQTTTO: 5", timeout_is{5}},
        {"+MQTTREC:0", reconnect_alarm{0}},
        {"+MQTTREC: 0", reconnect_alarm{0}},
        {"+MQTTREC: 1,0", reconnect_is{true, 0}},
        {"+MQTTREC:1,0", reconnect_is{true, 0}},
        {"+ MQTTREC: 1, 0", reconnect_is{true, 0}},  // 2.3.9, the box
        {"+ MQTTTO: 10", timeout_is{10}},            // 2.3.10, the box
        {"+MQTTCFG:\"(null)\"", no_configuration{}},
        {"+MQTTCFG: \"(null)\"", no_configuration{}},
        {"+MQTTCFG:\"(null)\"  ", no_configuration{}},
        {"+MQTTSUB:", subscriptions_are{}},
        {"+CME ERROR:605", cme_error{error_form::number, cme::suback_malformed}},
        {"+CME ERROR: 605", cme_error{error_form::number, cme::suback_malformed}},
        {"+CME ERROR", cme_error{error_form::nothing}},
        {"+CME ERROR: operation not allowed", cme_error{error_form::words, cme::no_network, "operation not allowed"}},
        {"ERROR", plain_error{}},
        {"+MQTTPING: 1", ping_echo_is{true}},
        {"+MQTTPUBACK:0,60001", puback{false, 60001}},
    };
    for (const auto& row : table) {
        CAPTURE(row.wire);
        check_reads(parse_line(row.wire), row.m);
        check_reads(parse_line(row.wire, tolerances::all()), row.m);
    }
}

TEST_CASE("AT-24: without any tolerance the spelling manual is read, as the modem writes it") {  // wire.md 1
    const struct {
        std::string_view wire;
        line m;
    } table[] = {
        {"OK", ok{}},
        {"+CME ERROR: 605", cme_error{error_form::number, cme::suback_malformed}},
        {"+MQTTOPEN: OK", open_is{}},
        {R"(+MQTTCFG: "h",1,"i",6,"u","***",1,"v",0)", configuration_is{"h", 1, "i", 6, "u", true, false, "v", false}},
        {"+MQTTCFG:\"(null)\"", no_configuration{}},
        {"+MQTTSTAT: 1", state_is{connection_state::open}},
        {"+MQTTSUBACK: 1,2,dev/gsm/u", suback{1, 2, "dev/gsm/u"}},  // bare in both spellings
        {"+MQTTSUB:", subscriptions_are{}},
        {"+MQTTPUBACK: 0,5", puback{false, 5}},
        {R"(+MQTTPUBLISH: 0,2,0,1,"t",3,abc)", message{false, qos::exactly_once, false, 1, "t", 3, "abc"}},
        {"+MQTTPUBREL: 0,1", pubrel{false, 1}},
        {"+MQTTDISC: OK", disc_is{}},
        {"+MQTTPINGRSP: OK", pingrsp{}},
        {"+MQTTPING: 1", ping_echo_is{true}},
        {"+MQTTREC: 1,0", reconnect_is{true, 0}},
        {"+MQTTTO: 10", timeout_is{10}},
        {"+MQTTREC:0", reconnect_alarm{0}},
    };
    for (const auto& row : table) {
        CAPTURE(row.wire);
        check_reads(parse_line(row.wire, tolerances::none()), row.m);
    }
}

TEST_CASE("AT-24: curly quotes that are not tolerated are bytes of a bare topic") {
    const std::string_view wire = "+MQTT UNSUBACK:8,”test”";
    check_reads(parse_line(wire), line{unsuback{8, "”test”"}});
    check_reads(parse_line(wire, tolerances::all()), line{unsuback{8, "test"}});
    check_reads(parse_line("+MQTTSUBACK:1,1,“a“", tolerances::all()), line{suback{1, 1, "a"}});
    auto strict = usual_tolerances;
    strict.bare_topic = false;
    CHECK(shown(parse_line(wire, strict).why()) == shown({errc::not_quoted, param::topic, 17}));
}

TEST_CASE("AT-24: a curly quote that is never closed is unterminated, and a straight one does not close it") {
    const auto all = tolerances::all();
    CHECK(shown(parse_command("AT+MQTTUNSUB=”test", all).why()) == shown({errc::unterminated, param::topic, 13}));
    CHECK(shown(parse_command("AT+MQTTUNSUB=”test\"", all).why()) == shown({errc::unterminated, param::topic, 13}));
    CHECK(shown(parse_command("AT+MQTTUNSUB=\"test”", all).why()) == shown({errc::unterminated, param::topic, 13}));
    CHECK(shown(parse_command("AT+MQTTUNSUB=\xE2\x80", all).why()) == shown({errc::not_quoted, param::topic, 13}));
}

TEST_CASE("AT-24: the header of a message whose payload comes on the next line is read alone") {  // the 2016 ancestor
    const message_header expected{false, qos::exactly_once, false, 1, "test", 23};
    for (const std::string_view wire : {R"(+MQTTPUBLISH: 0,2,0,1,"test",23)", "+MQTTPUBLISH:0,2,0,1,test,23"}) {
        CAPTURE(wire);
        check_reads(parse<message_header>(wire), expected);
        for (const bool on : {true, false}) {  // that line is the reader's affair: no line alone is such a message
            const auto read = parse_line(wire, with(&tolerances::next_line_payload, on));
            CHECK(shown(read.why()) == shown({errc::missing, param::mesg, wire.size()}));
        }
    }
}

TEST_CASE(
    "AT-07: reading curly quotes, payloads on the next line and wrong lengths must be asked for") {  // design.md 1.10
    static_assert(!usual_tolerances.curly_quotes);
    static_assert(!usual_tolerances.next_line_payload);
    static_assert(!usual_tolerances.wrong_length);
    static_assert(tolerances::all().curly_quotes && tolerances::all().next_line_payload &&
                  tolerances::all().wrong_length);
    for (const toggle name : {&tolerances::head_blanks, &tolerances::field_blanks, &tolerances::bare_topic,
                              &tolerances::bare_error, &tolerances::error_text, &tolerances::ping_heading}) {
        CHECK(usual_tolerances.*name);
        CHECK(tolerances::all().*name);
        CHECK_FALSE(tolerances::none().*name);
    }
}
