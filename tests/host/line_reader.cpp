// host/line_reader.hpp: lines, line ends, prompts, overlong lines, and what time does to them. Payloads: message_reader.cpp.
// SPDX-License-Identifier: MIT
#include "transcript.hpp"

#include <atmqtt/host/line_reader.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace transcript;
using namespace std::string_literals;

namespace {

constexpr std::size_t room = 64;

line_reader_options with_line_limit(std::size_t limit) {
    line_reader_options options;
    options.line_limit = limit;
    return options;
}
line_reader_options with_any_prompt() {
    line_reader_options options;
    options.any_prompt = true;
    return options;
}

/// One event, and that there is no other.
template <class Event>
const Event& only(const std::optional<from_modem::event>& found) {
    REQUIRE(found);
    const Event* const one = std::get_if<Event>(&*found);
    REQUIRE(one != nullptr);
    return *one;
}

}  // namespace

TEST_CASE("a line ends at CR LF, CR or LF, which belongs to it and is not part of its text") {
    check({room,
           {},
           {{"OK\r\n", line("OK")}, {"OK\n", line("OK")}, {"OK\r", line("OK")}, {"+MQTTTO:5\r\n", line("+MQTTTO:5")}}});
    check({room, {}, {{"a\r", line("a")}, {"b\r", line("b")}}});
    check({room, {}, {{"a\n", line("a")}, {"b\n", line("b")}}});
}

TEST_CASE("AT-28: each line end with nothing before it is one blank") {
    check({room, {}, {{"\r\n", blank}, {"\r\n", blank}}});
    check({room, {}, {{"\r", blank}, {"\r\n", blank}, {"\n", blank}, {"\n", blank}, {"\r", blank}, {"\r", blank}}});
    check({room, {}, {{"\r\n", blank}, {"OK\r\n", line("OK")}, {"\r\n", blank}}});
}

TEST_CASE("AT-28: odd lines are one line each, and what is malformed is left to parse_line") {
    check({room,
           {},
           {{":\r\n", line(":")},
            {",,,,\r\n", line(",,,,")},
            {" \r\n", line(" ")},
            {"+\r\n", line("+")},
            {"+MQTT\r\n", line("+MQTT")},
            {"+MQTTPUBACK: 0,\r\n", line("+MQTTPUBACK: 0,")},
            {"+MQTTSUBACK: ,,\r\n", line("+MQTTSUBACK: ,,")},
            {"+MQTTUNSUBACK:8,\"test\r\n", line("+MQTTUNSUBACK:8,\"test")},
            {"+MQTTPUBLISH:\r\n", line("+MQTTPUBLISH:")},
            {"+MQTTPUBLISH: 0,0,0\r\n", line("+MQTTPUBLISH: 0,0,0")},
            {"+MQTTPUBLISH: 0,0,0,0,\"t\",\r\n", line("+MQTTPUBLISH: 0,0,0,0,\"t\",")},
            {"+MQTTPUBLISH: ,,,,,,\r\n", line("+MQTTPUBLISH: ,,,,,,")},
            {"OK\r\n", line("OK")}}});
}

TEST_CASE("AT-27: NUL and bytes past 127 are bytes of a line") {
    check({room, {}, {{"\0a\0\r\n"s, line("\0a\0"s)}, {"\x80\xFF\r\n", line("\x80\xFF")}, {"OK\r\n", line("OK")}}});
}

TEST_CASE("AT-24: every spelling of a line is one line, blanks and quotes as they came") {
    script all{room, {}, {}};
    for (const std::string text : {"+MQTTOPEN: OK",
                                   "+MQTTOPEN:OK",
                                   "+MQTTOPEN:FAIL",
                                   "+MQTTPINGRSP: OK",
                                   "+MQTTPINGRESP:OK",
                                   "+MQTT PINGRSP OK",
                                   "+MQTT UNSUBACK:8,\"test\"",
                                   "+MQTTUNSUBACK:8,test",
                                   "+MQTTSUBACK: 2,2,dev/gsm/u",
                                   "+MQTTPUBREL: 0,1",
                                   "+MQTT PUBREL: 0,1",
                                   "+MQTTDISC: OK",
                                   "+MQTTDISC:OK",
                                   "+MQTTTO:5",
                                   "+MQTTTO: 5",
                                   "+MQTTREC:0",
                                   "+MQTTREC: 0",
                                   "+MQTTREC: 1,0",
                                   "+MQTTCFG:\"(null)\"",
                                   "+MQTTSUB:",
                                   "dev/gsm/u",
                                   "\"dev/gsm/u\",1",
                                   "[dev/gsm/u,1]",
                                   "+CME ERROR:600",
                                   "+CME ERROR: 600",
                                   "+CME ERROR",
                                   "+CME ERROR: no network",
                                   "ERROR",
                                   "+ MQTTREC: 0"}) {
        all.rows.push_back({"\r\n", blank});
        all.rows.push_back({text + "\r\n", line(text)});
    }
    check(all);
}

TEST_CASE("AT-25: answers, alarms and echoes come each once and in order, whatever stands between them") {
    // 3.2: the message stands between the acknowledgement and OK
    check({room,
           {},
           {{"AT+MQTTPUB=\"pyr\",1,0,0,\"abc\"\r", line("AT+MQTTPUB=\"pyr\",1,0,0,\"abc\"")},
            {"\r\n", blank},
            {"+MQTTPUBACK:0,3\r\n", line("+MQTTPUBACK:0,3")},
            {"\r\n", blank},
            {"+MQTTPUBLISH:0,1,0,1,pyr,3,abc\r\n", message("0,1,0,1", "pyr", "abc")},
            {"\r\n", blank},
            {"OK\r\n", line("OK")}}});
    // two alarms in one chunk, one before the answer, one right behind OK, with no empty line between
    check({room,
           {},
           {{"\r\n", blank},
            {"+MQTTTO:5\r\n", line("+MQTTTO:5")},
            {"+MQTTREC:0\r\n", line("+MQTTREC:0")},
            {"\r\n", blank},
            {"+MQTTSTAT: 1\r\n", line("+MQTTSTAT: 1")},
            {"\r\n", blank},
            {"OK\r\n", line("OK")},
            {"+MQTTDISC: OK\r\n", line("+MQTTDISC: OK")},
            {"AT\r", line("AT")},
            {"\r\n", blank}}});
}

TEST_CASE("AT-27: a line one byte too long for the buffer is overlong, once, and the next one is read") {
    // events.hpp: at most the size of the buffer less 2
    check({8, {}, {{"123456\r\n", line("123456")}, {"1234567\r\n", overlong}, {"OK\r\n", line("OK")}}});
    check({8,
           {},
           {{"1234567\r", overlong},
            {"OK\n", line("OK")},
            {"1234567\n", overlong},
            {"\n", blank},
            {"OK\r", line("OK")}}});
    check({8, {}, {{"OK\r\n", line("OK")}, {"123456789012345678901234567890\r\n", overlong}, {"\r\n", blank}}});
    check({8, {}, {{"+MQTTDISC: OK\r\n", overlong}, {">234567\r\n", overlong}, {"OK\r\n", line("OK")}}});
    check({4, {}, {{"OK\r\n", line("OK")}, {"OK?\r\n", overlong}, {"\r\n", blank}}});
}

TEST_CASE("AT-27: line_limit makes a line overlong in a larger buffer") {
    check({room, with_line_limit(4), {{"1234\r\n", line("1234")}, {"12345\r\n", overlong}, {"OK\r\n", line("OK")}}});
    check({room, with_line_limit(0), {{"\r\n", blank}, {"1\r\n", overlong}, {"\r\n", blank}}});
    check({8, with_line_limit(room), {{"123456\r\n", line("123456")}, {"1234567\r\n", overlong}}});
}

TEST_CASE("AT-27: an overlong line at the end of the input is overlong, not partial") {
    check({8, {}, {{"1234567", overlong}}});
    check({8, {}, {{"1234567\r", overlong}}});
    check({8, {}, {{"123456", partial("123456")}}});
}

TEST_CASE("what is left at the end of the input is partial, or the line whose LF did not come") {
    check({room, {}, {{"OK\r\n", line("OK")}, {"+MQTTOP", partial("+MQTTOP")}}});
    check({room, {}, {{"OK\r", line("OK")}}});
    check({room, {}, {{"\r", blank}}});
    check({room, {}, {{"+MQTTPUBLISH: 0,0,0,0,\"t", partial("+MQTTPUBLISH: 0,0,0,0,\"t")}}});
    check({room, {}, {prompt_due(), {">", prompt}}});
}

TEST_CASE("AT-05: while one is due, a > at the start of a line is the prompt, with or without its blank") {
    check({room, {}, {prompt_due(), {"\r\n", blank}, {"> ", prompt}, {"\r\n", blank}, {"OK\r\n", line("OK")}}});
    check({room, {}, {prompt_due(), {"\r\n", blank}, {">", prompt}, {"\r\n", blank}, {"OK\r\n", line("OK")}}});
    check({room, {}, {prompt_due(), {">", prompt}, {"OK\r\n", line("OK")}}});
}

TEST_CASE("AT-05: a > is text when no prompt is due") {
    check({room, {}, {{"\r\n", blank}, {"> \r\n", line("> ")}, {">\r\n", line(">")}}});
    check({room, {}, {prompt_due(), {"> ", prompt}, {"\r\n", blank}, {"> a\r\n", line("> a")}}});  // one prompt a call
}

TEST_CASE("AT-05: a > inside a line, a topic or a payload is no prompt though one is due") {
    check({128,
           {},
           {prompt_due(),
            {"+MQTTSUBACK: 1,0,a>b\r\n", line("+MQTTSUBACK: 1,0,a>b")},
            {" > \r\n", line(" > ")},
            {"+MQTTPUBLISH: 0,0,0,0,\"\r\n> \",9,\r\n> \r\n>> \r\n", message("0,0,0,0", "\r\n> ", "\r\n> \r\n>> ")},
            {"> ", prompt}}});
}

TEST_CASE("AT-05: what comes instead of the prompt is read as what it is, and the prompt stays due") {
    check({room,
           {},
           {prompt_due(),
            {"\r\n", blank},
            {"OK\r\n", line("OK")},
            {"+MQTTTO:5\r\n", line("+MQTTTO:5")},
            {"ERROR\r\n", line("ERROR")},
            {"+MQTTPUBLISH: 0,0,0,0,\"t\",3,abc\r\n", message("0,0,0,0", "t", "abc")},
            {"\r\n", blank},
            {"> ", prompt}}});
}

TEST_CASE("AT-05: a prompt that never comes is never given, and nothing is waited for") {
    std::vector<char> memory(room);
    line_reader reader{{memory.data(), memory.size()}};
    reader.expect_prompt();
    CHECK_FALSE(reader.wait(instant{0}));
    CHECK_FALSE(reader.tick(instant{1000000}));
    reader.expect_prompt(false);
    std::string_view input = "> \r\n";
    CHECK(only<from_modem::line>(reader.receive(input, instant{1000000})).text == "> ");
}

TEST_CASE("with any_prompt a > at the start of each line is a prompt, one a line") {
    check({room,
           with_any_prompt(),
           {{">", prompt},
            {"\r\n", blank},
            {"> ", prompt},
            {"> a\r\n", line("> a")},
            {"a>\r\n", line("a>")},
            {"> ", prompt},
            {"\r\n", blank}}});
}

TEST_CASE("an LF that comes within the hold belongs to its CR, one that comes after it is a line end of its own") {
    check(
        {room, {}, {{"OK\r", ""}, silence(19), {"\n", line("OK")}, {"OK\r", line("OK")}, silence(20), {"\n", blank}}});
    check({8,
           {},
           {{"1234567\r", ""}, silence(19), {"\n", overlong}, {"1234567\r", overlong}, silence(20), {"\n", blank}}});
    check({room, {}, {{"\r", ""}, silence(19), {"\n", blank}, {"\r", blank}, silence(20), {"\n", blank}}});
}

TEST_CASE("a blank that comes within the hold belongs to its prompt, one that comes after it is text") {
    check({room, {}, {prompt_due(), {">", ""}, silence(19), {" ", prompt}, {"a\r\n", line("a")}}});
    check({room, {}, {prompt_due(), {">", prompt}, silence(20), {" a\r\n", line(" a")}}});
}

TEST_CASE("before the hold has passed nothing is given, and when it has, the event is") {
    for (const std::uint32_t start : {0U, 0x7FFFFFF0U, 0x80000000U, 0xFFFFFFF0U, 0xFFFFFFFFU}) {
        CAPTURE(start);
        std::vector<char> memory(room);
        line_reader reader{{memory.data(), memory.size()}};
        const instant now{start};
        CHECK_FALSE(reader.wait(now));
        std::string_view input = "OK\r";
        CHECK_FALSE(reader.receive(input, now));
        CHECK(input.empty());
        CHECK(reader.wait(now) == millis{20});
        CHECK(reader.wait(now + millis{1}) == millis{19});
        CHECK_FALSE(reader.tick(now + millis{19}));
        CHECK(reader.wait(now + millis{19}) == millis{1});
        CHECK(only<from_modem::line>(reader.tick(now + millis{20})).text == "OK");
        CHECK_FALSE(reader.tick(now + millis{20}));
        CHECK_FALSE(reader.wait(now + millis{20}));
    }
}

TEST_CASE("a line is given as soon as its LF is here, a prompt as soon as its blank is") {
    std::vector<char> memory(room);
    line_reader reader{{memory.data(), memory.size()}};
    reader.expect_prompt();
    std::string_view input = "OK\n> ";
    CHECK(only<from_modem::line>(reader.receive(input, {})).size == 3);
    CHECK(only<from_modem::prompt>(reader.receive(input, {})).size == 2);
    CHECK_FALSE(reader.receive(input, {}));
}

TEST_CASE("in the middle of a line silence means nothing") {
    check({room, {}, {{"O", ""}, silence(100000), {"K", ""}, silence(100000), {"\r\n", line("OK")}}});
    check({room, {}, {{"+MQTTPUBLISH: 0", ""}, silence(100000), {"\r\n", line("+MQTTPUBLISH: 0")}}});
    check({8, {}, {{"123456789", ""}, silence(100000), {"\r\n", overlong}}});
}

TEST_CASE("reset forgets what is held, and that a prompt is due") {
    const std::vector<std::string> starts = {"+MQTTOP",
                                             "OK\r",
                                             "> ",
                                             "123456789012345678901234567890123456789012345678901234567890123",
                                             "+MQTTPUBLISH: 0,0,0,0,\"t\",30,abc",
                                             "+MQTTPUBLISH: 0,0,0,0,\"t\",900,abc",
                                             "+MQTTPUBLISH: 0,0,0,0,\"a\r\nb"};
    for (const std::string& start : starts) {
        CAPTURE(start);
        std::vector<char> memory(room);
        line_reader reader{{memory.data(), memory.size()}};
        reader.expect_prompt();
        std::string_view input = start;
        while (reader.receive(input, {})) {}
        reader.expect_prompt();
        reader.reset();
        CHECK_FALSE(reader.wait({}));
        CHECK_FALSE(reader.tick(instant{1000}));
        input = "> \r\n";
        CHECK(only<from_modem::line>(reader.receive(input, {})).size == 4);
        CHECK_FALSE(reader.finish());
    }
}

TEST_CASE("a prompt was half read when bytes were lost: what comes next is at the start of a line") {
    char memory[64];
    line_reader it{memory};
    std::string_view input = ">";
    it.expect_prompt();
    CHECK(!it.receive(input, {}));
    input = "x";
    CHECK(it.receive(input, {}));  // the prompt
    it.reset();
    it.expect_prompt();
    input = "> ";
    const auto found = it.receive(input, {});
    REQUIRE(found);
    CHECK(std::holds_alternative<from_modem::prompt>(*found));
}

TEST_CASE("in a larger buffer a longer line is one") {
    char small[8], large[64];
    line_reader it{small};
    it.rebind(large);
    std::string_view input = "a line of 20 bytes..\r\n";
    const auto found = it.receive(input, {});
    REQUIRE(found);
    CHECK(std::holds_alternative<from_modem::line>(*found));
}
