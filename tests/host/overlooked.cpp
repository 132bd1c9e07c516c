// What a mistake in a refactoring would change, and no other test sees.
// SPDX-License-Identifier: MIT
#include <atmqtt/host/line_reader.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <variant>

using namespace atmqtt;
using namespace std::string_view_literals;

TEST_CASE("one blank belongs to a prompt; the next is of what follows") {
    char memory[64];
    line_reader reader{memory};
    reader.expect_prompt();
    std::string_view input = ">  x\r\n";
    const auto first = reader.receive(input, {});
    REQUIRE(first);
    REQUIRE(std::holds_alternative<from_modem::prompt>(*first));
    CHECK(std::get<from_modem::prompt>(*first).size == 2);
    const auto next = reader.receive(input, {});
    REQUIRE(next);
    CHECK(std::get<from_modem::line>(*next).text == " x");
}

TEST_CASE("a head with more blanks than any has is a line, whose payload is not counted") {
    char memory[256];
    line_reader reader{memory};
    std::string_view input = "+                                        MQTTPUBLISH: 0,0,0,0,\"t\",9,ab\r\n+MQTTX\r\n";
    const auto found = reader.receive(input, {});
    REQUIRE(found);
    REQUIRE(std::holds_alternative<from_modem::line>(*found));
    CHECK(ends_with(std::get<from_modem::line>(*found).text, "9,ab"));
}

TEST_CASE("a topic in quotes does not carry a header past the limit of a line, not by a line end right there either") {
    for (const std::size_t limit : {39U, 40U, 41U, 42U}) {
        char memory[512];
        line_reader_options options;
        options.line_limit = limit;
        line_reader reader{memory, options};
        std::string header = "+MQTTPUBLISH: 0,0,0,0,\"";
        header.append(40 - header.size(), 't');
        header += "\r\n0123456789\",3,";
        const std::string whole = header + "abc\r\n";
        std::string_view input = whole;
        const auto found = reader.receive(input, {});
        REQUIRE(found);
        CHECK(!std::holds_alternative<from_modem::message>(*found));
    }
}

TEST_CASE("where curly quotes are not tolerated, a bare topic may begin with one") {
    char memory[256];
    line_reader reader{memory};
    std::string_view input = "+MQTTPUBLISH: 0,0,0,0,\xE2\x80\x9Ct,3,abc\r\n";
    const auto found = reader.receive(input, {});
    REQUIRE(found);
    REQUIRE(std::holds_alternative<from_modem::message>(*found));
    CHECK(std::get<from_modem::message>(*found).what.topic == "\xE2\x80\x9Ct"sv);
    CHECK(std::get<from_modem::message>(*found).what.payload == "abc");
}

TEST_CASE("a quote behind two backslashes does not end a topic in a stream either") {
    char memory[256];
    line_reader reader{memory};
    std::string_view input = "+MQTTPUBLISH: 0,0,0,0,\"a\\\\\",b\",4,a\r\nx\r\n";
    const auto found = reader.receive(input, {});
    REQUIRE(found);
    REQUIRE(std::holds_alternative<from_modem::message>(*found));
    CHECK(std::get<from_modem::message>(*found).what.topic == "a\\\",b"sv);
    CHECK(std::get<from_modem::message>(*found).what.payload == "a\r\nx");
}

TEST_CASE("pieces and what is too large name their topic without its escapes") {
    for (const bool pieces : {false, true}) {
        char memory[256];
        line_reader_options options;
        options.pieces = pieces;
        options.payload_limit = 2;
        line_reader reader{memory, options};
        std::string_view input = "+MQTTPUBLISH: 0,0,0,0,\"a\\\"b\",4,abcd\r\n";
        const auto found = reader.receive(input, {});
        REQUIRE(found);
        if (pieces)
            CHECK(std::get<from_modem::piece>(*found).header.topic == "a\"b"sv);
        else
            CHECK(std::get<from_modem::too_large>(*found).header.topic == "a\"b"sv);
    }
}

TEST_CASE("what is longer than the limit of a payload comes in pieces, though there is room") {
    char memory[256];
    line_reader_options options;
    options.pieces = true;
    options.payload_limit = 3;
    line_reader reader{memory, options};
    std::string_view input = "+MQTTPUBLISH: 0,0,0,0,\"t\",4,abcd\r\n";
    const auto found = reader.receive(input, {});
    REQUIRE(found);
    CHECK(std::holds_alternative<from_modem::piece>(*found));
}
