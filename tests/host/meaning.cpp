// host/meaning.hpp: answer or alarm, each kind of line against each command that may be under way.
// SPDX-License-Identifier: MIT
#include <atmqtt/host/host_events.hpp>
#include <atmqtt/host/meaning.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <ostream>  // doctest prints std::string_view by it
#include <string>
#include <string_view>
#include <variant>

using namespace atmqtt;

namespace {

// The columns: what was asked. SUB and UNSUB are about the topic t.
constexpr question columns[] = {
    {},
    {verb::configure},
    {verb::query_configuration},
    {verb::open},
    {verb::query_state},
    {verb::subscribe, {}, "t"},
    {verb::query_subscriptions},
    {verb::unsubscribe, {}, "t"},
    {verb::publish, qos::at_most_once},
    {verb::publish, qos::at_least_once},
    {verb::publish, qos::exactly_once},
    {verb::disconnect},
    {verb::set_ping_echo},
    {verb::query_ping_echo},
    {verb::set_reconnect},
    {verb::query_reconnect},
    {verb::set_timeout},
    {verb::query_timeout},
    {verb::delete_configuration},
    {verb::raw},
};

// A cell: `.` alarm, C carrier, F failure, p progress, S success, R refusal, N no_ack, L late_ack.
constexpr char letter_of(meaning what) {
    switch (what) {
        case meaning::alarm: return '.';
        case meaning::carrier: return 'C';
        case meaning::failure: return 'F';
        case meaning::progress: return 'p';
        case meaning::success: return 'S';
        case meaning::refusal: return 'R';
        case meaning::no_ack: return 'N';
        case meaning::late_ack: return 'L';
    }
    return '?';
}

struct row {
    std::string_view wire;
    std::string_view cells;  // blanks between them mean nothing
};

// clang-format off
const row table[] = {
    //                                  CFG  CFG? OPEN STAT?  SUB  SUB? UNSUB  PUB of QoS  DISC  PING PING? REC REC? TO  TO?  DEL raw
    //                               none                                       0  1  2
    // Results: of whatever was asked.
    {"OK",                            ".  S    S    S    S     S    S    S      S  S  S     S     S    S    S   S    S   S    S   S"},
    {"ERROR",                         ".  R    R    R    R     R    R    R      R  R  R     R     R    R    R   R    R   R    R   R"},
    {"+CME ERROR",                    ".  R    R    R    R     R    R    R      R  R  R     R     R    R    R   R    R   R    R   R"},
    {"+CME ERROR: operation failed",  ".  R    R    R    R     R    R    R      R  R  R     R     R    R    R   R    R   R    R   R"},
    {"+CME ERROR: 0",                 ".  R    R    R    R     R    R    R      R  R  R     R     R    R    R   R    R   R    R   R"},
    {"+CME ERROR: 599",               ".  R    R    R    R     R    R    R      R  R  R     R     R    R    R   R    R   R    R   R"},
    {"+CME ERROR: 622",               ".  R    R    R    R     R    R    R      R  R  R     R     R    R    R   R    R   R    R   R"},
    {"+CME ERROR: 65535",             ".  R    R    R    R     R    R    R      R  R  R     R     R    R    R   R    R   R    R   R"},
    // The manual's codes: of any command, of some, of none.                                                                    [2.2]
    {"+CME ERROR: 600",               ".  R    R    R    R     R    R    R      R  R  R     R     R    R    R   R    R   R    R   R"},
    {"+CME ERROR: 601",               ".  R    R    R    R     R    R    R      R  R  R     R     R    R    R   R    R   R    R   R"},
    {"+CME ERROR: 602",               ".  .    .    R    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 603",               ".  .    .    R    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 604",               ".  .    .    R    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 605",               ".  .    .    .    .     R    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 606",               ".  .    .    .    .     R    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 607",               ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 608",               ".  .    .    .    .     .    .    .      R  R  R     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 609",               ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 610",               ".  .    .    .    .     .    .    .      R  R  R     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 611",               ".  .    .    .    .     .    .    .      R  R  R     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 612",               ".  .    .    .    .     .    .    .      R  R  R     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 613",               ".  R    R    R    R     R    R    R      R  R  R     R     R    R    R   R    R   R    R   R"},
    {"+CME ERROR: 614",               ".  .    .    R    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 615",               ".  .    .    R    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 616",               ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 617",               ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 618",               ".  .    .    .    .     .    .    R      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 619",               ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 620",               ".  .    .    .    .     .    .    .      .  .  .     R     .    .    .   .    .   .    .   ."},
    {"+CME ERROR: 621",               ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    // What a command is about.
    {"+MQTTOPEN: OK",                 ".  .    .    C    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+MQTTOPEN:FAIL",                ".  .    .    F    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+MQTTCFG: \"h\",1,\"i\",6,\"u\",\"***\",1",
                                      ".  .    C    .    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+MQTTCFG:\"(null)\"",           ".  .    C    .    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+MQTTSTAT: 1",                  ".  .    .    .    C     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+MQTTSUB:",                     ".  .    .    .    .     .    C    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+MQTTDISC: OK",                 ".  .    .    .    .     .    .    .      .  .  .     C     .    .    .   .    .   .    .   ."},
    {"+MQTTDISC:OK",                  ".  .    .    .    .     .    .    .      .  .  .     C     .    .    .   .    .   .    .   ."},
    {"+MQTTDISC: FAIL",               ".  .    .    .    .     .    .    .      .  .  .     F     .    .    .   .    .   .    .   ."},
    {"+MQTTPING: 1",                  ".  .    .    .    .     .    .    .      .  .  .     .     .    C    .   .    .   .    .   ."},
    {"+MQTTREC: 1,0",                 ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   C    .   .    .   ."},
    // Acknowledgements: of this topic and of another, of this QoS and of another.
    {"+MQTTSUBACK: 1,2,t",            "L  L    L    L    L     C    L    L      L  L  L     L     L    L    L   L    L   L    L   L"},
    {"+MQTTSUBACK:1,128,\"t\"",       "L  L    L    L    L     C    L    L      L  L  L     L     L    L    L   L    L   L    L   L"},
    {"+MQTTSUBACK: 1,2,other",        "L  L    L    L    L     L    L    L      L  L  L     L     L    L    L   L    L   L    L   L"},
    {"+MQTTSUBACK: 1,2,tt",           "L  L    L    L    L     L    L    L      L  L  L     L     L    L    L   L    L   L    L   L"},
    {"+MQTT UNSUBACK:8,\"t\"",        "L  L    L    L    L     L    L    C      L  L  L     L     L    L    L   L    L   L    L   L"},
    {"+MQTTUNSUBACK:8,t",             "L  L    L    L    L     L    L    C      L  L  L     L     L    L    L   L    L   L    L   L"},
    {"+MQTTUNSUBACK:8,other",         "L  L    L    L    L     L    L    L      L  L  L     L     L    L    L   L    L   L    L   L"},
    {"+MQTTPUBACK: 0,5",              "L  L    L    L    L     L    L    L      L  C  L     L     L    L    L   L    L   L    L   L"},
    {"+MQTTPUBACK:1,65535",           "L  L    L    L    L     L    L    L      L  C  L     L     L    L    L   L    L   L    L   L"},
    {"+MQTTPUBREC: 0,5",              ".  .    .    .    .     .    .    .      .  .  p     .     .    .    .   .    .   .    .   ."},
    {"+MQTTPUBCOMP: 0,5",             "L  L    L    L    L     L    L    L      L  L  C     L     L    L    L   L    L   L    L   L"},
    // A number: the answer, or what was late. At QoS 0 nothing can be.                                                      [2.3.10]
    {"+MQTTTO: 0",                    ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   C    .   ."},
    {"+MQTTTO: 1",                    ".  .    .    N    .     .    .    .      .  .  .     .     .    .    .   .    .   C    .   ."},
    {"+MQTTTO:2",                     ".  .    .    .    .     .    .    .      .  N  N     .     .    .    .   .    .   C    .   ."},
    {"+MQTTTO:3",                     ".  .    .    .    .     N    .    .      .  .  .     .     .    .    .   .    .   C    .   ."},
    {"+MQTTTO:4",                     ".  .    .    .    .     .    .    N      .  .  .     .     .    .    .   .    .   C    .   ."},
    {"+MQTTTO:5",                     ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   C    .   ."},
    {"+MQTTTO:6",                     ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   C    .   ."},
    {"+MQTTTO:7",                     ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   C    .   ."},
    {"+MQTTTO: 10",                   ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   C    .   ."},
    {"+MQTTTO: 65535",                ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   C    .   ."},
    // Never asked for.
    {"+MQTTREC: 0",                   ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+MQTTREC:2",                    ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+MQTTPUBLISH: 0,0,0,0,\"t\",1,a",
                                      ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+MQTTPUBREL: 0,1",              ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+MQTTPINGRSP: OK",              ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
    {"+MQTTPINGRESP:FAIL",            ".  .    .    .    .     .    .    .      .  .  .     .     .    .    .   .    .   .    .   ."},
};
// clang-format on

std::string without_blanks(std::string_view cells) {
    std::string out;
    for (const char cell : cells)
        if (cell != ' ') out += cell;
    return out;
}

line read(std::string_view wire) {
    const auto m = parse_line(wire);
    REQUIRE(m);
    return *m;
}

}  // namespace

TEST_CASE("section 4: each line means what the table says, whatever was asked") {
    for (const row& one : table) {
        CAPTURE(one.wire);
        const line m = read(one.wire);
        std::string cells;
        for (const question& asked : columns) cells += letter_of(meaning_of(asked, m));
        CHECK(cells == without_blanks(one.cells));
    }
}

TEST_CASE("the table has each verb, each QoS and each kind of line") {
    std::size_t count = 0;
    for (const question& asked : columns) count += asked.what != verb::publish ? 1U : 0U;
    CHECK(count == static_cast<std::size_t>(verb::raw));  // all from `none` to `raw`, but publish
    CHECK(std::size(columns) == count + 3);
    bool is_there[std::variant_size_v<line>] = {};
    for (const row& one : table) is_there[read(one.wire).index()] = true;
    for (std::size_t kind = 0; kind != std::variant_size_v<line>; ++kind) {
        CAPTURE(kind);
        CHECK(is_there[kind]);
    }
}

TEST_CASE("AT-31, rule 5: a code outside 600 to 621 ends any command, and of those inside only the table's do") {
    for (const question& asked : columns) {
        for (std::uint32_t code = 0; code <= 65535; ++code) {
            if (code >= 600 && code <= 621) continue;
            const line m = cme_error{error_form::number, static_cast<cme>(code), {}};
            const meaning expected = asked.what == verb::none ? meaning::alarm : meaning::refusal;
            if (meaning_of(asked, m) == expected) continue;
            CAPTURE(code);
            FAIL("it means something else");
        }
    }
}

TEST_CASE("rule 2: a topic is compared as it was meant, not as it was written") {
    const question asked{verb::unsubscribe, {}, "a\"b"};
    CHECK(meaning_of(asked, read("+MQTTUNSUBACK: 1,\"a\\\"b\"")) == meaning::carrier);
    CHECK(meaning_of(asked, read("+MQTTUNSUBACK: 1,\"a\\\"c\"")) == meaning::late_ack);
    const question commas{verb::subscribe, {}, "a,b"};
    CHECK(meaning_of(commas, read("+MQTTSUBACK: 1,0,a,b")) == meaning::carrier);
    CHECK(meaning_of(commas, read("+MQTTSUBACK: 1,0,a")) == meaning::late_ack);
    const question none{verb::subscribe, {}, ""};
    CHECK(meaning_of(none, read("+MQTTSUBACK: 1,0,a")) == meaning::late_ack);
}

TEST_CASE("rule 2: these commands have a carrier, the others are done by their final result") {
    std::string cells;
    for (const question& asked : columns) cells += has_carrier(asked) ? 'C' : '.';
    CHECK(cells == without_blanks(". . C C C C C C .CC C . C . C . C . ."));
}

TEST_CASE("rule 6: what can be late, of each command") {
    std::string cells;
    for (const question& asked : columns) cells += static_cast<char>('0' + static_cast<int>(alarm_kind_of(asked)));
    CHECK(cells == without_blanks("0 0 0 1 0 3 0 4 022 0 0 0 0 0 0 0 0 0"));
}

namespace {

template <class... Commands>
std::size_t check_verbs(const std::variant<Commands...>*) {
    bool seen[static_cast<std::size_t>(verb::raw) + 1] = {};
    ((seen[static_cast<std::size_t>(verb_of<Commands>())] = true), ...);
    std::size_t count = 0;
    for (const bool one : seen) count += one ? 1U : 0U;
    CHECK_FALSE(seen[static_cast<std::size_t>(verb::none)]);
    CHECK_FALSE(seen[static_cast<std::size_t>(verb::raw)]);
    CHECK(count == static_cast<std::size_t>(verb::raw) - 1);
    return sizeof...(Commands);
}

}  // namespace

TEST_CASE("each command has a verb of its own, but that both ways to publish share one; what is none is raw") {
    const command* const all = nullptr;
    CHECK(check_verbs(all) == static_cast<std::size_t>(verb::raw));
    CHECK(verb_of<publish>() == verb_of<publish_counted>());
    CHECK(verb_of<int>() == verb::raw);
    CHECK(verb_of<command>() == verb::raw);
}

TEST_CASE("verbs, verdicts and causes have words for people, each its own; what is none has a question mark") {
    CHECK(name_of(verb::none).empty());
    CHECK(name_of(verb::subscribe) == "SUB");
    CHECK(name_of(verb::query_subscriptions) == "SUB?");
    CHECK(name_of(verb::raw) == "AT");
    CHECK(text_of(verdict::no_answer) == "no answer");
    CHECK(text_of(on::cause::no_answer) == "the module does not answer");
    const auto all_differ = [](int last, const auto& words_of) {
        for (int one = 0; one != last; ++one)
            for (int other = one + 1; other != last; ++other)
                if (words_of(one) == words_of(other)) return false;
        return words_of(last) == "?" && words_of(last - 1) != "?";
    };
    CHECK(all_differ(18, [](int at) { return name_of(static_cast<verb>(at)); }));
    CHECK(all_differ(6, [](int at) { return text_of(static_cast<verdict>(at)); }));
    CHECK(all_differ(8, [](int at) { return text_of(static_cast<on::cause>(at)); }));
}
