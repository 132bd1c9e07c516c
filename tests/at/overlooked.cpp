// What a mistake in a refactoring of at/ would change, and no other test sees.
// SPDX-License-Identifier: MIT
#include <atmqtt/at/codec.hpp>
#include <atmqtt/at/describe.hpp>
#include <atmqtt/at/subscriptions.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace atmqtt;
using namespace std::string_view_literals;

TEST_CASE("a line end of a message is CR LF: half of one is of the payload, and more than msg_len says") {
    for (const auto end : {"\n"sv, "\r"sv}) {
        const auto read = parse_line(std::string("+MQTTPUBLISH: 0,0,0,0,\"t\",3,abc").append(end));
        CHECK(read.why().code == errc::length_mismatch);
        CHECK(read.why().field == param::msg_len);
    }
    CHECK(parse_line("+MQTTPUBLISH: 0,0,0,0,\"t\",3,abc\r\n"));
}

TEST_CASE("a tab is no blank") {
    const auto read = parse_command("AT+MQTTSUB=\"t\",\t1");
    CHECK(read.why().code == errc::not_a_number);
    CHECK(read.why().field == param::qos);
    CHECK(parse_line("+MQTTSTAT:\t1").why().code == errc::not_a_number);
}

TEST_CASE("a topic that is too long to be written bare is refused where it would have stood") {
    const std::string topic(limits::topic + 1, 't');
    char out[1024];
    for (const auto how : {spelling::manual, spelling::sdk}) {
        const std::string before(format(suback{7, 1, "t"}, out, how)->substr(2));
        const auto why = format(suback{7, 1, topic}, out, how).why();
        CHECK(why.code == errc::too_long);
        CHECK(why.field == param::topic);
        CHECK(why.column == before.size() - 3);  // t CR LF
    }
}

TEST_CASE(
    "a message whose length is not that of its payload is refused in its payload when written, in msg_len when read") {
    char out[128];
    message m;
    m.topic = "t";
    m.length = 3;
    m.payload = "ab";
    const auto why = format(m, out).why();
    CHECK(why.code == errc::length_mismatch);
    CHECK(why.field == param::mesg);
    CHECK(parse_line("+MQTTPUBLISH: 0,0,0,0,\"t\",3,ab").why().field == param::msg_len);
}

TEST_CASE("a topic that came with an escaped quote is not written again, a message is") {
    char out[128];
    const auto read = parse<subscribe>(R"(AT+MQTTSUB="a\"b",1)");
    REQUIRE(read);
    const auto why = format(*read, out).why();
    CHECK(why.code == errc::forbidden_byte);
    CHECK(why.field == param::topic);
    const auto published = parse<publish>(R"(AT+MQTTPUB="t",0,0,0,"a\"b")");
    REQUIRE(published);
    CHECK(*format(*published, out) == "AT+MQTTPUB=\"t\",0,0,0,\"a\\\"b\"\r");
}

TEST_CASE("the column of a line that lacks room counts from behind its CR LF") {
    char out[32];
    CHECK(format(ok{}, buffer{out, 3}).why().column == 0);
    const auto why = format(state_is{connection_state::open}, buffer{out, 2 + 12}).why();
    CHECK(why.code == errc::no_space);
    CHECK(why.column == 12);  // behind "+MQTTSTAT: "
}

TEST_CASE("two texts with escapes are equal only if their bytes are") {
    const auto one = parse<unsubscribe>(R"(AT+MQTTUNSUB="a\"b")"), other = parse<unsubscribe>(R"(AT+MQTTUNSUB="a\"c")");
    CHECK(one->topic != other->topic);
    CHECK(one->topic == parse<unsubscribe>(R"(AT+MQTTUNSUB="a\"b")")->topic);
}

TEST_CASE("an apostrophe of typesetting is no curly quote") {
    tolerances may;
    may.curly_quotes = true;
    CHECK(parse_command("AT+MQTTUNSUB=\xE2\x80\x99t\xE2\x80\x99", may).why().code == errc::not_quoted);
    CHECK(parse_command("AT+MQTTUNSUB=\xE2\x80\x9Dt\xE2\x80\x9D", may));
}

TEST_CASE("a blank behind a word that has no fields is of field_blanks") {
    tolerances may;
    may.field_blanks = false;
    CHECK(parse_line("OK ", may).why().code == errc::unknown_head);
    CHECK(parse_line("ERROR ", may).why().code == errc::unknown_head);
    may = {};
    may.head_blanks = false;
    CHECK(parse_line("OK ", may));
    CHECK(parse_command("AT+MQTTDISC ", may));
}

TEST_CASE("commands are read in either case, whatever is tolerated") {
    for (const auto& may : {tolerances::none(), usual_tolerances, tolerances::all()}) {
        CHECK(parse_command("at+mqttstat?", may));
        CHECK(parse_command("At+mQTTsub=\"t\",1", may));
    }
}

TEST_CASE("a semicolon behind the name of a line makes it text: only commands are chained") {
    for (const auto line : {"OK;"sv, "ERROR;OK"sv, "+CME ERROR;"sv})
        CHECK(parse_line(line).why().code == errc::unknown_head);
}

TEST_CASE("a module may show a configuration with TLS and no version") {
    const auto read = parse_line(R"(+MQTTCFG: "h",1883,"c",60,"u","***",1,"",1)");
    REQUIRE(read);
    CHECK(std::get<configuration_is>(*read).encrypt);
}

TEST_CASE("what a short configuration may not have is refused in its version, at both ends") {
    char out[256];
    configuration_is shown;
    configure asked;
    shown.short_form = asked.short_form = true;
    for (const bool encrypts : {false, true}) {
        shown.encrypt = asked.encrypt = encrypts;
        shown.version = asked.version = encrypts ? "" : "2018";
        CHECK(format(shown, out).why().code == errc::inconsistent);
        CHECK(format(shown, out).why().field == param::version);
        CHECK(format(asked, out).why().code == errc::inconsistent);
        CHECK(format(asked, out).why().field == param::version);
    }
}

TEST_CASE("where the fifth parameter of a publish is missing, it is a length that is") {
    for (const auto line : {R"(AT+MQTTPUB="t",0,0,0,)"sv, R"(AT+MQTTPUB="t",0,0,0, )"sv, R"(AT+MQTTPUB="t",0,0,0)"sv}) {
        const auto read = parse_command(line);
        CHECK(read.why().code == errc::missing);
        CHECK(read.why().field == param::length);
    }
}

TEST_CASE("no line end stands before a command") {
    CHECK(parse_command("\r\nAT+MQTTSTAT?").why().code == errc::unknown_head);
    CHECK(parse_line("\r\nOK\r\n"));
}

TEST_CASE("a semicolon behind a name is a chain, though nothing follows it") {
    for (const auto line : {"AT+MQTTSTAT;"sv, "AT+MQTTSTAT;AT"sv}) {
        const auto why = parse_command(line).why();
        CHECK(why.code == errc::chained);
        CHECK(why.column == 11);
    }
}

TEST_CASE("an error in words is described by the name of its parameter") {
    char out[128];
    const auto read = parse_line("+CME ERROR: SIM failure");
    REQUIRE(read);
    CHECK(describe(*read, out) == "CME ERROR err=\"SIM failure\"");
}

TEST_CASE("of a line in which a second configuration stands, nothing of either is shown") {
    const std::string line = R"(AT+MQTTCFG="h",1883,"i",60,"u","p",AT+MQTTCFG="h",1883,"i",60,"u","secret",1)";
    const auto found = secret_in(line);
    CHECK(found.at == 11);
    CHECK(found.at + found.size == line.size());
}

TEST_CASE("of a configuration no more is hidden than its password, however long that is, and whatever its port") {
    for (const auto* const port : {"1883", "0", "99999"}) {
        for (const std::size_t size : {0U, 128U, 129U, 500U}) {
            const std::string before = std::string("AT+MQTTCFG=\"h\",") + port + ",\"i\",60,\"u\",";
            const auto found = secret_in(before + "\"" + std::string(size, 'p') + "\",1,\"\",0");
            CHECK(found.at == before.size());
            CHECK(found.size == size + 2);
        }
    }
}

TEST_CASE("whatever a module shows in place of a password is passed over") {
    CHECK(parse_line("+MQTTCFG: \"h\",1883,\"i\",60,\"u\",\"" + std::string(200, '*') + "\",1,\"\",0"));
}

TEST_CASE("the heading of [2.4.2] has one blank more than a line, and none in its first word") {
    tolerances may;
    may.head_blanks = false;
    CHECK(parse_line("+MQTT PINGRSP OK", may));
    for (const auto line : {"+ MQTT PINGRSP OK"sv, "+ MQTTPINGRSP OK"sv, "+M QTT PINGRSP OK"sv, "+ MQTTPINGRSP: OK"sv})
        CHECK(parse_line(line, may).why().code == errc::unknown_head);
}
