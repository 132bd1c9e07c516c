// modem/session.hpp: deadlines, pings and the clock, to the millisecond.                              [2.3.10, 2.4.2, 3.4]
// SPDX-License-Identifier: MIT
#include "session_world.hpp"

#include <cstdint>
#include <string>

using namespace atmqtt;
using namespace atmqtt::testing;

namespace {

constexpr qos q1 = qos::at_least_once;
constexpr qos q2 = qos::exactly_once;

/// Where the clock starts: anywhere, and so that it wraps in the middle (BI-36).
constexpr std::uint32_t starts[] = {0, 1'000'000, 0x80000000U - 7'000, 0U - 7'000, 0x80000000U - 1, 0U - 1};

void start(world& w, std::uint32_t at) { w.now = instant{at}; }

/// Nothing until 1 ms before, then what is expected, and then nothing again.
void expect_after(world& w, std::uint32_t ms, const words& expected) {
    CHECK(w.it().wait(w.now) == millis{ms});
    w.pass(ms - 1);
    CHECK(w.told() == words{});
    CHECK(w.it().wait(w.now) == millis{1});
    w.pass(1);
    CHECK(w.it().wait(w.now) == millis{0});
    CHECK(w.told() == expected);
    CHECK(w.it().wait(w.now) != millis{0});
}

}  // namespace

TEST_CASE("an answer may take as long as set, from the moment that the last byte was handed out") {
    for (const std::uint32_t at : starts) {
        world w;
        start(w, at);
        w.open();
        w.it().set_ack_timeout(millis{5'000});
        REQUIRE(w.it().publish(message_of(q1, 0), w.now));
        w.pass(1'000);
        w.pump(3);  // only a part
        CHECK(w.told() == words{});
        w.pass(4'500);
        CHECK(w.told() == words{});
        w.pump();
        expect_after(w, 5'000, {"PUBLISH #1 no ack"});
        REQUIRE(w.it().subscribe("t", q1, w.now));
        w.pump();
        expect_after(w, 5'000, {"SUBSCRIBE #2 no ack"});
        REQUIRE(w.it().unsubscribe("t", w.now));
        w.pump();
        expect_after(w, 5'000, {"UNSUBSCRIBE #3 no ack"});
        CHECK_FALSE(w.it().wait(w.now));
    }
}

TEST_CASE("QoS 2: the time begins anew with PUBREL") {
    world w;
    w.open();
    REQUIRE(w.it().publish(message_of(q2, 0), w.now));
    w.pump();
    w.pass(9'999);
    w.hear(mqtt::pubrec{1});
    CHECK(w.told() == words{"received #1"});
    w.pass(5'000);
    w.pump();
    expect_after(w, 10'000, {"PUBLISH #1 no ack"});
    w.hear(mqtt::pubcomp{1});
    CHECK(w.told() == words{"late #1"});
}

TEST_CASE("QoS 2: so it does where PUBREC was here before the socket said that it had taken PUBLISH") {
    world w;
    w.open();
    REQUIRE(w.it().publish(message_of(q2, 0), w.now));
    w.hear(mqtt::pubrec{1});
    CHECK(w.told() == words{"received #1"});
    for (const std::size_t size : {std::size_t{7}, std::size_t{3}}) {  // the head of PUBLISH, and its payload
        REQUIRE(w.it().transmit().size() == size);
        w.it().transmitted(size, w.now);
    }
    w.pass(9'000);  // PUBREL is offered, and not taken
    w.pump();
    expect_after(w, 10'000, {"PUBLISH #1 no ack"});
}

TEST_CASE("PUBCOMP may be here before the socket says that it has taken PUBREL: there is one verdict all the same") {
    world w;
    w.open();
    REQUIRE(w.it().publish(message_of(q2, 0), w.now));
    w.pump();
    w.hear(mqtt::pubrec{1});
    w.hear(mqtt::pubcomp{1});
    CHECK(w.told() == words{"received #1", "PUBLISH #1 acknowledged"});
    CHECK(w.sent() == words{"PUBLISH q2 #1 t=abc", "PUBREL #1"});
    CHECK_FALSE(w.it().wait(w.now));
    w.pass(10'000);
    CHECK(w.told() == words{});
}

TEST_CASE("BI-39: what we send does not put off the time of an answer") {
    world w;
    w.open();
    REQUIRE(w.it().publish(message_of(q2, 0), w.now));
    w.pump();
    for (int i = 0; i != 9; ++i) {
        w.pass(1'000);
        w.hear(message_of(q1, 7));
        w.sent();
    }
    (void)w.told();
    w.hear(mqtt::pubrec{1});
    w.sent();
    for (int i = 0; i != 9; ++i) {
        w.pass(1'000);
        w.hear(message_of(q1, 7));
        w.sent();
    }
    (void)w.told();
    expect_after(w, 1'000, {"PUBLISH #1 no ack"});

    // Nor does PUBREC that comes again and again, each answered by PUBREL.
    world again;
    again.open();
    REQUIRE(again.it().publish(message_of(q2, 0), again.now));
    again.pump();
    again.hear(mqtt::pubrec{1});
    again.pump();
    CHECK(again.told() == words{"received #1"});
    for (int i = 0; i != 3; ++i) {
        again.pass(3'000);
        again.hear(mqtt::pubrec{1});
        again.pump();
    }
    expect_after(again, 1'000, {"PUBLISH #1 no ack"});
}

TEST_CASE("a reconnect gives no more time: a broker that drops the link at each PUBLISH, or PUBREL, is waited for no "
          "longer") {
    for (const qos level : {q1, q2}) {
        for (const bool is_released : {false, true}) {
            if (level == q1 && is_released) continue;
            CAPTURE(is_released);
            world w;
            w.open(false);
            REQUIRE(w.it().publish(message_of(level, 0), w.now));
            w.pump();
            if (is_released) w.hear(mqtt::pubrec{1});
            w.pump();
            (void)w.told();
            for (int i = 0; i != 3; ++i) {
                w.sent();
                w.pass(3'000);
                w.cut();
                w.open(false, true);
                w.pump();
                CHECK(w.sent().size() == 1);
            }
            expect_after(w, 1'000, {"PUBLISH #1 expired"});
        }
    }
}

TEST_CASE("the time of a message may end while it is sent once more: it is told once its last byte was handed out") {
    world w;
    w.open(false);
    REQUIRE(w.it().publish(message_of(q1, 0, "a payload that stays where it is"), w.now));
    w.pump();
    w.pass(9'000);
    w.cut();
    w.open(false, true);
    w.pump(20);
    w.pass(2'000);
    CHECK(w.told() == words{});
    w.pump();
    CHECK(w.told() == words{"PUBLISH #1 expired"});
}

TEST_CASE("an answer in the same moment as its deadline counts, if it is received first") {
    world w;
    w.open();
    REQUIRE(w.it().publish(message_of(q1, 0), w.now));
    w.pump();
    w.pass(10'000);
    w.hear(mqtt::puback{1});
    CHECK(w.told() == words{"PUBLISH #1 acknowledged"});
}

TEST_CASE("an answer that comes before its request was wholly handed out is told once it was") {
    world w;
    w.open();
    REQUIRE(w.it().publish(message_of(q1, 0, "a payload that stays where it is"), w.now));
    w.pump(20);
    w.hear(mqtt::puback{1});
    CHECK(w.told() == words{});
    CHECK(w.it().publish(message_of(q1, 0), w.now).why().code == errc::busy);
    CHECK(w.sent() == words{"PUBLISH q1 #1 t=a payload that stays where it is"});
    CHECK(w.told() == words{"PUBLISH #1 acknowledged"});
}

TEST_CASE("a message waits for the next connection as long as an answer may take") {
    for (const qos level : {q1, q2}) {
        world w;
        w.open(false);
        REQUIRE(w.it().publish(message_of(level, 0), w.now));
        w.pump();
        w.pass(4'000);
        w.cut();
        expect_after(w, 6'000, {"PUBLISH #1 expired"});
        w.open(false, true);
        CHECK(w.sent() == (level == q2 ? words{"PUBREL #1"} : words{}));  // its identifier is let go
    }
    world w;
    w.open(false);
    REQUIRE(w.it().publish(message_of(q1, 0), w.now));
    w.cut();
    expect_after(w, 10'000, {"PUBLISH #1 expired"});
}

TEST_CASE("a ping is sent when nothing was sent for half the keep alive, whatever comes") {
    for (const std::uint32_t at : starts) {
        world w;
        start(w, at);
        w.open(true, false, 60);
        for (int i = 0; i != 29; ++i) {  // BI-38
            w.pass(1'000);
            w.hear(message_of(qos::at_most_once, 0));
            w.tick();
        }
        CHECK(w.sent() == words{});
        w.pass(999);
        w.tick();
        CHECK(w.sent() == words{});
        CHECK(w.it().wait(w.now) == millis{1});
        w.pass(1);
        w.tick();
        CHECK(w.sent() == words{"PINGREQ"});
        w.hear(mqtt::pingresp{});
        CHECK(w.told().back() == "ping answered");
        w.pass(59'999);
        w.tick();
        CHECK(w.sent() == words{});
        w.pass(1);
        w.tick();
        CHECK(w.sent() == words{"PINGREQ"});
    }
}

TEST_CASE(
    "pings that nobody answers: the first half a keep alive after the last packet, the others a whole one apart") {
    world w;
    w.open(true, false, 60);
    std::uint32_t elapsed = 0;
    words timeline;
    while (elapsed != 200'000) {
        w.pass(100);
        elapsed += 100;
        for (const auto& what : w.told()) timeline.push_back(number(elapsed) + " " + what);
        for (const auto& what : w.sent()) timeline.push_back(number(elapsed) + " " + what);
    }
    CHECK(timeline == words{"30000 PINGREQ", "40000 ping missed", "90000 PINGREQ", "100000 ping missed",
                            "150000 PINGREQ", "160000 ping missed"});
}

TEST_CASE("BI-37: no keep alive, no ping; the longest does not overflow") {
    world none;
    none.open(true, false, 0);
    CHECK_FALSE(none.it().wait(none.now));
    none.pass(0x7FFFFFFF);
    none.tick();
    CHECK(none.sent() == words{});
    world shortest;
    shortest.open(true, false, 1);
    shortest.pass(500);
    shortest.tick();
    CHECK(shortest.sent() == words{"PINGREQ"});
    world longest;
    longest.open(true, false, 65535);
    CHECK(longest.it().wait(longest.now) == millis{65535U * 500U});
    longest.pass(65535U * 500U - 1);
    longest.tick();
    CHECK(longest.sent() == words{});
    longest.pass(1);
    longest.tick();
    CHECK(longest.sent() == words{"PINGREQ"});
}

TEST_CASE("BI-39: who only sends finds out that nobody listens") {
    world w;
    w.open(true, false, 60);
    words timeline;
    for (std::uint32_t second = 1; second != 90; ++second) {
        w.pass(1'000);
        REQUIRE(w.it().publish(message_of(qos::at_most_once, 0), w.now));
        for (const auto& what : w.sent())
            if (what == "PINGREQ") timeline.push_back(number(second) + " " + what);
        for (const auto& what : w.told())
            if (what == "ping missed") timeline.push_back(number(second) + " " + what);
    }
    CHECK(timeline == words{"60 PINGREQ", "70 ping missed"});
}

TEST_CASE("BI-40: PINGRESP at its deadline counts if it is received first; one that nobody asked for is a stray") {
    world w;
    w.open(true, false, 60);
    w.hear(mqtt::pingresp{});
    CHECK(w.told() == words{});
    CHECK(w.it().strays() == 1);
    w.pass(30'000);
    w.tick();
    CHECK(w.sent() == words{"PINGREQ"});
    w.pass(10'000);
    w.hear(mqtt::pingresp{});
    CHECK(w.told() == words{"ping answered"});
    w.hear(mqtt::pingresp{});
    CHECK(w.it().strays() == 2);
}

TEST_CASE("a keep alive shorter than an answer may take finds the loss all the same") {
    world w;
    w.open(true, false, 4);
    words timeline;
    for (std::uint32_t second = 1; second != 33; ++second) {
        w.pass(1'000);
        for (const auto& what : w.told()) timeline.push_back(number(second) + " " + what);
        w.sent();
    }
    CHECK(timeline == words{"12 ping missed", "24 ping missed"});
}

TEST_CASE("a socket that takes nothing is reported, and again for as long as it lasts; progress is enough") {
    world w;
    w.open();
    const std::string payload(100, 'x');
    REQUIRE(w.it().publish(message_of(qos::at_most_once, 0, payload), w.now));
    expect_after(w, 10'000, {"stalled"});
    expect_after(w, 10'000, {"stalled"});
    w.pass(9'000);
    w.pump(1);
    w.pass(9'999);
    CHECK(w.told() == words{});
    w.pump(1);
    expect_after(w, 10'000, {"stalled"});
    w.cut();
    CHECK(w.told() == words{"PUBLISH #0 lost"});
    CHECK_FALSE(w.it().wait(w.now));
}

TEST_CASE("BI-36: a clock that stands still or goes back makes nothing due") {
    world w;
    start(w, 100'000);
    w.open(true, false, 60);
    REQUIRE(w.it().publish(message_of(q1, 0), w.now));
    w.pump();
    for (int i = 0; i != 100; ++i) w.tick();
    start(w, 99'000);
    w.tick();
    CHECK(w.sent() == words{"PUBLISH q1 #1 t=abc"});
    CHECK(w.told() == words{});
    start(w, 110'000);
    CHECK(w.told() == words{"PUBLISH #1 no ack"});
}

TEST_CASE("a socket that takes nothing does not put off the end of its time, though it says so") {
    world w;
    w.open();
    REQUIRE(w.it().publish(message_of(q1, 0), w.now));
    w.pass(9'999);
    w.it().transmitted(0, w.now);
    CHECK(w.told() == words{});
    w.pass(1);
    CHECK(w.told() == words{"stalled"});
}

TEST_CASE("the time for PUBCOMP begins once PUBREL is out, though other answers went before it") {
    world w{600, 16, 12};
    w.open();
    REQUIRE(w.it().publish(message_of(qos::exactly_once, 0, "abc"), w.now));
    CHECK(w.sent() == words{"PUBLISH q2 #1 t=abc"});
    for (packet_id id = 10; id != 15; ++id) w.hear(message_of(qos::at_least_once, id));
    w.hear(mqtt::pubrec{1});
    w.pump(4 + 16);  // five PUBACK; PUBREL is loaded, and stays for a while
    w.pass(9'000);
    w.pump();
    w.told();
    CHECK(w.sent().back() == "PUBREL #1");
    w.pass(9'999);
    CHECK(w.told() == words{});
    w.pass(1);
    CHECK(w.told() == words{"PUBLISH #1 no ack"});
}
