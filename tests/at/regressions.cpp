// What reviews and fuzzing have found: each stays found.
// SPDX-License-Identifier: MIT
#include <atmqtt.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace atmqtt;

TEST_CASE("AT-07: a curly topic with commas does not make a message of a length, or a length of a message") {
    const auto counted = parse_command("AT+MQTTPUB=\xE2\x80\x9C"
                                       "a,b,c,d,e\xE2\x80\x9D,1,0,0,5",
                                       tolerances::all());
    REQUIRE(counted);
    REQUIRE(std::holds_alternative<publish_counted>(*counted));
    CHECK(std::get<publish_counted>(*counted).topic == "a,b,c,d,e");
    const auto literal = parse_command("AT+MQTTPUB=\xE2\x80\x9C"
                                       "a,b\xE2\x80\x9D,1,0,0,\xE2\x80\x9Cmsg\xE2\x80\x9D",
                                       tolerances::all());
    REQUIRE(literal);
    REQUIRE(std::holds_alternative<publish>(*literal));
    CHECK(std::get<publish>(*literal).message == "msg");
    const auto nothing = parse_line("+MQTTCFG:\xE2\x80\x9D(null)\xE2\x80\x9D", tolerances::all());
    REQUIRE(nothing);
    CHECK(std::holds_alternative<no_configuration>(*nothing));
}

TEST_CASE("error words that would be read as a code are not written, blanks behind them or not") {
    char out[max_size<cme_error>()];
    for (const char* const words : {"1", "1 ", "605   ", " ", "", " a"}) {
        CAPTURE(words);
        CHECK(format(cme_error{error_form::words, cme::no_network, words}, out).why().code == errc::forbidden_byte);
    }
    for (const char* const words : {"SIM busy", "65536", "007", "1 a", "605,1"}) {
        CAPTURE(words);
        const auto written = format(cme_error{error_form::words, cme::no_network, words}, out);
        REQUIRE(written);
        const auto read = parse<cme_error>(*written);
        REQUIRE(read);
        CHECK(read->form == error_form::words);
        CHECK(read->words == words);
    }
}

TEST_CASE("a second command behind a head without parameters is told as such") {
    CHECK(parse_command("AT+MQTTSUB;+CSQ").why().code == errc::chained);
    CHECK(parse_command("AT+MQTTCFG;+MQTTCFG?").why().code == errc::chained);
    CHECK(parse_command("AT+MQTTSUB!").why().code == errc::unknown_form);
}

TEST_CASE("a line end is taken off once, and a name in lower case is no line") {
    CHECK(parse_line("OK\n\n").why().code == errc::unknown_head);
    CHECK(parse_line("+mqttSTAT: 1").why().code == errc::unknown_head);
}

TEST_CASE("where the length is wrong, the line end is still no payload") {
    const auto read = parse_line("+MQTTPUBLISH: 0,1,0,1,\"t\",14,abc\r\n", tolerances::all());
    REQUIRE(read);
    CHECK(std::get<message>(*read).payload == "abc");
    const auto right = parse_line("+MQTTPUBLISH: 0,1,0,1,\"t\",5,abc\r\n");
    REQUIRE(right);
    CHECK(std::get<message>(*right).payload == "abc\r\n");
}

TEST_CASE("a password stays hidden behind a BACKSPACE, a missing colon, and a quote in it") {
    for (const std::string line :
         {"AX\bT+MQX\bTTCFG=\"h\",1883,\"i\",60,\"u\",\"secret\",1",
          "AT+MQTTCX\bFG=\"h\",1883,\"i\",60,\"u\",\"secret\",1", "+MQTTCFG \"h\",1883,\"i\",60,\"u\",\"secret\",1",
          "AT+MQTTCFG?\"h\",1883,\"i\",60,\"u\",\"secret\",1",
          "AT+MQTTCFG=\"h\",1883,\"i\",60,\"u\",\"x\",\b\b\b\b\"secret\",1",
          "AT+MQTTCFG=\"h\",1883,\"i\",60,\"u\",\"secret\"\b\b\"ret\",1",
          "x\b\"secret\" AT+MQTTCFG=\"h\",1883,\"i\",60,\"u\",\"p\",1",
          "AT+MQTTCFG=\"h\",1883,\"i\",60,\"u\",\"sec\"ret\",1"}) {
        CAPTURE(line);
        const auto hidden = secret_in(line);
        std::string shown = line;
        shown.replace(hidden.at, hidden.size, "***");
        CHECK(shown.find("ret") == std::string::npos);
    }
    CHECK(secret_in("AT+MQTTCFG?").size == 0);
    CHECK(secret_in("ab").size == 0);
}

TEST_CASE("an item of the list: a quote with its backslash, and blanks around what is in quotes or brackets") {
    const auto is = [](std::string_view wire, const text& topic, bool has_level) {
        const subscription item = parse_subscription(wire);
        return item.topic == topic && item.has_level == has_level;
    };
    CHECK(is("\"a\\\"b\",1", "a\"b", true));
    CHECK(is("[\"a\\\"b\"]", "a\"b", false));
    CHECK(is("\"a\\b\"", "a\\b", false));
    CHECK(is("\"a\"b\"", "a\"b", false));
    CHECK(parse_subscription("\"a\"b\\\"\"").topic.size() == 5);  // one of them has none: no backslash is an escape
    CHECK(is("\"\"", "", false));
    CHECK(is(" [dev/gsm/u,2]", "dev/gsm/u", true));  // 2.3.4
    CHECK(is(" \"dev/gsm/u\" ", "dev/gsm/u", false));
    CHECK(is("\"dev/gsm/u\",2 \r\n", "dev/gsm/u", true));
    CHECK(is(" dev/gsm/u ", " dev/gsm/u ", false));  // ours: a bare topic may begin and end in blanks
    CHECK(is("  ", "  ", false));
    CHECK(is("", "", false));
    for (const char* const topic : {" [x]", " \"x", "[x] ", " x", "x "}) {
        char out[64];
        const auto written = format(subscription{topic}, out);
        if (written) CHECK(parse_subscription(*written).topic == text{topic});
    }
}

TEST_CASE("a blank before the head makes it no head: line_reader would not count the payload behind it") {
    for (const char* const line : {" +MQTTPUBLISH: 0,0,0,0,\"t\",1,x", " +MQTTSTAT: 1", " +MQTT PINGRSP OK", " OK"}) {
        CAPTURE(std::string(line));
        CHECK(parse_line(line).why().code == errc::unknown_head);
    }
}

TEST_CASE("a colon without a code behind it is an error without a code") {
    for (const char* const line : {"+CME ERROR:", "+CME ERROR: "}) {
        const auto read = parse_line(line);
        REQUIRE(read);
        CHECK(std::get<cme_error>(*read).form == error_form::nothing);
        tolerances may;
        may.bare_error = false;
        CHECK(parse_line(line, may).why().code == errc::missing);
    }
}

TEST_CASE("the column of what cannot be written is where it would have stood: behind the comma") {
    char out[128];
    const message comma{false, {}, false, 0, "a,b", 0, {}};
    CHECK(format(atmqtt::line{comma}, out, spelling::sdk).why().column == 22);
    const message length{false, {}, false, 0, "t", 2, "x"};
    CHECK(format(atmqtt::line{length}, out).why().column == 28);
}
