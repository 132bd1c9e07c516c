// at/describe.hpp: one masked line of text about any message.
// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include <atmqtt/at/describe.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace rows;

namespace {

template <class Message>
std::string described(const Message& m) {
    std::vector<char> out(8192);
    return std::string{describe(m, {out.data(), out.size()})};
}

bool holds(std::string_view text, std::string_view words) { return text.find(words) != std::string_view::npos; }

const command commands[] = {
    configure{"host", 6002, "id", 60, "user", "secret", false, false, "2018-10-31", true},
    configure{"host", 6002, "id", 60, "user", "secret", false, true},
    query_configuration{},
    open{true, false, true, false, qos::exactly_once, "will/t", "bye"},
    query_state{},
    subscribe{"dev/gsm/u", qos::exactly_once},
    query_subscriptions{},
    unsubscribe{"test"},
    publish{"t", qos::at_least_once, true, false, "update message"},
    publish_counted{"t", qos::exactly_once, false, true, 23},
    disconnect{},
    set_ping_echo{},
    query_ping_echo{},
    set_reconnect{},
    query_reconnect{},
    set_timeout{},
    query_timeout{},
    delete_configuration{},
};

const line lines[] = {
    ok{},
    plain_error{},
    cme_error{error_form::number, cme::suback_malformed},
    cme_error{error_form::words, cme::no_network, "SIM busy"},
    cme_error{error_form::nothing},
    open_is{status::fail},
    configuration_is{"host", 6002, "id", 60, "user", false, false, "v", true},
    no_configuration{},
    state_is{connection_state::awaiting},
    suback{1, 128, "dev/gsm/u"},
    subscriptions_are{},
    unsuback{8, "test"},
    puback{false, 5},
    pubrec{true, 6},
    pubcomp{false, 7},
    disc_is{},
    ping_echo_is{},
    reconnect_is{true, 3},
    reconnect_alarm{2},
    timeout_is{5},
    message{false, qos::exactly_once, true, 1, "test", 23, R"({"action":"leave_hbcd"})"},
    pubrel{false, 1},
    pingrsp{},
};

}  // namespace

TEST_CASE("a description is the name, what is done, and each parameter by the manual's name") {
    CHECK(described(subscribe{"dev/gsm/u", qos::exactly_once}) == "MQTTSUB set topic=\"dev/gsm/u\" qos=2");
    CHECK(described(query_subscriptions{}) == "MQTTSUB query");
    CHECK(described(disconnect{}) == "MQTTDISC");
    CHECK(described(ok{}) == "OK");
    CHECK(described(puback{false, 60001}) == "MQTTPUBACK dup=0 packId=60001");
    CHECK(described(reconnect_is{true, 3}) == "MQTTREC recon=1 reconnum=3");
    CHECK(described(publish_counted{"t", qos::exactly_once, false, true, 4294967295}) ==
          "MQTTPUB set topic=\"t\" qos=2 retain=0 dup=1 length=4294967295");
    CHECK(described(open_is{status::fail}) == "MQTTOPEN status=FAIL");
}

TEST_CASE("every parameter of every command and line is named") {
    const struct {
        std::string text;
        std::vector<param> fields;
    } table[] = {
        {described(commands[0]),
         {param::host, param::port, param::id, param::keep_alive, param::user, param::passwd, param::clean,
          param::version, param::encrypt}},
        {described(commands[3]),
         {param::usr_flag, param::pwd_flag, param::will_flag, param::will_retain, param::will_qos, param::will_topic,
          param::will_mesg}},
        {described(publish{}), {param::topic, param::qos, param::retain, param::dup, param::message}},
        {described(publish_counted{}), {param::topic, param::qos, param::retain, param::dup, param::length}},
        {described(set_ping_echo{}), {param::rsp_echo}},
        {described(set_reconnect{}), {param::recon}},
        {described(set_timeout{}), {param::timeout}},
        {described(cme_error{}), {param::err}},
        {described(configuration_is{}),
         {param::host, param::port, param::id, param::keep_alive, param::user, param::passwd, param::clean,
          param::version, param::encrypt}},
        {described(state_is{}), {param::stat}},
        {described(suback{}), {param::pack_id, param::code, param::topic}},
        {described(unsuback{}), {param::pack_id, param::topic}},
        {described(pubrel{}), {param::dup, param::pack_id}},
        {described(reconnect_alarm{}), {param::value}},
        {described(timeout_is{}), {param::value}},
        {described(message{}),
         {param::dup, param::qos, param::retained, param::pack_id, param::topic, param::msg_len, param::mesg}},
    };
    for (const auto& row : table) {
        CAPTURE(row.text);
        for (const param field : row.fields) CHECK(holds(row.text, " " + std::string{name_of(field)} + "="));
    }
}

TEST_CASE("AT-06: a password never appears in a description, whatever it is made of") {
    for (const std::string_view secret :
         {"VACC79esEWuVK5j73b3cqWzrD7U=", "version=2018-10-31&res=x&sign=y", "qqq", "\x01\x02\x03\x04"}) {
        for (const bool short_form : {false, true}) {
            const configure m{"host", 6002, "id", 60, "user", secret, false, short_form};
            const std::string elsewhere = described(unsubscribe{secret});  // as it would look if it were shown
            const auto start = elsewhere.find('"') + 1;
            for (const std::string& text : {described(m), described(command{m})}) {
                CAPTURE(text);
                CHECK_FALSE(holds(text, secret));
                CHECK_FALSE(holds(text, first(secret, secret.size() - 1)));
                CHECK_FALSE(holds(text, elsewhere.substr(start, elsewhere.size() - start - 1)));
                CHECK(holds(text, "passwd=***"));
            }
        }
    }
    // Not by its length either.
    CHECK(described(configure{"h", 1, "i", 6, "u", "p", true}) ==
          described(configure{"h", 1, "i", 6, "u", "longer", true}));
    CHECK(described(configure{"h", 1, "i", 6, "u", "", true}) ==
          described(configure{"h", 1, "i", 6, "u", "longer", true}));
}

TEST_CASE("AT-06: a password that a module shows is not passed on") {
    const auto read = parse_line(R"(+MQTTCFG: "h",1,"i",6,"u","notmasked",1,"v",0)");
    CHECK(shown(read.why()) == shown({}));
    CHECK_FALSE(holds(described(*read), "notmasked"));
    CHECK(holds(described(*read), "passwd=***"));
    CHECK(holds(written(*read), "\"***\""));
    CHECK_FALSE(holds(written(*read), "notmasked"));
}

TEST_CASE("codes of the manual come with their meaning, others alone") {
    for (unsigned code = 600; code <= 620; ++code) {
        const auto text = described(cme_error{error_form::number, static_cast<cme>(code)});
        CAPTURE(text);
        CHECK(holds(text, std::to_string(code)));
        CHECK(holds(text, text_of(static_cast<cme>(code))));
    }
    CHECK(described(cme_error{error_form::number, cme{3}}) == "CME ERROR err=3");
    CHECK(holds(described(cme_error{error_form::words, cme::no_network, "SIM busy"}), "SIM busy"));
    CHECK(described(cme_error{error_form::nothing}) == "CME ERROR");

    for (unsigned n = 0; n <= 4; ++n) {
        CHECK(holds(described(state_is{static_cast<connection_state>(n)}), text_of(static_cast<connection_state>(n))));
    }
    CHECK(described(state_is{static_cast<connection_state>(9)}) == "MQTTSTAT stat=9");

    for (unsigned n = 1; n <= 6; ++n) {
        const auto meaning = text_of(static_cast<timeout_kind>(n));
        CHECK(holds(described(timeout_alarm{static_cast<timeout_kind>(n)}), meaning));
        CHECK(holds(described(timeout_is{static_cast<std::uint16_t>(n)}), meaning));
    }
    for (const std::uint16_t n : std::initializer_list<std::uint16_t>{0, 7, 10, 256, 261, 65535}) {
        CHECK(described(timeout_is{n}) == "MQTTTO value=" + std::to_string(n));
    }
}

TEST_CASE("a description is one line of printable ASCII, whatever the texts hold") {
    std::string bytes;
    for (int value = 0; value < 256; ++value) bytes += static_cast<char>(value);
    const std::string texts[] = {
        described(configure{bytes, 1, bytes, 1, bytes, bytes, true, false, bytes}),
        described(publish{bytes, qos::at_most_once, false, false, bytes}),
        described(message{false, qos::at_most_once, false, 0, bytes, 256, bytes}),
        described(cme_error{error_form::words, cme::no_network, bytes}),
        described(suback{1, 2, bytes}),
        described(unsuback{1, bytes}),
    };
    for (const auto& text : texts) {
        CHECK(std::all_of(text.begin(), text.end(), [](char byte) { return byte >= ' ' && byte <= '~'; }));
    }
    CHECK(described(unsubscribe{"a\r\n\"b\\\xFF"}) == R"(MQTTUNSUB set topic="a\x0D\x0A\x22b\x5C\xFF")");
    CHECK(described(*parse<unsubscribe>(R"(AT+MQTTUNSUB="a\"b")")) == described(unsubscribe{R"(a"b)"}));
}

TEST_CASE("a description is cut to any room, and nothing is written past it") {
    constexpr char guard = '\x55';
    const auto check_cut = [](const auto& m) {
        const std::string whole = described(m);
        CAPTURE(whole);
        bool good = true;
        for (std::size_t size = 0; size <= whole.size() + 1; ++size) {
            std::string out(whole.size() + 16, guard);
            const auto text = describe(m, {out.data(), size});
            good = good && text == first(whole, size) && text.data() == out.data();
            good = good && out.find_first_not_of(guard, size) == std::string::npos;
        }
        CHECK(good);
    };
    for (const auto& m : commands) check_cut(m);
    for (const auto& m : lines) check_cut(m);
    check_cut(timeout_alarm{timeout_kind::ping});
    check_cut(message_header{});
}

TEST_CASE("a description of a variant is that of the message in it, and no two kinds are described alike") {
    CHECK(described(command{set_timeout{}}) == described(set_timeout{}));
    CHECK(described(line{puback{false, 5}}) == described(puback{false, 5}));
    std::set<std::string> seen;
    for (const auto& m : commands) CHECK(seen.insert(described(m)).second);
    seen.clear();
    for (const auto& m : lines) CHECK(seen.insert(described(m)).second);
}

TEST_CASE("names are heads without their signs and blanks, one for both spellings") {
    CHECK(name_of<configure>() == "MQTTCFG");
    CHECK(name_of<open>() == "MQTTOPEN");
    CHECK(name_of<query_state>() == "MQTTSTAT");
    CHECK(name_of<publish>() == "MQTTPUB");
    CHECK(name_of<publish_counted>() == "MQTTPUB");
    CHECK(name_of<delete_configuration>() == "MQTTDEL");
    CHECK(name_of<ok>() == "OK");
    CHECK(name_of<plain_error>() == "ERROR");
    CHECK(name_of<cme_error>() == "CME ERROR");
    CHECK(name_of<configuration_is>() == "MQTTCFG");
    CHECK(name_of<no_configuration>() == "MQTTCFG");
    CHECK(name_of<suback>() == "MQTTSUBACK");
    CHECK(name_of<subscriptions_are>() == "MQTTSUB");
    CHECK(name_of<unsuback>() == "MQTTUNSUBACK");
    CHECK(name_of<reconnect_alarm>() == "MQTTREC");
    CHECK(name_of<timeout_alarm>() == "MQTTTO");
    CHECK(name_of<message>() == "MQTTPUBLISH");
    CHECK(name_of<pingrsp>() == "MQTTPINGRSP");
}

TEST_CASE("describe works in the compiler") {
    static_assert([] {
        char out[64] = {};
        return describe(subscribe{"a", qos::at_least_once}, out) == "MQTTSUB set topic=\"a\" qos=1";
    }());
    static_assert(name_of<pubrec>() == "MQTTPUBREC");
    CHECK(described(pingrsp{}) == "MQTTPINGRSP status=OK");
}

TEST_CASE("what a line says without a parameter of its own is shown as it stands") {
    CHECK(holds(described(no_configuration{}), "(null)"));
}

TEST_CASE(
    "each byte that can be seen is shown as it is, from the first to the last, and one blank stands before each word") {
    CHECK(described(unsubscribe{"!~ "}) == "MQTTUNSUB set topic=\"!~ \"");
    CHECK(described(unsubscribe{"\x1F\x7F"}) == "MQTTUNSUB set topic=\"\\x1F\\x7F\"");
    CHECK(described(no_configuration{}) == "MQTTCFG (null)");
}
