// at/codec.hpp: the calls themselves: chosen messages, what to lend, and all of it in the compiler.
// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

using namespace rows;

namespace {

/// Formats at compile time.
template <class Message, class... How>
constexpr bool makes(const Message& m, std::string_view wire, How... how) {
    char out[128] = {};
    const auto done = format(m, out, how...);
    return done && *done == wire;
}

/// The longest that a message can get: as long as `max_size` says.
template <class Message, class... How>
void check_longest(const Message& m, How... how) {
    std::string out(max_size<Message>(), '\0');
    const auto done = format(m, {out.data(), out.size()}, how...);
    CHECK(shown(done.why()) == shown({}));
    CHECK(done->size() == out.size());
}

}  // namespace

TEST_CASE("a command is formatted into a buffer of max_size and handed back as a view of it") {  // design.md 3
    char out[max_size<subscribe>()];
    const auto text = format(subscribe{"dev/gsm/u", qos::exactly_once}, out);
    REQUIRE(static_cast<bool>(text));
    CHECK(*text == "AT+MQTTSUB=\"dev/gsm/u\",2\r");
    CHECK(text->data() == out);
}

TEST_CASE("a command or a line is formatted whatever it is held in") {
    const puback ack{false, 5};
    char out[64];
    CHECK(*format(ack, out) == "\r\n+MQTTPUBACK: 0,5\r\n");
    CHECK(*format(line{ack}, out) == "\r\n+MQTTPUBACK: 0,5\r\n");
    CHECK(*format(line{ack}, out, spelling::sdk) == "\r\n+MQTTPUBACK:0,5\r\n");
    CHECK(*format(command{disconnect{}}, out) == "AT+MQTTDISC\r");
    CHECK(*format(command{disconnect{}}, {out, 12}) == "AT+MQTTDISC\r");
}

TEST_CASE("where there is no room at all, nothing is written and that is said") {
    char out[1] = {'\x55'};
    CHECK(shown(format(disconnect{}, {out, 0}).why()) == shown({errc::no_space, param::none, 0}));
    CHECK(shown(format(puback{}, {out, 0}).why()) == shown({errc::no_space, param::none, 0}));
    CHECK(shown(format(disconnect{}, {}).why()) == shown({errc::no_space, param::none, 0}));
    CHECK(out[0] == '\x55');
}

TEST_CASE("parse gives the message itself when one is asked for, and a variant for more") {
    static_assert(std::is_same_v<decltype(parse<suback>("")), result<suback>>);
    static_assert(std::is_same_v<decltype(parse<suback, puback>("")), result<std::variant<suback, puback>>>);
    static_assert(std::is_same_v<decltype(parse_line("")), result<line>>);
    static_assert(std::is_same_v<decltype(parse_command("")), result<command>>);
    check_reads(parse<suback>("+MQTTSUBACK: 1,2,t"), suback{1, 2, "t"});
    check_reads(parse<suback, puback>("+MQTTPUBACK: 0,5"), std::variant<suback, puback>{puback{false, 5}});
    check_reads(parse<subscribe>("AT+MQTTSUB=\"a\",1\r"), subscribe{"a", qos::at_least_once});
}

TEST_CASE("what was not asked for is unknown, however right it is") {
    const refusal lines[] = {
        {"+MQTTPUBREC: 0,5", errc::unknown_head, param::none, 0},
        {"OK", errc::unknown_head, param::none, 0},
        {"+MQTTSUB:", errc::unknown_head, param::none, 0},
        {"+MQTTUNSUBACK:8,t", errc::unknown_head, param::none, 0},
    };
    check_refused([](std::string_view wire) { return parse<suback, puback>(wire); }, lines);
    check_refused([](std::string_view wire) { return parse<suback>(wire); }, lines);
    CHECK(parse<reconnect_is>("+MQTTREC: 1").why().code != errc::none);
    CHECK(parse<reconnect_alarm>("+MQTTREC: 1,0").why().code != errc::none);
    CHECK(parse<no_configuration>(R"(+MQTTCFG: "h",1,"i",6,"u","***",1)").why().code != errc::none);
    CHECK(parse<configuration_is>("+MQTTCFG:\"(null)\"").why().code != errc::none);

    const refusal commands[] = {
        {"AT+MQTTUNSUB=\"a\"", errc::unknown_head, param::none, 0},
        {"AT+MQTTDISC", errc::unknown_head, param::none, 0},
        {"AT+MQTTSUB?", errc::unknown_form, param::none, 10},
    };
    check_refused([](std::string_view wire) { return parse<subscribe>(wire); }, commands);
    CHECK(parse<publish_counted>(R"(AT+MQTTPUB="t",0,0,0,"m")").why().code != errc::none);
    CHECK(parse<publish>(R"(AT+MQTTPUB="t",0,0,0,5)").why().code != errc::none);
}

TEST_CASE("a message that was asked for and is malformed says what is wrong") {
    CHECK(shown(parse<suback, puback>("+MQTTSUBACK: 1,256,t").why()) == shown({errc::out_of_range, param::code, 15}));
    CHECK(shown(parse<subscribe>("AT+MQTTSUB=\"a\",3").why()) == shown({errc::out_of_range, param::qos, 15}));
}

TEST_CASE("columns of a line count from its first byte, not from the line end before it") {
    CHECK(shown(parse_line("\r\n+MQTTSUBACK: 1,256,t\r\n").why()) == shown({errc::out_of_range, param::code, 15}));
}

TEST_CASE("what is parsed views the bytes it was parsed from") {
    const std::string wire = "+MQTTPUBLISH: 0,0,0,0,\"topic\",3,abc";
    const auto read = parse<message>(wire);
    CHECK(read->topic.raw().data() == wire.data() + 23);
    CHECK(read->payload.data() == wire.data() + 32);
}

TEST_CASE("max_size of a command is exact: the longest takes it whole") {
    const std::string word(128, 'w');
    const std::string topic(512, 't');
    check_longest(configure{word, 65535, word, 65535, word, word, true, false, word, true});
    check_longest(query_configuration{});
    check_longest(query_state{});
    check_longest(subscribe{topic, qos::exactly_once});
    check_longest(query_subscriptions{});
    check_longest(unsubscribe{topic});
    check_longest(publish_counted{topic, qos::exactly_once, true, true, UINT32_MAX});
    check_longest(disconnect{});
    check_longest(set_ping_echo{});
    check_longest(query_ping_echo{});
    check_longest(set_reconnect{});
    check_longest(query_reconnect{});
    check_longest(set_timeout{65535});
    check_longest(query_timeout{});
    check_longest(delete_configuration{});
    // These two could be longer than a line can.
    const std::string message(1024 - 512 - std::string_view{"AT+MQTTPUB=\"\",0,0,0,\"\"\r"}.size(), 'm');
    check_longest(publish{topic, qos::at_most_once, false, false, message});
    const std::string will(1024 - 512 - std::string_view{"AT+MQTTOPEN=1,1,1,0,0,\"\",\"\"\r"}.size(), 'm');
    check_longest(open{true, true, true, false, qos::at_most_once, topic, will});
    static_assert(max_size<publish>() == 1024);
    static_assert(max_size<open>() == 1024);
    static_assert(max_size<command>() == 1024);
}

TEST_CASE("max_size of a line is exact: the longest takes it whole") {
    const std::string word(128, 'w');
    const std::string topic(512, 't');
    check_longest(ok{});
    check_longest(plain_error{});
    check_longest(cme_error{error_form::words, cme::no_network, first(word, 64)});
    check_longest(open_is{status::fail});
    check_longest(configuration_is{word, 65535, word, 65535, word, true, false, word, true});
    check_longest(no_configuration{});
    check_longest(state_is{static_cast<connection_state>(255)});
    check_longest(suback{65535, 255, topic});
    check_longest(subscriptions_are{});
    check_longest(unsuback{65535, topic});
    check_longest(puback{true, 65535});
    check_longest(pubrec{true, 65535});
    check_longest(pubcomp{true, 65535});
    check_longest(disc_is{status::fail});
    check_longest(ping_echo_is{});
    check_longest(reconnect_is{true, 65535});
    check_longest(reconnect_alarm{65535}, spelling::sdk);
    check_longest(timeout_is{65535});
    check_longest(timeout_alarm{static_cast<timeout_kind>(255)});
    check_longest(pubrel{true, 65535});
    check_longest(pingrsp{status::fail});
    // A header ends in its comma, where its message has CR LF.
    const message_header header{true, qos::exactly_once, true, 65535, topic, UINT32_MAX};
    const auto needed = written(header).size();
    CHECK(max_size<message_header>() >= needed);
    CHECK(max_size<message_header>() <= needed + 1);
}

TEST_CASE("max_size of a message is all but its payload, in both spellings") {
    const std::string topic(512, 't');
    const std::string payload(1'000'000, 'p');
    const message m{true, qos::exactly_once, true, 65535, topic, 1'000'000, payload};
    for (const auto how : {spelling::manual, spelling::sdk}) {
        std::string out(max_size<message>() + payload.size(), '\0');
        const auto done = format(m, {out.data(), out.size()}, how);
        CHECK(shown(done.why()) == shown({}));
        CHECK(ends_with(*done, "p\r\n"));
        // A length of 1000000 has three digits less than the longest; the topic is in quotes in spelling manual, behind a blank.
        CHECK(done->size() + (how == spelling::manual ? 3 : 6) == out.size());
    }
}

TEST_CASE("max_size of a variant is that of its longest") {
    static_assert(max_size<std::variant<disconnect, subscribe>>() == max_size<subscribe>());
    static_assert(max_size<line>() == max_size<configuration_is>());
    static_assert(max_size<line>() >= max_size<message>());
    CHECK(max_size<std::variant<puback, suback>>() == max_size<suback>());
}

TEST_CASE("AT-03: in a buffer of max_size a message never lacks room: another reason is named") {
    const std::string words(200, 'w');
    const std::string topic(600, 't');
    char out[max_size<line>()];
    const auto code_of = [&](const auto& m) {
        return format(m, {out, max_size<std::decay_t<decltype(m)>>()}).why().code;
    };
    CHECK(code_of(cme_error{error_form::words, cme::no_network, words}) != errc::no_space);
    CHECK(code_of(suback{1, 0, topic}) != errc::no_space);
    CHECK(code_of(unsuback{1, topic}) != errc::no_space);
}

TEST_CASE("commands are formatted and parsed in the compiler") {
    static_assert(parse_command("AT+MQTTSUB=\"a\",3").why().column == 15);  // design.md 3
    static_assert(parse_command("AT+MQTTSUB=\"a\",3").why().code == errc::out_of_range);
    static_assert(same(*parse<subscribe>("AT+MQTTSUB=\"dev/gsm/u\",2"), subscribe{"dev/gsm/u", qos::exactly_once}));
    static_assert(same(*parse<set_timeout>("at+mqttto=65535"), set_timeout{65535}));
    static_assert(same(*parse<configure>(R"(AT+MQTTCFG="h",1883,"i",60,"u","p",1,"v",1)"),
                       configure{"h", 1883, "i", 60, "u", "p", true, false, "v", true}));
    static_assert(std::holds_alternative<query_state>(*parse_command("AT+MQTTSTAT?")));
    static_assert(makes(subscribe{"dev/gsm/u", qos::exactly_once}, "AT+MQTTSUB=\"dev/gsm/u\",2\r"));
    static_assert(
        makes(publish{"t", qos::at_least_once, true, false, R"("q")"}, "AT+MQTTPUB=\"t\",1,1,0,\"\\\"q\\\"\"\r"));
    static_assert(makes(command{set_timeout{10}}, "AT+MQTTTO=10\r"));
    CHECK(max_size<subscribe>() == 528);  // AT+MQTTSUB= 11, quotes 2, topic 512, comma 1, digit 1, CR 1
}

TEST_CASE("lines are formatted and parsed in the compiler") {
    static_assert(same(*parse<suback>("+MQTTSUBACK: 2,2,dev/gsm/u"), suback{2, 2, "dev/gsm/u"}));
    static_assert(same(*parse<message>("+MQTTPUBLISH:0,1,0,1,pyr,3,abc"),
                       message{false, qos::at_least_once, false, 1, "pyr", 3, "abc"}));
    static_assert(same(*parse<unsuback>("+MQTT UNSUBACK:8,\"test\""), unsuback{8, "test"}));
    static_assert(parse_line("+MQTTSTAT: x").why().column == 11);
    static_assert(std::get<puback>(*parse_line("+MQTTPUBACK:0,5")).id == 5);
    static_assert(makes(suback{2, 2, "dev/gsm/u"}, "\r\n+MQTTSUBACK: 2,2,dev/gsm/u\r\n"));
    static_assert(makes(unsuback{8, "test"}, "\r\n+MQTTUNSUBACK:8,test\r\n", spelling::sdk));
    static_assert(makes(line{pingrsp{}}, "\r\n+MQTTPINGRESP:OK\r\n", spelling::sdk));
    CHECK(max_size<ok>() == 6);
}
