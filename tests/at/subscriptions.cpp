// at/subscriptions.hpp: the list of subscriptions, one item a line.                                    [2.3.4, field-notes 1]
// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include <string>
#include <string_view>

using namespace rows;

namespace {

constexpr subscription bare(std::string_view topic) { return {topic, false, qos::at_most_once}; }
constexpr subscription at_level(std::string_view topic, qos level) { return {topic, true, level}; }

struct row {
    std::string_view wire;
    subscription item;
};

}  // namespace

TEST_CASE("AT-24: an item is read with or without its level, quotes or brackets") {
    const row table[] = {
        {"dev/gsm/u", bare("dev/gsm/u")},
        {"dev/gsm/u,0", at_level("dev/gsm/u", qos::at_most_once)},
        {"dev/gsm/u,1", at_level("dev/gsm/u", qos::at_least_once)},
        {"dev/gsm/u,2", at_level("dev/gsm/u", qos::exactly_once)},
        {"\"dev/gsm/u\"", bare("dev/gsm/u")},
        {"\"dev/gsm/u\",2", at_level("dev/gsm/u", qos::exactly_once)},
        {"[dev/gsm/u]", bare("dev/gsm/u")},
        {"[dev/gsm/u,2]", at_level("dev/gsm/u", qos::exactly_once)},
        {"[\"dev/gsm/u\"]", bare("dev/gsm/u")},
        {"[\"dev/gsm/u\",2]", at_level("dev/gsm/u", qos::exactly_once)},
    };
    for (const auto& row : table) {
        CAPTURE(row.wire);
        CHECK(same(parse_subscription(row.wire), row.item));
        CHECK(same(parse_subscription("\r\n" + std::string{row.wire} + "\r\n"), row.item));
        CHECK(same(parse_subscription(std::string{row.wire} + "\n"), row.item));
    }
}

TEST_CASE("AT-32: a topic that looks like a line of its own is an item all the same") {  // wire.md 4, rule 9
    for (const std::string_view topic :
         {"OK", "ERROR", "+MQTTTO:5", "+CME ERROR: 605", "> ", "+MQTTPUBLISH:0,0,0,0,t,3,abc", "AT"}) {
        CAPTURE(topic);
        CHECK(same(parse_subscription(topic), bare(topic)));
        CHECK(same(parse_subscription(std::string{topic} + ",1"), at_level(topic, qos::at_least_once)));
        CHECK(same(parse_subscription("\"" + std::string{topic} + "\",1"), at_level(topic, qos::at_least_once)));
    }
}

TEST_CASE("whatever an item is, it is a topic") {
    const row table[] = {
        {"", bare("")},         {"\"", bare("\"")},     {"\"\"", bare("")},
        {"[", bare("[")},       {"]", bare("]")},       {"[]", bare("")},
        {"a,3", bare("a,3")},   {"a,", bare("a,")},     {"a,b", bare("a,b")},
        {"a,12", bare("a,12")}, {"a, 1", bare("a, 1")}, {"a,b,1", at_level("a,b", qos::at_least_once)},
        {"\"a", bare("\"a")},   {"a\"", bare("a\"")},   {"it's \"quoted\"", bare("it's \"quoted\"")},
        {"[a", bare("[a")},     {"a]", bare("a]")},     {"\xE4\xB8\xAD/\xFF", bare("\xE4\xB8\xAD/\xFF")},
    };
    for (const auto& row : table) {
        CAPTURE(row.wire);
        CHECK(same(parse_subscription(row.wire), row.item));
    }
}

TEST_CASE("an item is written with its level in spelling manual, and as its topic in spelling sdk") {  // wire.md 1
    CHECK(written(at_level("dev/gsm/u", qos::exactly_once)) == "\r\ndev/gsm/u,2\r\n");
    CHECK(written(at_level("+/a/#", qos::at_most_once)) == "\r\n+/a/#,0\r\n");
    CHECK(written(bare("dev/gsm/u")) == "\r\ndev/gsm/u\r\n");
    CHECK(respects_every_size(at_level("dev/gsm/u", qos::exactly_once), "\r\ndev/gsm/u,2\r\n"));
    CHECK(respects_every_size(bare("dev/gsm/u"), "\r\ndev/gsm/u\r\n"));
}

TEST_CASE("an item that is written is read as the same, or it is refused") {
    const std::string_view topics[] = {"a",     "a,1",   "a,3",     ",1",      "[a]",    "[a,1]", "[a",   "a]",
                                       "a\"b",  "\"a\"", "\"a\",1", "[\"a\"]", "\"",     "OK",    "a, b", "a ",
                                       "#",     "[a],1", ",",       "1",       ",2]",    "[,2",   "\"a",  "a\"",
                                       "\"a,1", "a\",1", "[\"a",    "a]\"",    "\"[a]\""};
    unsigned accepted = 0;
    for (const auto topic : topics) {
        for (const auto& item : {bare(topic), at_level(topic, qos::at_most_once), at_level(topic, qos::exactly_once)}) {
            CAPTURE(topic);
            CAPTURE(item.has_level);
            char out[64];
            const auto done = format(item, out);
            if (done) {
                ++accepted;
                CHECK(same(parse_subscription(*done), item));
            } else {
                CHECK(done.why().code == errc::forbidden_byte);
                CHECK(done.why().field == param::topic);
            }
        }
    }
    CHECK(accepted > 50);
}

TEST_CASE("an item that would end its list is written in quotes") {
    char out[64];
    for (const std::string topic : {"OK", "ERROR", "OK ", "ERROR  "}) {
        CHECK(*format(bare(topic), out) == "\r\n\"" + topic + "\"\r\n");
        CHECK(*format(at_level(topic, qos::at_least_once), out) == "\r\n" + topic + ",1\r\n");
        CHECK(*format(bare(topic + "/x"), out) == "\r\n" + topic + "/x\r\n");
    }
    for (const std::string topic : {"", " ", "   "}) {  // no longer than what ends a list
        const auto written = format(bare(topic), out);
        CHECK((written ? same(parse_subscription(*written), bare(topic)) : written.why().code == errc::forbidden_byte));
    }
}

TEST_CASE("AT-01: an item holds no byte that would end its line, and no level past 2") {
    for (const char byte : forbidden) {
        for (const auto& topic : {std::string{byte}, "a" + std::string{byte}, "a" + std::string{byte} + "b"}) {
            char out[64];
            for (const auto& item : {bare(topic), at_level(topic, qos::exactly_once)}) {
                const auto refused = format(item, out);
                CHECK(refused.why().code == errc::forbidden_byte);
                const std::size_t before = refused.why().column - topic.find(byte);
                CHECK(before <= 1);  // a quote
            }
        }
    }
    char out[64];
    const auto refused = format(at_level("a", static_cast<qos>(3)), out);
    CHECK(refused.why().code == errc::out_of_range);
    CHECK(refused.why().field == param::qos);
}

TEST_CASE("items are read and written in the compiler") {
    static_assert(parse_subscription("[\"a\",1]").level == qos::at_least_once);
    static_assert([] {
        char out[16] = {};
        return *format(subscription{"a", true, qos::exactly_once}, out) == "\r\na,2\r\n";
    }());
    CHECK(parse_subscription("a").topic == text{"a"});
}
