// modem/profile.hpp: what CFG and OPEN say, kept to the last byte of what was lent.                          [2.3.1, 2.3.2]
// SPDX-License-Identifier: MIT
#include <atmqtt/modem/profile.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <ostream>  // doctest prints std::string_view by it
#include <string>
#include <vector>

using namespace atmqtt;

namespace {

/// A profile with exactly so many bytes, as the address sanitizer sees it.
struct kept {
    std::vector<char> bytes;
    profile it;

    explicit kept(std::size_t size) : bytes(size, 'Z'), it({bytes.data(), bytes.size()}) {}
};

/// 15 bytes of strings.
configure some_configuration() {
    configure m;
    m.host = "host1";
    m.port = 1884;
    m.id = "id1";
    m.keep_alive = 61;
    m.user = "us";
    m.passwd = "pwd";
    m.clean = false;
    m.version = "v1";
    m.encrypt = true;
    return m;
}
/// 9 bytes of a will.
open some_greeting() {
    open m;
    m.usr_flag = m.pwd_flag = m.will_flag = m.will_retain = true;
    m.will_qos = qos::exactly_once;
    m.will_topic = "wills";
    m.will_mesg = "gone";
    return m;
}

void check_configuration(const profile& it) {
    CHECK(it.is_set());
    CHECK(it.host() == "host1");
    CHECK(it.port() == 1884);
    CHECK(it.encrypts());
    CHECK(it.version() == "v1");
    const configuration_is shown = it.shown();
    CHECK(shown.host == text{"host1"});
    CHECK(shown.port == 1884);
    CHECK(shown.id == text{"id1"});
    CHECK(shown.keep_alive == 61);
    CHECK(shown.user == text{"us"});
    CHECK_FALSE(shown.clean);
    CHECK(shown.version == text{"v1"});
    CHECK(shown.encrypt);
}
void check_greeting(const profile& it) {
    for (const protocol_level protocol : {protocol_level::v3_1, protocol_level::v3_1_1}) {
        const mqtt::connect m = it.greeting(protocol);
        CHECK(m.protocol == protocol);
        CHECK_FALSE(m.clean);
        CHECK(m.keep_alive == 61);
        CHECK(m.id == "id1");
        CHECK(m.has_user);
        CHECK(m.user == "us");
        CHECK(m.has_passwd);
        CHECK(m.passwd == "pwd");
        CHECK(m.has_will);
        CHECK(m.will_retain);
        CHECK(m.will_qos == qos::exactly_once);
        CHECK(m.will_topic == "wills");
        CHECK(m.will_message == "gone");
    }
}

}  // namespace

TEST_CASE("what CFG and OPEN say is kept in as many bytes as their strings have, and is what greets and is shown") {
    kept one{15 + 9};
    REQUIRE(one.it.set(some_configuration()));
    check_configuration(one.it);
    REQUIRE(one.it.set(some_greeting()));
    check_configuration(one.it);
    check_greeting(one.it);
}

TEST_CASE("a CFG that is one byte too long is refused, and the one before stays") {
    kept none{14};
    CHECK_FALSE(none.it.set(some_configuration()));
    CHECK_FALSE(none.it.is_set());

    kept one{15};
    REQUIRE(one.it.set(some_configuration()));
    configure longer = some_configuration();
    longer.host = "another";  // two more
    longer.port = 1;
    CHECK_FALSE(one.it.set(longer));
    check_configuration(one.it);
    longer.id = "i";  // and two less
    CHECK(one.it.set(longer));
    CHECK(one.it.host() == "another");
    CHECK(one.it.port() == 1);
}

TEST_CASE("a will that is one byte too long for what CFG has left is refused") {
    kept one{15 + 8};
    REQUIRE(one.it.set(some_configuration()));
    CHECK_FALSE(one.it.set(some_greeting()));
    open shorter = some_greeting();
    shorter.will_mesg = "bye";
    CHECK(one.it.set(shorter));
    check_configuration(one.it);
    CHECK(one.it.greeting(protocol_level::v3_1_1).will_message == "bye");
}

TEST_CASE("of a will that is not to be, nothing is kept: it needs no room, and is not sent") {
    kept one{15};
    REQUIRE(one.it.set(some_configuration()));
    open m = some_greeting();
    m.will_flag = m.usr_flag = m.pwd_flag = false;
    REQUIRE(one.it.set(m));
    const mqtt::connect greeting = one.it.greeting(protocol_level::v3_1_1);
    CHECK_FALSE(greeting.has_will);
    CHECK_FALSE(greeting.will_retain);
    CHECK(greeting.will_qos == qos::at_most_once);
    CHECK(greeting.will_topic.empty());
    CHECK(greeting.will_message.empty());
    CHECK_FALSE(greeting.has_user);
    CHECK(greeting.user.empty());
    CHECK_FALSE(greeting.has_passwd);
    CHECK(greeting.passwd.empty());
    check_configuration(one.it);
}

TEST_CASE("each OPEN takes the place of the one before, however many there are") {
    kept one{15 + 9};
    REQUIRE(one.it.set(some_configuration()));
    for (int count = 0; count != 3; ++count) {
        open other = some_greeting();
        other.will_topic = "w";
        other.will_retain = false;
        REQUIRE(one.it.set(other));
        CHECK(one.it.greeting(protocol_level::v3_1_1).will_topic == "w");
        CHECK_FALSE(one.it.greeting(protocol_level::v3_1_1).will_retain);
        REQUIRE(one.it.set(some_greeting()));
        check_greeting(one.it);
    }
}

TEST_CASE("another CFG is for the same session if host, port and identifier are the same") {
    kept one{24};
    const configure m = some_configuration();
    CHECK_FALSE(one.it.is_session_of(m));
    REQUIRE(one.it.set(m));
    CHECK(one.it.is_session_of(m));
    configure same = m;
    same.user = "x";
    same.passwd = "y";
    same.keep_alive = 1;
    same.clean = true;
    CHECK(one.it.is_session_of(same));
    configure other = m;
    other.host = "host2";
    CHECK_FALSE(one.it.is_session_of(other));
    other = m;
    other.port = 1885;
    CHECK_FALSE(one.it.is_session_of(other));
    other = m;
    other.id = "id2";
    CHECK_FALSE(one.it.is_session_of(other));
    one.it.clear();
    CHECK_FALSE(one.it.is_set());
    CHECK(one.it.is_session_of(m));  // the broker may have it
    CHECK_FALSE(one.it.is_session_of(other));
}

TEST_CASE("it goes on in other memory, and leaves what it had") {
    kept one{24};
    REQUIRE(one.it.set(some_configuration()));
    REQUIRE(one.it.set(some_greeting()));
    std::vector<char> other = one.bytes;
    one.it.rebind({other.data(), other.size()});
    std::fill(one.bytes.begin(), one.bytes.end(), '#');
    check_configuration(one.it);
    check_greeting(one.it);
    REQUIRE(one.it.set(some_greeting()));
    CHECK(std::string(24, '#') == std::string(one.bytes.begin(), one.bytes.end()));
    check_greeting(one.it);
}

TEST_CASE("an OPEN without a will leaves none of the OPEN before") {
    char memory[64];
    profile it{memory};
    configure c;
    c.host = "h";
    c.id = "i";
    REQUIRE(it.set(c));
    open with;
    with.will_flag = with.will_retain = true;
    with.will_qos = qos::exactly_once;
    with.will_topic = "w";
    with.will_mesg = "gone";
    REQUIRE(it.set(with));
    open without = with;  // the host may leave its parameters there
    without.will_flag = false;
    REQUIRE(it.set(without));
    const mqtt::connect greeting = it.greeting(protocol_level::v3_1_1);
    CHECK_FALSE(greeting.has_will);
    CHECK_FALSE(greeting.will_retain);
    CHECK(greeting.will_qos == qos::at_most_once);
    CHECK(greeting.will_topic.empty());
    CHECK(greeting.will_message.empty());
}
