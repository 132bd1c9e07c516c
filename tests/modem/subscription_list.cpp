// modem/subscription_list.hpp: topics in lent memory, in their order, and which of them are in doubt.
// SPDX-License-Identifier: MIT
#include <atmqtt/modem/subscription_list.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

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

TEST_CASE("a topic of which nothing is known is there without a QoS, in doubt, and takes its room") {
    char memory[9] = {};
    subscription_list list{memory};
    REQUIRE(list.add("a", qos::exactly_once));
    REQUIRE(list.add_unknown("bc"));
    CHECK_FALSE(list.add_unknown(""));
    CHECK(list.has("bc"));
    CHECK(list[0].is_granted);
    CHECK(list[0].level == qos::exactly_once);
    CHECK_FALSE(list[list.behind(0)].is_granted);
    CHECK(list[list.behind(0)].level == qos::at_most_once);
    CHECK_FALSE(list.settle("bc"));
    REQUIRE(list.add("bc", qos::at_least_once));
    CHECK(list[list.behind(0)].is_granted);
    CHECK(list.settle("bc"));
}

TEST_CASE("a topic may be as long as a module takes one, and longer: what stands behind it is found") {
    char memory[2000] = {};
    subscription_list list{memory};
    for (const std::size_t size : {255U, 256U, 257U, 512U, 700U})
        REQUIRE(list.add(std::string(size, 'a'), qos::at_least_once));
    CHECK(list.has(std::string(256, 'a')));
    CHECK_FALSE(list.has(std::string(258, 'a')));
    list.remove(std::string(257, 'a'));
    std::size_t at = 0;
    for (const std::size_t size : {255U, 256U, 512U, 700U}) {
        CHECK(list[at].topic == std::string(size, 'a'));
        at = list.behind(at);
    }
    CHECK(at == list.end());
}

TEST_CASE("no more than 65535 bytes are used, however many are lent") {
    const std::vector<char> lent(80'000, 'Z');
    std::vector<char> memory = lent;
    subscription_list list{{memory.data(), memory.size()}};
    REQUIRE(list.add(std::string(60'000, 'a'), qos::at_most_once));
    CHECK_FALSE(list.has_room_for(std::string(5'530, 'b')));  // 60003 + 5533
    REQUIRE(list.add(std::string(5'529, 'b'), qos::at_most_once));
    CHECK(list.end() == 65'535);
    CHECK(std::equal(memory.begin() + 65'535, memory.end(), lent.begin() + 65'535));
}

TEST_CASE("it goes on in other memory, and leaves what it had") {
    char memory[14] = {};
    subscription_list list{memory};
    REQUIRE(list.add("a", qos::exactly_once));
    char other[14] = {};
    std::copy(std::begin(memory), std::end(memory), std::begin(other));
    list.rebind(other);
    std::fill(std::begin(memory), std::end(memory), '#');
    REQUIRE(list.add("b", qos::at_most_once));
    CHECK(shown(list) == "a2 b0 ");
    CHECK(std::string(memory, sizeof memory) == std::string(14, '#'));
}

TEST_CASE("three bytes hold an entry of no topic, and two do not") {
    char memory[7] = {};
    subscription_list list{memory};
    REQUIRE(list.add("a", qos::at_most_once));
    CHECK(list.has_room_for(""));
    CHECK_FALSE(list.has_room_for("b"));
    list.clear();
    REQUIRE(list.add("ab", qos::at_most_once));
    CHECK_FALSE(list.has_room_for(""));
}

TEST_CASE("a topic that is not there is doubted, settled and removed without a trace, though the list is full") {
    std::vector<char> memory(4);
    subscription_list list{{memory.data(), memory.size()}};
    REQUIRE(list.add("a", qos::at_least_once));
    const std::vector<char> before = memory;
    list.doubt("b");
    CHECK_FALSE(list.settle("b"));
    list.remove("b");
    CHECK(memory == before);
    CHECK(shown(list) == "a1 ");
}
