// What a writer never puts on the line, whatever the application hands it.                     [bad-input.md, wire.md 5]
// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include <string>
#include <string_view>

using namespace rows;

namespace {

/// A text in every place that a command has for one.
struct place {
    command (*with)(text);
    param field;
    std::size_t column;  ///< of the first byte of the text
    bool escapes;        ///< a quote can be written there
};

const place places[] = {
    {[](text t) -> command { return configure{t, 1, "", 0, "", "", true}; }, param::host, 12, false},
    {[](text t) -> command { return configure{"", 1, t, 0, "", "", true}; }, param::id, 17, false},
    {[](text t) -> command { return configure{"", 1, "", 0, t, "", true}; }, param::user, 22, false},
    {[](text t) -> command { return configure{"", 1, "", 0, "", t, true}; }, param::passwd, 25, false},
    {[](text t) -> command { return configure{"", 1, "", 0, "", "", true, false, t}; }, param::version, 30, false},
    {[](text t) -> command { return open{true, true, true, false, qos::at_most_once, t, ""}; }, param::will_topic, 23,
     false},
    {[](text t) -> command { return open{true, true, true, false, qos::at_most_once, "", t}; }, param::will_mesg, 26,
     true},
    {[](text t) -> command {
         return subscribe{t, qos::at_most_once};
     },
     param::topic, 12, false},
    {[](text t) -> command { return unsubscribe{t}; }, param::topic, 14, false},
    {[](text t) -> command {
         return publish{t, qos::at_most_once, false, false, ""};
     },
     param::topic, 12, false},
    {[](text t) -> command {
         return publish{"", qos::at_most_once, false, false, t};
     },
     param::message, 21, true},
    {[](text t) -> command {
         return publish_counted{t, qos::at_most_once, false, false, 1};
     },
     param::topic, 12, false},
};

/// The topic of a line, or the words of an error.
struct line_place {
    line (*with)(std::string_view);
    param field;
};

const line_place line_places[] = {
    {[](std::string_view t) -> line {
         return suback{1, 0, t};
     },
     param::topic},
    {[](std::string_view t) -> line {
         return unsuback{1, t};
     },
     param::topic},
    {[](std::string_view t) -> line { return message{false, qos::at_most_once, false, 0, t, 1, "x"}; }, param::topic},
    {[](std::string_view t) -> line { return configuration_is{t, 1, "", 0, "", true}; }, param::host},
    {[](std::string_view t) -> line { return configuration_is{"", 1, t, 0, "", true}; }, param::id},
    {[](std::string_view t) -> line { return configuration_is{"", 1, "", 0, t, true}; }, param::user},
    {[](std::string_view t) -> line { return configuration_is{"", 1, "", 0, "", true, false, t}; }, param::version},
    {[](std::string_view t) -> line {
         return cme_error{error_form::words, cme::no_network, t};
     },
     param::err},
};

}  // namespace

TEST_CASE("AT-01: no text of a command takes CR, LF, NUL, 0x1A, 0x1B or 0x08, wherever it stands in it") {
    for (const auto& row : places) {
        for (const char byte : forbidden) {
            for (std::size_t before = 0; before < 3; ++before) {
                for (std::size_t behind = 0; behind < 2; ++behind) {
                    const std::string bytes = std::string(before, 'a') + byte + std::string(behind, 'b');
                    CAPTURE(name_of(row.field));
                    CHECK(written(row.with(bytes)) == shown({errc::forbidden_byte, row.field, row.column + before}));
                }
            }
        }
    }
}

TEST_CASE("AT-01: every other control byte, and every byte above 126, is sent as it is") {
    for (const auto& [with, field, column, escapes] : places) {
        for (int value = 1; value < 256; ++value) {
            const char byte = static_cast<char>(value);
            if (forbidden.find(byte) != std::string_view::npos || byte == '"' || byte == '\\') continue;
            const std::string done = written(with(std::string{byte}));
            CAPTURE(value);
            CHECK(first(rest(done, column - 1), 3) == std::string{'"', byte, '"'});
        }
    }
}

TEST_CASE("AT-01: no line but the payload of a message takes them either") {
    for (const auto& [with, field] : line_places) {
        for (const char byte : forbidden) {
            for (const std::string& bytes : {std::string{byte}, "a" + std::string{byte}, std::string{byte} + "b"}) {
                for (const auto how : {spelling::manual, spelling::sdk}) {
                    char out[256];
                    const auto done = format(with(bytes), out, how);
                    CHECK(done.why().code == errc::forbidden_byte);
                    CHECK(done.why().field == field);
                }
            }
        }
    }
}

TEST_CASE("AT-02: a quote is escaped in a message and in a will, and refused elsewhere") {  // wire.md 5
    for (const auto& row : places) {
        const command m = row.with(R"(a"b)");
        CAPTURE(name_of(row.field));
        if (row.escapes) {
            const auto done = written(m);
            CHECK(first(rest(done, row.column - 1), 6) == R"("a\"b")");
            check_reads(parse_command(done), m);
        } else {
            CHECK(written(m) == shown({errc::forbidden_byte, row.field, row.column + 1}));
        }
    }
}

TEST_CASE("AT-02: a backslash is refused everywhere, at the end of a text too") {  // wire.md 5, field-notes 3
    for (const auto& row : places) {
        CAPTURE(name_of(row.field));
        CHECK(written(row.with(R"(\)")) == shown({errc::forbidden_byte, row.field, row.column}));
        CHECK(written(row.with(R"(ab\)")) == shown({errc::forbidden_byte, row.field, row.column + 2}));
        CHECK(written(row.with(R"(a\b)")) == shown({errc::forbidden_byte, row.field, row.column + 1}));
        CHECK(written(row.with(R"(\\)")) == shown({errc::forbidden_byte, row.field, row.column}));
    }
}

TEST_CASE("AT-02: a text that the application escaped already is not escaped twice, but refused") {
    for (const auto& place : places) {
        const auto done = written(place.with(R"(\"a\")"));
        CHECK(done == shown({errc::forbidden_byte, place.field, place.column}));
    }
}

TEST_CASE("AT-02: what was parsed is formatted again with one backslash for each quote") {
    const std::string_view wire = "AT+MQTTPUB=\"t\",0,0,0,\"{\\\"a\\\":1}\"\r";
    const auto read = parse_command(wire);
    CHECK(shown(read.why()) == shown({}));
    CHECK(written(*read) == wire);
}

TEST_CASE("AT-02: commas and semicolons are bytes of a text like any other") {
    for (const auto& place : places) {
        const command m = place.with(";a,b;+MQTTDEL,");
        const auto done = written(m);
        CAPTURE(done);
        CHECK(first(rest(done, place.column - 1), 16) == "\";a,b;+MQTTDEL,\"");
        check_reads(parse_command(done), m);
    }
}

TEST_CASE("AT-07: texts stand in straight quotes, and curly ones in them are bytes of the text") {
    for (const auto& place : places) {
        const command m = place.with("\xE2\x80\x9Ctest\xE2\x80\x9D");
        const auto done = written(m);
        CAPTURE(done);
        CHECK(first(rest(done, place.column - 1), 12) == "\"\xE2\x80\x9Ctest\xE2\x80\x9D\"");
        check_reads(parse_command(done), m);
        check_reads(parse_command(done, tolerances::all()), m);
    }
}

TEST_CASE("a line refuses a quote or a backslash in a topic that it quotes") {  // wire.md 5
    for (const std::string_view topic : {R"(a"b)", R"(a\b)", R"(ab\)", R"(")"}) {
        CAPTURE(topic);
        char out[256];
        CHECK(format(unsuback{1, topic}, out).why().code == errc::forbidden_byte);
        CHECK(format(message{false, qos::at_most_once, false, 0, topic, 1, "x"}, out).why().code ==
              errc::forbidden_byte);
    }
}

TEST_CASE("the column of a line that cannot be written counts from its first byte, as when it is read") {
    CHECK(written(suback{1, 2, "a\rb"}) == shown({errc::forbidden_byte, param::topic, 18}));
    CHECK(written(unsuback{8, "a\\"}) == shown({errc::forbidden_byte, param::topic, 19}));
    CHECK(written(puback{false, 1}, spelling::sdk) == "\r\n+MQTTPUBACK:0,1\r\n");
    CHECK(written(configuration_is{"h", 0, "", 0, "", true}) == shown({errc::out_of_range, param::port, 14}));
    CHECK(written(message{false, static_cast<qos>(3), false, 0, "t", 0, ""}) ==
          shown({errc::out_of_range, param::qos, 16}));
}

TEST_CASE("a backslash that stands by itself in text from the wire is not written, beside an escaped quote or not") {
    for (const std::string_view raw : {R"(a\b\"c)", R"(\"\b)", R"(\"a\)"}) {
        CAPTURE(raw);
        publish m;
        m.topic = "t";
        m.message = text::from_wire(raw, true);
        char out[64];
        CHECK(format(m, out).why().code == errc::forbidden_byte);
    }
}

TEST_CASE("the short form of a configuration has neither version nor encryption to say") {
    configuration_is m{"h", 1, "i", 1, "u", true, true};
    CHECK(written(m) == "\r\n+MQTTCFG: \"h\",1,\"i\",1,\"u\",\"***\",1\r\n");
    m.version = "v";
    CHECK(written(m).find("contradict") != std::string::npos);
    m.version = "";
    m.encrypt = true;
    CHECK(written(m).find("contradict") != std::string::npos);
}

TEST_CASE("a message is only written with the length of its payload") {
    const message m{false, qos::at_most_once, false, 0, "t", 4, "abc"};
    for (const auto how : {spelling::manual, spelling::sdk}) {
        char out[64];
        const auto done = format(m, out, how);
        CHECK(done.why().code == errc::length_mismatch);
    }
}

TEST_CASE("AT-29: numbers past their range are not written") {
    CHECK(written(subscribe{"a", static_cast<qos>(3)}) == shown({errc::out_of_range, param::qos, 15}));
    CHECK(written(configure{"h", 0, "i", 6, "u", "p", true}) == shown({errc::out_of_range, param::port, 15}));
    CHECK(written(set_timeout{0}) == shown({errc::out_of_range, param::timeout, 10}));
    CHECK(written(open{true, true, true, true, static_cast<qos>(255), "", ""}) ==
          shown({errc::out_of_range, param::will_qos, 20}));
}
