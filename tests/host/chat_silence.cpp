// host/chat.hpp: prompts and counted payloads, answers that do not come, modules that start anew: rules 10 and 11.
// SPDX-License-Identifier: MIT
#include "chat_world.hpp"

#include <atmqtt/host/chat.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace chat_world;
using namespace std::string_literals;

namespace {

/// Offers a counted line to its last byte, and gives its size: the UART has taken it, or is to say so later.
std::size_t offers_counted(world& w, bool is_taken) {
    REQUIRE(w.it.send_message({"t", q1, false, false, {}}, newline_payload));
    const std::size_t size = w.it.transmit().size();
    if (is_taken) w.it.transmitted(size, w.now);
    return size;
}

}  // namespace

// --- rule 10 ---

TEST_CASE("AT-05, rule 10: the payload is handed out at the prompt, with its blank or without, and an OK before it is "
          "nothing") {
    for (const char* const bytes : {"\r\n> ", "\r\n>", ">", "\r\nOK\r\n\r\n> ", "\r\nOK\r\n>"}) {
        CAPTURE(bytes);
        at_each_clock([bytes](world& w) {
            sends_counted(w);
            w.hear(bytes);
            w.pass(20);
            CHECK(w.take() == newline_payload);
            w.says("+MQTTPUBACK: 0,5", "OK");
            CHECK(w.told() == words{"answer +MQTTPUBACK: 0,5", "PUB acknowledged"});
        });
    }
}

TEST_CASE("AT-05, rule 10: the prompt may come before the integrator has said that the line is out") {
    world w;
    REQUIRE(w.it.send_message({"t", q1, false, false, {}}, newline_payload));
    const std::size_t size = w.it.transmit().size();
    w.hear("\r\n> ");
    CHECK(w.it.transmit().size() == size);
    w.it.transmitted(size, w.now);
    CHECK(w.take() == newline_payload);
    w.says("> no prompt", "+MQTTPUBACK: 0,5", "OK");
    CHECK(w.told() == words{"text \"> no prompt\"", "answer +MQTTPUBACK: 0,5", "PUB acknowledged"});
}

TEST_CASE("AT-05, rule 10: a prompt before the command is not its prompt, though any is read as one") {
    chat_options options;
    options.reading.any_prompt = true;
    world w{1'000'000, options};
    REQUIRE(w.it.send_message({"t", q1, false, false, {}}, newline_payload));
    w.hear("\r\n> ");
    const std::size_t size = w.it.transmit().size();
    w.it.transmitted(size, w.now);
    CHECK(w.take().empty());
    w.hear("\r\n> ");
    CHECK(w.take() == newline_payload);
}

TEST_CASE("AT-05, rule 10: an error instead of the prompt ends the command, and no byte of its payload is sent") {
    for (const bool is_taken : {true, false}) {
        CAPTURE(is_taken);
        world w;
        const std::size_t size = offers_counted(w, is_taken);
        w.says("+CME ERROR: 603", "+CME ERROR: 601");
        if (!is_taken) w.it.transmitted(size, w.now);
        w.tick();
        CHECK(w.told() == words{"alarm +CME ERROR: 603", "PUB refused 601"});
        CHECK(w.it.transmit().empty());
        CHECK(w.it.is_ready());
        w.hear("\r\n> ");
        CHECK(w.it.transmit().empty());
    }
}

TEST_CASE("AT-05, rule 10: nothing but an error means anything before the prompt") {
    world w;
    sends_counted(w);
    w.says("+MQTTPUBACK: 0,5", "+MQTTTO:2", "a > b", " > ", "+MQTTSUBACK: 1,0,>");
    w.hear("\r\n+MQTTPUBLISH: 0,0,0,0,\"\r\n> \",4,\r\n> \r\n");
    CHECK(w.told() == words{"late +MQTTPUBACK: 0,5", "alarm +MQTTTO: 2", "text \"a > b\"", "text \" > \"",
                            "late +MQTTSUBACK: 1,0,>", "message q0 #0 \\x0D\\x0A>  \"\\x0D\\x0A> \""});
    CHECK(w.it.transmit().empty());
    w.hear("\r\n> ");
    CHECK(w.take() == newline_payload);
}

TEST_CASE("rule 10: before the counted line is offered not even an error means anything") {
    world w;
    REQUIRE(w.it.send_message({"t", q1, false, false, {}}, newline_payload));
    w.says("ERROR", "OK", "> ");
    CHECK(w.told() == words{"alarm ERROR", "alarm OK", "text \"> \""});
    w.hands_out(counted_line + "\r"s);
}

TEST_CASE("rule 10: an error between the prompt and the first byte of the payload: none of it is sent") {
    for (const bool is_taken : {true, false}) {
        world w;
        const std::size_t size = offers_counted(w, is_taken);
        w.hear("\r\n> ");
        w.says("+CME ERROR: 608");
        if (!is_taken) w.it.transmitted(size, w.now);
        w.tick();
        CHECK(w.told() == words{"PUB refused 608"});
        CHECK(w.it.transmit().empty());
    }
}

TEST_CASE(
    "rule 10: a payload that has not begun to go out 5 s after its prompt is not sent: the module may count no more") {
    for (const bool is_taken : {true, false}) {
        CAPTURE(is_taken);
        world w;
        const std::size_t size = offers_counted(w, is_taken);
        w.hear("\r\n> ");
        if (!is_taken) {
            w.pass(5000);
            w.it.transmitted(size, w.now);
            CHECK(w.it.transmit().empty());
        }
        tells_after(w, 5000, {"PUB no_answer"});
        CHECK(w.it.transmit().empty());
    }
    // Nor where nobody has looked at the clock meanwhile.
    world late;
    const std::size_t size = offers_counted(late, false);
    late.hear("\r\n> ");
    late.now = late.now + millis{5000};
    late.it.transmitted(size, late.now);
    CHECK(late.it.transmit().empty());
    world w;
    sends_counted(w);
    w.hear("\r\n> ");
    w.pass(4999);
    CHECK(w.take() == newline_payload);
    w.pass(5000);
    w.says("+MQTTPUBACK: 0,6", "OK");
    CHECK(w.told() == words{"answer +MQTTPUBACK: 0,6", "PUB acknowledged"});
}

TEST_CASE("a UART that hands over the whole line at once may take 5 s for it, though the answer may take but one") {
    for (const std::uint32_t late : {0U, 1U}) {
        world w;
        const std::string line(1'023, 'A');  // more than a second at 9600 baud
        REQUIRE(w.it.send(raw_command{line}));
        CHECK_FALSE(w.it.transmit().empty());
        w.tick();
        w.pass(4'999 + late);
        if (late != 0) {
            CHECK(w.told() == words{"raw no_answer"});
            continue;
        }
        CHECK(w.take() == line + "\r");
        w.pass(999);
        w.says("OK");
        CHECK(w.told() == words{"raw acknowledged"});
    }
}

TEST_CASE("rule 10: a prompt before the whole line is out is good for 5 s, though the UART goes on") {
    for (const std::uint32_t late : {0U, 1U}) {
        CAPTURE(late);
        world w;
        REQUIRE(w.it.send_message({"t", q1, false, false, {}}, newline_payload));
        CHECK(w.take(5) == "AT+MQ");
        w.hear("\r\n> ");
        w.pass(3'000);
        CHECK(w.take(2) == "TT");
        w.pass(1'999 + late);
        CHECK(w.take() == "PUB=\"t\",1,0,0,4\r");
        CHECK(w.it.transmit() == (late == 0 ? newline_payload : ""));
        CHECK(w.told().empty());
    }
}

TEST_CASE(
    "rule 10: an error before the whole line is out: the rest goes out, and no payload, whatever comes meanwhile") {
    world w;
    REQUIRE(w.it.send_message({"t", q1, false, false, {}}, newline_payload));
    CHECK(w.take(5) == "AT+MQ");
    w.says("+CME ERROR: 601", "+MQTTPUBACK: 0,9");
    CHECK(w.told() == words{"late +MQTTPUBACK: 0,9"});
    w.it.lost(w.now);
    w.hear("\r\n> ");
    CHECK(w.take() == "TTPUB=\"t\",1,0,0,4\r");
    CHECK(w.it.transmit().empty());
    CHECK(w.told().front() == "PUB refused 601");
}

TEST_CASE("rule 10: a payload that the UART takes no more of for 5 s does not go on: the module may count no more") {
    const auto said_by_module = [](world& w) {
        w.says("+CME ERROR: 608");
        CHECK(w.told().empty());
        CHECK(w.it.is_ready());
    };
    for (const std::size_t taken : {0U, 1U, 3U}) {
        CAPTURE(taken);
        world w;
        sends_counted(w);
        w.hear("\r\n> ");
        w.pass(4'000);
        CHECK(w.take(taken) == first(newline_payload, taken));
        const millis left{taken != 0 ? 5'000U : 1'000U};
        w.pass(left - millis{1});
        CHECK_FALSE(w.it.transmit().empty());
        CHECK(w.told().empty());
        w.pass(1);
        CHECK(w.told() == words{"PUB no_answer"});
        CHECK(w.it.transmit().empty());
        w.it.transmitted(3, w.now);  // what a UART says of what it had been given
        CHECK(w.it.transmit().empty());
        CHECK_FALSE(w.it.is_ready());
        SUBCASE("until the module has said that it counts no more") { said_by_module(w); }
        SUBCASE("or never") {
            w.pass(12'000);
            CHECK(w.told() == words{"stuck"});
        }
    }
    world w;
    sends_counted(w);
    w.hear("\r\n> ");
    for (std::size_t at = 0; at != newline_payload.size(); ++at) {
        CHECK(w.take(1) == newline_payload.substr(at, 1));
        w.pass(4'999);
    }
    w.says("+MQTTPUBACK: 0,6", "OK");
    CHECK(w.told() == words{"answer +MQTTPUBACK: 0,6", "PUB acknowledged"});
}

TEST_CASE("rule 10: an error behind the first byte of a payload ends it: what is left would be read as commands") {
    for (const std::size_t taken : {0U, 1U}) {
        for (const bool is_error : {true, false}) {
            CAPTURE(taken);
            CAPTURE(is_error);
            world w;
            sends_counted(w);
            w.hear("\r\n> ");
            CHECK(w.take(taken) == first(newline_payload, taken));
            w.says(is_error ? "ERROR" : "+CME ERROR: 608");
            CHECK(w.told() == words{is_error ? "PUB unknown" : "PUB unknown 608"});
            CHECK(w.it.transmit().empty());
            CHECK(w.it.is_ready());
        }
    }
}

TEST_CASE("rule 1: between the prompt and the first byte of the payload no line is an answer") {
    world w;
    sends_counted(w);
    w.hear("\r\n> ");
    w.says("OK", "+MQTTPUBACK: 0,5");
    CHECK(w.told() == words{"late +MQTTPUBACK: 0,5"});
    CHECK(w.take() == newline_payload);
    w.says("+MQTTPUBACK: 0,6", "OK");
    CHECK(w.told() == words{"answer +MQTTPUBACK: 0,6", "PUB acknowledged"});
}

// --- counted payloads ---

TEST_CASE("AT-01, AT-02: what cannot stand in a command is sent counted, exactly as it is") {
    for (const std::string& payload : {"\r"s, "\n"s, "\0"s, "\x1A"s, "\x1B"s, "\b"s, "a\\"s, "\\\"\\"s, "AT+MQTTDEL\r"s,
                                       "\r\nOK\r\n> +CME ERROR: 605\r\n"s, std::string(1024, 'a')}) {
        CAPTURE(payload);
        world w;
        w.sends_message({"t", q0, true, false, {}}, payload, "AT+MQTTPUB=\"t\",0,1,0," + number(payload.size()));
        w.hear("\r\n> ");
        CHECK(w.take() == payload);
        CHECK(w.it.transmit().empty());
        w.says("OK");
        CHECK(w.told() == words{"PUB acknowledged"});
    }
}

TEST_CASE("AT-02, AT-04: what can stand in a command does, digits and nothing too") {
    struct row {
        const char* payload;
        const char* literal;
    };
    for (const row& one :
         {row{"", "\"\""}, row{"1890", "\"1890\""}, row{"a,b;c", "\"a,b;c\""}, row{"{\"a\":1}", "\"{\\\"a\\\":1}\""}}) {
        CAPTURE(one.payload);
        world w;
        w.sends_message({"t", q0, false, false, {}}, one.payload, "AT+MQTTPUB=\"t\",0,0,0,"s + one.literal);
        w.says("OK");
        CHECK(w.told() == words{"PUB acknowledged"});
    }
}

TEST_CASE(
    "AT-03: a line of 1024 bytes is sent as it is, a longer one counted, and a payload past the limit not at all") {
    const std::size_t room = 1024 - std::string_view{"AT+MQTTPUB=\"t\",0,0,0,\"\"\r"}.size();
    const std::string fits(room, 'a');
    const std::string longer(room + 1, 'a');
    world w;
    w.sends_message({"t", q0, false, false, {}}, fits, "AT+MQTTPUB=\"t\",0,0,0,\"" + fits + "\"");
    w.says("OK");
    w.sends_message({"t", q0, false, false, {}}, longer, "AT+MQTTPUB=\"t\",0,0,0," + number(room + 1));
    w.hear("> ");
    CHECK(w.take() == longer);
    w.says("OK");
    CHECK(w.told() == words{"PUB acknowledged", "PUB acknowledged"});
    const std::string payload(1025, 'a');
    const auto sent = w.it.send_message({"t", q0, false, false, {}}, payload);
    CHECK(sent.why().code == errc::too_long);
    CHECK(sent.why().field == param::length);
    CHECK(w.it.is_ready());
    chat_options options;
    options.most_counted = 4;
    world small{0, options};
    CHECK(small.it.send_message({"t", q0, false, false, {}}, "\r\n\r\n\r").why().code == errc::too_long);
    small.sends_message({"t", q0, false, false, {}}, "\r\n\r\n", "AT+MQTTPUB=\"t\",0,0,0,4");
}

TEST_CASE("AT-03: a payload is sent in the command, or counted, in whatever memory the longer ones fit into") {
    const std::string counted = "AT+MQTTPUB=\"t\",0,0,0,1024\r";
    for (std::size_t room = counted.size(); room != 80; ++room) {
        CAPTURE(room);
        for (std::size_t size = 1; size != 80; ++size) {
            CAPTURE(size);
            world w{0, {}, 1100, room};
            const std::string payload(size, 'a');
            const auto sent = w.it.send_message({"t", q0, false, false, {}}, payload);
            CHECK(sent);
        }
    }
}

TEST_CASE("AT-04: nothing is never sent counted, for no prompt would come") {
    const std::size_t size = std::string_view{"AT+MQTTPUB=\"t\",0,0,0,\"\"\r"}.size();
    world exact{0, {}, 100, size};
    exact.sends_message({"t", q0, false, false, {}}, "", "AT+MQTTPUB=\"t\",0,0,0,\"\"");
    world small{0, {}, 100, size - 1};
    CHECK(small.it.send_message({"t", q0, false, false, {}}, "").why().code == errc::no_space);
    CHECK(small.it.transmit().empty());
    CHECK_FALSE(small.it.is_pending());
}

TEST_CASE("a payload is handed out to its end, by any parts, whatever but an error the module answers meanwhile") {
    for (const char* const line : {"+MQTTTO:2", "OK", "+MQTTPUBACK: 0,5"}) {
        CAPTURE(line);
        world w;
        sends_counted(w);
        w.hear("\r\n> ");
        CHECK(w.take(1) == "a");
        w.says(line);
        w.pass(4'999);
        const bool is_told = line == "+MQTTPUBACK: 0,5"s;
        CHECK(w.told() == (is_told ? words{"answer +MQTTPUBACK: 0,5"} : words{}));
        CHECK_FALSE(w.it.is_ready());
        CHECK(w.take(2) == "\r\n");
        w.pass(4'999);
        CHECK(w.told() == words{});
        CHECK(w.take() == "b");
        w.pass(2000);
        CHECK(w.told().size() == 1);
    }
}

// --- rule 11 ---

TEST_CASE("rule 11: each command has its time, to the millisecond, from when its last byte is out") {
    struct row {
        std::uint32_t span;
        const char* done;
        bool (*send)(chat&);
    };
    const row table[] = {
        {1000, "STAT? no_answer", [](chat& c) { return bool{c.send(query_state{})}; }},
        {1000, "SUB? no_answer", [](chat& c) { return bool{c.send(query_subscriptions{})}; }},
        {1000, "DEL no_answer", [](chat& c) { return bool{c.send(delete_configuration{})}; }},
        {1000, "TO no_answer", [](chat& c) { return bool{c.send(set_timeout{})}; }},
        {1000, "raw no_answer", [](chat& c) { return bool{c.send(raw_command{"AT"})}; }},
        {150000, "raw no_answer",
         [](chat& c) {
             return bool{c.send(raw_command{"AT+CGACT=1", millis{150000}})};
         }},
        {12000, "SUB no_answer", [](chat& c) { return bool{c.send(sub)}; }},
        {12000, "UNSUB no_answer", [](chat& c) { return bool{c.send(unsub)}; }},
        {12000, "PUB no_answer", [](chat& c) { return bool{c.send(pub(q0))}; }},
        {12000, "PUB no_answer", [](chat& c) { return bool{c.send(pub(q2))}; }},
        {10000, "CFG no_answer",
         [](chat& c) {
             return bool{c.send(configure{"h", 1, "i", 1, "u", "p"})};
         }},
        {10000, "DISC no_answer", [](chat& c) { return bool{c.send(disconnect{})}; }},
        {40000, "OPEN no_answer", [](chat& c) { return bool{c.send(open{})}; }},
    };
    for (const row& one : table) {
        CAPTURE(one.done);
        at_each_clock([&one](world& w) {
            REQUIRE(one.send(w.it));
            w.pass(500000);  // nobody takes it
            CHECK(w.take() != "");
            CHECK(w.it.transmit().empty());
            tells_after(w, one.span, {one.done});
            CHECK_FALSE(w.it.is_ready());
        });
    }
}

TEST_CASE("rule 11: the time for SUB, UNSUB and PUB can be set") {
    world w;
    w.it.set_request_timeout(millis{3000});
    w.sends(sub, sub_line);
    tells_after(w, 3000, {"SUB no_answer"});
}

TEST_CASE("rule 11: after an answer timeout there is silence, then AT until it is answered, then the next command") {
    at_each_clock([](world& w) {
        w.sends(query_state{}, "AT+MQTTSTAT?");
        tells_after(w, 1000, {"STAT? no_answer"});
        for (const std::uint32_t silence : {2000U, 1000U, 1000U}) {
            w.pass(silence - 1);
            CHECK(w.it.transmit().empty());
            CHECK(w.it.send(sub).why().code == errc::busy);
            w.pass(1);
            CHECK(w.take() == "AT\r");
            CHECK(w.it.transmit().empty());
        }
        w.says("OK");
        w.pass(299);
        CHECK_FALSE(w.it.is_ready());
        w.pass(1);
        CHECK(w.it.is_ready());
        CHECK(w.told() == words{});
        w.sends(sub, sub_line);
    });
}

TEST_CASE("AT-33, rule 11: late answers are swallowed, or told as alarms, and never credited to the next command") {
    at_each_clock([](world& w) {
        w.sends(query_state{}, "AT+MQTTSTAT?");
        w.pass(1000);
        w.says("+MQTTSTAT: 1", "OK");
        w.pass(2000);
        CHECK(w.take() == "AT\r");
        w.says("+MQTTSTAT: 1", "+MQTTPUBACK: 0,5");
        w.pass(1000);
        CHECK(w.take() == "AT\r");
        w.says("OK");
        w.pass(299);
        w.says("OK");  // that of the second
        w.pass(299);
        CHECK_FALSE(w.it.is_ready());
        w.pass(1);
        CHECK(w.it.is_ready());
        CHECK(w.told() ==
              words{"STAT? no_answer", "alarm +MQTTSTAT: 1", "alarm +MQTTSTAT: 1", "late +MQTTPUBACK: 0,5"});
    });
}

TEST_CASE("rule 11: ERROR answers a probe too; an error about something else does not") {
    world w;
    w.sends(sub, sub_line);
    w.pass(14000);
    (void)w.told();
    CHECK(w.take() == "AT\r");
    w.says("+CME ERROR: 608", "+CME ERROR: 615");
    CHECK(w.told() == words{"alarm +CME ERROR: 608", "alarm +CME ERROR: 615"});
    w.pass(500);
    CHECK_FALSE(w.it.is_ready());
    w.says("ERROR");
    w.pass(300);
    CHECK(w.it.is_ready());
}

TEST_CASE("rule 11: a probe that the module has a part of is handed out to its end") {
    at_each_clock([](world& w) {
        w.sends(query_state{}, "AT+MQTTSTAT?");
        w.pass(3000);
        CHECK(w.take(1) == "A");
        w.says("OK");
        w.pass(5000);
        CHECK_FALSE(w.it.is_ready());
        CHECK(w.take() == "T\r");
        w.pass(299);
        w.says("OK");
        w.pass(300);
        CHECK(w.it.is_ready());
        CHECK(w.told() == words{"STAT? no_answer"});
    });
}

TEST_CASE("rule 11: a probe that is not given yet is not needed once the answer is here") {
    world w;
    w.sends(query_state{}, "AT+MQTTSTAT?");
    w.pass(3000);
    w.says("OK");
    CHECK(w.it.transmit().empty());
    w.pass(300);
    CHECK(w.it.is_ready());
}

TEST_CASE("AT-05: a prompt that is late is not answered: the module may count no more, and would obey the payload") {
    at_each_clock([](world& w) {
        sends_counted(w);
        w.pass(4999);
        w.hear("\r\n> ");
        CHECK_FALSE(w.it.transmit().empty());
    });
    at_each_clock([](world& w) {
        sends_counted(w);
        w.now = w.now + millis{5000};  // input is looked at before time
        w.hear("\r\n> ");
        CHECK(w.it.transmit().empty());
        w.pass(0);
        CHECK(w.told() == words{"PUB no_answer"});
        w.says("+CME ERROR: 608");  // it has waited in vain
        CHECK(w.it.is_ready());
    });
}

TEST_CASE(
    "AT-05, rule 11: after a counted line nothing is sent: a final result helps, else it is stuck until one comes") {
    at_each_clock([](world& w) {
        sends_counted(w);
        tells_after(w, 5000, {"PUB no_answer"});
        w.hear("\r\n> ");  // too late: the payload is not lent any more
        w.pass(11999);
        CHECK(w.it.transmit().empty());
        CHECK(w.it.send(sub).why().code == errc::busy);
        CHECK(w.told() == words{});
        w.pass(1);
        CHECK(w.told() == words{"stuck"});
        CHECK_FALSE(w.it.wait(w.now));
        CHECK(w.it.is_stuck());
        w.says("+CME ERROR: 603");  // nobody's
        w.pass(1000000);
        CHECK(w.it.transmit().empty());
        CHECK_FALSE(w.it.is_ready());
        CHECK(w.told() == words{"text \"> \"", "alarm +CME ERROR: 603"});
        w.says("+CME ERROR: 608");
        CHECK(w.told() == words{});
        CHECK_FALSE(w.it.is_stuck());
        CHECK(w.it.is_ready());
        w.pass(20);
        w.sends(sub, sub_line);
    });
}
TEST_CASE("rule 11: how long a module may count has nothing to do with the limit for acknowledgements") {
    for (const std::uint32_t request : {3'000U, 60'000U}) {
        CAPTURE(request);
        world w;
        w.it.set_request_timeout(millis{request});
        sends_counted(w);
        tells_after(w, 5000, {"PUB no_answer"});
        tells_after(w, 12000, {"stuck"});
        world paid;
        paid.it.set_request_timeout(millis{request});
        pays_counted(paid);
        tells_after(paid, request, {"PUB no_answer"});
        paid.pass(11'999);
        CHECK(paid.it.transmit().empty());
        CHECK_FALSE(paid.it.is_ready());
        paid.pass(1);
        CHECK(paid.take() == "AT\r");
    }
}

TEST_CASE("rule 11: after a counted line a final result shows that the module counts no more") {
    for (const char* const final : {"OK", "ERROR", "+CME ERROR: 608"}) {
        world w;
        sends_counted(w);
        w.pass(5000);
        w.says("+CME ERROR: 603");
        CHECK_FALSE(w.it.is_ready());
        w.pass(11000);
        w.says(final);
        CHECK(w.told() == words{"PUB no_answer", "alarm +CME ERROR: 603"});
        CHECK(w.it.is_ready());
    }
}

TEST_CASE("rule 11: a counted payload that is not answered may be counted for a while; then its answer was lost") {
    world w;
    pays_counted(w);
    tells_after(w, 12000, {"PUB no_answer"});
    w.pass(11'999);
    CHECK(w.it.transmit().empty());
    CHECK_FALSE(w.it.is_ready());
    w.pass(1);
    CHECK(w.told() == words{});
    CHECK(w.take() == "AT\r");
    w.says("OK");
    w.pass(300);
    CHECK(w.it.is_ready());
    world late;
    pays_counted(late);
    tells_after(late, 12000, {"PUB no_answer"});
    late.pass(9'000);
    late.says("+CME ERROR: 608");  // a byte of it was lost
    CHECK(late.it.is_ready());
    CHECK(late.it.transmit().empty());
    world seen;
    pays_counted(seen, q2);
    seen.says("+MQTTPUBREC: 0,5");  // it has counted all of it
    (void)seen.told();
    tells_after(seen, 12000, {"PUB no_answer"});
    seen.pass(2000);
    CHECK(seen.take() == "AT\r");
    world done;
    pays_counted(done);
    done.says("+MQTTPUBACK: 0,5");
    (void)done.told();
    tells_after(done, 2000, {"PUB acknowledged"});
    done.pass(2000);
    CHECK(done.take() == "AT\r");
}

TEST_CASE("AT-34, rule 11: stuck, `lost` has it probed, `restarted` has it talk again") {
    at_each_clock([](world& w) {
        sends_counted(w);
        w.pass(17000);  // 5 s for the prompt, 12 s for a final result
        (void)w.told();
        w.it.lost(w.now);
        w.pass(1999);
        CHECK(w.it.transmit().empty());
        w.pass(1);
        CHECK(w.take() == "AT\r");
        w.says("OK");
        w.pass(300);
        CHECK(w.it.is_ready());
        sends_counted(w);
        w.pass(17000);  // 5 s for the prompt, 12 s for a final result
        (void)w.told();
        w.it.restarted(w.now);
        CHECK(w.it.is_ready());
        w.sends(sub, sub_line);
    });
}

// --- AT-34: in the middle of anything ---

TEST_CASE("AT-34: restarted, whatever is under way ends without an answer, once, and nothing of it is sent any more") {
    using step = void (*)(world&);
    const step ways[] = {
        [](world& w) { REQUIRE(w.it.send(sub)); },
        [](world& w) {
            w.sends(set_timeout{1}, "AT+MQTTTO=1");
            w.says("OK");
            (void)w.told();
            REQUIRE(w.it.send(sub));  // in the pause
        },
        [](world& w) {
            REQUIRE(w.it.send(sub));
            (void)w.take(3);
        },
        [](world& w) { w.sends(sub, sub_line); },
        [](world& w) {
            w.sends(sub, sub_line);
            w.says("OK");
        },
        [](world& w) { sends_counted(w); },
        [](world& w) {
            sends_counted(w);
            w.hear("> ");
        },
        [](world& w) {
            sends_counted(w);
            w.hear("> ");
            (void)w.take(1);
        },
        [](world& w) { pays_counted(w); },
        [](world& w) {
            w.sends(sub, sub_line);
            w.hear("\r\n+MQTTSUBACK: 1,1");
        },
    };
    for (const step way : ways) {
        world w;
        way(w);
        w.it.restarted(w.now);
        w.tick();
        const words done = w.told();
        REQUIRE(done.size() == 1);
        CHECK((done[0] == "SUB no_answer" || done[0] == "PUB no_answer"));
        CHECK(w.it.transmit().empty());
        CHECK(w.it.is_ready());
        w.says("> ", ",t", "OK");
        CHECK(w.told() == words{"text \"> \"", "text \",t\"", "alarm OK"});
        w.sends(set_timeout{1}, "AT+MQTTTO=1");
        w.says("OK");
        CHECK(w.told() == words{"TO acknowledged"});
    }
}

TEST_CASE("AT-34: restarted before a verdict was told, it is told all the same, and no other") {
    world w;
    w.sends(sub, sub_line);
    w.says("OK");
    std::string_view input = "+MQTTSUBACK: 1,1,t\r\n";
    REQUIRE(w.it.receive(input, w.now));
    w.it.restarted(w.now);
    w.tick();
    w.it.restarted(w.now);
    w.tick();
    CHECK(w.told() == words{"SUB acknowledged, granted 1"});
}

TEST_CASE("AT-34: restarted while it is silent or probed, it is talked to after the pause") {
    for (const std::uint32_t span : {1000U, 3000U, 3500U}) {
        world w;
        w.sends(query_state{}, "AT+MQTTSTAT?");
        w.pass(span);
        (void)w.take(2);
        w.it.restarted(w.now);
        w.sends(sub, sub_line);
        w.says("+MQTTSUBACK: 1,1,t", "OK");
        CHECK(w.told().back() == "SUB acknowledged, granted 1");
    }
}

TEST_CASE("lost bytes in the middle of handing out a line: the rest goes out, and the answer is not trusted") {
    world w;
    REQUIRE(w.it.send(sub));
    CHECK(w.take(5) == "AT+MQ");
    w.it.lost(w.now);
    CHECK(w.take() == "TTSUB=\"t\",1\r");
    w.says("+MQTTSUBACK: 1,1,t", "OK");
    CHECK(w.told() == words{"answer +MQTTSUBACK: 1,1,t", "SUB unknown, granted 1"});
}

TEST_CASE("lost bytes behind a prompt that came early: it is good all the same") {
    world w;
    REQUIRE(w.it.send_message({"t", q1, false, false, {}}, newline_payload));
    CHECK(w.take(5) == "AT+MQ");
    w.hear("\r\n> ");
    w.it.lost(w.now);
    CHECK(w.take() == "TTPUB=\"t\",1,0,0,4\r");
    CHECK(w.take() == newline_payload);
    w.says("+MQTTPUBACK: 0,1", "OK");
    CHECK(w.told() == words{"answer +MQTTPUBACK: 0,1", "PUB unknown"});
}

TEST_CASE(
    "silence in the middle of a message too large to be held may be inside of it: what comes then may be its rest") {
    world w{1'000'000, {}, 300};
    w.hear("\r\n+MQTTPUBLISH: 0,0,0,0,\"t\",400," + std::string(100, 'x'));
    tells_after(w, 500, {"too large q0 #0 t 400 mismatch"});
    CHECK(w.it.is_adrift());
}

TEST_CASE("a module that answers AT before all of it is taken is not silent any more") {
    world w;
    w.sends(sub, sub_line);
    tells_after(w, 12'000, {"SUB no_answer"});
    CHECK(w.it.is_silent());
    w.pass(2'000);
    CHECK(w.take(1) == "A");
    CHECK(w.it.is_silent());
    w.says("OK");
    CHECK_FALSE(w.it.is_silent());
    CHECK(w.take() == "T\r");
}

TEST_CASE("lost bytes: the line is forgotten, a prompt that is due stays due, and an answer is not trusted") {
    at_each_clock([](world& w) {
        w.sends(pub(q1), pub_line(q1));
        w.hear("\r\n+MQTTPUBLISH: 0,0,0,0,\"t\",90,abc");
        w.it.lost(w.now);
        w.says("+MQTTPUBACK: 0,5", "OK");  // the rest of the payload
        CHECK(w.told() == words{"answer +MQTTPUBACK: 0,5", "PUB unknown"});
        w.pass(500);
        sends_counted(w, q0);
        w.it.lost(w.now);
        w.hear("\r\n> ");
        CHECK(w.take() == newline_payload);
        w.says("ERROR");
        CHECK(w.told() == words{"PUB unknown"});
        w.pass(500);
        sends_counted(w, q0);
        w.hear("\r\n> ");
        w.it.lost(w.now);
        CHECK(w.take() == newline_payload);
        w.says("> ", "OK");
        CHECK(w.told() == words{"text \"> \"", "PUB unknown"});
        w.it.lost(w.now);
        w.pass(500);
        w.sends(pub(q0), pub_line(q0));
        w.says("OK");
        CHECK(w.told() == words{"PUB acknowledged"});
    });
}

TEST_CASE("once the module was switched off and on it is not known any more whether sessions are clean") {
    world w;
    w.sends(configure{"h", 1, "i", 1, "u", "p", true, true, "", false}, "AT+MQTTCFG=\"h\",1,\"i\",1,\"u\",\"p\",1");
    w.says("OK");
    w.it.restarted(w.now);
    w.pass(1'000);
    w.told();
    w.sends(pub(q1), pub_line(q1));
    w.says("OK");
    w.pass(12'000);
    w.told();
    w.says("+MQTTOPEN: OK");  // a session that went on, for all that is known
    w.told();
    w.sends(pub(q1), pub_line(q1));
    w.says("+MQTTPUBACK: 0,1", "OK");
    CHECK(w.told() == words{"late +MQTTPUBACK: 0,1"});
}

TEST_CASE("a restart that is found while a prompt is due: none is due any more") {
    world w;
    sends_counted(w);
    w.it.found_restarted(w.now);
    w.tick();
    w.told();
    w.hear("\r\n>abc\r\n");
    CHECK(w.told() == words{"text \">abc\""});
}

TEST_CASE("a payload that was answered before its end, and is whole then: what is still due is asked for by AT") {
    world w;
    sends_counted(w);
    w.hear("\r\n> ");
    CHECK(w.take(2) == newline_payload.substr(0, 2));
    w.says("+MQTTPUBACK: 0,1");
    CHECK(w.take() == newline_payload.substr(2));
    w.pass(2'000);
    CHECK(w.told() == words{"answer +MQTTPUBACK: 0,1", "PUB acknowledged"});
    w.pass(2'000);
    CHECK(w.take() == "AT\r");
}

TEST_CASE("a probe that is answered before all of it is out is answered") {
    world w;
    w.sends(sub, sub_line);
    w.pass(12'000);
    w.pass(2'000);
    w.told();
    CHECK(w.take(1) == "A");
    w.says("OK");
    CHECK(w.take() == "T\r");
    w.pass(300);
    CHECK(w.it.is_ready());
}

TEST_CASE("a counted message says DUP as it was asked to") {
    char rx[100], tx[100];
    chat it{rx, tx};
    REQUIRE(it.send_message({"t", qos::at_least_once, false, true, {}}, "a\nb"));
    CHECK(it.transmit() == "AT+MQTTPUB=\"t\",1,0,1,3\r");
}
