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
          "AT+MQTTCFG?\"h\",1883,\"i\",60,\"u\",\"secret\",1", "AT+MQTTCFG=\"h\",1883,\"i\",60,\"u\",\"sec\"ret\",1"}) {
        CAPTURE(line);
        const auto hidden = secret_in(line);
        std::string shown = line;
        shown.replace(hidden.at, hidden.size, "***");
        CHECK(shown.find("ret") == std::string::npos);
    }
    CHECK(secret_in("AT+MQTTCFG?").size == 0);
    CHECK(secret_in("ab").size == 0);
}
