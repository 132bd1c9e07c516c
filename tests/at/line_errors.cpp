// at/lines.hpp: what modems, or strangers behind them, may send that is no good line.                    [bad-input.md]
// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include <string>
#include <string_view>
#include <vector>

using namespace rows;

namespace {

constexpr auto parse_usual = [](std::string_view wire) { return parse_line(wire); };

constexpr message hello(std::string_view topic, std::uint32_t length, std::string_view payload) {
    return {false, qos::at_most_once, false, 0, topic, length, payload};
}

}  // namespace

TEST_CASE("AT-28: a known head with too few parameters is malformed, told by the one that is missing") {
    const refusal refused[] = {
        {"+MQTTOPEN:", errc::missing, param::status, 10},
        {"+MQTTOPEN: ", errc::missing, param::status, 11},
        {"+MQTTDISC:", errc::missing, param::status, 10},
        {"+MQTTPINGRSP:", errc::missing, param::status, 13},
        {"+MQTTPINGRESP:", errc::missing, param::status, 14},
        {"+MQTTSTAT:", errc::missing, param::stat, 10},
        {"+MQTTSUBACK:", errc::missing, param::pack_id, 12},
        {"+MQTTSUBACK: 1", errc::missing, param::code, 14},
        {"+MQTTSUBACK: 1,2", errc::missing, param::topic, 16},
        {"+MQTTUNSUBACK:8", errc::missing, param::topic, 15},
        {"+MQTTPUBACK: 0", errc::missing, param::pack_id, 14},
        {"+MQTTPUBREC: 0,", errc::missing, param::pack_id, 15},
        {"+MQTTPUBCOMP:", errc::missing, param::dup, 13},
        {"+MQTTPUBREL: 0", errc::missing, param::pack_id, 14},
        {"+MQTTPING:", errc::missing, param::rsp_echo, 10},
        {"+MQTTREC: 1,", errc::missing, param::reconnum, 12},
        {"+MQTTREC:", errc::missing, param::value, 9},
        {"+MQTTTO:", errc::missing, param::value, 8},
        {"+MQTTCFG:", errc::missing, param::host, 9},
        {R"(+MQTTCFG: "h",1,"i",6,"u","***")", errc::missing, param::clean, 31},
        {R"(+MQTTCFG: "h",1,"i",6,"u","***",1,"v")", errc::missing, param::encrypt, 37},
        {"+MQTTPUBLISH:", errc::missing, param::dup, 13},
        {"+MQTTPUBLISH: 0", errc::missing, param::qos, 15},
        {"+MQTTPUBLISH: 0,1,0,1", errc::missing, param::topic, 21},
        {R"(+MQTTPUBLISH: 0,1,0,1,"t")", errc::missing, param::msg_len, 25},
        {R"(+MQTTPUBLISH: 0,1,0,1,"t",3)", errc::missing, param::mesg, 27},
    };
    check_refused(parse_usual, refused);
}

TEST_CASE("AT-28: an empty field, or a comma at the end, is malformed") {
    const refusal refused[] = {
        {"+MQTTPUBACK: ,5", errc::not_a_number, param::dup, 13},
        {"+MQTTPUBACK: 0,5,", errc::surplus, param::none, 16},
        {"+MQTTSUBACK: ,2,t", errc::not_a_number, param::pack_id, 13},
        {"+MQTTSUBACK: 1,,t", errc::not_a_number, param::code, 15},
        {"+MQTTSTAT: 1,", errc::surplus, param::none, 12},
        {"+MQTTSTAT: ,", errc::not_a_number, param::stat, 11},
        {"+MQTTREC: ,1", errc::not_a_number, param::recon, 10},
        {"+MQTTREC: ,", errc::not_a_number, param::recon, 10},
        {"+MQTTTO: 10,", errc::surplus, param::none, 11},
        {"+MQTTOPEN: OK,", errc::surplus, param::none, 13},
        {R"(+MQTTCFG: "h",,"i",6,"u","***",1)", errc::not_a_number, param::port, 14},
        {R"(+MQTTCFG: "h",1,"i",6,"u",,1)", errc::not_quoted, param::passwd, 26},
        {R"(+MQTTCFG: "h",1,"i",6,"u","***",1,"v",0,)", errc::surplus, param::none, 39},
        {R"(+MQTTPUBLISH: 0,,0,1,"t",0,)", errc::not_a_number, param::qos, 16},
    };
    check_refused(parse_usual, refused);
}

TEST_CASE("AT-28: a bare topic is malformed when it is empty") {
    for (const std::string_view wire : {"+MQTTSUBACK: 1,2,", "+MQTTSUBACK:1,2,", "+MQTTUNSUBACK:8,",
                                        "+MQTTPUBLISH:0,1,0,1,,3,abc", "+MQTTPUBLISH: 0,1,0,1,"}) {
        CAPTURE(wire);
        const auto read = parse_line(wire);
        CHECK_FALSE(static_cast<bool>(read));
        CHECK(read.why().field == param::topic);
    }
}

TEST_CASE("AT-28: a quote that is never closed is malformed, told where it opens") {
    const refusal refused[] = {
        {R"(+MQTTSUBACK: 1,2,"t)", errc::unterminated, param::topic, 17},
        {R"(+MQTT UNSUBACK:8,"test)", errc::unterminated, param::topic, 17},
        {R"(+MQTTCFG: "h,1)", errc::unterminated, param::host, 10},
        {R"(+MQTTPUBLISH: 0,1,0,1,"t,3,abc)", errc::unterminated, param::topic, 22},
        {R"(+MQTTPUBLISH: 0,1,0,1,"t\",3,abc)", errc::unterminated, param::topic, 22},
    };
    check_refused(parse_usual, refused);
}

TEST_CASE("AT-28: a quote of AT+MQTTPUB that is never closed is looked for up to the end of the line, and no further") {
    for (const std::string_view line : {R"(AT+MQTTPUB=")", R"(AT+MQTTPUB="t)", R"(AT+MQTTPUB="t,1,0,0,5)",
                                        R"(AT+MQTTPUB="t",1,0,0,"abc)", R"(AT+MQTTPUB="t\")"}) {
        CAPTURE(line);
        const std::vector<char> exact(line.begin(), line.end());  // as the address sanitizer sees it
        CHECK(parse_command({exact.data(), exact.size()}).why().code == errc::unterminated);
    }
}

TEST_CASE("AT-28: more behind the last parameter is surplus or unexpected") {
    const refusal refused[] = {
        {"+MQTTPUBACK: 0,5,1", errc::surplus, param::none, 16},
        {"+MQTTPUBACK: 0,5x", errc::unexpected, param::none, 16},
        {"+MQTTPUBACK: 0,5 6", errc::unexpected, param::none, 17},
        {"+MQTTOPEN: OKAY", errc::unexpected, param::none, 13},
        {"+MQTTSUB: x", errc::unexpected, param::none, 10},
        {R"(+MQTT UNSUBACK:8,"test"x)", errc::unexpected, param::none, 23},
        {R"(+MQTT UNSUBACK:8,"test",1)", errc::surplus, param::none, 23},
        {R"(+MQTTPUBLISH: 0,1,0,1,"t"x,3,abc)", errc::unexpected, param::msg_len, 25},
        {"+MQTTREC: 1,0,0", errc::surplus, param::none, 13},
        {"+MQTTTO: 10,1", errc::surplus, param::none, 11},
    };
    check_refused(parse_usual, refused);
    CHECK(parse_line("+MQTTPUBACK: 0 5").why().code == errc::unexpected);
}

TEST_CASE("AT-28: a digit behind a blank instead of a comma is no parameter, and ':' is no digit") {
    CHECK(parse_line("+MQTTSUBACK: 1 2,t").why().code == errc::unexpected);
    CHECK(parse_line("+MQTTSUBACK: 1,2").why().code == errc::missing);
    CHECK(parse_line("+MQTTSUBACK: :,1,t").why().code == errc::not_a_number);
    CHECK(parse_line("+MQTTSUBACK: /,1,t").why().code == errc::not_a_number);
}

TEST_CASE("a word other than OK and FAIL is unknown, in upper case only") {
    const refusal refused[] = {
        {"+MQTTOPEN: ok", errc::unknown_word, param::status, 11},
        {"+MQTTOPEN:NO", errc::unknown_word, param::status, 10},
        {"+MQTTOPEN: 1", errc::unknown_word, param::status, 11},
        {"+MQTTDISC: O", errc::unknown_word, param::status, 11},
        {"+MQTTDISC: FAI", errc::unknown_word, param::status, 11},
        {"+MQTTPINGRSP: \"OK\"", errc::unknown_word, param::status, 14},
        {"+MQTTCFG:\"x(null)\"", errc::unknown_word, param::none, 9},
        {"+MQTTCFG:(null)\"", errc::not_quoted, param::none, 9},
    };
    check_refused(parse_usual, refused);
}

TEST_CASE("AT-29: numbers of a line past their range are refused where they stand") {
    const refusal refused[] = {
        {"+MQTTSTAT: 256", errc::out_of_range, param::stat, 11},
        {"+MQTTSUBACK: 65536,0,t", errc::out_of_range, param::pack_id, 13},
        {"+MQTTSUBACK: 1,256,t", errc::out_of_range, param::code, 15},
        {"+MQTTUNSUBACK:65536,t", errc::out_of_range, param::pack_id, 14},
        {"+MQTTPUBACK: 2,1", errc::out_of_range, param::dup, 13},
        {"+MQTTPUBREC: 0,65536", errc::out_of_range, param::pack_id, 15},
        {"+MQTTPUBCOMP: 0,18446744073709551617", errc::out_of_range, param::pack_id, 16},
        {"+MQTTPUBREL: 0,-1", errc::not_a_number, param::pack_id, 15},
        {"+MQTTPUBACK: 0,+1", errc::not_a_number, param::pack_id, 15},
        {"+MQTTPUBACK: 0,007", errc::not_a_number, param::pack_id, 15},
        {"+MQTTPING: 2", errc::out_of_range, param::rsp_echo, 11},
        {"+MQTTREC: 2,0", errc::out_of_range, param::recon, 10},
        {"+MQTTREC: 1,65536", errc::out_of_range, param::reconnum, 12},
        {"+MQTTREC:65536", errc::out_of_range, param::value, 9},
        {"+MQTTTO:65536", errc::out_of_range, param::value, 8},
        {"+MQTTTO: -5", errc::not_a_number, param::value, 9},
        {R"(+MQTTCFG: "h",65536,"i",6,"u","***",1)", errc::out_of_range, param::port, 14},
        {R"(+MQTTCFG: "h",1,"i",6,"u","***",2)", errc::out_of_range, param::clean, 32},
        {R"(+MQTTPUBLISH: 2,0,0,0,"t",0,)", errc::out_of_range, param::dup, 14},
        {R"(+MQTTPUBLISH: 0,3,0,0,"t",0,)", errc::out_of_range, param::qos, 16},
        {R"(+MQTTPUBLISH: 0,0,2,0,"t",0,)", errc::out_of_range, param::retained, 18},
        {R"(+MQTTPUBLISH: 0,0,0,65536,"t",0,)", errc::out_of_range, param::pack_id, 20},
    };
    check_refused(parse_usual, refused);
    CHECK(shown(parse<timeout_alarm>("+MQTTTO:256").why()) == shown({errc::out_of_range, param::value, 8}));

    tolerances no_text;
    no_text.error_text = false;
    CHECK(shown(parse_line("+CME ERROR: 65536", no_text).why()) == shown({errc::out_of_range, param::err, 12}));
    CHECK(shown(parse_line("+CME ERROR: 007", no_text).why()) == shown({errc::not_a_number, param::err, 12}));
}

TEST_CASE("AT-22: a msg_len that is no plain number below 2^32 is malformed, whatever is tolerated") {
    struct row {
        std::string_view length;
        errc code;
    };
    const row table[] = {
        {"-1", errc::not_a_number},
        {"+3", errc::not_a_number},
        {"03", errc::not_a_number},
        {"003", errc::not_a_number},
        {"", errc::not_a_number},
        {"x", errc::not_a_number},
        {"\"3\"", errc::not_a_number},
        {"4294967296", errc::out_of_range},
        {"4294967299", errc::out_of_range},
        {"18446744073709551616", errc::out_of_range},
        {"18446744073709551619", errc::out_of_range},
        {"99999999999999999999999999999999999999999", errc::out_of_range},
    };
    for (const auto& [length, code] : table) {
        for (const auto& may : {usual_tolerances, tolerances::all()}) {
            const auto wire = "+MQTTPUBLISH: 0,0,0,0,\"t\"," + std::string{length} + ",abc";
            CAPTURE(wire);
            CHECK(shown(parse_line(wire, may).why()) == shown({code, param::msg_len, 26}));
        }
    }
    for (const std::string_view length : {"3x", "3.0", "3 3"}) {
        CHECK_FALSE(parse_line("+MQTTPUBLISH: 0,0,0,0,\"t\"," + std::string{length} + ",abc", tolerances::all()));
    }
}

TEST_CASE("AT-22: the largest msg_len is a number, and never taken for memory") {
    const std::string_view wire = R"(+MQTTPUBLISH: 0,0,0,0,"t",4294967295,abc)";
    CHECK(shown(parse_line(wire).why()) == shown({errc::length_mismatch, param::msg_len, 37}));
    check_reads(parse_line(wire, tolerances::all()), line{hello("t", 4294967295, "abc")});
    check_reads(parse<message_header>(R"(+MQTTPUBLISH: 0,0,0,0,"t",4294967295)"),
                message_header{false, qos::at_most_once, false, 0, "t", 4294967295});
}

TEST_CASE("AT-20: a payload is opaque, whatever it looks like") {
    for (const std::string_view payload :
         {"\r\nOK\r\n", "\r\n+CME ERROR: 605\r\n", "\r\n> ", "\r\n+MQTTPUBLISH: 0,0,0,0,\"t\",1,x\r\n", "\"", "\\",
          ",,,", " ", "  ", "\n", "\r", "\r\n", "\x1A\x1B\b"}) {
        const auto length = static_cast<std::uint32_t>(payload.size());
        for (const auto how : {spelling::manual, spelling::sdk}) {
            const line m = hello("t", length, payload);
            check_reads(parse_line(written(m, how)), m);
        }
    }
    const std::string_view nuls{"\0\0\0", 3};
    check_reads(parse_line(written(line{hello("t", 3, nuls)})), line{hello("t", 3, nuls)});
}

TEST_CASE("AT-23: the first comma ends a bare topic, and so shifts the length") {  // wire.md 5
    CHECK(shown(parse_line("+MQTTPUBLISH:0,0,0,0,a,b,3,abc").why()) == shown({errc::not_a_number, param::msg_len, 23}));
    // Whoever may publish to "a,5" forges a length: documented, promised for quoted topics only.
    check_reads(parse_line("+MQTTPUBLISH:0,0,0,0,a,5,3,abc"), line{hello("a", 5, "3,abc")});
    CHECK(shown(parse_line("+MQTTPUBLISH:0,0,0,0,a,9,3,abc").why()) ==
          shown({errc::length_mismatch, param::msg_len, 25}));
    // In quotes the same topics change nothing.
    check_reads(parse_line(R"(+MQTTPUBLISH: 0,0,0,0,"a,b",3,abc)"), line{hello("a,b", 3, "abc")});
    check_reads(parse_line(R"(+MQTTPUBLISH: 0,0,0,0,"a,5",3,abc)"), line{hello("a,5", 3, "abc")});
}

TEST_CASE("AT-23: the writer never puts a topic bare that would be read as another") {
    for (const std::string_view topic : {"a,b", ",", "a,5", "\"a\"", "\"", ""}) {
        CAPTURE(topic);
        const auto done = written(hello(topic, 3, "abc"), spelling::sdk);
        if (!begins_with(done, "\r\n+MQTT")) continue;  // refused
        check_reads(parse_line(done), line{hello(topic, 3, "abc")});
    }
    char out[max_size<message>()];
    const auto refused = format(hello("a,b", 3, "abc"), out, spelling::sdk);
    CHECK(refused.why().code == errc::forbidden_byte);
    CHECK(refused.why().field == param::topic);
}

TEST_CASE("AT-23: a quote inside a bare topic is a byte of it, and is never stripped") {
    check_reads(parse_line(R"(+MQTTPUBLISH:0,0,0,0,a"b,3,abc)"), line{hello(R"(a"b)", 3, "abc")});
    check_reads(parse_line(R"(+MQTTPUBLISH:0,0,0,0,a",3,abc)"), line{hello(R"(a")", 3, "abc")});
    check_reads(parse_line(R"(+MQTTSUBACK:1,2,a"b")"), line{suback{1, 2, R"(a"b")"}});
    check_reads(parse_line(R"(+MQTTUNSUBACK:8,it"s)"), line{unsuback{8, R"(it"s)"}});
    check_reads(parse_line(R"(+MQTTSUBACK:1,2,a\"b)"), line{suback{1, 2, R"(a\"b)"}});  // bare: no escapes
}

TEST_CASE("AT-23: an escaped quote is read in a quoted topic, and neither it nor what follows ends the topic") {
    check_reads(parse_line(R"(+MQTTPUBLISH: 0,0,0,0,"a\"b",3,abc)"), line{hello(R"(a"b)", 3, "abc")});
    check_reads(parse_line(R"(+MQTTPUBLISH: 0,0,0,0,"a\",9,xyz",3,abc)"), line{hello(R"(a",9,xyz)", 3, "abc")});
    check_reads(parse_line(R"(+MQTT UNSUBACK:8,"a\"b")"), line{unsuback{8, R"(a"b)"}});
    check_reads(parse_line(R"(+MQTTSUBACK: 1,2,"a\"b")"), line{suback{1, 2, R"(a"b)"}});
}
