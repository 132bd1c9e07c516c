// The 14 packets: each with its bytes, run both ways. The bytes are written by hand from MQTT 3.1.1.
// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

using namespace packet_rows;

namespace {

struct row {
    mqtt::packet packet;
    std::string_view written;
};

// --- CONNECT: chapter 3.1, whose members are named here as the fields of the payload are ---

mqtt::connect with_id(std::string_view id) {
    mqtt::connect made;
    made.id = id;
    return made;
}
mqtt::connect with_will(std::string_view topic, std::string_view message, qos level = qos::at_most_once,
                        bool retain = false) {
    mqtt::connect made = with_id("m");
    made.has_will = true;
    made.will_topic = topic;
    made.will_message = message;
    made.will_qos = level;
    made.will_retain = retain;
    return made;
}
mqtt::connect with_user(std::string_view user, mqtt::connect made = with_id("m")) {
    made.has_user = true;
    made.user = user;
    return made;
}
mqtt::connect with_passwd(std::string_view passwd, mqtt::connect made) {
    made.has_passwd = true;
    made.passwd = passwd;
    return made;
}
mqtt::connect of_level_3(mqtt::connect made) {
    made.protocol = protocol_level::v3_1;
    return made;
}
mqtt::connect not_clean(mqtt::connect made) {
    made.clean = false;
    return made;
}
mqtt::connect kept_alive(std::uint16_t seconds) {
    mqtt::connect made = with_id("m");
    made.keep_alive = seconds;
    return made;
}

mqtt::publish saying(std::string_view topic, std::string_view payload, packet_id id = 0, qos level = qos::at_most_once,
                     bool retain = false, bool dup = false) {
    mqtt::publish made;
    made.topic = topic;
    made.payload = payload;
    made.id = id;
    made.level = level;
    made.retain = retain;
    made.dup = dup;
    return made;
}

constexpr qos once = qos::at_least_once;
constexpr qos exactly = qos::exactly_once;

const row connects[] = {
    {with_id("m"), "10 0D 0004'MQTT' 04 02 003C 0001'm'"},
    {with_id(""), "10 0C 0004'MQTT' 04 02 003C 0000"},
    {not_clean(with_id("m")), "10 0D 0004'MQTT' 04 00 003C 0001'm'"},
    {kept_alive(0), "10 0D 0004'MQTT' 04 02 0000 0001'm'"},
    {kept_alive(1), "10 0D 0004'MQTT' 04 02 0001 0001'm'"},
    {kept_alive(0x1234), "10 0D 0004'MQTT' 04 02 1234 0001'm'"},
    {kept_alive(65535), "10 0D 0004'MQTT' 04 02 FFFF 0001'm'"},
    {with_id("abcdefghijklmnopqrstuvwx"), "10 24 0004'MQTT' 04 02 003C 0018'abcdefghijklmnopqrstuvwx'"},
    {with_id("\xC3\xBC/#"), "10 10 0004'MQTT' 04 02 003C 0004 C3BC'/#'"},
    {of_level_3(with_id("m")), "10 0F 0006'MQIsdp' 03 02 003C 0001'm'"},
    {of_level_3(not_clean(with_id("m"))), "10 0F 0006'MQIsdp' 03 00 003C 0001'm'"},
    {of_level_3(with_id("abcdefghijklmnopqrstuvw")), "10 25 0006'MQIsdp' 03 02 003C 0017'abcdefghijklmnopqrstuvw'"},
    {with_will("w", "gone"), "10 16 0004'MQTT' 04 06 003C 0001'm' 0001'w' 0004'gone'"},
    {with_will("w", "gone", once), "10 16 0004'MQTT' 04 0E 003C 0001'm' 0001'w' 0004'gone'"},
    {with_will("w", "gone", exactly), "10 16 0004'MQTT' 04 16 003C 0001'm' 0001'w' 0004'gone'"},
    {with_will("w", "gone", qos::at_most_once, true), "10 16 0004'MQTT' 04 26 003C 0001'm' 0001'w' 0004'gone'"},
    {with_will("w", "gone", once, true), "10 16 0004'MQTT' 04 2E 003C 0001'm' 0001'w' 0004'gone'"},
    {with_will("w", "gone", exactly, true), "10 16 0004'MQTT' 04 36 003C 0001'm' 0001'w' 0004'gone'"},
    {not_clean(with_will("w", "", exactly, true)), "10 12 0004'MQTT' 04 34 003C 0001'm' 0001'w' 0000"},
    {with_will("w", {"\0\xFF\r\n", 4}), "10 16 0004'MQTT' 04 06 003C 0001'm' 0001'w' 0004 00FF0D0A"},
    {with_user("u"), "10 10 0004'MQTT' 04 82 003C 0001'm' 0001'u'"},
    {with_user(""), "10 0F 0004'MQTT' 04 82 003C 0001'm' 0000"},
    {with_passwd("pw", with_user("u")), "10 14 0004'MQTT' 04 C2 003C 0001'm' 0001'u' 0002'pw'"},
    {with_passwd({"\0\xFF", 2}, with_user("u")), "10 14 0004'MQTT' 04 C2 003C 0001'm' 0001'u' 0002 00FF"},
    {with_passwd("", with_user("")), "10 11 0004'MQTT' 04 C2 003C 0001'm' 0000 0000"},
    {with_user("u", with_will("w", "g")), "10 16 0004'MQTT' 04 86 003C 0001'm' 0001'w' 0001'g' 0001'u'"},
    {not_clean(with_passwd("p", with_user("u", with_will("w", "g", exactly)))),
     "10 19 0004'MQTT' 04 D4 003C 0001'm' 0001'w' 0001'g' 0001'u' 0001'p'"},
    {not_clean(of_level_3(with_passwd("p", with_user("u", with_will("w", "g", once, true))))),
     "10 1B 0006'MQIsdp' 03 EC 003C 0001'm' 0001'w' 0001'g' 0001'u' 0001'p'"},
};

const row from_brokers[] = {
    {mqtt::connack{}, "20 02 00 00"},
    {mqtt::connack{true, connect_code::accepted}, "20 02 01 00"},
    {mqtt::connack{false, connect_code::bad_protocol}, "20 02 00 01"},
    {mqtt::connack{false, connect_code::bad_id}, "20 02 00 02"},
    {mqtt::connack{false, connect_code::unavailable}, "20 02 00 03"},
    {mqtt::connack{false, connect_code::bad_credentials}, "20 02 00 04"},
    {mqtt::connack{false, connect_code::not_authorized}, "20 02 00 05"},
    {mqtt::suback{10, std::string_view{"\0", 1}}, "90 03 000A 00"},
    {mqtt::suback{10, "\x01"}, "90 03 000A 01"},
    {mqtt::suback{10, "\x02"}, "90 03 000A 02"},
    {mqtt::suback{10, "\x80"}, "90 03 000A 80"},
    {mqtt::suback{65535, {"\2\x80\0\1", 4}}, "90 06 FFFF 02800001"},
    {mqtt::unsuback{10}, "B0 02 000A"},
    {mqtt::pingresp{}, "D0 00"},
};

const row messages[] = {
    {saying("t", "hi"), "30 05 0001't' 'hi'"},
    {saying("t", ""), "30 03 0001't'"},
    {saying("a/b", "hi", 0, qos::at_most_once, true), "31 07 0003'a/b' 'hi'"},
    {saying("t", "hi", 10, once), "32 07 0001't' 000A 'hi'"},
    {saying("t", "hi", 10, once, true), "33 07 0001't' 000A 'hi'"},
    {saying("t", "hi", 10, once, false, true), "3A 07 0001't' 000A 'hi'"},
    {saying("t", "hi", 10, once, true, true), "3B 07 0001't' 000A 'hi'"},
    {saying("t", "hi", 10, exactly), "34 07 0001't' 000A 'hi'"},
    {saying("t", "hi", 10, exactly, true), "35 07 0001't' 000A 'hi'"},
    {saying("t", "hi", 10, exactly, false, true), "3C 07 0001't' 000A 'hi'"},
    {saying("t", "hi", 10, exactly, true, true), "3D 07 0001't' 000A 'hi'"},
    {saying("t", "", 1, once), "32 05 0001't' 0001"},
    {saying("t", "", 65535, exactly), "34 05 0001't' FFFF"},
    {saying("/", "hi"), "30 05 0001'/' 'hi'"},
    {saying("$SYS/\xC3\xBC", "hi"), "30 0B 0007'$SYS/'C3BC 'hi'"},
    {saying("t\x01\x7F", ""), "30 05 0003't'017F"},
    {saying("\xEF\xBB\xBFt", ""), "30 06 0004 EFBBBF't'"},
    {saying("t", {"\0\0\0", 3}), "30 06 0001't' 000000"},
    {saying("t", "\r\nOK\r\n"), "30 09 0001't' 0D0A'OK'0D0A"},
    {saying("t", "\xFF\x80+#"), "30 07 0001't' FF80'+#'"},
};

const row acknowledgements[] = {
    {mqtt::puback{1}, "40 02 0001"},   {mqtt::puback{0x1234}, "40 02 1234"}, {mqtt::puback{65535}, "40 02 FFFF"},
    {mqtt::pubrec{1}, "50 02 0001"},   {mqtt::pubrec{0x1234}, "50 02 1234"}, {mqtt::pubrec{65535}, "50 02 FFFF"},
    {mqtt::pubrel{1}, "62 02 0001"},   {mqtt::pubrel{0x1234}, "62 02 1234"}, {mqtt::pubrel{65535}, "62 02 FFFF"},
    {mqtt::pubcomp{1}, "70 02 0001"},  {mqtt::pubcomp{256}, "70 02 0100"},   {mqtt::pubcomp{65535}, "70 02 FFFF"},
    {mqtt::unsuback{1}, "B0 02 0001"}, {mqtt::unsuback{255}, "B0 02 00FF"},  {mqtt::unsuback{65535}, "B0 02 FFFF"},
};

// Further filters stand in `more` as they stand in the packet.
const row requests[] = {
    {mqtt::subscribe{1, "a"}, "82 06 0001 0001'a' 00"},
    {mqtt::subscribe{10, "a/b", once}, "82 08 000A 0003'a/b' 01"},
    {mqtt::subscribe{65535, "#", exactly}, "82 06 FFFF 0001'#' 02"},
    {mqtt::subscribe{10, "a/+/c", exactly, {"\0\1b\0", 4}}, "82 0E 000A 0005'a/+/c' 02 0001'b' 00"},
    {mqtt::subscribe{10, "a", once, {"\0\3c/d\2\0\1#\0", 10}}, "82 10 000A 0001'a' 01 0003'c/d' 02 0001'#' 00"},
    {mqtt::unsubscribe{1, "a"}, "A2 05 0001 0001'a'"},
    {mqtt::unsubscribe{65535, "+/#"}, "A2 07 FFFF 0003'+/#'"},
    {mqtt::unsubscribe{10, "a/b", {"\0\3c/d", 5}}, "A2 0C 000A 0003'a/b' 0003'c/d'"},
    {mqtt::unsubscribe{10, "a", {"\0\1b\0\1c", 6}}, "A2 0B 000A 0001'a' 0001'b' 0001'c'"},
    {mqtt::pingreq{}, "C0 00"},
    {mqtt::disconnect{}, "E0 00"},
};

/// A packet and its bytes, both ways, by every call that takes or gives them.
template <class Packet>
void check_both_ways(const Packet& m, std::string_view bytes) {
    std::vector<char> out(bytes.size());
    const auto done = mqtt::encode(m, {out.data(), out.size()});
    CHECK(shown(done.why()) == shown({}));
    CHECK(in_hex(*done) == in_hex(bytes));
    CHECK(mqtt::encoded_size(m) == bytes.size());
    CHECK(mqtt::encoded_size(mqtt::packet{m}) == bytes.size());
    CHECK(respects_every_size([&m](buffer lent) { return mqtt::encode(m, lent); }, bytes));
    CHECK(respects_every_size([&m](buffer lent) { return mqtt::encode(mqtt::packet{m}, lent); }, bytes));

    const auto first_byte = static_cast<std::uint8_t>(bytes[0]);
    const std::string_view body = rest(bytes, body_start(bytes));
    CHECK(mqtt::type_of(first_byte) == Packet::type);
    check_reads(mqtt::decode<Packet>(first_byte, body), m);
    check_reads(mqtt::decode(first_byte, body), mqtt::packet{m});
    check_reads(mqtt::decode(bytes), mqtt::packet{m});
}

template <std::size_t Count>
void check_both_ways(const row (&table)[Count]) {
    for (const row& one : table) {
        CAPTURE(one.written);
        const std::string bytes = wire(one.written);
        std::visit([&bytes](const auto& m) { check_both_ways(m, bytes); }, one.packet);
    }
}

/// Encodes at compile time.
template <class Packet>
constexpr bool makes(const Packet& m, std::string_view bytes) {
    char out[64] = {};
    const auto done = mqtt::encode(m, out);
    return done && *done == bytes && mqtt::encoded_size(m) == bytes.size();
}

static_assert(makes(mqtt::pingreq{}, {"\xC0\0", 2}));
static_assert(makes(mqtt::pubrel{0x1234}, {"\x62\2\x12\x34", 4}));
static_assert(makes(mqtt::publish{"t", "hi", 10, false, qos::at_least_once, true}, {"\x33\7\0\1t\0\nhi", 9}));
static_assert(mqtt::decode<mqtt::suback>(0x90, {"\0\n\2\x80", 4})->codes == std::string_view{"\2\x80"});
static_assert(mqtt::decode<mqtt::publish>(0x3D, {"\0\1t\0\nhi", 7})->payload == "hi");
static_assert(std::is_empty_v<mqtt::pingreq> && std::variant_size_v<mqtt::packet> == 14);

}  // namespace

TEST_CASE("CONNECT in all its variants, both ways") { check_both_ways(connects); }
TEST_CASE("CONNACK, SUBACK, UNSUBACK and PINGRESP, both ways") { check_both_ways(from_brokers); }
TEST_CASE("BI-20: PUBLISH with every combination of flags and any payload, both ways") { check_both_ways(messages); }
TEST_CASE("PUBACK, PUBREC, PUBREL, PUBCOMP and UNSUBACK, both ways") { check_both_ways(acknowledgements); }
TEST_CASE("SUBSCRIBE, UNSUBSCRIBE, PINGREQ and DISCONNECT, both ways") { check_both_ways(requests); }

TEST_CASE("an acknowledgement, or a signal, whose type is known at run time only, is refused for any other type") {
    for (int number = 0; number != 256; ++number) {
        CAPTURE(number);
        const auto type = static_cast<packet_type>(number);
        char out[8] = {};
        const bool is_signal = number == 12 || number == 13 || number == 14;
        const auto signal = mqtt::encode_signal(type, out);
        CHECK(static_cast<bool>(signal) == is_signal);
        if (signal) CHECK(*signal == std::string_view{out, 2});
        if (signal) CHECK(static_cast<unsigned char>(out[0]) == number << 4);
        if (!signal) CHECK(signal.why().code == errc::wrong_packet);
        const bool is_acknowledgement = (number >= 4 && number <= 7) || number == 11;
        CHECK(mqtt::is_acknowledgement(type) == is_acknowledgement);
        CHECK(static_cast<bool>(mqtt::encode_acknowledgement(type, 1, out)) == is_acknowledgement);
    }
}

TEST_CASE("the numbers of the packet types are MQTT's, and each packet stands at its own in the variant") {
    constexpr std::string_view names[] = {"CONNECT",  "CONNACK", "PUBLISH",   "PUBACK",    "PUBREC",
                                          "PUBREL",   "PUBCOMP", "SUBSCRIBE", "SUBACK",    "UNSUBSCRIBE",
                                          "UNSUBACK", "PINGREQ", "PINGRESP",  "DISCONNECT"};
    for (std::size_t at = 0; at < 14; ++at) CHECK(name_of(static_cast<packet_type>(at + 1)) == names[at]);
    CHECK(name_of(static_cast<packet_type>(0)).empty());
    CHECK(name_of(static_cast<packet_type>(15)).empty());
    const mqtt::packet all[] = {mqtt::connect{},  mqtt::connack{},     mqtt::publish{},  mqtt::puback{},
                                mqtt::pubrec{},   mqtt::pubrel{},      mqtt::pubcomp{},  mqtt::subscribe{},
                                mqtt::suback{},   mqtt::unsubscribe{}, mqtt::unsuback{}, mqtt::pingreq{},
                                mqtt::pingresp{}, mqtt::disconnect{}};
    std::size_t at = 0;
    for (const mqtt::packet& one : all) {
        CHECK(one.index() == at);
        const auto type = std::visit([](const auto& m) { return std::decay_t<decltype(m)>::type; }, one);
        CHECK(static_cast<std::size_t>(type) == ++at);
    }
}

TEST_CASE(
    "what is not sent is not encoded: a will, a user name, a password without their flag, an identifier at QoS 0") {
    mqtt::connect bare = with_id("m");
    bare.will_topic = "w";
    bare.will_message = "gone";
    bare.user = "u";
    bare.passwd = "p";
    const std::string expected = wire("10 0D 0004'MQTT' 04 02 003C 0001'm'");
    CHECK(respects_every_size([&bare](buffer lent) { return mqtt::encode(bare, lent); }, expected));
    CHECK(mqtt::encoded_size(bare) == expected.size());

    const mqtt::publish one = saying("t", "hi", 10);
    CHECK(respects_every_size([&one](buffer lent) { return mqtt::encode(one, lent); }, wire("30 05 0001't' 'hi'")));
    const std::string bytes = wire("30 05 0001't' 000A");
    const auto read = mqtt::decode(bytes);
    REQUIRE(std::holds_alternative<mqtt::publish>(*read));
    CHECK(std::get<mqtt::publish>(*read).id == 0);
    CHECK(std::get<mqtt::publish>(*read).payload == std::string_view{"\0\n", 2});
}

TEST_CASE("what is decoded views the bytes that were given") {
    const std::string bytes = wire("3D 07 0001't' 000A 'hi'");
    const auto read = mqtt::decode(bytes);
    REQUIRE(std::holds_alternative<mqtt::publish>(*read));
    CHECK(std::get<mqtt::publish>(*read).topic.data() == bytes.data() + 4);
    CHECK(std::get<mqtt::publish>(*read).payload.data() == bytes.data() + 7);
    const std::string request = wire("82 0C 000A 0003'a/b' 01 0001'c' 02");
    const auto asked = mqtt::decode(request);
    REQUIRE(std::holds_alternative<mqtt::subscribe>(*asked));
    CHECK(std::get<mqtt::subscribe>(*asked).more.data() == request.data() + 10);
}

TEST_CASE("the head of a PUBLISH and its payload are the bytes of the whole") {
    for (const row& one : messages) {
        CAPTURE(one.written);
        const auto& m = std::get<mqtt::publish>(one.packet);
        const std::string bytes = wire(one.written);
        const std::string_view head = first(bytes, bytes.size() - m.payload.size());
        CHECK(respects_every_size([&m](buffer lent) { return mqtt::encode_head(m, lent); }, head));
        CHECK(rest(bytes, head.size()) == m.payload);
    }
    // The payload counts in the length, whether it is copied or not.
    const std::string payload(200, 'x');
    const mqtt::publish large = saying("t", payload, 10, once);
    const std::string head = wire("32 CD01 0001't' 000A");
    CHECK(respects_every_size([&large](buffer lent) { return mqtt::encode_head(large, lent); }, head));
    CHECK(respects_every_size([&large](buffer lent) { return mqtt::encode(large, lent); }, head + payload));
}

TEST_CASE("an acknowledgement of a type known at run time is the packet of that type") {
    for (const row& one : acknowledgements) {
        CAPTURE(one.written);
        const std::string bytes = wire(one.written);
        const auto type = static_cast<packet_type>(one.packet.index() + 1);
        const auto id = static_cast<packet_id>((bytes[2] & 0xFF) << 8 | (bytes[3] & 0xFF));
        CHECK(respects_every_size([=](buffer lent) { return mqtt::encode_acknowledgement(type, id, lent); }, bytes));
        check_reads(mqtt::decode_acknowledgement(static_cast<std::uint8_t>(bytes[0]), rest(bytes, 2)),
                    mqtt::puback{id});
    }
    char out[4];
    CHECK(told(mqtt::encode_acknowledgement(packet_type::pubrel, 0, out).why()) ==
          told({errc::out_of_range, mqtt::field::packet_id, 0}));
    const auto why_of = [](std::uint8_t first_byte, std::string_view body) {
        return shown(mqtt::decode_acknowledgement(first_byte, body).why());
    };
    CHECK(why_of(0x60, {"\0\1", 2}) == shown({errc::reserved_bits, mqtt::field::flags, 0}));
    CHECK(why_of(0x42, {"\0\1", 2}) == shown({errc::reserved_bits, mqtt::field::flags, 0}));
    CHECK(why_of(0x40, {"\0\0", 2}) == shown({errc::out_of_range, mqtt::field::packet_id, 2}));
    CHECK(why_of(0x40, {"\0", 1}) == shown({errc::missing, mqtt::field::packet_id, 2}));
    CHECK(why_of(0x40, {"\0\1\0", 3}) == shown({errc::surplus, {}, 4}));
}

TEST_CASE("a signal of a type that is none is refused for its first byte") {
    char out[8];
    for (const packet_type type : {packet_type::connect, packet_type::unsuback, static_cast<packet_type>(15)}) {
        const error why = mqtt::encode_signal(type, out).why();
        CHECK(why.code == errc::wrong_packet);
        CHECK(why.field == mqtt::field::type);
        CHECK(why.column == 0);
    }
}

TEST_CASE("a packet that is no acknowledgement is not decoded as one") {
    for (const unsigned type : {0U, 1U, 2U, 9U, 12U, 13U, 14U, 15U}) {
        CAPTURE(type);
        const auto read = mqtt::decode_acknowledgement(static_cast<std::uint8_t>(type << 4), {"\0\1", 2});
        CHECK(shown(read.why()) == shown({errc::wrong_packet, mqtt::field::type, 0}));
    }
    for (const unsigned first_byte : {0x82U, 0xA2U}) {
        const auto read = mqtt::decode_acknowledgement(static_cast<std::uint8_t>(first_byte), {"\0\1", 2});
        CHECK(shown(read.why()) == shown({errc::wrong_packet, mqtt::field::type, 0}));
    }
    const auto message_read = mqtt::decode_acknowledgement(0x30, {"\0\1", 2});
    CHECK(shown(message_read.why()) == shown({errc::wrong_packet, mqtt::field::type, 0}));
}

TEST_CASE("decode of one type takes no other") {
    CHECK(shown(mqtt::decode<mqtt::puback>(0x50, {"\0\1", 2}).why()) ==
          shown({errc::wrong_packet, mqtt::field::type, 0}));
    CHECK(shown(mqtt::decode<mqtt::pingresp>(0xC0, {}).why()) == shown({errc::wrong_packet, mqtt::field::type, 0}));
    CHECK(shown(mqtt::decode<mqtt::publish>(0x40, {"\0\1t", 3}).why()) ==
          shown({errc::wrong_packet, mqtt::field::type, 0}));
}

TEST_CASE("next_filter goes through the filters in their order, and stays where it is at the end") {
    const std::string bytes = wire("82 10 000A 0001'a' 01 0003'c/d' 02 0001'#' 00");
    auto read = mqtt::decode(bytes);
    auto* const asked = std::get_if<mqtt::subscribe>(&*read);
    REQUIRE(asked != nullptr);
    CHECK(asked->filter == "a");
    CHECK(asked->level == once);
    REQUIRE(mqtt::next_filter(*asked));
    CHECK(asked->filter == "c/d");
    CHECK(asked->level == exactly);
    REQUIRE(mqtt::next_filter(*asked));
    CHECK(asked->filter == "#");
    CHECK(asked->level == qos::at_most_once);
    const mqtt::subscribe last = *asked;
    CHECK_FALSE(mqtt::next_filter(*asked));
    CHECK_FALSE(mqtt::next_filter(*asked));
    CHECK(same(*asked, last));
    CHECK(asked->id == 10);

    const std::string dropped = wire("A2 0D 000A 0001'a' 0003'c/d' 0001'#'");
    auto other = mqtt::decode(dropped);
    auto* const given_up = std::get_if<mqtt::unsubscribe>(&*other);
    REQUIRE(given_up != nullptr);
    CHECK(given_up->filter == "a");
    REQUIRE(mqtt::next_filter(*given_up));
    CHECK(given_up->filter == "c/d");
    REQUIRE(mqtt::next_filter(*given_up));
    CHECK(given_up->filter == "#");
    CHECK_FALSE(mqtt::next_filter(*given_up));
    CHECK(given_up->filter == "#");
}

TEST_CASE("BI-05: a length takes one byte more at 128, 16384 and 2097152, and the longest is 268435455") {
    struct boundary {
        std::size_t length;
        std::string_view header;
    };
    constexpr boundary table[] = {
        {127, "30 7F"},           {128, "30 8001"},           {129, "30 8101"},
        {16'383, "30 FF7F"},      {16'384, "30 808001"},      {16'385, "30 818001"},
        {2'097'151, "30 FFFF7F"}, {2'097'152, "30 80808001"}, {2'097'153, "30 81808001"},
    };
    for (const boundary& one : table) {
        CAPTURE(one.length);
        const std::string payload(one.length - 3, 'x');
        const mqtt::publish m = saying("t", payload);
        const std::string expected = wire(one.header) + wire("0001't'") + payload;
        CHECK(mqtt::encoded_size(m) == expected.size());
        std::vector<char> out(expected.size() + 1, '\x55');
        CHECK(mqtt::encode(m, {out.data(), expected.size() - 1}).why().code == errc::no_space);
        CHECK(out[expected.size() - 1] == '\x55');
        const auto done = mqtt::encode(m, {out.data(), expected.size()});
        const bool is_same = done && *done == expected;
        CHECK(is_same);
        CHECK(out.back() == '\x55');
        char head[16];
        const auto begun = mqtt::encode_head(m, head);
        REQUIRE(begun);
        CHECK(in_hex(*begun) == in_hex(wire(one.header) + wire("0001't'")));
        const auto read = mqtt::decode(expected);
        REQUIRE(read);
        CHECK(same(*read, mqtt::packet{m}));
        CHECK(mqtt::decode(first(expected, expected.size() - 1)).why().code == errc::missing);
        CHECK(shown(mqtt::decode(expected + "x").why()) == shown({errc::surplus, {}, expected.size()}));
    }
}

TEST_CASE("a topic of any length is copied as it is, plain or not") {
    for (std::size_t size = 1; size != 40; ++size) {
        for (const std::string_view last : {"z", "\xC3\xA9"}) {
            std::string topic;
            for (std::size_t at = 0; at != size; ++at) topic += static_cast<char>('A' + at % 50);
            topic += last;
            char out[64];
            const auto done = mqtt::encode(saying(topic, "p"), out);
            REQUIRE(done);
            const std::string head{'\x30', static_cast<char>(3 + topic.size()), '\0', static_cast<char>(topic.size())};
            CHECK(in_hex(*done) == in_hex(head + topic + "p"));
        }
    }
}

TEST_CASE("what cannot be encoded is told where it would have stood, behind a fixed header of any size") {
    for (const std::size_t size : {1U, 23U, 113U, 114U, 200U, 16'400U}) {
        const std::string id(size, 'i');
        mqtt::connect m;
        m.id = id;
        m.has_will = true;
        m.will_topic = "a/#";
        std::string out(size + 64, '.');
        const error why = mqtt::encode(m, {out.data(), out.size()}).why();
        // The will has no length while it is none: 10 bytes, the identifier, two empty strings.
        const std::size_t body = 10 + 2 + size + 2;
        CHECK(why.code == errc::not_a_topic);
        CHECK(why.field == mqtt::field::will_topic);
        CHECK(why.column == (body < 128 ? 2 : body < 16'384 ? 3 : 4) + 10 + 2 + size);
    }
}

TEST_CASE("a payload of more bytes than can be counted with its head is too long") {
    for (const std::size_t more : {0U, 1U, 9U, 64U}) {
        mqtt::publish m = saying("a", "p");
#ifdef _LIBCPP_VERSION  // which may look at it
        m.payload = {m.payload.data(), PTRDIFF_MAX - more};
#else
        m.payload = {m.payload.data(), SIZE_MAX - more};
#endif
        char out[64];
        CHECK(mqtt::encode_head(m, out).why().code == errc::too_long);
        CHECK(mqtt::encode(m, out).why().code == errc::too_long);
        CHECK(mqtt::encode(m, out)->empty());
    }
    mqtt::publish m = saying("a", "p");
    m.payload = {m.payload.data(), std::size_t{1} << 28};
    char out[64];
    CHECK(mqtt::encode(m, out).why().code == errc::too_long);
}

TEST_CASE("of what cannot be encoded nothing is given, whatever was lent") {
    mqtt::connect hello;
    hello.id = "me";
    const mqtt::packet packets[] = {hello, saying("a/b/c", "xyz"), mqtt::puback{1}, mqtt::subscribe{1, "a/#/b"},
                                    mqtt::pingreq{}};
    for (const mqtt::packet& one : packets) {
        std::size_t fails = 0;
        for (std::size_t room = 0; room != 40; ++room) {
            std::vector<char> out(room);
            const auto done = mqtt::encode(one, {out.data(), out.size()});
            if (done) continue;
            ++fails;
            CHECK(done->empty());
        }
        CHECK(fails > 1);
    }
}
TEST_CASE("BI-05: a body that takes one length byte more than was thought moves, where there is room for it") {
    const std::string will(300, 'w');
    mqtt::connect m;
    m.id = "me";
    m.has_will = true;
    m.will_topic = "t";
    m.will_message = will;
    const std::size_t size = mqtt::encoded_size(m);
    for (std::size_t room = size - 3; room <= size; ++room) {
        std::vector<char> out(room);
        const auto done = mqtt::encode(m, {out.data(), out.size()});
        CHECK(bool{done} == (room == size));
        if (!done) CHECK(done.why().code == errc::no_space);
    }
}
TEST_CASE("BI-05: a packet of 268435455 bytes is encoded, and one of a byte more is too long") {
    // The memory is there, though nothing of it is touched: only the head is written.
    constexpr std::size_t longest = 268'435'455;
    const auto memory = std::unique_ptr<char[]>(new char[longest]);
    const mqtt::publish m = saying("t", {memory.get(), longest - 3});
    CHECK(mqtt::encoded_size(m) == 5 + longest);
    CHECK(respects_every_size([&m](buffer lent) { return mqtt::encode_head(m, lent); }, wire("30 FFFFFF7F 0001't'")));
    char out[16];
    CHECK(mqtt::encode(m, out).why().code == errc::no_space);

    const mqtt::publish longer = saying("t", {memory.get(), longest - 2});
    CHECK(mqtt::encoded_size(longer) == 0);
    const std::string why = told({errc::too_long, mqtt::field::remaining_length, 0});
    CHECK(told(mqtt::encode(longer, out).why()) == why);
    CHECK(told(mqtt::encode_head(longer, out).why()) == why);
    CHECK(told(mqtt::encode(mqtt::packet{longer}, out).why()) == why);
    CHECK(told(mqtt::encode_head(longer, {}).why()) == why);
}

TEST_CASE("BI-05: the longest packet is encoded whole where there is room for all of it") {
    constexpr std::size_t longest = 268'435'455;
    const auto memory = std::unique_ptr<char[]>(new char[longest - 3]);
    memory[0] = 'x';  // the rest is whatever it is
    const auto out = std::unique_ptr<char[]>(new char[5 + longest]);
    const mqtt::publish m = saying("t", {memory.get(), longest - 3});
    CHECK(told(mqtt::encode(m, {out.get(), 4 + longest}).why()) == told({errc::no_space, {}, 0}));
    const auto done = mqtt::encode(m, {out.get(), 5 + longest});
    CHECK(shown(done.why()) == shown({}));
    REQUIRE(done);
    CHECK(done->size() == 5 + longest);
    CHECK(in_hex(first(*done, 9)) == "30 FF FF FF 7F 00 01 74 78");
}

TEST_CASE("a remaining length is read from one to four bytes") {
    struct length {
        std::string_view written;
        std::uint32_t value;
    };
    constexpr length table[] = {
        {"00", 0},
        {"01", 1},
        {"7F", 127},
        {"8001", 128},
        {"FF7F", 16'383},
        {"808001", 16'384},
        {"FFFF7F", 2'097'151},
        {"80808001", 2'097'152},
        {"FFFFFF7F", 268'435'455},
        {"C102", 321},  // 65 + 2 * 128, the example of 2.2.3
    };
    for (const length& one : table) {
        CAPTURE(one.written);
        mqtt::length_reader reader;
        const std::string bytes = wire(one.written);
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            const auto state = reader.take(static_cast<std::uint8_t>(bytes[at]));
            const bool is_last = at + 1 == bytes.size();
            CHECK(state == (is_last ? mqtt::length_reader::state::done : mqtt::length_reader::state::more));
            CHECK(reader.count() == at + 1);
        }
        CHECK(reader.value() == one.value);
    }
}

TEST_CASE("next_filter gives none where what is left is no filter, or not all of one") {
    for (const std::string_view left : {std::string_view{"\0\5ab", 4}, std::string_view{"\0\2a#", 4},
                                        std::string_view{"\0", 1}, std::string_view{"\0\0", 2}}) {
        mqtt::unsubscribe m;
        m.more = left;
        CHECK_FALSE(mqtt::next_filter(m));
        mqtt::subscribe other;
        other.more = left;
        CHECK_FALSE(mqtt::next_filter(other));
    }
}

TEST_CASE("BI-05: a packet is encoded in as many bytes as it has, however many its length takes, and not in one less") {
    for (const std::size_t size :
         {100U, 120U, 121U, 122U, 123U, 124U, 125U, 200U, 16'370U, 16'380U, 16'390U, 20'000U}) {
        CAPTURE(size);
        const std::string payload(size, 'x');
        const mqtt::publish m{"t", payload, 0, false, qos::at_most_once, false};
        std::vector<char> large(size + 100);
        const auto whole = mqtt::encode(m, {large.data(), large.size()});
        REQUIRE(whole);
        std::vector<char> exact(whole->size());
        const auto fits = mqtt::encode(m, {exact.data(), exact.size()});
        REQUIRE(fits);
        CHECK(*fits == *whole);
        const auto read = mqtt::decode(*fits);
        REQUIRE(read);
        const auto* const found = std::get_if<mqtt::publish>(&*read);
        REQUIRE(found != nullptr);
        CHECK(found->payload == payload);
        CHECK(mqtt::encode(m, {exact.data(), exact.size() - 1}).why().code == errc::no_space);
    }
}

TEST_CASE("the column of what is wrong in a packet of which a part is held counts the fixed header of the whole") {
    using namespace std::string_view_literals;
    for (const auto& [length, column] : {std::pair{9U, 2U}, std::pair{200U, 3U}, std::pair{20'000U, 4U}}) {
        mqtt::byte_reader io{0x30, packet_type::publish, "\0\3a/#rest"sv};
        io.count(length);
        mqtt::publish m;
        (void)mqtt::publish::fields(io, m);
        CHECK(io.why().code == errc::not_a_topic);
        CHECK(io.why().column == column);
    }
}
