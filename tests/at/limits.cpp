// The limits of texts and of the whole line, at each and one past it.                                        [AT-03]
// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include <cstdint>
#include <string>
#include <string_view>

using namespace rows;

namespace {

std::string repeated(std::size_t count, std::string_view bytes) {
    std::string all;
    for (; count != 0; --count) all += bytes;
    return all;
}

/// A text in one place of a command. `before` and `behind` are the rest of its line, without the CR.
struct place {
    command (*with)(text);
    param field;
    std::size_t limit;
    std::string_view before;
    std::string_view behind;
};

const place places[] = {
    {[](text t) -> command { return configure{t, 1, "", 0, "", "", true}; }, param::host, 128,
     "AT+MQTTCFG=", R"(,1,"",0,"","",1,"",0)"},
    {[](text t) -> command { return configure{"", 1, t, 0, "", "", true}; }, param::id, 128, R"(AT+MQTTCFG="",1,)",
     R"(,0,"","",1,"",0)"},
    {[](text t) -> command { return configure{"", 1, "", 0, t, "", true}; }, param::user, 128,
     R"(AT+MQTTCFG="",1,"",0,)", R"(,"",1,"",0)"},
    {[](text t) -> command { return configure{"", 1, "", 0, "", t, true}; }, param::passwd, 128,
     R"(AT+MQTTCFG="",1,"",0,"",)", R"(,1,"",0)"},
    {[](text t) -> command { return configure{"", 1, "", 0, "", "", true, false, t}; }, param::version, 128,
     R"(AT+MQTTCFG="",1,"",0,"","",1,)", ",0"},
    {[](text t) -> command { return open{true, true, true, false, qos::at_most_once, t, ""}; }, param::will_topic, 512,
     "AT+MQTTOPEN=1,1,1,0,0,", R"(,"")"},
    {[](text t) -> command { return open{true, true, true, false, qos::at_most_once, "", t}; }, param::will_mesg, 512,
     R"(AT+MQTTOPEN=1,1,1,0,0,"",)", ""},
    {[](text t) -> command {
         return subscribe{t, qos::at_most_once};
     },
     param::topic, 512, "AT+MQTTSUB=", ",0"},
    {[](text t) -> command { return unsubscribe{t}; }, param::topic, 512, "AT+MQTTUNSUB=", ""},
    {[](text t) -> command {
         return publish{t, qos::at_most_once, false, false, ""};
     },
     param::topic, 512, "AT+MQTTPUB=", R"(,0,0,0,"")"},
    {[](text t) -> command {
         return publish_counted{t, qos::at_most_once, false, false, 1};
     },
     param::topic, 512, "AT+MQTTPUB=", ",0,0,0,1"},
};

/// A line of `size` bytes with its CR, filled up by the message.
publish filled(std::size_t size, std::string& message) {
    constexpr std::size_t around = std::string_view{"AT+MQTTPUB=\"t\",0,0,0,\"\"\r"}.size();
    message.assign(size - around, 'm');
    return {"t", qos::at_most_once, false, false, message};
}

}  // namespace

TEST_CASE("AT-03: a text at its limit is written and read, and one byte more is refused at both ends") {
    for (const auto& place : places) {
        CAPTURE(name_of(place.field));
        const std::string at_limit(place.limit, 'x');
        const std::string past = at_limit + 'x';
        const auto wire = [&](const std::string& bytes) {
            return std::string{place.before}.append("\"").append(bytes).append("\"").append(place.behind);
        };
        check_both_ways(place.with(at_limit), wire(at_limit));
        const error too_long{errc::too_long, place.field, place.before.size()};
        CHECK(written(place.with(past)) == shown(too_long));
        CHECK(shown(parse_command(wire(past)).why()) == shown(too_long));
    }
}

TEST_CASE("AT-03: at reading the limits count unescaped bytes") {  // wire.md 5
    for (const auto& place : places) {
        CAPTURE(name_of(place.field));
        const auto wire = [&](std::size_t quotes) {
            return std::string{place.before}
                .append("\"")
                .append(repeated(quotes, "\\\""))
                .append("\"")
                .append(place.behind);
        };
        const std::string plain(place.limit, '"');
        check_reads(parse_command(wire(place.limit)), place.with(plain));
        CHECK(shown(parse_command(wire(place.limit + 1)).why()) ==
              shown({errc::too_long, place.field, place.before.size()}));
    }
}

TEST_CASE("AT-03: a message of 1024 bytes is read, and one of 1025 refused, escaped or not") {
    const auto wire = [](const std::string& raw) { return "AT+MQTTPUB=\"t\",0,0,0,\"" + raw + "\""; };
    const std::string plain(1024, 'm');
    const std::string quotes(1024, '"');
    check_reads(parse_command(wire(plain)), command{publish{"t", qos::at_most_once, false, false, plain}});
    check_reads(parse_command(wire(repeated(1024, "\\\""))),
                command{publish{"t", qos::at_most_once, false, false, quotes}});
    const auto too_long = shown({errc::too_long, param::message, 21});
    CHECK(shown(parse_command(wire(plain + 'm')).why()) == too_long);
    CHECK(shown(parse_command(wire(repeated(1025, "\\\""))).why()) == too_long);
    CHECK(written(publish{"t", qos::at_most_once, false, false, plain + 'm'}) == too_long);
}

TEST_CASE("AT-03: a will of 512 bytes may be longer than that once it is escaped") {
    const std::string will = std::string(112, 'w') + std::string(400, '"');
    const std::string wire = "AT+MQTTOPEN=1,1,1,0,0,\"t\",\"" + std::string(112, 'w') + repeated(400, "\\\"") + "\"";
    check_both_ways(open{true, true, true, false, qos::at_most_once, "t", will}, wire);
    CHECK(written(*parse_command(wire)) == wire + "\r");
    const std::string past = will + 'w';
    CHECK(written(open{true, true, true, false, qos::at_most_once, "t", past}) ==
          shown({errc::too_long, param::will_mesg, 26}));
}

TEST_CASE("AT-03: a command of 1024 bytes with its CR is written, and one of 1025 is too long in any room") {
    std::string message;
    const auto fits = filled(1024, message);
    const auto done = written(fits);
    CHECK(done.size() == 1024);
    CHECK(ends_with(done, "m\"\r"));
    check_reads(parse_command(done), command{fits});

    std::string longer;
    CHECK(written(filled(1023, longer)).size() == 1023);
    for (const std::size_t size : {1025U, 1026U, 1027U, 1030U}) {
        CAPTURE(size);
        const auto over = filled(size, longer);
        for (const std::size_t room : {1024U, 1025U, 2048U}) {
            std::string out(room, '\0');
            CHECK(format(over, {out.data(), out.size()}).why().code == errc::too_long);
        }
        std::string out(1023, '\0');
        CHECK_FALSE(format(over, {out.data(), out.size()}));
    }
}

TEST_CASE("AT-03: the escapes of a message count for the line") {
    std::string message;
    auto m = filled(1024, message);
    message.back() = '"';
    CHECK(written(m) == shown({errc::too_long, param::none, 1024}));
    message.pop_back();
    message.back() = '"';
    m.message = message;
    const auto done = written(m);
    CHECK(done.size() == 1024);
    CHECK(ends_with(done, "\\\"\"\r"));
}

TEST_CASE("AT-03: the longest topic and message are each within their limits, and yet too long together") {
    const std::string topic(512, 't');
    const std::string message(512, 'm');
    CHECK(begins_with(written(publish{topic, qos::at_most_once, false, false, message}), text_of(errc::too_long)));
    CHECK(
        begins_with(written(open{true, true, true, true, qos::at_most_once, topic, message}), text_of(errc::too_long)));
    const std::string shorter(1024 - 512 - std::string_view{"AT+MQTTPUB=\"\",0,0,0,\"\"\r"}.size(), 'm');
    CHECK(written(publish{topic, qos::at_most_once, false, false, shorter}).size() == 1024);
}

TEST_CASE("AT-03: a line at its very end fits exactly, in any less room it writes nothing past it") {
    std::string message;
    const auto m = filled(1024, message);
    CHECK(respects_every_size(m, written(m)));
}

TEST_CASE("AT-03: the words of a configuration that is read have 128 bytes at most") {
    const std::string at_limit(128, 'x');
    const auto wire = [](const std::string& host) { return "+MQTTCFG: \"" + host + R"(",1,"i",6,"u","***",1)"; };
    check_reads(parse_line(wire(at_limit)), line{configuration_is{at_limit, 1, "i", 6, "u", true, true}});
    CHECK(shown(parse_line(wire(at_limit + "x")).why()) == shown({errc::too_long, param::host, 10}));
}

TEST_CASE("AT-03: a topic that is received may be as long as MQTT has it") {  // MQTT 1.5.3: the stranger chose it
    const std::string topic(65535, 't');
    const line m = message{false, qos::at_most_once, false, 0, topic, 3, "abc"};
    check_reads(parse_line("+MQTTPUBLISH: 0,0,0,0,\"" + topic + "\",3,abc"), m);
    check_reads(parse_line("+MQTTPUBLISH:0,0,0,0," + topic + ",3,abc"), m);
}
