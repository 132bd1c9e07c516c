// What a mistake in a refactoring would change, and no other test sees.
// SPDX-License-Identifier: MIT
#include "modem_world.hpp"

#include <atmqtt/modem/command_reader.hpp>
#include <atmqtt/modem/profile.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

using namespace atmqtt;
using namespace atmqtt::testing;

TEST_CASE("no BACKSPACE makes a line that was too long one that is obeyed") {
    char memory[8];
    command_reader reader{memory};
    std::string_view input = "AT+MQTTSTAT?\b\b\b\b\b\b\b\b\b\b\b\b\b\b\bAT\r";
    const auto found = reader.receive(input, {});
    REQUIRE(found);
    CHECK(std::holds_alternative<from_host::overlong>(*found));
}

TEST_CASE("in a larger buffer a line may be longer") {
    char small[8], large[64];
    command_reader reader{small};
    reader.rebind(large);
    std::string_view input = "AT+MQTTSTAT?\r";
    const auto found = reader.receive(input, {});
    REQUIRE(found);
    REQUIRE(std::holds_alternative<from_host::command>(*found));
    CHECK(std::get<from_host::command>(*found).text == "AT+MQTTSTAT?");
}

TEST_CASE("a configuration takes as many bytes as it has without escapes") {
    std::vector<char> bytes(4);
    profile it({bytes.data(), bytes.size()});
    configure m;
    m.host = "h";
    m.user = text::from_wire("a\\\"b", true);  // three bytes
    CHECK(it.set(m));
    m.host = "hh";
    CHECK(!it.set(m));
}

TEST_CASE("without a configuration OPEN is refused for that, whether there is a network or not") {
    modem_world w;
    w.ask("ATE0");
    w.it().set_network(false);
    CHECK(w.ask(modem_world::open_command) == said("+CME ERROR: 601"));
    w.ask("AT+MQTTCFG=\"h\",1,\"me\",60,\"u\",\"p\",1,\"\",0");
    CHECK(w.ask(modem_world::open_command) == said("+CME ERROR: 600"));
}
