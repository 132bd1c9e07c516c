// modem/session.hpp: what MQTT demands of a client, clause by clause (tests/mqtt/clauses.txt names these test cases).
// SPDX-License-Identifier: MIT
#include "session_world.hpp"

#include <algorithm>

#include <set>
#include <string>

using namespace atmqtt;
using namespace atmqtt::testing;

namespace {

constexpr qos q0 = qos::at_most_once;
constexpr qos q1 = qos::at_least_once;
constexpr qos q2 = qos::exactly_once;

bool is(const error& why, errc code, param field = {}, std::size_t column = 0) {
    return why.code == code && why.field == field && why.column == column;
}

}  // namespace

TEST_CASE("CONNECT is the first packet, and nothing but CONNACK may answer it") {
    world w;
    CHECK(w.it().publish(message_of(q0, 0), w.now).why().code == errc::not_open);
    CHECK(w.it().subscribe("t", q0, w.now).why().code == errc::not_open);
    CHECK(w.it().unsubscribe("t", w.now).why().code == errc::not_open);
    CHECK(w.it().leave(w.now).why().code == errc::not_open);
    CHECK(w.sent() == words{});

    mqtt::connect m;
    m.id = "me";
    REQUIRE(w.it().greet(m, w.now));
    CHECK(w.it().greet(m, w.now).why().code == errc::busy);
    CHECK(w.it().publish(message_of(q0, 0), w.now).why().code == errc::not_open);
    CHECK(w.sent() == words{"CONNECT me clean"});
    CHECK(w.told() == words{"greeted"});
    w.hear(mqtt::connack{});
    CHECK(w.told() == words{"accepted"});

    world other;
    REQUIRE(other.it().greet(m, other.now));
    other.pump();
    other.hear(message_of(q0, 0));
    CHECK(other.told() == words{"greeted", "violation by PUBLISH: no packet that is due here, packet type"});
}

TEST_CASE("BI-31: a second CONNACK is a violation; what is glued behind the first one is read") {
    world w;
    mqtt::connect m;
    REQUIRE(w.it().greet(m, w.now));
    w.pump();
    w.tick();
    w.hear_bytes({"\x20\x02\x00\x00\x30\x04\x00\x01t!\x20\x02\x00\x00", 14});
    CHECK(w.told() == words{"greeted", "accepted", "message PUBLISH q0 t=!",
                            "violation by CONNACK: no packet that is due here, packet type"});
}

TEST_CASE("BI-30: CONNACK that refuses, that is malformed, that has a session where none was asked for") {
    const auto answered = [](std::string_view connack) {
        world w;
        mqtt::connect m;
        m.id = "me";
        REQUIRE(w.it().greet(m, w.now));
        w.pump();
        w.tick();
        (void)w.told();
        w.hear_bytes(connack);
        return w.told();
    };
    CHECK(answered({"\x20\x02\x00\x01", 4}) == words{"refused 1"});
    CHECK(answered({"\x20\x02\x00\x04", 4}) == words{"refused 4"});
    CHECK(answered({"\x20\x02\x00\x05", 4}) == words{"refused 5"});
    CHECK(answered({"\x20\x02\x00\x06", 4}) == words{"violation by CONNACK: out of range, return code"});
    CHECK(answered({"\x20\x02\x00\xFF", 4}) == words{"violation by CONNACK: out of range, return code"});
    CHECK(answered({"\x20\x02\x01\x00", 4}) ==
          words{"violation by CONNACK: the parameters contradict each other, session present"});
    CHECK(answered({"\x20\x02\x02\x00", 4}) ==
          words{"violation by CONNACK: reserved bits are not as they must be, flags"});
    CHECK(answered({"\x20\x01\x00", 3}) == words{"violation by CONNACK: a parameter is missing, return code"});
    CHECK(answered({"\x20\x00", 2}) == words{"violation by CONNACK: a parameter is missing, flags"});
}

TEST_CASE("packet identifiers are never 0, never in flight, and wrap") {
    world w;
    w.open(false);
    // A QoS 2 message whose PUBCOMP never comes keeps its identifier.
    REQUIRE(*w.it().publish(message_of(q2, 0), w.now) == 1);
    w.pump();
    w.hear(mqtt::pubrec{1});
    w.pump();
    w.pass(10'000);
    CHECK(w.told() == words{"received #1", "PUBLISH #1 no ack"});
    w.sent();

    // 65535 identifiers later 1 is passed over, and 0 with it.
    for (unsigned wanted = 2; wanted != 65536; ++wanted) {
        const auto id = w.it().unsubscribe("t", w.now);
        REQUIRE(id);
        REQUIRE(*id == wanted);
        w.pump();
        w.hear(mqtt::unsuback{*id});
    }
    CHECK(*w.it().subscribe("t", q0, w.now) == 2);
    w.pump();
    w.hear(mqtt::suback{2, {"\0", 1}});

    // Once PUBCOMP has come, it is free.
    w.hear(mqtt::pubcomp{1});
    for (unsigned wanted = 3; wanted != 65536; ++wanted) {
        REQUIRE(*w.it().unsubscribe("t", w.now) == wanted);
        w.pump();
        w.hear(mqtt::unsuback{static_cast<packet_id>(wanted)});
    }
    CHECK(*w.it().publish(message_of(q1, 0), w.now) == 1);
}

TEST_CASE("BI-27: where no record is free, a QoS 2 message is refused with no_packet_id, and nothing else is") {
    world w{600, 600, 3};
    w.open(false);
    for (packet_id id = 1; id != 3; ++id) {
        REQUIRE(*w.it().publish(message_of(q2, 0), w.now) == id);
        w.pump();
        w.pass(10'000);
        w.tick();
    }
    CHECK(w.it().publish(message_of(q2, 0), w.now).why().code == errc::no_packet_id);
    CHECK(*w.it().publish(message_of(q1, 0), w.now) == 3);
    w.pump();
    w.hear(mqtt::puback{3});
    w.hear(mqtt::pubrec{1});
    w.pump();
    w.hear(mqtt::pubcomp{1});
    CHECK(*w.it().publish(message_of(q2, 0), w.now) == 4);
}

TEST_CASE("QoS 0: sent once, without identifier or DUP") {
    world w;
    w.open();
    auto m = message_of(q0, 0);
    m.id = 77;
    m.dup = true;
    m.retain = true;
    CHECK(*w.it().publish(m, w.now) == 0);
    CHECK(w.it().publish(m, w.now).why().code == errc::busy);
    CHECK(w.sent() == words{"PUBLISH q0 t=abc retain"});
    CHECK(w.told() == words{"PUBLISH #0 handed over"});
    w.pass(100'000);
    CHECK(w.sent() == words{});
    CHECK(w.told() == words{});
}

TEST_CASE("QoS 1: PUBACK with the identifier that came, and a message a PUBLISH") {
    world w;
    w.open();
    w.hear(message_of(q1, 500));
    w.hear(message_of(q1, 500, "abc", true));  // after PUBACK, or before it: a message of its own
    CHECK(w.told() == words{"message PUBLISH q1 #500 t=abc", "message PUBLISH q1 #500 t=abc dup"});
    CHECK(w.sent() == words{"PUBACK #500", "PUBACK #500"});

    CHECK(*w.it().publish(message_of(q1, 0), w.now) == 1);
    CHECK(w.sent() == words{"PUBLISH q1 #1 t=abc"});
    w.hear(mqtt::puback{1});
    CHECK(w.told() == words{"PUBLISH #1 acknowledged"});
    CHECK(*w.it().publish(message_of(q1, 0), w.now) == 2);
}

TEST_CASE("BI-24: QoS 2: one delivery before PUBREL, whatever comes twice") {
    world w;
    w.open(false);
    w.hear(message_of(q2, 9));
    CHECK(w.sent() == words{"PUBREC #9"});
    w.hear(message_of(q2, 9));
    CHECK(w.sent() == words{"PUBREC #9"});
    w.hear(message_of(q2, 9, "abc", true));
    CHECK(w.sent() == words{"PUBREC #9"});
    CHECK(w.told() == words{"message PUBLISH q2 #9 t=abc"});
    w.hear(mqtt::pubrel{9});
    w.hear(mqtt::pubrel{9});
    CHECK(w.sent() == words{"PUBCOMP #9", "PUBCOMP #9"});
    CHECK(w.told() == words{"released #9"});
    w.hear(message_of(q2, 9, "new"));  // a message of its own
    CHECK(w.told() == words{"message PUBLISH q2 #9 t=new"});
    CHECK(w.sent() == words{"PUBREC #9"});
}

TEST_CASE("BI-25: QoS 2 out: PUBREC, PUBREL, PUBCOMP, and the message is never sent again after PUBREL") {
    world w;
    w.open(false);
    CHECK(*w.it().publish(message_of(q2, 0), w.now) == 1);
    CHECK(w.sent() == words{"PUBLISH q2 #1 t=abc"});
    w.hear(mqtt::pubrec{1});
    CHECK(w.sent() == words{"PUBREL #1"});
    w.hear(mqtt::pubrec{1});
    CHECK(w.sent() == words{"PUBREL #1"});
    CHECK(w.told() == words{"received #1"});
    w.cut();
    w.open(false, true);
    CHECK(w.sent() == words{"PUBREL #1"});
    w.cut();
    w.open(false, true);
    CHECK(w.sent() == words{"PUBREL #1"});
    w.hear(mqtt::pubcomp{1});
    CHECK(w.told() == words{"PUBLISH #1 acknowledged"});
    w.cut();
    w.open(false, true);
    CHECK(w.sent() == words{});
}

TEST_CASE(
    "a session that goes on resends what was not acknowledged, with DUP, the same identifier, in the same order") {
    for (const qos level : {q1, q2}) {
        world w;
        w.open(false);
        const auto id = w.it().publish(message_of(level, 0), w.now);
        REQUIRE(id);
        const std::string message = "PUBLISH " + in_words(level) + " #1 t=abc";
        CHECK(w.sent() == words{message});
        w.cut();
        w.open(false, true);
        CHECK(w.sent() == words{message + " dup"});
        w.cut();
        CHECK(w.told() == words{});
        w.open(false, true, 0);
        CHECK(w.sent() == words{message + " dup"});
    }

    // PUBRELs in the order of the PUBRECs, and before them nothing else that is theirs.
    world w;
    w.open(false);
    for (packet_id id = 1; id != 4; ++id) {
        REQUIRE(*w.it().publish(message_of(q2, 0), w.now) == id);
        w.pump();
        w.pass(10'000);
        w.tick();
    }
    for (const packet_id id : {packet_id{2}, packet_id{3}, packet_id{1}}) w.hear(mqtt::pubrec{id});
    CHECK(w.sent().back() == "PUBREL #1");
    w.cut();
    w.open(false, true);
    CHECK(w.sent() == words{"PUBREL #2", "PUBREL #3", "PUBREL #1"});
}

TEST_CASE("a message that had not been offered to the socket when the connection was lost is sent without DUP") {
    world w;
    w.open(false);
    w.hear(message_of(q1, 3));  // its PUBACK is in the way
    REQUIRE(w.it().publish(message_of(q1, 0), w.now));
    w.cut();
    w.open(false, true);
    CHECK(w.sent() == words{"PUBLISH q1 #1 t=abc"});

    // Offered, though none of it was said to be taken: the socket may have taken it all the same.
    world other;
    other.open(false);
    REQUIRE(other.it().publish(message_of(q1, 0), other.now));
    other.cut();
    other.open(false, true);
    CHECK(other.sent() == words{"PUBLISH q1 #1 t=abc dup"});
}

TEST_CASE("PUBREC that comes before the message was sent again makes that needless") {
    world w;
    w.open(false);
    REQUIRE(w.it().publish(message_of(q2, 0), w.now));
    CHECK(w.sent() == words{"PUBLISH q2 #1 t=abc"});
    w.cut();
    mqtt::connect m;
    m.id = "me";
    m.clean = false;
    REQUIRE(w.it().greet(m, w.now));
    w.hear_bytes({"\x20\x02\x01\x00\x50\x02\x00\x01", 8});  // CONNECT is still in the socket's way
    CHECK(w.sent() == words{"CONNECT me", "PUBREL #1"});
}

TEST_CASE("BI-26: a clean session begins with nothing in flight") {
    world w;
    w.open(false);
    w.hear(message_of(q2, 9));
    REQUIRE(w.it().publish(message_of(q2, 0), w.now));
    w.pump();
    w.cut();
    w.open(true);
    w.sent();
    CHECK(w.told() == words{});
    w.hear(message_of(q2, 9));
    CHECK(w.told() == words{"message PUBLISH q2 #9 t=abc"});

    // Its end is told at once: with a clean session at the loss, else when the broker says that it has none (BI-26).
    world clean;
    clean.open(true);
    REQUIRE(clean.it().publish(message_of(q1, 0), clean.now));
    clean.pump();
    clean.cut();
    CHECK(clean.told() == words{"PUBLISH #1 lost"});
    world kept;
    kept.open(false);
    REQUIRE(kept.it().publish(message_of(q2, 0), kept.now));
    CHECK(kept.sent() == words{"PUBLISH q2 #1 t=abc"});
    kept.cut();
    CHECK(kept.told() == words{});
    mqtt::connect m;
    m.id = "me";
    m.clean = false;
    REQUIRE(kept.it().greet(m, kept.now));
    kept.pump();
    kept.hear(mqtt::connack{});
    CHECK(kept.told() == words{"greeted", "accepted", "PUBLISH #1 lost"});
    CHECK(kept.sent() == words{"CONNECT me"});
    kept.hear(mqtt::pubrec{1});
    CHECK(kept.sent() == words{"PUBREL #1"});
    CHECK(kept.it().strays() == 1);

    // Nor does anything of a clean session outlive its connection, whatever the next one is and the broker says.
    world next;
    next.open(true);
    REQUIRE(next.it().publish(message_of(q2, 0), next.now));
    next.hear(message_of(q2, 9));
    next.pump();
    next.cut();
    (void)next.told();
    next.open(false, true);
    next.hear(message_of(q2, 9));
    next.hear(mqtt::pubrec{1});
    CHECK(next.told() == words{"message PUBLISH q2 #9 t=abc"});
    CHECK(next.it().strays() == 1);
}

TEST_CASE("answers are sent in the order of what they answer") {
    world w;
    w.open();
    REQUIRE(w.it().subscribe("t", q0, w.now));  // in the socket's way
    w.hear(message_of(q2, 5));
    w.hear(message_of(q1, 6));
    w.hear(message_of(q2, 4));
    w.hear(message_of(q1, 3));
    w.hear(message_of(q2, 5, "abc", true));  // its PUBREC is due once, behind what came before
    CHECK(w.sent() == words{"SUBSCRIBE #1 t q0", "PUBACK #6", "PUBREC #4", "PUBACK #3", "PUBREC #5"});
    w.hear(mqtt::suback{1, {"\0", 1}});
    REQUIRE(w.it().subscribe("t", q0, w.now));
    w.hear(mqtt::pubrel{4});
    w.hear(mqtt::pubrel{5});
    CHECK(w.sent() == words{"SUBSCRIBE #2 t q0", "PUBCOMP #4", "PUBCOMP #5"});
}

TEST_CASE("nothing follows DISCONNECT") {
    world w;
    w.open(true, false, 10);
    w.hear(message_of(q1, 3));
    REQUIRE(w.it().leave(w.now));
    w.hear(message_of(q1, 4));
    w.pass(60'000);
    CHECK(w.it().publish(message_of(q0, 0), w.now).why().code == errc::not_open);
    CHECK(w.it().leave(w.now).why().code == errc::not_open);
    CHECK(w.sent() == words{"PUBACK #3", "DISCONNECT"});
    CHECK(w.told() == words{"message PUBLISH q1 #3 t=abc", "left"});
    w.pass(60'000);
    CHECK(w.sent() == words{});
    CHECK(w.told() == words{});
    CHECK_FALSE(w.it().wait(w.now));
}

TEST_CASE("what MQTT forbids ends the connection") {
    struct row {
        std::string_view bytes;
        const char* told;
    };
    const row forbidden[] = {
        {{"\x00\x00", 2}, "violation by : no packet that is due here, packet type"},             // BI-06
        {{"\xF0\x00", 2}, "violation by : no packet that is due here, packet type"},             // BI-06
        {{"\x10\x00", 2}, "violation by CONNECT: no packet that is due here, packet type"},      // BI-06
        {{"\x82\x00", 2}, "violation by SUBSCRIBE: no packet that is due here, packet type"},    // BI-06
        {{"\xA2\x00", 2}, "violation by UNSUBSCRIBE: no packet that is due here, packet type"},  // BI-06
        {{"\xC0\x00", 2}, "violation by PINGREQ: no packet that is due here, packet type"},      // BI-06
        {{"\xE0\x00", 2}, "violation by DISCONNECT: no packet that is due here, packet type"},   // BI-06
        {{"\xD0\x80\x00", 3},
         "violation by PINGRESP: a remaining length that MQTT forbids, remaining length"},  // BI-02
        {{"\x30\xFF\xFF\xFF\xFF", 5}, "violation by PUBLISH: a remaining length that MQTT forbids, remaining length"},
        {{"\xD1\x00", 2}, "violation by PINGRESP: reserved bits are not as they must be, flags"},         // BI-07
        {{"\x60\x02\x00\x01", 4}, "violation by PUBREL: reserved bits are not as they must be, flags"},   // BI-07
        {{"\x36\x05\x00\x01t\x00\x01", 7}, "violation by PUBLISH: out of range, QoS"},                    // BI-12
        {{"\x32\x05\x00\x01t\x00\x00", 7}, "violation by PUBLISH: out of range, packet identifier"},      // BI-13
        {{"\x40\x02\x00\x00", 4}, "violation by PUBACK: out of range, packet identifier"},                // BI-13
        {{"\x30\x03\x00\x01+", 5}, "violation by PUBLISH: not a topic name or filter, topic"},            // BI-15
        {{"\x30\x03\x00\x01\xFF", 5}, "violation by PUBLISH: not UTF-8, topic"},                          // BI-16
        {{"\x38\x03\x00\x01t", 5}, "violation by PUBLISH: the parameters contradict each other, flags"},  // BI-19
        {{"\x40\x03\x00\x01\x00", 5}, "violation by PUBACK: more parameters than there may be, "},        // BI-21
        {{"\x90\x02\x00\x01", 4}, "violation by SUBACK: a parameter is missing, return code"},            // BI-32
        {{"\x90\x03\x00\x01\x03", 5}, "violation by SUBACK: out of range, return code"},                  // BI-34
    };
    for (const row& one : forbidden) {
        CAPTURE(one.told);
        world w;
        w.open(true, false, 10);
        w.hear(message_of(q1, 3));
        CHECK(w.told() == words{"message PUBLISH q1 #3 t=abc"});
        CHECK(w.hear_bytes(std::string(one.bytes) + std::string("\xD0\x00\x30\x03\x00\x01t", 7)) == 0);
        CHECK(w.told() == words{one.told});
        CHECK(w.sent() == words{});  // no answer to anything any more
        CHECK(w.it().publish(message_of(q0, 0), w.now).why().code == errc::not_open);
        w.pass(100'000);
        CHECK(w.told() == words{});
        w.cut();
        w.open();
        w.hear(message_of(q0, 0));
        CHECK(w.told() == words{"message PUBLISH q0 t=abc"});
    }
}

TEST_CASE("SUBACK and UNSUBACK belong to the request with their identifier") {
    world w;
    w.open();
    REQUIRE(*w.it().subscribe("a/+", q2, w.now) == 1);
    CHECK(w.sent() == words{"SUBSCRIBE #1 a/+ q2"});
    w.hear(mqtt::suback{2, {"\2", 1}});
    w.hear(mqtt::unsuback{1});
    w.hear(mqtt::puback{1});
    CHECK(w.told() == words{});
    CHECK(w.it().strays() == 3);
    w.hear(mqtt::suback{1, {"\1", 1}});
    CHECK(w.told() == words{"SUBSCRIBE #1 acknowledged 1"});
    REQUIRE(*w.it().subscribe("b", q0, w.now) == 2);
    w.pump();
    w.hear(mqtt::suback{2, {"\x80", 1}});
    CHECK(w.told() == words{"SUBSCRIBE #2 acknowledged 128"});
    REQUIRE(*w.it().unsubscribe("b", w.now) == 3);
    CHECK(w.sent() == words{"SUBSCRIBE #2 b q0", "UNSUBSCRIBE #3 b"});
    w.hear(mqtt::suback{3, {"\0", 1}});
    w.hear(mqtt::unsuback{3});
    CHECK(w.told() == words{"UNSUBSCRIBE #3 acknowledged"});
    w.hear(mqtt::unsuback{3});
    CHECK(w.told() == words{});
    CHECK(w.it().strays() == 5);
}

TEST_CASE("BI-33: SUBACK with more codes than were asked for is a violation, and nothing is granted") {
    world w;
    w.open();
    REQUIRE(w.it().subscribe("a", q2, w.now));
    w.pump();
    w.hear(mqtt::suback{1, {"\2\2", 2}});
    CHECK(w.told() == words{"violation by SUBACK: more parameters than there may be, return code"});
    w.cut();
    CHECK(w.told() == words{"SUBSCRIBE #1 lost"});
}

TEST_CASE("a request is refused for its topic before anything is sent") {
    world w{600, 30};
    w.open();
    const std::string longest(20, 'x');
    CHECK(w.it().publish({"a/+", "", 0, false, q0, false}, w.now).why().code == errc::not_a_topic);
    CHECK(w.it().publish({"", "", 0, false, q0, false}, w.now).why().code == errc::not_a_topic);
    CHECK(w.it().publish({"\xFF", "", 0, false, q0, false}, w.now).why().code == errc::not_utf8);
    CHECK(w.it().publish({longest + "x", "", 0, false, q0, false}, w.now).why().code == errc::no_space);
    const std::string_view endless{longest.data(), limits::packet};  // refused for its size: no byte of it is read
    CHECK(w.it().publish({"t", endless, 0, false, q0, false}, w.now).why().code == errc::too_long);
    CHECK(w.it().publish({"t", "", 0, false, static_cast<qos>(3), false}, w.now).why().code == errc::out_of_range);
    CHECK(w.it().subscribe("a#", q0, w.now).why().code == errc::not_a_topic);
    CHECK(w.it().subscribe("a", static_cast<qos>(3), w.now).why().code == errc::out_of_range);
    CHECK(w.it().unsubscribe("+a", w.now).why().code == errc::not_a_topic);
    CHECK(w.sent() == words{});
    CHECK(*w.it().subscribe(longest, q2, w.now) == 1);
    CHECK(w.sent() == words{"SUBSCRIBE #1 " + longest + " q2"});
    w.hear(mqtt::suback{1, {"\2", 1}});
    CHECK(*w.it().publish({longest, "payload", 0, false, q2, false}, w.now) == 2);
    CHECK(w.sent() == words{"PUBLISH q2 #2 " + longest + "=payload"});
}

TEST_CASE("MQTT 3.1 marks a PUBREL that is sent once more; MQTT 3.1.1 forbids that") {
    for (const protocol_level of : {protocol_level::v3_1, protocol_level::v3_1_1}) {
        world w;
        w.open(false, false, 0, of);
        w.hear(message_of(q2, 7));
        w.pump();
        (void)w.told();
        w.hear_bytes({"\x6A\x02\x00\x07", 4});
        CHECK(w.told() == (of == protocol_level::v3_1
                               ? words{"released #7"}
                               : words{"violation by PUBREL: reserved bits are not as they must be, flags"}));
        CHECK(w.sent() == (of == protocol_level::v3_1 ? words{"PUBREC #7", "PUBCOMP #7"} : words{"PUBREC #7"}));
        w.hear_bytes({"\x6C\x02\x00\x07", 4});
        CHECK(w.sent() == words{});
    }
}

TEST_CASE("a QoS 2 message that was given up: PUBREL lets its identifier go, and PUBCOMP says nothing of the message") {
    world w;
    w.open(false);
    REQUIRE(w.it().publish(message_of(q2, 0), w.now));  // offered, and nothing of it taken
    w.cut();
    REQUIRE(w.it().abandon());
    CHECK(w.told() == words{"PUBLISH #1 lost"});
    w.open(false, true);
    CHECK(w.sent() == words{"PUBREL #1"});
    const auto strays = w.it().strays();
    SUBCASE("the broker did not have it") {
        w.hear(mqtt::pubcomp{1});
        CHECK(w.told() == words{"late #1 perhaps"});
        CHECK(w.it().strays() == strays);
        w.hear(mqtt::pubcomp{1});
        CHECK(w.it().strays() == strays + 1);
    }
    SUBCASE("it did, and says so late") {
        w.hear(mqtt::pubrec{1});
        CHECK(w.sent() == words{"PUBREL #1"});
        w.hear(mqtt::pubcomp{1});
        CHECK(w.told() == words{"late #1"});
    }
    SUBCASE("it answers on the next connection") {
        w.cut();
        w.open(false, true);
        CHECK(w.sent() == words{"PUBREL #1"});
        w.hear(mqtt::pubcomp{1});
        CHECK(w.told() == words{"late #1 perhaps"});
    }
}

TEST_CASE("MQTT 3.1: CONNACK cannot say that the session is there, so one that was asked for is taken to be") {
    world w;
    w.open(false, false, 0, protocol_level::v3_1);
    REQUIRE(w.it().publish(message_of(q1, 0), w.now));
    w.pump();
    w.cut();
    w.open(false, false, 0, protocol_level::v3_1);
    CHECK(w.sent() == words{"PUBLISH q1 #1 t=abc dup"});
}

TEST_CASE("no more is sent than was given, whatever the integrator says: a packet, a payload, and what follows them") {
    world w;
    w.open(false);
    REQUIRE(w.it().subscribe("t", q1, w.now));
    w.it().transmitted(1'000, w.now);
    CHECK(w.it().transmit().empty());
    w.it().transmitted(1'000, w.now);
    w.hear(mqtt::suback{1, {"\1", 1}});
    CHECK(w.told() == words{"SUBSCRIBE #1 acknowledged 1"});
    REQUIRE(w.it().publish({"t", "payload", 0, false, q0, false}, w.now));
    w.it().transmitted(1'000, w.now);
    CHECK(w.it().transmit() == "payload");
    w.it().transmitted(1'000, w.now);
    CHECK(w.it().transmit().empty());
    w.tick();
    CHECK(w.told() == words{"PUBLISH #0 handed over"});
    REQUIRE(w.it().publish({"u", "x", 0, false, q0, false}, w.now));
    w.pump();
    CHECK(w.sent() == words{"PUBLISH q0 u=x"});
}

TEST_CASE("what was not told before the socket was gone is not told behind it") {
    world w;
    mqtt::connect m;
    m.id = "me";
    REQUIRE(w.it().greet(m, w.now));
    w.pump();
    CHECK(w.it().wait(w.now) == millis{0});  // `greeted` is to be told
    w.cut();
    CHECK(w.told() == words{});
    w.open();
    REQUIRE(w.it().leave(w.now));
    w.pump();
    CHECK(w.it().wait(w.now) == millis{0});  // `left` is
    w.cut();
    CHECK(w.told() == words{});
    CHECK_FALSE(w.it().wait(w.now));
}

TEST_CASE("to abandon, or to forget, where nothing waits, changes nothing for the next request") {
    for (const bool forgets : {false, true}) {
        world w;
        w.open(false);
        w.cut();
        REQUIRE((forgets ? w.it().forget() : w.it().abandon()));
        CHECK(w.told() == words{});
        w.open(false, !forgets);
        REQUIRE(w.it().publish(message_of(q1, 0), w.now));
        w.pump();
        w.hear(mqtt::puback{1});
        CHECK(w.told() == words{"PUBLISH #1 acknowledged"});
    }
}

TEST_CASE("a limit of 0 is as one of 1 ms, and that is one") {
    for (const std::uint32_t limit : {0U, 1U}) {
        CAPTURE(limit);
        world w;
        w.it().set_ack_timeout(millis{limit});
        w.open();
        REQUIRE(w.it().publish(message_of(q1, 0), w.now));
        w.pump();
        CHECK(w.it().wait(w.now) == millis{1});
        CHECK(w.told() == words{});
        w.pass(1);
        CHECK(w.told() == words{"PUBLISH #1 no ack"});
    }
}

TEST_CASE("a session of MQTT 3.1 is taken to be resumed where one was asked for, and not where none was") {
    for (const protocol_level protocol : {protocol_level::v3_1, protocol_level::v3_1_1}) {
        for (const bool is_clean : {false, true}) {
            world w;
            mqtt::connect m;
            m.protocol = protocol;
            m.id = "me";
            m.clean = is_clean;
            REQUIRE(w.it().greet(m, w.now));
            w.pump();
            w.tick();
            w.hear(mqtt::connack{});
            const bool is_resumed = protocol == protocol_level::v3_1 && !is_clean;
            CHECK(w.told() == words{"greeted", is_resumed ? "accepted, resumed" : "accepted"});
        }
    }
}

TEST_CASE("why a request is refused names its field only where it is about one") {
    world w{600, 40, 2};
    w.open(false);
    const auto why = [&w](std::string_view topic, qos level) {
        return w.it().publish({topic, "x", 0, false, level, false}, w.now).why();
    };
    CHECK(is(why("t", static_cast<qos>(3)), errc::out_of_range, mqtt::field::qos));
    CHECK(is(why("+", q0), errc::not_a_topic, mqtt::field::topic));
    CHECK(is(why(std::string(40, 't'), q0), errc::no_space));
    const auto filter = w.it().subscribe("a#", q0, w.now);
    CHECK(is(filter.why(), errc::not_a_topic, mqtt::field::filter));
    w.hear(message_of(q2, 7));  // takes a record: the last one is for what is answered at once
    w.pump();
    CHECK(is(why("t", q2), errc::no_packet_id));
    CHECK(why("t", q1).code == errc::none);
}

TEST_CASE("a violation says where in the packet it is") {
    const auto answered = [](std::string_view bytes) {
        world w;
        w.open();
        REQUIRE(w.it().subscribe("t", q0, w.now));
        w.pump();
        std::string_view input = bytes;
        const auto found = w.it().receive(input, w.now);
        REQUIRE(found);
        const auto* const one = std::get_if<from_session::violation>(&*found);
        REQUIRE(one != nullptr);
        return one->why;
    };
    CHECK(is(answered({"\x20\x02\x00\x00", 4}), errc::wrong_packet, mqtt::field::type, 0));
    CHECK(is(answered({"\x90\x04\x00\x01\x00\x00", 6}), errc::surplus, mqtt::field::return_code, 5));
    CHECK(is(answered({"\x40\xFF\xFF\xFF\xFF", 5}), errc::bad_length, mqtt::field::remaining_length, 4));
}

TEST_CASE(
    "an acknowledgement that comes before all was sent ends the request, though its connection is lost meanwhile") {
    world w;
    w.open(false);
    REQUIRE(w.it().publish(message_of(q1, 0, "a long payload"), w.now));
    w.pump(9);
    w.hear(mqtt::puback{1});
    CHECK(w.told() == words{});  // its payload is still borrowed
    w.cut();
    CHECK(w.told() == words{"PUBLISH #1 acknowledged"});
    w.open(false, true);
    CHECK(w.sent() == words{});
}

TEST_CASE("answers that were owed on one connection are not sent on the next: the broker asks again") {
    world w;
    w.open(false);
    w.hear(message_of(q1, 7));
    w.hear(message_of(q2, 8));
    w.cut();
    w.open(false, true);
    CHECK(w.sent() == words{});
    CHECK_FALSE(w.it().owes_acknowledgements());
}

TEST_CASE("an acknowledgement is owed from its message on until its last byte is with the socket") {
    world w;
    w.open(false);
    CHECK_FALSE(w.it().owes_acknowledgements());
    REQUIRE(w.it().publish(message_of(q0, 0), w.now));  // it is being sent
    w.hear(message_of(q1, 7));
    CHECK(w.it().owes_acknowledgements());
    w.pump(1);
    CHECK(w.it().owes_acknowledgements());
    while (w.it().transmit().size() != 1) w.pump(1);
    w.pump(1);
    CHECK(w.it().owes_acknowledgements());  // now it is being sent itself
    w.pump(3);
    CHECK(w.it().owes_acknowledgements());
    w.pump(1);
    CHECK(w.sent() == words{"PUBLISH q0 t=abc", "PUBACK #7"});
    CHECK_FALSE(w.it().owes_acknowledgements());
    CHECK(w.told().size() == 2);  // the message, and the end of ours
    REQUIRE(w.it().subscribe("t", q0, w.now));
    w.pump(1);
    CHECK_FALSE(w.it().owes_acknowledgements());
}

TEST_CASE("DISCONNECT is there to be sent as soon as it was asked for, and no ping is due once the socket is gone") {
    world w;
    w.open(true, false, 10);
    CHECK(w.it().wait(w.now));
    REQUIRE(w.it().leave(w.now));
    CHECK_FALSE(w.it().transmit().empty());
    w.cut();
    CHECK_FALSE(w.it().wait(w.now));
    w.pass(60'000);
    CHECK(w.told() == words{});
    CHECK(w.it().transmit().empty());
}

TEST_CASE("a clean session ends what waited for another connection as soon as it is asked for") {
    world w;
    w.open(false);
    REQUIRE(w.it().publish(message_of(q1, 0), w.now));
    w.pump();
    w.cut();
    CHECK(w.told() == words{});
    mqtt::connect m;
    m.id = "me";
    REQUIRE(w.it().greet(m, w.now));
    CHECK(w.told() == words{"PUBLISH #1 lost"});
}

TEST_CASE("a subscription needs no record, whatever its QoS; to abandon is for a connection that is gone") {
    world w{600, 600, 2};
    w.open(false);
    w.hear(message_of(q2, 7));
    w.pump();
    CHECK_FALSE(w.it().can_publish(q2));
    CHECK(w.it().subscribe("t", q2, w.now));
    CHECK(w.it().abandon().why().code == errc::busy);
}

TEST_CASE("a CONNECT for which tx has no room is refused, and may be tried again") {
    world w{600, 8};
    mqtt::connect m;
    m.id = "me";
    for (int round = 0; round != 2; ++round) CHECK(w.it().greet(m, w.now).why().code == errc::no_space);
}

TEST_CASE("a message of which only two bytes are held may be cut, if its topic and identifier fit into its length") {
    const auto answered = [](std::size_t topic, std::size_t length, qos level) {
        world w{2};
        w.open();
        std::string bytes{'\x30', static_cast<char>(0x80 | (length & 0x7F)), static_cast<char>(length >> 7)};
        bytes[0] = static_cast<char>(0x30 | (static_cast<int>(level) << 1));
        bytes += {static_cast<char>(topic >> 8), static_cast<char>(topic & 0xFF)};
        bytes.append(length - 2, 't');
        w.hear_bytes(bytes);
        const words told = w.told();
        REQUIRE(told.size() == 1);
        return told[0].substr(0, 9);
    };
    for (const std::size_t topic : {200U, 255U, 256U, 257U, 511U, 512U, 700U}) {
        CAPTURE(topic);
        CHECK(answered(topic, topic + 2, q0) == "too large");
        CHECK(answered(topic, topic + 1, q0) == "violation");
        CHECK(answered(topic, topic + 4, q1) == "too large");
        CHECK(answered(topic, topic + 3, q1) == "violation");
    }
}

TEST_CASE("an acknowledgement that comes twice before all was sent counts once") {
    world w;
    w.open();
    REQUIRE(w.it().publish(message_of(q1, 0, "a long payload"), w.now));
    w.pump(9);
    w.hear(mqtt::puback{1});
    CHECK(w.it().strays() == 0);
    w.hear(mqtt::puback{1});
    CHECK(w.it().strays() == 1);
    w.pump();
    CHECK(w.told() == words{"PUBLISH #1 acknowledged"});
}

TEST_CASE("what is malformed before CONNACK is told as that: its type says nothing") {
    world w;
    mqtt::connect m;
    m.id = "me";
    REQUIRE(w.it().greet(m, w.now));
    w.pump();
    w.hear_bytes({"\x30\xFF\xFF\xFF\xFF", 5});
    CHECK(w.told() == words{"greeted", "violation by PUBLISH: a remaining length that MQTT forbids, remaining length"});
}

TEST_CASE("PUBREL whose answer had no room among others is sent next, and its time begins then") {
    world w{600, 40, 20};
    w.open();
    REQUIRE(w.it().publish(message_of(q2, 0), w.now));
    w.pump();
    w.sent();
    for (packet_id id = 1; id != 13; ++id) w.hear(message_of(q1, id));  // ten answers fill the 40 bytes
    w.hear(mqtt::pubrec{1});
    w.told();
    w.pump(40);
    w.pass(9'999);
    CHECK(w.told() == words{});
    const words all = w.sent();
    REQUIRE(all.size() == 13);
    CHECK(std::count(all.begin(), all.end(), "PUBREL #1") == 1);
    w.pass(9'999);
    CHECK(w.told() == words{});
    w.pass(1);
    CHECK(w.told() == words{"PUBLISH #1 no ack"});
}

TEST_CASE("a message of QoS 0 that the socket had only a part of is lost with it, and not sent on the next") {
    world w;
    w.open(false);
    REQUIRE(w.it().publish(message_of(q0, 0, "a long payload"), w.now));
    w.pump(3);
    w.cut();
    CHECK(w.told() == words{"PUBLISH #0 lost"});
    w.open(false, true);
    CHECK(w.sent() == words{});
}

TEST_CASE("each connection has the keep alive of its CONNECT") {
    world w;
    w.open(true, false, 10);
    w.cut();
    w.open(true, false, 60);
    CHECK(w.it().wait(w.now) == millis{30'000});
    w.cut();
    w.open(true, false, 0);
    CHECK(!w.it().wait(w.now));
}

TEST_CASE("CONNECT of a clean session: what it has ended is told behind that it was handed out") {
    world w;
    w.open(false);
    REQUIRE(w.it().publish(message_of(qos::at_least_once, 0), w.now));
    w.pump();
    w.cut();
    mqtt::connect m;
    m.id = "me";
    REQUIRE(w.it().greet(m, w.now));
    w.pump();
    CHECK(w.told() == words{"greeted", "PUBLISH #1 lost"});
}

TEST_CASE("a QoS 0 message whose last byte went out before DISCONNECT is told to be handed over before `left`") {
    world w;
    w.open();
    REQUIRE(w.it().publish(message_of(qos::at_most_once, 0), w.now));
    w.pump(3);
    REQUIRE(w.it().leave(w.now));
    w.pump();
    CHECK(w.told() == words{"PUBLISH #0 handed over", "left"});
}

TEST_CASE("a record is kept once, and only where there is one") {
    for (const std::size_t records : {0U, 1U, 2U, 3U}) {
        CAPTURE(records);
        world w{600, 600, records};
        w.open(false);
        for (int round = 0; round != 3; ++round) w.it().keep_record();
        CHECK(w.it().can_publish(q2) == (records >= 2));
        w.it().give_record_back();
        CHECK(w.it().can_publish(q2) == (records >= 2));
    }
}

TEST_CASE("a payload may be so long that the longest topic has room in a packet beside it, and no longer") {
    world w;
    const char none = 'x';
    const std::size_t most = limits::packet - limits::mqtt_string - session::overhead;
    // No byte of either is read: there is no connection.
    CHECK(w.it().publish({"t", {&none, most}}, w.now).why().code == errc::not_open);
    CHECK(w.it().publish({"t", {&none, most + 1}}, w.now).why().code == errc::too_long);
}
