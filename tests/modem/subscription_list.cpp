// modem/subscription_list.hpp: topics in lent memory, in their order, and which of them are in doubt.
// SPDX-License-Identifier: MIT
#include <atmqtt/modem/subscription_list.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <ostream>
#include <string>

using atmqtt::qos;
using atmqtt::subscription_list;

namespace {

/// `topic` and QoS, a blank behind each.
std::string shown(const subscription_list& list) {
    std::string out;
    for (std::size_t at = 0; at != list.end(); at = list.behind(at))
        out += std::string(list[at].topic) + std::to_string(static_cast<int>(list[at].level)) + " ";
    return out;
}

}  // namespace

TEST_CASE("topics are added while there is room, to the last byte, and removed wherever they stand") {
    char memory[14] = {};
    subscription_list list{memory};
    CHECK(list.add("a", qos::at_most_once));
    CHECK(list.add("bc", qos::exactly_once));
    CHECK_FALSE(list.add("def", qos::at_least_once));  // 4 + 5 + 6
    CHECK(list.add("de", qos::at_least_once));
    CHECK(shown(list) == "a0 bc2 de1 ");
    CHECK_FALSE(list.has_room_for(""));
    list.remove("not there");
    list.remove("bc");
    CHECK(shown(list) == "a0 de1 ");
    list.remove("de");
    list.remove("a");
    CHECK(list.end() == 0);
    CHECK_FALSE(list.has("a"));
}

TEST_CASE("a topic in doubt is there with its QoS, until it is settled, and those beside it stay") {
    char memory[64] = {};
    subscription_list list{memory};
    for (const char* const topic : {"a", "b", "c"}) REQUIRE(list.add(topic, qos::exactly_once));
    list.doubt("b");
    list.doubt("not there");
    CHECK(list.has("b"));
    CHECK(shown(list) == "a2 b2 c2 ");
    CHECK(list.settle("a"));
    CHECK_FALSE(list.settle("not there"));
    CHECK(shown(list) == "a2 b2 c2 ");
    CHECK_FALSE(list.settle("b"));
    CHECK(shown(list) == "a2 c2 ");
    REQUIRE(list.add("b", qos::at_least_once));
    CHECK(list.settle("b"));
}
