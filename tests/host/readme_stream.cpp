// What the README shows of a stream, word for word; and what comes of it: tests/examples/readme.cpp holds the two together.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

// The README's, to the line of dashes.
#include <atmqtt.hpp>

#include <optional>
#include <string_view>

void show(std::string_view topic, std::string_view payload);  // yours, as the next one
void handle(const atmqtt::result<atmqtt::line>& found);

namespace {

char rx[2048], topic[512];
atmqtt::line_reader reader{rx};

void hear(const atmqtt::from_modem::event& found) {
    atmqtt::match(
        found,
        [](const atmqtt::from_modem::message& m) {
            if (m.mismatch) return;  // it is not whole, or holds more
            if (const auto plain = m.what.topic.copy_to(topic)) show(*plain, m.what.payload);
        },
        [](const atmqtt::from_modem::line& l) { handle(atmqtt::parse_line(l.text)); },
        [](const auto&) {});  // a real one looks at `too_large` and `overlong` too
}

}  // namespace

void on_bytes(std::string_view input, atmqtt::instant now) {
    while (const auto event = reader.receive(input, now)) hear(*event);
}

// After so long without a byte call `on_silence`; nothing: there is no need to.
std::optional<atmqtt::millis> until_silence(atmqtt::instant now) { return reader.wait(now); }

void on_silence(atmqtt::instant now) {
    while (const auto event = reader.tick(now)) hear(*event);
}
// --- the end of the README's ---

namespace {

std::string told;

}  // namespace

void show(std::string_view of, std::string_view payload) {
    told += "[" + std::string(of) + "] " + std::string(payload) + "; ";
}
void handle(const atmqtt::result<atmqtt::line>& found) {
    char shown[80];
    told += (found ? std::string(atmqtt::describe(*found, shown)) : std::string("no line")) + "; ";
}

TEST_CASE("the README's stream: a topic without its escapes, and silence ends what waits for bytes") {
    const atmqtt::instant start{0xFFFFFF00};
    on_bytes("\r\nOK\r\n+MQTTPUBLISH: 0,1,0,7,\"dev/\\\"u\\\"\",6,a,\r\nOK\r\n", start);
    CHECK(told == "OK; [dev/\"u\"] a,\r\nOK; ");
    CHECK(!until_silence(start));

    told.clear();
    on_bytes("RING\r", start);
    REQUIRE(until_silence(start));
    on_silence(start + *until_silence(start));
    CHECK(told == "no line; ");

    told.clear();
    on_bytes("+MQTTPUBLISH: 0,0,0,0,\"t\",100,abc", start);
    CHECK(told.empty());
    REQUIRE(until_silence(start));
    on_silence(start + *until_silence(start));
    CHECK(told.empty());  // it is not whole
    CHECK(!until_silence(start));
}
