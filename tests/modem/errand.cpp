// modem/errand.hpp: a topic and a payload behind it, in exactly the memory that they need.
// SPDX-License-Identifier: MIT
#include <atmqtt/modem/errand.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <ostream>  // doctest prints std::string_view by it
#include <string>
#include <string_view>
#include <vector>

using namespace atmqtt;
using detail::task;

TEST_CASE("there is room for a topic and so many bytes, up to the last byte that was lent") {
    std::vector<char> memory(10);
    const detail::errand it({memory.data(), memory.size()});
    CHECK(it.has_room(text{"topic"}, 0));
    CHECK(it.has_room(text{"topic"}, 5));
    CHECK_FALSE(it.has_room(text{"topic"}, 6));
    CHECK(it.has_room(text{"ten bytes "}, 0));
    CHECK_FALSE(it.has_room(text{"ten bytes "}, 1));
    CHECK_FALSE(it.has_room(text{"eleven bytes"}, 0));
    CHECK_FALSE(it.has_room(text{"t"}, SIZE_MAX));
}

TEST_CASE("no topic is longer than 512 bytes, however much room there is") {
    std::vector<char> memory(2'000);
    const detail::errand it({memory.data(), memory.size()});
    const std::string longest(512, 't');
    const std::string too_long = longest + "t";
    CHECK(it.has_room(text{std::string_view{longest}}, 2'000 - 512));
    CHECK_FALSE(it.has_room(text{std::string_view{too_long}}, 0));
}

TEST_CASE("a topic and a payload are kept, in pieces or whole, each anew, and where they are told to go on") {
    std::vector<char> memory(10, 'Z');
    detail::errand it({memory.data(), memory.size()});
    for (int round = 0; round != 2; ++round) {
        CHECK(it.keep(text{"topic"}) == "topic");
        CHECK(it.kept_payload().empty());
        it.append("a");
        it.append("");
        it.append("bcde");
        CHECK(it.kept_topic() == "topic");
        CHECK(it.kept_payload() == "abcde");
        CHECK(it.keep(text{"t"}) == "t");
        CHECK(it.kept_payload().empty());
        it.keep_payload(text{"payload"});
        CHECK(it.kept_payload() == "payload");
    }
    it.level = qos::exactly_once;
    it.retain = true;
    const auto check = [&it] {
        const mqtt::publish m = it.message();
        CHECK(m.topic == "t");
        CHECK(m.payload == "payload");
        CHECK(m.id == 0);
        CHECK_FALSE(m.dup);
        CHECK(m.level == qos::exactly_once);
        CHECK(m.retain);
    };
    check();
    std::vector<char> other = memory;
    it.rebind({other.data(), other.size()});
    std::fill(memory.begin(), memory.end(), '#');
    check();
}

TEST_CASE("SUB, UNSUB and PUB are ended by the broker's answer, and nothing else is") {
    detail::errand it({nullptr, 0});
    for (const task what : {task::none, task::open, task::count, task::list, task::disconnect}) {
        it.what = what;
        CHECK_FALSE(it.is_request());
    }
    for (const task what : {task::subscribe, task::unsubscribe, task::publish}) {
        it.what = what;
        CHECK(it.is_request());
    }
}
