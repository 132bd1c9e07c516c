// host/chat.hpp: echoes, passwords, odd lines, raw commands, and what its integrator may do: rule 12, and what no rule says.
// SPDX-License-Identifier: MIT
#include "chat_world.hpp"

#include <atmqtt/host/chat.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using namespace chat_world;
using namespace std::string_literals;

namespace {

template <class Command, class = void>
inline constexpr bool can_send = false;
template <class Command>
inline constexpr bool can_send<Command, std::void_t<decltype(std::declval<chat&>().send(std::declval<Command>()))>> =
    true;
static_assert(can_send<publish> && can_send<raw_command> && can_send<query_state>);
static_assert(!can_send<publish_counted> && !can_send<command> && !can_send<int>,
              "these would go out as something else");

}  // namespace

// --- messages whose length is wrong ---

TEST_CASE("AT-21: a message whose length is wrong makes a pending verdict unknown, but a refusal") {
    for (const bool is_shown : {true, false}) {
        CAPTURE(is_shown);
        const std::string bytes = is_shown ? "\r\n+MQTTPUBLISH: 0,0,0,0,\"t\",5,abc\r\n" : "";
        world w;
        w.sends(pub(q1), pub_line(q1));
        w.says("+MQTTPUBACK: 0,5");
        w.hear(bytes);
        w.pass(500);
        w.says("OK");
        CHECK(w.told().back() == (is_shown ? "PUB unknown" : "PUB acknowledged"));
    }
    world w;
    w.sends(sub, sub_line);
    w.hear("\r\n+MQTTPUBLISH: 0,0,0,0,\"t\",1,abc\r\n");
    w.says("+CME ERROR: 606");
    CHECK(w.told() == words{"message q0 #0 t \"a\" mismatch", "SUB refused 606"});
    w.hear("\r\n+MQTTPUBLISH: 0,0,0,0,\"t\",1,abc\r\n");
    w.sends(pub(q0), pub_line(q0));
    w.says("OK");
    CHECK(w.told() == words{"message q0 #0 t \"a\" mismatch", "PUB acknowledged"});
}

TEST_CASE("AT-20: behind a line that is too long, which may be the header of a message, nothing acknowledges") {
    world w{1'000'000, {}, 64};
    w.sends(pub(q1), pub_line(q1));
    w.hear("\r\n+MQTTPUBLISH: 0,0,0,0,\"" + std::string(60, 't') + "\",31,x\r\n+MQTTPUBACK: 0,9\r\n\r\nOK\r\n\r\n");
    CHECK(w.told().back() == "PUB unknown");
}

TEST_CASE("AT-20: a message that says OK, an error, a prompt or another message answers nothing") {
    world w;
    sends_counted(w);
    const std::string payload =
        "\r\nOK\r\n\r\n+CME ERROR: 601\r\n\r\n> \r\n+MQTTPUBLISH: 0,0,0,0,\"u\",1,b\r\n+MQTTPUBACK: 0,5\r\n";
    const std::string bytes = "\r\n+MQTTPUBLISH: 0,0,0,0,\"t\"," + number(payload.size()) + "," + payload + "\r\n";
    w.hear(bytes);
    CHECK(w.it.transmit().empty());
    w.hear("\r\n> ");
    CHECK(w.take() == newline_payload);
    w.hear(bytes);
    CHECK(w.told() == words{"message q0 #0 t " + in_quotes(payload), "message q0 #0 t " + in_quotes(payload)});
    CHECK(w.it.is_pending());
    w.hear("\r\n+MQTTPUBLISH: 0,0,0,0,\"\r\nOK\r\n\",1,a\r\n");
    CHECK(w.told().size() == 1);
    CHECK(w.it.is_pending());
}

TEST_CASE(
    "AT-27: a message larger than the memory, one in pieces and a line too long are told, and the next line is read") {
    chat_options options;
    options.reading.pieces = true;
    world w{0, options, 64};
    w.sends(sub, sub_line);
    w.hear("\r\n+MQTTPUBLISH: 0,0,0,0,\"t\",60," + std::string(60, 'a') + "\r\n");
    const words pieces = w.told();
    CHECK(pieces.size() >= 2);
    CHECK(pieces.back() == "piece q0 #0 t at 60 \"\" last");
    w.says(std::string(100, 'x'));
    CHECK(w.told() == words{"overlong 102"});
    w.says("+MQTTSUBACK: 1,1,t", "OK");
    CHECK(w.told() == words{"answer +MQTTSUBACK: 1,1,t", "SUB unknown, granted 1"});
    world whole{0, {}, 64};
    whole.hear("\r\n+MQTTPUBLISH: 0,0,0,0,\"t\",60," + std::string(60, 'a') + "\r\n");
    CHECK(whole.told() == words{"too large q0 #0 t 60"});
}

TEST_CASE("AT-22, AT-28: what is malformed is told, with where, and answers nothing") {
    world w;
    w.sends(pub(q1), pub_line(q1));
    w.says("+MQTTPUBACK: 0,", "+MQTTPUBACK: 0,70000", ":", ",,,,", "+MQTTPUBLISH: 0,0,0,0,\"t\",-1,a", "\x80\xFF");
    CHECK(w.told() == words{"malformed \"+MQTTPUBACK: 0,\": a parameter is missing at 15",
                            "malformed \"+MQTTPUBACK: 0,70000\": out of range at 15", "text \":\"", "text \",,,,\"",
                            "malformed \"+MQTTPUBLISH: 0,0,0,0,\"t\",-1,a\": not a number at 26",
                            "text \"\\x80\\xFF\""});
    CHECK(w.it.is_pending());
}

// --- rule 12 ---

TEST_CASE("AT-25, rule 12: an echo is the command up to its CR, on, off or changing") {
    world w;
    for (const bool has_echo : {true, false, true}) {
        w.sends(sub, sub_line);
        if (has_echo) w.hear(sub_line + "\r"s);
        w.says("+MQTTSUBACK: 1,1,t", "OK");
        const words answer{"answer +MQTTSUBACK: 1,1,t", "SUB acknowledged, granted 1"};
        words expected = answer;
        if (has_echo) expected.insert(expected.begin(), "echo");
        CHECK(w.told() == expected);
    }
    w.says(R"(AT+MQTTSUB="t",2)", R"(AT+MQTTSUB="t")", R"( AT+MQTTSUB="t",1)");
    CHECK(w.told() == words{R"(text "AT+MQTTSUB="t",2")", R"(text "AT+MQTTSUB="t"")", R"(text " AT+MQTTSUB="t",1")"});
}

TEST_CASE("rule 12: an echo comes before anything of the command is answered, and that of a probe is one") {
    world w;
    REQUIRE(w.it.send(query_state{}));
    (void)w.take(4);
    w.hear("AT+M");
    (void)w.take();
    w.hear("QTTSTAT?\r");
    w.pass(20);
    CHECK(w.told() == words{"echo"});
    w.pass(3000);
    (void)w.told();
    CHECK(w.take() == "AT\r");
    w.pass(1000);
    CHECK(w.take() == "AT\r");
    w.hear("AT\r\r\nOK\r\nAT\r\r\nOK\r\n");
    CHECK(w.told() == words{"echo", "echo"});
    w.pass(300);
    CHECK(w.it.is_ready());
    w.says("AT");
    CHECK(w.told() == words{"text \"AT\""});
}

TEST_CASE("AT-06, rule 12: no event ever holds the password") {
    const std::string secret = "s3cret";
    const configure m{"h", 1883, "i", 60, "user", secret};
    const std::string line = "AT+MQTTCFG=\"h\",1883,\"i\",60,\"user\",\"s3cret\",1,\"\",0";
    const std::vector<std::string> lines = {
        line,                                                // its echo
        line.substr(0, line.size() - 3),                     // cut short
        "x" + line,                                          // behind noise
        line.substr(5),                                      // without its start
        line.substr(line.find(secret)),                      // the rest of it
        "+MQTTCFG: " + line.substr(11),                      // an answer that does not mask it
        "+MQTTCFG:\"h\",1883,\"i\",60,\"user\",\"s3cret\"",  // malformed
        "text " + secret,
    };
    world w;
    for (const std::string& one : lines) {
        w.sends(m, line);
        w.says(one);
        w.pass(100);
        w.it.lost(w.now);
        w.says(one);
        w.says("OK", one);  // behind the verdict, in the pause
        w.pass(500);
    }
    w.sends(m, line);
    w.pass(10000);
    for (const std::string& one : lines) w.says(one);  // while it is silent
    w.pass(2000);
    CHECK(w.take() == "AT\r");
    for (const std::string& one : lines) w.says(one);  // while it is probed
    w.says("OK");
    for (const std::string& one : lines) w.says(one);
    w.pass(300);
    for (const std::string& one : {lines[0], lines[1], lines[2], lines[5], lines[6]}) w.says(one);  // at any time
    w.sends(query_configuration{}, "AT+MQTTCFG?");
    w.says(lines[5], "+MQTTCFG: \"h\",1883,\"i\",60,\"user\",\"***\",1,\"\",0", "OK");
    w.sends(m, line);
    w.it.restarted(w.now);
    w.says(lines[4]);
    CHECK(w.shown().find("echo") != std::string::npos);
    CHECK(w.shown().find("bytes") != std::string::npos);
    CHECK(w.shown().find("user") != std::string::npos);  // that is no secret
    CHECK(w.shown().find(secret) == std::string::npos);
    CHECK(w.shown().find("3cre") == std::string::npos);
}

TEST_CASE("rule 12: while CFG is under way unmatched lines are told by their size only") {
    world w;
    w.sends(configure{"h", 1, "i", 1, "u", "p"}, "AT+MQTTCFG=\"h\",1,\"i\",1,\"u\",\"p\",1,\"\",0");
    w.says("RDY", "+MQTTTO:x");
    CHECK(w.told() == words{"text 5 bytes", "malformed 11 bytes: not a number at 8"});
    w.says("OK");
    CHECK(w.told() == words{"CFG acknowledged"});
    w.pass(20);
    w.says("RDY");
    CHECK(w.told() == words{"text \"RDY\""});
}

TEST_CASE("rule 12: and so they are while a raw CFG is") {
    const std::string line = "AT+MQTTCFG=\"h\",1,\"i\",1,\"u\",\"p\",1";
    world w;
    w.sends(raw_command{line}, line);
    w.says("\"u\",\"p\",1");
    CHECK(w.told() == words{"answer 11 bytes"});
    w.says("OK");
    w.pass(20);
    (void)w.told();
    w.sends(raw_command{"AT+CSQ"}, "AT+CSQ");
    w.says("+CSQ: 1,2");
    CHECK(w.told() == words{"answer \"+CSQ: 1,2\""});
}

// --- raw commands ---

TEST_CASE("raw: its lines are answers, and what ends it like OK is named by the caller") {
    const std::string_view finals[] = {"SEND OK", "SEND FAIL"};
    world w;
    w.sends(raw_command{"AT+QISEND", millis{5000}, finals, 2}, "AT+QISEND");
    w.says("+CGATT: 1", "SEND", "+MQTTTO:5", "+MQTTSTAT: 1");
    CHECK(w.told() == words{"answer \"+CGATT: 1\"", "answer \"SEND\"", "alarm +MQTTTO: 5", "alarm +MQTTSTAT: 1"});
    w.says("SEND FAIL");
    CHECK(w.told() == words{"answer \"SEND FAIL\"", "raw acknowledged"});
    w.says("SEND OK");
    CHECK(w.told() == words{"text \"SEND OK\""});
    w.sends(raw_command{"AT+CSQ"}, "AT+CSQ");
    w.says("+CSQ: 20,99", "SEND OK", "OK");
    CHECK(w.told() == words{"answer \"+CSQ: 20,99\"", "answer \"SEND OK\"", "raw acknowledged"});
    w.sends(raw_command{"AT+CSQ"}, "AT+CSQ");
    w.says("+CME ERROR: 100");
    CHECK(w.told() == words{"raw refused 100"});
}

TEST_CASE("raw: a line of the manual ends it too, if it is named") {
    const std::string_view finals[] = {"+MQTTSTAT: 1", "+MQTTDISC: OK"};
    world w;
    w.sends(raw_command{"AT+X", millis{5000}, finals, 2}, "AT+X");
    w.says("+MQTTSTAT: 2", "+MQTTSTAT: 1");
    CHECK(w.told() == words{"alarm +MQTTSTAT: 2", "alarm +MQTTSTAT: 1", "raw acknowledged"});
    w.pass(20);
    w.sends(raw_command{"AT+X", millis{5000}, finals, 2}, "AT+X");
    w.says("OK");
    CHECK(w.told() == words{"raw acknowledged"});
}

TEST_CASE("AT-01: raw: control characters are refused, with where, and nothing is sent") {
    for (const char byte : {'\r', '\n', '\0', '\x1A', '\x1B', '\b'}) {
        world w;
        const std::string line = "AT"s + byte + "AT";
        const auto sent = w.it.send(raw_command{line});
        CHECK(sent.why().code == errc::forbidden_byte);
        CHECK(sent.why().column == 2);
        CHECK(w.it.transmit().empty());
        CHECK_FALSE(w.it.is_pending());
    }
}

TEST_CASE(
    "AT-03: raw: a line of 1024 bytes with its CR is sent, a longer one is not; memory holds a line with its CR") {
    world w{0, {}, 100, 2000};
    CHECK(w.it.send(raw_command{std::string(1024, 'A')}).why().code == errc::too_long);
    w.sends(raw_command{std::string(1023, 'A')}, std::string(1023, 'A'));
    world small{0, {}, 100, 3};
    CHECK(small.it.send(raw_command{"ATI"}).why().code == errc::no_space);
    CHECK(small.it.send(sub).why().code == errc::no_space);
    small.sends(raw_command{"AT"}, "AT");
    world none{0, {}, 0, 0};
    CHECK(none.it.send(raw_command{""}).why().code == errc::no_space);
    CHECK(none.it.send(disconnect{}).why().code == errc::no_space);
    CHECK(none.it.send_message({"t", q0, false, false, {}}, "a").why().code == errc::no_space);
    none.says("OK");
    CHECK(none.told().size() != 0);
}

// --- between commands ---

TEST_CASE("between an answer and the next command there is a pause") {
    at_each_clock([](world& w) {
        w.sends(set_timeout{1}, "AT+MQTTTO=1");
        w.says("OK");
        REQUIRE(w.it.send(set_timeout{2}));
        CHECK(w.it.wait(w.now) == millis{20});
        w.pass(19);
        CHECK(w.it.transmit().empty());
        w.pass(1);
        CHECK(w.take() == "AT+MQTTTO=2\r");
        w.says("OK");
        w.pass(20);
        REQUIRE(w.it.send(set_timeout{3}));
        CHECK(w.take() == "AT+MQTTTO=3\r");
        CHECK(w.told() == words{"TO acknowledged", "TO acknowledged"});
    });
}

TEST_CASE("one command at a time: busy, until the verdict was told; what fails to be sent changes nothing") {
    world w;
    CHECK(w.it.is_ready());
    CHECK(w.it.send(publish{"t", q0, false, false, "\r"}).why().code == errc::forbidden_byte);
    CHECK(w.it.send(subscribe{"a\"b"}).why().code == errc::forbidden_byte);
    CHECK(w.it.send(configure{"h", 1, "i", 1, "u", "p", true, false, "", true}).why().code == errc::inconsistent);
    CHECK(w.it.is_ready());
    CHECK_FALSE(w.it.is_pending());
    REQUIRE(w.it.send(sub));
    CHECK_FALSE(w.it.is_ready());
    CHECK(w.it.is_pending());
    CHECK(w.it.send(unsub).why().code == errc::busy);
    CHECK(w.it.send(raw_command{"AT"}).why().code == errc::busy);
    CHECK(w.it.send_message(pub(q0), "a").why().code == errc::busy);
    w.hands_out(sub_line + "\r"s);
    std::string_view input = "OK\r\n+MQTTSUBACK: 1,1,t\r\n";
    REQUIRE(w.it.receive(input, w.now));  // the answer; its verdict is to come
    CHECK_FALSE(w.it.is_ready());
    CHECK(w.it.is_pending());
    CHECK(w.it.wait(w.now) == millis{0});
    CHECK(w.it.send(unsub).why().code == errc::busy);
    w.tick();
    CHECK(w.told() == words{"SUB acknowledged, granted 1"});
    CHECK(w.it.is_ready());
    CHECK_FALSE(w.it.is_pending());
}

TEST_CASE("AT-02: a topic with a comma is one topic") {
    world w;
    w.sends(subscribe{"a,b", q0}, "AT+MQTTSUB=\"a,b\",0");
    w.says("+MQTTSUBACK: 1,0,a,b", "OK");
    CHECK(w.told() == words{"answer +MQTTSUBACK: 1,0,a,b", "SUB acknowledged, granted 0"});
}

// --- memory ---

TEST_CASE("it can move to other memory at any time") {
    world w;
    w.move();
    REQUIRE(w.it.send(subscribe{"topic", q1}));
    w.move();
    CHECK(w.take(5) == "AT+MQ");
    w.move();
    CHECK(w.take() == "TTSUB=\"topic\",1\r");
    w.hear("AT+MQTTSUB=\"to");
    w.move();
    w.hear("pic\",1\r\r\n+MQTTSUBACK: 1,1,t");
    w.move();
    w.hear("opic\r\n");
    w.move();
    w.says("OK");
    CHECK(w.told() == words{"echo", "answer +MQTTSUBACK: 1,1,topic", "SUB acknowledged, granted 1"});
    const std::string elsewhere = newline_payload;
    sends_counted(w);
    w.hear("\r\n> ");
    CHECK(w.take(1) == "a");
    w.move(elsewhere);
    CHECK(w.take() == "\r\nb");
    w.says("+MQTTPUBACK: 0,5", "OK");
    CHECK(w.told() == words{"answer +MQTTPUBACK: 0,5", "PUB acknowledged"});
}

TEST_CASE("a message under way is told to its end where the memory moves in the middle of it") {
    world w;
    w.sends(sub, sub_line);
    w.hear("\r\n+MQTTPUBLISH: 0,1,0,1,\"t\",6,\r\nO");
    w.move();
    w.hear("K\r\n\r\n");
    CHECK(w.told() == words{"message q1 #1 t \"\\x0D\\x0AOK\\x0D\\x0A\""});
}

// --- ticks ---

TEST_CASE("a tick too many does nothing, and input is processed before time") {
    at_each_clock([](world& w) {
        w.sends(query_state{}, "AT+MQTTSTAT?");
        w.now = w.now + millis{5000};  // nobody has looked at the clock
        std::string_view input = "+MQTTSTAT: 1\r\nOK\r\n";
        words told;
        while (const auto found = w.it.receive(input, w.now)) told.push_back(words_of(*found));
        CHECK(told == words{"answer +MQTTSTAT: 1", "STAT? acknowledged"});
        for (int count = 0; count != 5; ++count) w.tick();
        CHECK(w.told() == words{});
        CHECK(w.it.is_ready());
    });
}

TEST_CASE("with nothing to do there is nothing to wait for") {
    world w;
    CHECK_FALSE(w.it.wait(w.now));
    CHECK_FALSE(w.it.tick(w.now));
    CHECK(w.it.transmit().empty());
    REQUIRE(w.it.send(sub));
    CHECK(w.it.wait(w.now) == millis{0});
    w.tick();
    CHECK(w.it.wait(w.now) == millis{12'000});  // the UART's time
}
