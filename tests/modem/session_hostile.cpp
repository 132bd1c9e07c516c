// modem/session.hpp: what a broker may send that is of no use, too much or too large, and memory of every size.
// SPDX-License-Identifier: MIT
#include "session_world.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

using namespace atmqtt;
using namespace atmqtt::testing;

namespace {

constexpr qos q0 = qos::at_most_once;
constexpr qos q1 = qos::at_least_once;
constexpr qos q2 = qos::exactly_once;

template <class... Packets>
std::string bytes_of(const Packets&... all) {
    std::string made;
    const auto add = [&made](const auto& m) {
        char out[2048];
        const auto encoded = mqtt::encode(m, out);
        REQUIRE(encoded);
        made += *encoded;
    };
    (add(all), ...);
    return made;
}

}  // namespace

TEST_CASE("BI-22: PUBACK, PUBCOMP and UNSUBACK for an unknown identifier are counted, and the connection lives") {
    world w;
    w.open();
    w.hear(mqtt::puback{7});
    w.hear(mqtt::pubcomp{7});
    w.hear(mqtt::unsuback{7});
    CHECK(w.it().strays() == 3);
    w.hear(message_of(q0, 0));
    CHECK(w.told() == words{"message PUBLISH q0 t=abc"});
    CHECK(w.sent() == words{});
    for (int i = 0; i != 70'000; ++i) w.hear(mqtt::puback{7});
    CHECK(w.it().strays() == 65535);
}

TEST_CASE("BI-23: PUBREL for an unknown identifier is answered by PUBCOMP, PUBREC by PUBREL") {
    world w;
    w.open();
    w.hear(mqtt::pubrel{7});
    w.hear(mqtt::pubrec{8});
    CHECK(w.sent() == words{"PUBCOMP #7", "PUBREL #8"});
    CHECK(w.told() == words{});
    CHECK(w.it().strays() == 2);
    w.hear(mqtt::pubcomp{8});
    CHECK(w.told() == words{});
    CHECK(w.it().strays() == 3);
}

TEST_CASE(
    "PUBREL for an unknown identifier is never sent behind a message that has it: it would be taken for its release") {
    world w;
    w.open(false);
    w.hear(message_of(q1, 9));  // its PUBACK is in the socket's way
    w.hear(mqtt::pubrec{1});
    CHECK(*w.it().publish(message_of(q2, 0), w.now) == 2);  // 1 is in use until its PUBREL was sent
    w.hear(mqtt::pubrec{2});                                // nothing of the kind was sent yet
    CHECK(w.sent() == words{"PUBACK #9", "PUBLISH q2 #2 t=abc", "PUBREL #1"});
    CHECK(w.it().strays() == 2);
    w.hear(mqtt::pubrec{2});
    CHECK(w.told() == words{"message PUBLISH q1 #9 t=abc", "received #2"});
    CHECK(w.sent() == words{"PUBREL #2"});
}

TEST_CASE("an answer to a request that was not sent yet is a stray") {
    world w;
    w.open();
    w.hear(message_of(q1, 9));
    REQUIRE(*w.it().publish(message_of(q1, 0), w.now) == 1);
    w.hear(mqtt::puback{1});
    CHECK(w.it().strays() == 1);
    CHECK(w.sent() == words{"PUBACK #9", "PUBLISH q1 #1 t=abc"});
    w.hear(mqtt::puback{1});
    CHECK(w.told().back() == "PUBLISH #1 acknowledged");
}

TEST_CASE("BI-28: each acknowledgement at each step of a message of each QoS") {
    // What was sent and told upon it; a stray changes nothing: the flow then goes on to its end.
    struct row {
        qos level;
        bool after_pubrec;
        std::string packet;
        words sent;
        words told;
    };
    const row rows[] = {
        {q1, false, bytes_of(mqtt::puback{1}), {}, {"PUBLISH #1 acknowledged"}},
        {q1, false, bytes_of(mqtt::pubrec{1}), {}, {}},
        {q1, false, bytes_of(mqtt::pubcomp{1}), {}, {}},
        {q1, false, bytes_of(mqtt::unsuback{1}), {}, {}},
        {q1, false, bytes_of(mqtt::suback{1, "\2"}), {}, {}},
        {q1, false, bytes_of(mqtt::pubrel{1}), {"PUBCOMP #1"}, {}},  // the broker's own identifier
        {q2, false, bytes_of(mqtt::puback{1}), {}, {}},
        {q2, false, bytes_of(mqtt::pubrec{1}), {"PUBREL #1"}, {"received #1"}},
        {q2, false, bytes_of(mqtt::pubcomp{1}), {}, {}},
        {q2, false, bytes_of(mqtt::unsuback{1}), {}, {}},
        {q2, false, bytes_of(mqtt::suback{1, "\2"}), {}, {}},
        {q2, false, bytes_of(mqtt::pubrel{1}), {"PUBCOMP #1"}, {}},
        {q2, true, bytes_of(mqtt::puback{1}), {}, {}},
        {q2, true, bytes_of(mqtt::pubrec{1}), {"PUBREL #1"}, {}},
        {q2, true, bytes_of(mqtt::pubcomp{1}), {}, {"PUBLISH #1 acknowledged"}},
        {q2, true, bytes_of(mqtt::unsuback{1}), {}, {}},
        {q2, true, bytes_of(mqtt::pubrel{1}), {"PUBCOMP #1"}, {}},
    };
    for (const row& one : rows) {
        CAPTURE(&one - rows);
        world w;
        w.open();
        REQUIRE(w.it().publish(message_of(one.level, 0), w.now));
        w.pump();
        if (one.after_pubrec) w.hear(mqtt::pubrec{1});
        (void)w.sent();
        (void)w.told();
        const auto before = w.it().strays();
        w.hear_bytes(one.packet);
        CHECK(w.sent() == one.sent);
        const words told = w.told();
        CHECK(told == one.told);
        const bool is_repeated = one.after_pubrec && one.sent == words{"PUBREL #1"};
        CHECK((w.it().strays() != before) == (one.told.empty() && !is_repeated));
        if (told == words{"PUBLISH #1 acknowledged"}) continue;
        if (one.level == q1) w.hear(mqtt::puback{1});
        if (one.level == q2) w.hear(mqtt::pubrec{1});
        w.pump();
        if (one.level == q2) w.hear(mqtt::pubcomp{1});
        CHECK(w.told().back() == "PUBLISH #1 acknowledged");
    }
    // PUBCOMP before PUBREL was handed out, and PUBACK, SUBACK and UNSUBACK for the right identifier of another request.
    world w;
    w.open();
    REQUIRE(w.it().subscribe("t", q0, w.now));
    w.pump();
    for (const auto& packet : {bytes_of(mqtt::puback{1}), bytes_of(mqtt::pubcomp{1}), bytes_of(mqtt::unsuback{1})})
        w.hear_bytes(packet);
    CHECK(w.told() == words{});
    CHECK(w.it().strays() == 3);
}

TEST_CASE("BI-29: while the socket takes nothing, reading stops before an answer would be lost") {
    std::string publishes;
    std::string releases;
    std::string receipts;
    for (packet_id id = 1; id != 101; ++id) {
        publishes += bytes_of(message_of(q1, id));
        releases += bytes_of(mqtt::pubrel{id});
        receipts += bytes_of(mqtt::pubrec{id});
    }
    const std::pair<std::string, std::string> floods[] = {{publishes, "PUBACK #"},
                                                          {releases, "PUBCOMP #"},
                                                          {receipts, "PUBREL #"}};
    for (const auto& flood : floods) {
        world w{600, 600, 6};
        w.open();
        w.hear(message_of(q2, 500));  // keeps a record
        const std::string_view bytes = flood.first;
        std::size_t left = w.hear_bytes(bytes);
        CHECK(left != 0);
        CHECK(w.it().is_full());
        w.pass(1'000'000);
        CHECK(w.hear_bytes(rest(bytes, bytes.size() - left)) == left);
        words sent;
        while (left != 0 || !w.it().transmit().empty()) {
            w.pump(5);
            for (const auto& one : w.sent()) sent.push_back(one);
            left = w.hear_bytes(rest(bytes, bytes.size() - left));
        }
        REQUIRE(sent.size() == 101);
        CHECK(sent.front() == "PUBREC #500");
        for (std::size_t at = 1; at != sent.size(); ++at) CHECK(sent[at] == flood.second + number(at));
    }
}

TEST_CASE("more QoS 2 messages than there are records are a violation; those that are noted stay so") {
    world w{600, 600, 4};
    w.open(false);
    for (packet_id id = 1; id != 4; ++id) w.hear(message_of(q2, id));
    CHECK(w.sent() == words{"PUBREC #1", "PUBREC #2", "PUBREC #3"});
    w.hear(message_of(q2, 3, "abc", true));  // known: no room is needed
    CHECK(w.sent() == words{"PUBREC #3"});
    w.hear(message_of(q1, 9));  // the last record is for what is answered at once
    CHECK(w.sent() == words{"PUBACK #9"});
    (void)w.told();
    w.hear(message_of(q2, 4));
    CHECK(w.told() == words{"violation by PUBLISH: no packet identifier is free, packet identifier"});
    w.cut();
    w.open(false, true);
    w.hear(message_of(q2, 1, "abc", true));
    CHECK(w.told() == words{});
    CHECK(w.sent() == words{"PUBREC #1"});
    w.hear(mqtt::pubrel{1});
    CHECK(w.sent() == words{"PUBCOMP #1"});
    w.hear(message_of(q2, 4));
    CHECK(w.told() == words{"released #1", "message PUBLISH q2 #4 t=abc"});
}

TEST_CASE("BI-03: a message that is too large is told with its beginning and answered; the next one is read") {
    world w{20};
    w.open(false);
    const std::string payload(1'000, 'x');
    w.hear(message_of(q0, 0, payload));
    w.hear(message_of(q1, 5, payload));
    CHECK(w.sent() == words{"PUBACK #5"});
    w.hear(message_of(q2, 6, payload));
    CHECK(w.sent() == words{"PUBREC #6"});
    w.hear(message_of(q2, 6, payload, true));
    CHECK(w.sent() == words{"PUBREC #6"});
    w.hear(mqtt::pubrel{6});
    CHECK(w.sent() == words{"PUBCOMP #6"});
    w.hear(message_of(q0, 0));
    CHECK(w.told() == words{"too large 1003 PUBLISH q0 t=" + std::string(17, 'x'),
                            "too large 1005 PUBLISH q1 #5 t=" + std::string(15, 'x'),
                            "too large 1005 PUBLISH q2 #6 t=" + std::string(15, 'x'), "released #6",
                            "message PUBLISH q0 t=abc"});
}

TEST_CASE("a message whose identifier does not fit into the buffer is told and cannot be answered") {
    world w{6};
    w.open();
    w.hear(mqtt::publish{"a/long/topic", "x", 5, false, q1, false});
    w.hear(message_of(q0, 0));
    CHECK(w.told() == words{"too large 17 PUBLISH q0 =", "message PUBLISH q0 t=abc"});
    CHECK(w.sent() == words{});
}

TEST_CASE("BI-10: a topic longer than what remains is a violation, too large or not, at the same column") {
    for (const std::size_t rx : {std::size_t{300}, std::size_t{64}, std::size_t{3}}) {
        for (const char first_byte : {'\x30', '\x32'}) {
            // 200 bytes: the topic has 198 of them, or 199; and an identifier is due behind it.
            for (const char size : {'\xC6', '\xC7'}) {
                CAPTURE(rx);
                world w{rx};
                w.open();
                std::string bytes{first_byte, '\xC8', '\x01', '\0', size};
                bytes.append(198, 't');
                w.hear_bytes(bytes);
                const bool fits = size == '\xC6' && first_byte == '\x30';
                const words told = w.told();
                REQUIRE(told.size() == 1);
                CHECK(begins_with(told[0], fits ? (rx == 300 ? "message" : "too large")
                                                : "violation by PUBLISH: a parameter is missing"));
            }
        }
    }
}

TEST_CASE("BI-03: any other packet that is too large is a violation, and so is one that is too large and malformed") {
    world w{6};
    w.open();
    w.hear_bytes({"\x90\x08\x00\x01\0\0\0\0\0\0", 10});
    CHECK(w.told() == words{"violation by SUBACK: a remaining length that MQTT forbids, remaining length"});
    world malformed{6};
    malformed.open();
    malformed.hear_bytes({"\x30\x08\x00\x01+xxxxx", 10});
    CHECK(malformed.told() == words{"violation by PUBLISH: not a topic name or filter, topic"});
    world early{1};
    mqtt::connect m;
    REQUIRE(early.it().greet(m, early.now));
    early.pump();
    early.hear(mqtt::connack{});
    CHECK(early.told().back() == "violation by CONNACK: a remaining length that MQTT forbids, remaining length");
}

TEST_CASE("BI-17: discouraged code points in a topic are taken, unless told otherwise") {
    for (const std::string topic : {"a\x01", "\x1F", "\x7F", "\xC2\x80", "\xC2\x9F", "\xEF\xB7\x90", "\xEF\xBF\xBE",
                                    "\xEF\xBF\xBF", "\xF0\x9F\xBF\xBF"}) {
        CAPTURE(topic);
        world w;
        w.open();
        w.hear(mqtt::publish{topic, "x", 0, false, q0, false});
        w.hear(mqtt::publish{topic, "x", 5, false, q1, false});
        CHECK(w.told() == words{"message PUBLISH q0 " + topic + "=x", "message PUBLISH q1 #5 " + topic + "=x"});
        CHECK(w.sent() == words{"PUBACK #5"});
        w.it().allow(code_points::no_control);
        w.hear(mqtt::publish{"\xC2\xA0", "x", 0, false, q0, false});
        CHECK(w.told() == words{"message PUBLISH q0 \xC2\xA0=x"});
        w.hear(mqtt::publish{topic, "x", 6, false, q1, false});
        CHECK(w.told() == words{"violation by PUBLISH: a byte that may not stand on the line, topic"});
        CHECK(w.sent() == words{});
    }
}

TEST_CASE("BI-17: what is refused for a discouraged code point is so at its topic, and for what else is wrong first") {
    const auto column_of = [](std::string_view bytes, errc expected) {
        world w{600};
        w.open();
        w.it().allow(code_points::no_control);
        std::size_t column = 0;
        while (const auto found = w.it().receive(bytes, w.now)) {
            const auto* const wrong = std::get_if<from_session::violation>(&*found);
            REQUIRE(wrong != nullptr);
            CHECK(wrong->why.code == expected);
            column = wrong->why.column;
        }
        return column;
    };
    CHECK(column_of(bytes_of(mqtt::publish{"\x01", "", 7, false, q1, false}), errc::forbidden_byte) == 2);
    const std::string long_one(200, 'x');
    CHECK(column_of(bytes_of(mqtt::publish{"\x01", long_one, 7, false, q1, false}), errc::forbidden_byte) == 3);
    CHECK(column_of(std::string("\x32\x05\x00\x01\x01\x00\x00", 7), errc::out_of_range) == 5);
    world cut{5};  // the topic, and no more
    cut.open();
    cut.it().allow(code_points::no_control);
    cut.hear_bytes(std::string("\x32\x08\x00\x03"
                               "a\x01"
                               "b\x00\x07x",
                               10));
    CHECK(cut.told() == words{"violation by PUBLISH: a byte that may not stand on the line, topic"});
    CHECK(column_of(std::string("\x30\x04\x00\x02\x01#", 6), errc::not_a_topic) == 2);
}

TEST_CASE("BI-08: the same bytes give the same events and answers, however they are cut") {
    const std::string bytes =
        bytes_of(mqtt::connack{}, message_of(q1, 5), message_of(q2, 6), mqtt::pubrel{6}, mqtt::puback{4},
                 message_of(q0, 0, std::string(150, 'x')), mqtt::pingresp{}, message_of(q2, 7)) +
        std::string("\x36\x05\x00\x01t\x00\x01", 7);
    const auto run = [&bytes](std::size_t split) {
        world w{100};
        mqtt::connect m;
        m.clean = false;
        m.id = "me";
        REQUIRE(w.it().greet(m, w.now));
        words all = w.sent();
        if (split == 0)
            for (const char& byte : bytes) w.hear_bytes({&byte, 1});
        w.hear_bytes(first(bytes, split));
        w.hear_bytes(rest(bytes, split));
        for (const auto& one : w.sent()) all.push_back(one);
        for (const auto& one : w.told()) all.push_back(one);
        return all;
    };
    const words whole = run(bytes.size());
    CHECK(whole == words{"CONNECT me", "greeted", "accepted", "message PUBLISH q1 #5 t=abc",
                         "message PUBLISH q2 #6 t=abc", "released #6",
                         "too large 153 PUBLISH q0 t=" + std::string(97, 'x'), "message PUBLISH q2 #7 t=abc",
                         "violation by PUBLISH: out of range, QoS"});
    for (std::size_t split = 0; split != bytes.size(); ++split) CHECK(run(split) == whole);
}

TEST_CASE("a copy goes on in other memory") {
    const std::string topic = "t";
    const std::string payload = "abc";
    world w;
    w.open(false);
    w.hear(message_of(q2, 9));
    REQUIRE(w.it().publish({topic, payload, 0, false, q2, false}, w.now));
    w.pump(6);
    w.hear_bytes(std::string_view{"\x30\x06\x00", 3});
    const std::string other_topic = topic;
    const std::string other_payload = payload;
    w.move_house(other_topic, other_payload);
    w.hear_bytes(std::string_view{"\x01tab!", 5});
    CHECK(w.sent() == words{"PUBREC #9", "PUBLISH q2 #1 t=abc"});
    CHECK(w.told() == words{"message PUBLISH q2 #9 t=abc", "message PUBLISH q0 t=ab!"});
    w.move_house(other_topic, other_payload);
    w.cut();
    w.move_house(other_topic, other_payload);
    w.open(false, true);
    CHECK(w.sent() == words{"PUBLISH q2 #1 t=abc dup"});
    w.hear(mqtt::pubrel{9});
    CHECK(w.told() == words{"released #9"});
}

TEST_CASE("BI-44: memory of every size, from nothing up: an error or the right thing, and nothing past its end") {
    const std::size_t connect_size = 14 + 2;
    for (std::size_t tx = 0; tx != 24; ++tx) {
        CAPTURE(tx);
        world w{600, tx};
        mqtt::connect m;
        m.id = "me";
        const auto greeting = w.it().greet(m, w.now);
        CHECK(static_cast<bool>(greeting) == (tx >= connect_size));
        if (!greeting) {
            CHECK(greeting.why().code == errc::no_space);
            continue;
        }
        w.pump();
        w.hear(mqtt::connack{});
        const std::string topic(tx - session::overhead, 'x');
        CHECK(w.it().subscribe(topic + "x", q0, w.now).why().code == errc::no_space);
        if (topic.empty()) continue;
        CHECK(w.it().subscribe(topic, q0, w.now));
        (void)w.sent();
    }
    for (std::size_t rx = 0; rx != 12; ++rx) {
        CAPTURE(rx);
        world w{rx};
        mqtt::connect m;
        m.id = "me";
        REQUIRE(w.it().greet(m, w.now));
        w.pump();
        w.hear(mqtt::connack{});
        (void)w.told();
        w.hear(message_of(q1, 5));
        const words told = w.told();
        const words expected = rx < 2   ? words{}  // not even CONNACK
                               : rx < 3 ? words{"too large 8 PUBLISH q0 ="}
                               : rx < 5 ? words{"too large 8 PUBLISH q0 ="}
                               : rx < 8 ? words{"too large 8 PUBLISH q1 #5 t=" + std::string("abc", rx - 5)}
                                        : words{"message PUBLISH q1 #5 t=abc"};
        CHECK(told == expected);
    }
    for (std::size_t records = 0; records != 3; ++records) {
        CAPTURE(records);
        world w{600, 600, records};
        mqtt::connect m;
        m.id = "me";
        REQUIRE(w.it().greet(m, w.now));
        w.pump();
        w.hear(mqtt::connack{});
        const bool is_open = records != 0;
        CHECK(static_cast<bool>(w.it().publish(message_of(q0, 0), w.now)) == is_open);
        w.pump();
        w.tick();
        w.hear(message_of(q1, 5));
        CHECK(w.told().back() == (is_open ? "message PUBLISH q1 #5 t=abc" : "greeted"));
    }
}

TEST_CASE("neither answers nor requests wait for ever: they take turns") {
    world w;
    w.open();
    packet_id heard = 0;
    words sent;
    for (int round = 0; round != 10; ++round) {
        w.hear(message_of(q1, ++heard));
        REQUIRE(w.it().publish(message_of(q0, 0), w.now));
        w.hear(message_of(q1, ++heard));
        for (int i = 0; i != 2; ++i) {  // two packets' worth
            const auto bytes = w.it().transmit();
            w.pump(bytes.size());
        }
        w.tick();
        for (const auto& one : w.sent()) sent.push_back(one);
    }
    std::size_t answers = 0;
    for (const auto& one : sent)
        if (begins_with(one, "PUBACK")) ++answers;
    CHECK(answers == 20);
    CHECK(sent.size() == 30);
}

TEST_CASE("forgetting a session ends what is under way, and is refused while there is a connection") {
    world w;
    w.open(false);
    REQUIRE(w.it().publish(message_of(q2, 0), w.now));
    w.pump();
    CHECK(w.it().forget().why().code == errc::busy);
    w.cut();
    CHECK(w.it().forget());
    CHECK(w.told() == words{"PUBLISH #1 lost"});
    w.open(false, true);
    CHECK(w.sent() == words{});
}

TEST_CASE("BI-03: memory that cannot hold a CONNACK opens nothing") {
    for (const std::size_t room : {std::size_t{0}, std::size_t{1}}) {
        CAPTURE(room);
        world w{room};
        mqtt::connect m;
        m.id = "me";
        REQUIRE(w.it().greet(m, w.now));
        w.pump();
        w.hear_bytes({"\x20\x02\x00\x00", 4});
        CHECK(w.told().back() == "violation by CONNACK: a remaining length that MQTT forbids, remaining length");
    }
}
