// at/types.hpp: the numbers and names of the manual, and what codes mean in English.
// SPDX-License-Identifier: MIT
#include <atmqtt/at/types.hpp>

#include <doctest/doctest.h>

#include <ostream>
#include <set>
#include <string_view>

using namespace atmqtt;

namespace {

/// Whether the numbers from `least` to `most` all have a text, and no two the same.
template <class Code>
bool all_told_apart(int least, int most) {
    std::set<std::string_view> seen;
    for (int n = least; n <= most; ++n) {
        const auto words = text_of(static_cast<Code>(n));
        if (words.empty() || !seen.insert(words).second) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("the states of the connection are the manual's 0 to 4, each with a text of its own") {  // 2.3.3
    CHECK(static_cast<int>(connection_state::closed) == 0);
    CHECK(static_cast<int>(connection_state::open) == 1);
    CHECK(static_cast<int>(connection_state::connecting) == 2);
    CHECK(static_cast<int>(connection_state::greeting) == 3);
    CHECK(static_cast<int>(connection_state::awaiting) == 4);
    CHECK(all_told_apart<connection_state>(0, 4));
    CHECK(text_of(static_cast<connection_state>(5)).empty());
}

TEST_CASE("the kinds of timeout are the manual's 1 to 6, each with a text of its own") {  // 2.3.10
    CHECK(static_cast<int>(timeout_kind::connect) == 1);
    CHECK(static_cast<int>(timeout_kind::publish) == 2);
    CHECK(static_cast<int>(timeout_kind::subscribe) == 3);
    CHECK(static_cast<int>(timeout_kind::unsubscribe) == 4);
    CHECK(static_cast<int>(timeout_kind::ping) == 5);
    CHECK(static_cast<int>(timeout_kind::unknown) == 6);
    CHECK(all_told_apart<timeout_kind>(1, 6));
    CHECK(text_of(static_cast<timeout_kind>(0)).empty());
    CHECK(text_of(static_cast<timeout_kind>(7)).empty());
}

TEST_CASE("the error codes are the manual's 600 to 620, each with a text of its own") {  // 2.2
    const cme codes[] = {
        cme::no_network,       cme::bad_parameter,     cme::already_open,       cme::connect_failed,
        cme::connect_timeout,  cme::suback_malformed,  cme::already_subscribed, cme::unknown_packet,
        cme::publish_failed,   cme::publish_malformed, cme::pubrec_malformed,   cme::pubcomp_malformed,
        cme::puback_malformed, cme::socket_failed,     cme::bad_credentials,    cme::reconnect_failed,
        cme::ack_timeout,      cme::closed_by_broker,  cme::unsuback_malformed, cme::pubrel_malformed,
        cme::already_closed,
    };
    int expected = 600;
    for (const cme code : codes) CHECK(static_cast<int>(code) == expected++);
    CHECK(expected == 621);
    CHECK(all_told_apart<cme>(600, 620));
    for (const int other : {0, 3, 599, 622, 65535}) {
        CAPTURE(other);
        CHECK(text_of(static_cast<cme>(other)).empty());
    }
}

TEST_CASE("every reason for an error has a text of its own") {
    CHECK(all_told_apart<errc>(static_cast<int>(errc::none), static_cast<int>(errc::inconsistent)));
}

TEST_CASE("parameters have the manual's names, to the letter") {
    struct row {
        param field;
        std::string_view name;
    };
    const row table[] = {
        {param::none, ""},
        // 2.3.1
        {param::host, "host"},
        {param::port, "port"},
        {param::id, "id"},
        {param::keep_alive, "keepAlive"},
        {param::user, "user"},
        {param::passwd, "passwd"},
        {param::clean, "clean"},
        {param::version, "version"},
        {param::encrypt, "encrypt"},
        // 2.3.2
        {param::usr_flag, "usrFlag"},
        {param::pwd_flag, "pwdFlag"},
        {param::will_flag, "willFlag"},
        {param::will_retain, "willRetain"},
        {param::will_qos, "willQos"},
        {param::will_topic, "will-topic"},
        {param::will_mesg, "will-mesg"},
        // 2.3.3 - 2.3.6
        {param::stat, "stat"},
        {param::topic, "topic"},
        {param::qos, "qos"},
        {param::pack_id, "packId"},
        {param::code, "code"},
        {param::retain, "retain"},
        {param::dup, "dup"},
        {param::message, "message"},
        // 2.3.8 - 2.3.10
        {param::rsp_echo, "rspEcho"},
        {param::recon, "recon"},
        {param::reconnum, "reconnum"},
        {param::timeout, "timeout"},
        // 2.4, 2.3.4
        {param::retained, "retained"},
        {param::msg_len, "msg_len"},
        {param::mesg, "mesg"},
        {param::err, "err"},
        // no parameter of the manual, but of the decoder
        {param::length, "length"},
        {param::value, "value"},
        {param::status, "status"},
    };
    std::set<param> seen;
    for (const auto& [field, name] : table) {
        CHECK(name_of(field) == name);
        seen.insert(field);
    }
    CHECK(seen.size() == static_cast<unsigned>(param::err) + 1);  // none was forgotten
    CHECK(name_of(static_cast<param>(200)).empty());
}

TEST_CASE("the limits are those of the manual and of the vendor's line buffer") {
    CHECK(limits::word == 128);      // 2.3.1
    CHECK(limits::topic == 512);     // 2.3.4
    CHECK(limits::will == 512);      // 2.3.2
    CHECK(limits::message == 1024);  // 2.3.6
    CHECK(limits::line == 1024);     // with its CR
}
