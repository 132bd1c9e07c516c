// What is no packet, or must not become one: refused for its reason, at its column, nothing touched outside.
// SPDX-License-Identifier: MIT
#include "rows.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using namespace packet_rows;

namespace {

namespace field = mqtt::field;

struct refusal {
    std::string_view name;
    std::string_view written;
    errc code;
    param where;
    std::size_t column;
};

/// The bytes in memory of exactly their size: one byte past them is found by the address sanitizer.
class alone {
public:
    explicit alone(std::string_view bytes) : memory_(new char[bytes.size()]), size_(bytes.size()) {
        if (size_ != 0) std::memcpy(memory_.get(), bytes.data(), size_);
    }
    std::string_view view() const { return {memory_.get(), size_}; }

private:
    std::unique_ptr<char[]> memory_;
    std::size_t size_;
};

std::string why_not(std::string_view bytes) {
    const alone copy{bytes};
    return shown(mqtt::decode(copy.view()).why());
}

/// Runs every refusal through `decode`, of all the bytes and of first byte and body.
template <std::size_t Count>
void check_refused(const refusal (&table)[Count]) {
    for (const refusal& row : table) {
        CAPTURE(row.name);
        CAPTURE(row.written);
        const std::string bytes = wire(row.written);
        const std::string expected = shown({row.code, row.where, row.column});
        CHECK(why_not(bytes) == expected);
        CHECK(row.column <= bytes.size());
        if (row.where == field::remaining_length) continue;
        const alone body{rest(bytes, body_start(bytes))};
        CHECK(shown(mqtt::decode(static_cast<std::uint8_t>(bytes[0]), body.view()).why()) == expected);
    }
}

/// Runs packets that must not be refused.
template <std::size_t Count>
void check_taken(const std::string_view (&table)[Count]) {
    for (const std::string_view written : table) {
        CAPTURE(written);
        CHECK(why_not(wire(written)) == "no error");
    }
}

// One packet of each shape; those of a broker first.
constexpr std::string_view valid[] = {
    "20 02 0000",
    "20 02 0100",
    "30 05 0001't' 'hi'",
    "30 03 0001't'",
    "32 07 0001't' 000A 'hi'",
    "3D 05 0001't' 000A",
    "40 02 000A",
    "50 02 000A",
    "62 02 000A",
    "70 02 000A",
    "90 03 000A 00",
    "90 05 000A 028001",
    "B0 02 000A",
    "D0 00",
    "10 0C 0004'MQTT' 04 02 003C 0000",
    "10 1B 0006'MQIsdp' 03 EC 003C 0001'm' 0001'w' 0001'g' 0001'u' 0001'p'",
    "82 06 000A 0001'a' 00",
    "82 0B 000A 0001'a' 01 0002'b/' 02",
    "A2 05 000A 0001'a'",
    "A2 09 000A 0001'a' 0002'b/'",
    "C0 00",
    "E0 00",
};

/// Whether further bytes may end a packet of this type.
bool has_open_end(packet_type type) {
    return type == packet_type::publish || type == packet_type::suback || type == packet_type::subscribe ||
           type == packet_type::unsubscribe;
}

}  // namespace

TEST_CASE("BI-01: a fourth continuation byte is malformed, whatever follows") {
    constexpr refusal table[] = {
        {"nothing behind it", "30 80808080", errc::bad_length, field::remaining_length, 4},
        {"a fifth byte", "30 8080808001", errc::bad_length, field::remaining_length, 4},
        {"a fifth continuation", "30 8080808080", errc::bad_length, field::remaining_length, 4},
        {"all ones", "30 FFFFFFFF7F", errc::bad_length, field::remaining_length, 4},
        {"of a packet without a body", "D0 81808080", errc::bad_length, field::remaining_length, 4},
        {"of no packet", "00 FFFFFFFF", errc::bad_length, field::remaining_length, 4},
    };
    check_refused(table);
}

TEST_CASE("BI-02: a length in more bytes than it needs is malformed") {
    constexpr refusal table[] = {
        {"0 in two", "D0 8000", errc::bad_length, field::remaining_length, 2},
        {"0 in three", "D0 808000", errc::bad_length, field::remaining_length, 3},
        {"0 in four", "D0 80808000", errc::bad_length, field::remaining_length, 4},
        {"2 in two", "40 8200 000A", errc::bad_length, field::remaining_length, 2},
        {"2 in three", "40 828000 000A", errc::bad_length, field::remaining_length, 3},
        {"2 in four", "40 82808000 000A", errc::bad_length, field::remaining_length, 4},
        {"127 in two", "30 FF00", errc::bad_length, field::remaining_length, 2},
        {"128 in three", "30 808100", errc::bad_length, field::remaining_length, 3},
        {"2097151 in four", "30 FFFFFF00", errc::bad_length, field::remaining_length, 4},
    };
    check_refused(table);
}

TEST_CASE("a length that is not whole, or a body that is not, is missing") {
    constexpr refusal table[] = {
        {"a first byte alone", "D0", errc::missing, field::remaining_length, 1},
        {"a continuation alone", "30 80", errc::missing, field::remaining_length, 2},
        {"two of them", "30 8080", errc::missing, field::remaining_length, 3},
        {"three of them", "30 808080", errc::missing, field::remaining_length, 4},
    };
    check_refused(table);
    CHECK(why_not("") == shown({errc::missing, field::remaining_length, 0}));
    CHECK(why_not(wire("30 05 0001't'")) == shown({errc::missing, field::payload, 5}));
    CHECK(why_not(wire("30 FFFFFF7F 0001't'")) == shown({errc::missing, field::payload, 8}));
    CHECK(why_not(wire("40 02")) == shown({errc::missing, field::payload, 2}));
    CHECK(why_not(wire("D0 00 D0 00")) == shown({errc::surplus, {}, 2}));
}

TEST_CASE("BI-06: types 0 and 15 are no packets, with any flags and any body") {
    for (unsigned flags = 0; flags < 16; ++flags) {
        for (const unsigned type : {0x00U, 0xF0U}) {
            const auto first_byte = static_cast<unsigned char>(type | flags);
            for (const std::string_view body : {"", "\x01\x02", "\x01\x02\x03\x04"}) {
                CHECK(why_not(framed(first_byte, body)) == shown({errc::wrong_packet, field::type, 0}));
                CHECK(shown(mqtt::decode(first_byte, body).why()) == shown({errc::wrong_packet, field::type, 0}));
            }
        }
    }
}

TEST_CASE("BI-07: the reserved flags of every type are as MQTT has them, or the packet is malformed") {
    unsigned refused = 0;
    for (const std::string_view written : valid) {
        CAPTURE(written);
        const std::string bytes = wire(written);
        const auto right = static_cast<unsigned char>(bytes[0]);
        if (mqtt::type_of(right) == packet_type::publish) continue;
        for (unsigned flags = 0; flags < 16; ++flags) {
            std::string other = bytes;
            other[0] = static_cast<char>((right & 0xF0U) | flags);
            if (flags == (right & 0x0FU)) {
                CHECK(why_not(other) == "no error");
            } else {
                CHECK(why_not(other) == shown({errc::reserved_bits, field::flags, 0}));
                ++refused;
            }
        }
    }
    CHECK(refused == 18 * 15);
}

TEST_CASE("BI-07: the reserved flags inside CONNECT and CONNACK are 0, or the packet is malformed") {
    for (unsigned flags = 2; flags < 256; ++flags) {
        CAPTURE(flags);
        const std::string body{static_cast<char>(flags), '\0'};
        CHECK(why_not(framed(0x20, body)) == shown({errc::reserved_bits, field::flags, 2}));
    }
    constexpr refusal table[] = {
        {"CONNECT", "10 0C 0004'MQTT' 04 03 003C 0000", errc::reserved_bits, field::flags, 9},
        {"CONNECT with nothing but it", "10 0D 0004'MQTT' 04 01 003C 0001'm'", errc::reserved_bits, field::flags, 9},
        {"CONNECT of level 3", "10 0F 0006'MQIsdp' 03 03 003C 0001'm'", errc::reserved_bits, field::flags, 11},
    };
    check_refused(table);
}

TEST_CASE("BI-10 to BI-16: what is no PUBLISH") {
    constexpr refusal table[] = {
        {"BI-10: no body at all", "30 00", errc::missing, field::topic, 2},
        {"BI-10: half a length", "30 01 00", errc::missing, field::topic, 2},
        {"BI-10: a topic longer than the rest", "30 07 FFFF 4142434445", errc::missing, field::topic, 2},
        {"BI-10: by one byte", "30 04 0003 'ab'", errc::missing, field::topic, 2},
        {"BI-10: a topic that is not there", "30 02 0001", errc::missing, field::topic, 2},
        {"BI-10: a topic of 65535", "30 02 FFFF", errc::missing, field::topic, 2},
        {"BI-10: at QoS 1", "32 05 0004 'abc'", errc::missing, field::topic, 2},
        {"BI-11: QoS 1 without an identifier", "32 03 0001 61", errc::missing, field::packet_id, 5},
        {"BI-11: QoS 1 with half of one", "32 04 0001 61 00", errc::missing, field::packet_id, 5},
        {"BI-11: QoS 2 without an identifier", "34 03 0001 61", errc::missing, field::packet_id, 5},
        {"BI-11: QoS 2 with half of one", "34 04 0001 61 01", errc::missing, field::packet_id, 5},
        {"BI-13: identifier 0 at QoS 1", "32 05 0001't' 0000", errc::out_of_range, field::packet_id, 5},
        {"BI-13: identifier 0 at QoS 2", "34 07 0001't' 0000 'hi'", errc::out_of_range, field::packet_id, 5},
        {"BI-13: identifier 0, sent again", "3A 05 0001't' 0000", errc::out_of_range, field::packet_id, 5},
        {"BI-14: an empty topic", "30 02 0000", errc::not_a_topic, field::topic, 2},
        {"BI-14: an empty topic and a payload", "30 04 0000 'hi'", errc::not_a_topic, field::topic, 2},
        {"BI-14: an empty topic at QoS 1", "32 04 0000 000A", errc::not_a_topic, field::topic, 2},
        {"BI-15: #", "30 03 0001'#'", errc::not_a_topic, field::topic, 2},
        {"BI-15: +", "30 03 0001'+'", errc::not_a_topic, field::topic, 2},
        {"BI-15: # in the last level", "30 05 0003'a/#'", errc::not_a_topic, field::topic, 2},
        {"BI-15: + in the middle", "32 09 0005'a/+/b' 000A", errc::not_a_topic, field::topic, 2},
        {"BI-15: + inside a level", "30 06 0004'fo+o'", errc::not_a_topic, field::topic, 2},
        {"BI-15: a wildcard at the end", "31 06 0004'foo#'", errc::not_a_topic, field::topic, 2},
        {"BI-16: U+0000", "30 03 0001 00", errc::not_utf8, field::topic, 2},
        {"BI-16: U+0000 at the end", "30 04 0002't'00", errc::not_utf8, field::topic, 2},
        {"BI-16: a lone continuation", "30 03 0001 80", errc::not_utf8, field::topic, 2},
        {"BI-16: U+0000 in two bytes", "30 04 0002 C080", errc::not_utf8, field::topic, 2},
        {"BI-16: / in two bytes", "30 04 0002 C0AF", errc::not_utf8, field::topic, 2},
        {"BI-16: / in three bytes", "30 05 0003 E080AF", errc::not_utf8, field::topic, 2},
        {"BI-16: / in four bytes", "30 06 0004 F08080AF", errc::not_utf8, field::topic, 2},
        {"BI-16: the first surrogate", "30 05 0003 EDA080", errc::not_utf8, field::topic, 2},
        {"BI-16: the last surrogate", "30 05 0003 EDBFBF", errc::not_utf8, field::topic, 2},
        {"BI-16: U+110000", "30 06 0004 F4908080", errc::not_utf8, field::topic, 2},
        {"BI-16: five bytes", "30 07 0005 F888808080", errc::not_utf8, field::topic, 2},
        {"BI-16: FE", "30 03 0001 FE", errc::not_utf8, field::topic, 2},
        {"BI-16: FF", "30 03 0001 FF", errc::not_utf8, field::topic, 2},
        {"BI-16: cut short by the end of the topic", "30 05 0001 C3 BC20", errc::not_utf8, field::topic, 2},
        {"BI-16: two of three bytes", "30 05 0002 E282 AC", errc::not_utf8, field::topic, 2},
        {"BI-16: three of four bytes", "30 06 0003 F09F98 80", errc::not_utf8, field::topic, 2},
        {"BI-16: behind a wildcard, the first fault counts", "30 04 0002'#'FF", errc::not_a_topic, field::topic, 2},
        {"BI-16: in front of a wildcard", "30 04 0002 FF'#'", errc::not_utf8, field::topic, 2},
    };
    check_refused(table);
    // Behind a length of more bytes the columns move along.
    const std::string payload(200, 'x');
    CHECK(why_not(framed(0x30, wire("0001'#'") + payload)) == shown({errc::not_a_topic, field::topic, 3}));
    CHECK(why_not(framed(0x32, wire("0001't' 0000") + payload)) == shown({errc::out_of_range, field::packet_id, 6}));
    CHECK(why_not(framed(0x32, wire("FFFF") + std::string(20'000, 'x'))) == shown({errc::missing, field::topic, 4}));
}

TEST_CASE("BI-12: QoS 3 is malformed in every PUBLISH") {
    for (const unsigned first_byte : {0x36U, 0x37U, 0x3EU, 0x3FU}) {
        const auto read = mqtt::decode(framed(static_cast<unsigned char>(first_byte), wire("0001't' 000A")));
        CHECK(read.why().code == errc::out_of_range);
        CHECK(read.why().field == field::qos);
    }
}

TEST_CASE("BI-19: DUP at QoS 0 is malformed") {
    for (const unsigned first_byte : {0x38U, 0x39U}) {
        const auto read = mqtt::decode(framed(static_cast<unsigned char>(first_byte), wire("0001't' 'hi'")));
        CHECK(read.why().code == errc::inconsistent);
        CHECK(read.why().field == field::flags);
    }
}

TEST_CASE("BI-17: discouraged code points are taken, whatever the packet") {
    constexpr std::string_view table[] = {
        "30 03 0001 01",                             // U+0001
        "32 06 0002't'1F 000A",                      // U+001F
        "30 03 0001 7F",                             // U+007F
        "30 04 0002 C280",                           // U+0080
        "30 04 0002 C29F",                           // U+009F
        "30 05 0003 EFB790",                         // U+FDD0
        "30 05 0003 EFBFBE",                         // U+FFFE
        "30 05 0003 EFBFBF",                         // U+FFFF
        "30 06 0004 F09FBFBF",                       // U+1FFFF
        "10 0D 0004'MQTT' 04 02 003C 0001 0A",       // client identifier
        "10 0F 0004'MQTT' 04 82 003C 0000 0001 7F",  // user name
        "82 06 000A 0001 01 00",                     // filter
        "82 0A 000A 0001'a' 00 0001 01 00",          // second filter
        "A2 05 000A 0001 01",                        // filter
    };
    check_taken(table);
}

TEST_CASE("BI-13, BI-21, BI-30, BI-32, BI-34: what is no answer of a broker") {
    constexpr refusal table[] = {
        {"BI-30: CONNACK without a body", "20 00", errc::missing, field::flags, 2},
        {"BI-30: CONNACK of one byte", "20 01 00", errc::missing, field::return_code, 3},
        {"BI-30: CONNACK of three", "20 03 000000", errc::surplus, {}, 4},
        {"BI-30: CONNACK of four", "20 04 01000000", errc::surplus, {}, 4},
        {"BI-30: return code 6", "20 02 0006", errc::out_of_range, field::return_code, 3},
        {"BI-30: return code 7F", "20 02 007F", errc::out_of_range, field::return_code, 3},
        {"BI-30: return code 80", "20 02 0080", errc::out_of_range, field::return_code, 3},
        {"BI-30: return code FF", "20 02 00FF", errc::out_of_range, field::return_code, 3},
        {"BI-30: return code 6 with a session", "20 02 0106", errc::out_of_range, field::return_code, 3},
        {"BI-30: a reserved flag", "20 02 0200", errc::reserved_bits, field::flags, 2},
        {"BI-30: the last reserved flag", "20 02 8000", errc::reserved_bits, field::flags, 2},
        {"BI-30: a reserved flag with a session", "20 02 0300", errc::reserved_bits, field::flags, 2},
        {"BI-21: PUBACK without a body", "40 00", errc::missing, field::packet_id, 2},
        {"BI-21: PUBACK of one byte", "40 01 0A", errc::missing, field::packet_id, 2},
        {"BI-21: PUBACK of three", "40 03 000A00", errc::surplus, {}, 4},
        {"BI-21: PUBREC without a body", "50 00", errc::missing, field::packet_id, 2},
        {"BI-21: PUBREC of one byte", "50 01 0A", errc::missing, field::packet_id, 2},
        {"BI-21: PUBREC of three", "50 03 000A00", errc::surplus, {}, 4},
        {"BI-21: PUBREL without a body", "62 00", errc::missing, field::packet_id, 2},
        {"BI-21: PUBREL of one byte", "62 01 0A", errc::missing, field::packet_id, 2},
        {"BI-21: PUBREL of three", "62 03 000A00", errc::surplus, {}, 4},
        {"BI-21: PUBCOMP without a body", "70 00", errc::missing, field::packet_id, 2},
        {"BI-21: PUBCOMP of one byte", "70 01 0A", errc::missing, field::packet_id, 2},
        {"BI-21: PUBCOMP of three", "70 03 000A00", errc::surplus, {}, 4},
        {"BI-21: UNSUBACK without a body", "B0 00", errc::missing, field::packet_id, 2},
        {"BI-21: UNSUBACK of one byte", "B0 01 0A", errc::missing, field::packet_id, 2},
        {"BI-21: UNSUBACK of three", "B0 03 000A00", errc::surplus, {}, 4},
        {"BI-13: PUBACK of 0", "40 02 0000", errc::out_of_range, field::packet_id, 2},
        {"BI-13: PUBREC of 0", "50 02 0000", errc::out_of_range, field::packet_id, 2},
        {"BI-13: PUBREL of 0", "62 02 0000", errc::out_of_range, field::packet_id, 2},
        {"BI-13: PUBCOMP of 0", "70 02 0000", errc::out_of_range, field::packet_id, 2},
        {"BI-13: UNSUBACK of 0", "B0 02 0000", errc::out_of_range, field::packet_id, 2},
        {"BI-13: SUBACK of 0", "90 03 0000 00", errc::out_of_range, field::packet_id, 2},
        {"BI-21: SUBACK without a body", "90 00", errc::missing, field::packet_id, 2},
        {"BI-21: SUBACK of one byte", "90 01 0A", errc::missing, field::packet_id, 2},
        {"BI-32: SUBACK without a code", "90 02 000A", errc::missing, field::return_code, 4},
        {"BI-34: SUBACK code 3", "90 03 000A 03", errc::out_of_range, field::return_code, 4},
        {"BI-34: SUBACK code 7F", "90 03 000A 7F", errc::out_of_range, field::return_code, 4},
        {"BI-34: SUBACK code 81", "90 03 000A 81", errc::out_of_range, field::return_code, 4},
        {"BI-34: SUBACK code FF", "90 03 000A FF", errc::out_of_range, field::return_code, 4},
        {"BI-34: SUBACK, the second code", "90 04 000A 0103", errc::out_of_range, field::return_code, 5},
        {"BI-34: SUBACK, behind a refusal", "90 05 000A 800003", errc::out_of_range, field::return_code, 6},
        {"PINGRESP with a body", "D0 01 00", errc::surplus, {}, 2},
        {"PINGRESP with two bytes", "D0 02 000A", errc::surplus, {}, 2},
    };
    check_refused(table);
}

TEST_CASE("BI-34: of all codes of SUBACK 0, 1, 2 and 128 are taken; of CONNACK 0 to 5") {
    for (unsigned code = 0; code < 256; ++code) {
        CAPTURE(code);
        const std::string suback = wire("000A") + static_cast<char>(code);
        const bool is_granted = code <= 2 || code == 128;
        CHECK(why_not(framed(0x90, suback)) ==
              (is_granted ? "no error" : shown({errc::out_of_range, field::return_code, 4})));
        const std::string connack{'\0', static_cast<char>(code)};
        CHECK(why_not(framed(0x20, connack)) ==
              (code <= 5 ? "no error" : shown({errc::out_of_range, field::return_code, 3})));
    }
}

TEST_CASE("BI-30: a refusal with a session present is malformed") {
    for (unsigned code = 1; code <= 5; ++code) {
        CAPTURE(code);
        const auto read = mqtt::decode(framed(0x20, std::string{'\1', static_cast<char>(code)}));
        CHECK(read.why().code == errc::inconsistent);
        CHECK(read.why().field == field::return_code);
    }
}

TEST_CASE("what is no request of a client") {
    constexpr refusal table[] = {
        {"CONNECT without a body", "10 00", errc::unknown_word, field::protocol, 2},
        {"CONNECT, protocol cut short", "10 04 0004'MQ'", errc::unknown_word, field::protocol, 2},
        {"CONNECT, another protocol", "10 0C 0004'MQTS' 04 02 003C 0000", errc::unknown_word, field::protocol, 2},
        {"CONNECT, another case", "10 0C 0004'mqtt' 04 02 003C 0000", errc::unknown_word, field::protocol, 2},
        {"CONNECT, level 5", "10 0D 0004'MQTT' 05 02 003C 00 0000", errc::unknown_word, field::protocol, 2},
        {"CONNECT, level 3 under the new name", "10 0C 0004'MQTT' 03 02 003C 0000", errc::unknown_word, field::protocol,
         2},
        {"CONNECT, level 4 under the old name", "10 0F 0006'MQIsdp' 04 02 003C 0001'm'", errc::unknown_word,
         field::protocol, 2},
        {"CONNECT without flags", "10 07 0004'MQTT' 04", errc::missing, field::flags, 9},
        {"CONNECT, half a keep alive", "10 09 0004'MQTT' 04 02 00", errc::missing, field::keep_alive, 10},
        {"CONNECT without an identifier", "10 0A 0004'MQTT' 04 02 003C", errc::missing, field::client_id, 12},
        {"CONNECT, identifier too long", "10 0D 0004'MQTT' 04 02 003C 0002'm'", errc::missing, field::client_id, 12},
        {"CONNECT, identifier no UTF-8", "10 0D 0004'MQTT' 04 02 003C 0001 FF", errc::not_utf8, field::client_id, 12},
        {"CONNECT, no will topic", "10 0D 0004'MQTT' 04 06 003C 0001'm'", errc::missing, field::will_topic, 15},
        {"CONNECT, will topic empty", "10 11 0004'MQTT' 04 06 003C 0001'm' 0000 0000", errc::not_a_topic,
         field::will_topic, 15},
        {"CONNECT, will topic a filter", "10 12 0004'MQTT' 04 06 003C 0001'm' 0001'#' 0000", errc::not_a_topic,
         field::will_topic, 15},
        {"CONNECT, will topic no UTF-8", "10 12 0004'MQTT' 04 06 003C 0001'm' 0001 C0 0000", errc::not_utf8,
         field::will_topic, 15},
        {"CONNECT, no will message", "10 10 0004'MQTT' 04 06 003C 0001'm' 0001'w'", errc::missing, field::will_message,
         18},
        {"CONNECT, will message too long", "10 13 0004'MQTT' 04 06 003C 0001'm' 0001'w' 0002'g'", errc::missing,
         field::will_message, 18},
        {"CONNECT, no user name", "10 0D 0004'MQTT' 04 82 003C 0001'm'", errc::missing, field::user, 15},
        {"CONNECT, user name no UTF-8", "10 10 0004'MQTT' 04 82 003C 0001'm' 0001 00", errc::not_utf8, field::user, 15},
        {"CONNECT, no password", "10 10 0004'MQTT' 04 C2 003C 0001'm' 0001'u'", errc::missing, field::passwd, 18},
        {"CONNECT, a user name without its flag", "10 10 0004'MQTT' 04 02 003C 0001'm' 0001'u'", errc::surplus, {}, 15},
        {"CONNECT, a will without its flag",
         "10 13 0004'MQTT' 04 02 003C 0001'm' 0001'w' 0001'g'",
         errc::surplus,
         {},
         15},
        {"SUBSCRIBE without a body", "82 00", errc::missing, field::packet_id, 2},
        {"SUBSCRIBE of identifier 0", "82 06 0000 0001'a' 00", errc::out_of_range, field::packet_id, 2},
        {"SUBSCRIBE without a filter", "82 02 000A", errc::missing, field::filter, 4},
        {"SUBSCRIBE, filter too long", "82 06 000A 0003'a' 00", errc::missing, field::filter, 4},
        {"SUBSCRIBE, filter empty", "82 05 000A 0000 00", errc::not_a_topic, field::filter, 4},
        {"SUBSCRIBE, filter of a wildcard in a level", "82 09 000A 0004'fo+o' 00", errc::not_a_topic, field::filter, 4},
        {"SUBSCRIBE, filter no UTF-8", "82 06 000A 0001 80 00", errc::not_utf8, field::filter, 4},
        {"SUBSCRIBE without a QoS", "82 05 000A 0001'a'", errc::missing, field::qos, 7},
        {"SUBSCRIBE, QoS 3", "82 06 000A 0001'a' 03", errc::out_of_range, field::qos, 7},
        {"SUBSCRIBE, a reserved bit of the QoS", "82 06 000A 0001'a' 04", errc::out_of_range, field::qos, 7},
        {"SUBSCRIBE, the last of them", "82 06 000A 0001'a' 80", errc::out_of_range, field::qos, 7},
        {"SUBSCRIBE, second filter cut short", "82 07 000A 0001'a' 00 00", errc::missing, field::filter, 8},
        {"SUBSCRIBE, second filter empty", "82 09 000A 0001'a' 00 0000 00", errc::not_a_topic, field::filter, 8},
        {"SUBSCRIBE, second QoS missing", "82 09 000A 0001'a' 00 0001'b'", errc::missing, field::qos, 11},
        {"SUBSCRIBE, second QoS 3", "82 0A 000A 0001'a' 00 0001'b' 03", errc::out_of_range, field::qos, 11},
        {"UNSUBSCRIBE of identifier 0", "A2 05 0000 0001'a'", errc::out_of_range, field::packet_id, 2},
        {"UNSUBSCRIBE without a filter", "A2 02 000A", errc::missing, field::filter, 4},
        {"UNSUBSCRIBE, filter empty", "A2 04 000A 0000", errc::not_a_topic, field::filter, 4},
        {"UNSUBSCRIBE, filter no filter", "A2 06 000A 0002'a#'", errc::not_a_topic, field::filter, 4},
        {"UNSUBSCRIBE, filter no UTF-8", "A2 05 000A 0001 00", errc::not_utf8, field::filter, 4},
        {"UNSUBSCRIBE, second filter too long", "A2 08 000A 0001'a' 0002'b'", errc::missing, field::filter, 7},
        {"PINGREQ with a body", "C0 01 00", errc::surplus, {}, 2},
        {"DISCONNECT with a body", "E0 01 00", errc::surplus, {}, 2},
    };
    check_refused(table);
}

TEST_CASE("CONNECT: will flags without a will, a password without a user name, a QoS of 3 are malformed") {
    for (const unsigned flags : {0x0AU, 0x12U, 0x22U, 0x2AU, 0x40U, 0x42U, 0x46U}) {
        CAPTURE(flags);
        const std::string body =
            wire("0004'MQTT' 04") + static_cast<char>(flags) + wire("003C 0001'm' 0001'x' 0001'y'");
        const auto read = mqtt::decode(framed(0x10, body));
        CHECK(told(read.why()) == told({errc::inconsistent, field::flags, 0}));
    }
    for (const unsigned flags : {0x1AU, 0x1EU, 0x3EU, 0xDEU}) {
        CAPTURE(flags);
        const std::string body =
            wire("0004'MQTT' 04") + static_cast<char>(flags) + wire("003C 0001'm' 0001'x' 0001'y'");
        const auto read = mqtt::decode(framed(0x10, body));
        CHECK(told(read.why()) == told({errc::out_of_range, field::qos, 0}));
    }
}

TEST_CASE("CONNECT: an empty client identifier needs a clean session, and level 3 has 1 to 23 bytes of it") {
    const std::string refused = told({errc::inconsistent, field::client_id, 0});
    const auto why = [](std::string_view written) { return told(mqtt::decode(wire(written)).why()); };
    CHECK(why("10 0C 0004'MQTT' 04 02 003C 0000") == "no error");
    CHECK(why("10 0C 0004'MQTT' 04 00 003C 0000") == refused);
    CHECK(why("10 0E 0006'MQIsdp' 03 02 003C 0000") == refused);
    CHECK(why("10 25 0006'MQIsdp' 03 02 003C 0017'abcdefghijklmnopqrstuvw'") == "no error");
    CHECK(why("10 26 0006'MQIsdp' 03 02 003C 0018'abcdefghijklmnopqrstuvwx'") == refused);
}

TEST_CASE("a fault of flags is told at their byte, and what contradicts it at the field it names") {
    constexpr refusal table[] = {
        {"BI-12: QoS 3", "36 05 0001't' 000A", errc::out_of_range, field::qos, 0},
        {"BI-12: QoS 3 with every flag", "3F 05 0001't' 000A", errc::out_of_range, field::qos, 0},
        {"BI-19: DUP at QoS 0", "38 03 0001't'", errc::inconsistent, field::flags, 0},
        {"CONNECT, will QoS 3", "10 0D 0004'MQTT' 04 1E 003C 0001'm'", errc::out_of_range, field::qos, 9},
        {"CONNECT, will QoS without a will", "10 0D 0004'MQTT' 04 0A 003C 0001'm'", errc::inconsistent, field::flags,
         9},
        {"CONNECT, a password alone", "10 0D 0004'MQTT' 04 42 003C 0001'm'", errc::inconsistent, field::flags, 9},
        {"CONNECT, no identifier", "10 0C 0004'MQTT' 04 00 003C 0000", errc::inconsistent, field::client_id, 12},
        {"BI-30: refused with a session", "20 02 0105", errc::inconsistent, field::return_code, 3},
    };
    check_refused(table);
}

TEST_CASE("what is well-formed is not refused, however unusual") {
    constexpr std::string_view table[] = {
        "20 02 0000",
        "20 02 0100",
        "20 02 0001",
        "20 02 0005",
        "30 03 0001't'",
        "31 03 0001't'",
        "30 04 0001't' 00",
        "30 05 0001't' FFFF",
        "32 05 0001't' 0001",
        "32 05 0001't' FFFF",
        "33 05 0001't' 0001",
        "3A 05 0001't' 0001",
        "3B 05 0001't' 0100",
        "34 05 0001't' 0001",
        "35 05 0001't' 0001",
        "3C 05 0001't' 0001",
        "3D 05 0001't' FFFE",
        "30 03 0001'/'",
        "30 04 0002'//'",
        "30 03 0001' '",
        "30 03 0001'$'",
        "30 0B 0009'$SYS/load'",
        "30 03 0001 01",
        "30 03 0001 7F",
        "30 05 0003 EFBFBF",
        "30 05 0003 EFBBBF",
        "30 06 0004 F48FBFBF",
        "30 09 0001't' 0D0A'OK'0D0A",
        "30 07 0001't' 0001't' 00",
        "30 05 0001't' '+#'",
        "40 02 0001",
        "40 02 FFFF",
        "50 02 0001",
        "62 02 FFFF",
        "70 02 0100",
        "B0 02 00FF",
        "90 03 0001 00",
        "90 03 0001 80",
        "90 06 FFFF 00010280",
        "D0 00",
        "C0 00",
        "E0 00",
        "82 06 0001 0001'#' 00",
        "82 0A 0001 0001'+' 02 0001'+' 02",
        "A2 05 0001 0001'#'",
        "10 0C 0004'MQTT' 04 02 0000 0000",
        "10 11 0004'MQTT' 04 C2 FFFF 0001'#' 0000 0000",
    };
    check_taken(table);
    for (unsigned codes = 1; codes <= 300; ++codes)
        CHECK(why_not(framed(0x90, wire("0001") + std::string(codes, '\x02'))) == "no error");
}

TEST_CASE("every prefix of a packet is missing") {
    for (const std::string_view written : valid) {
        CAPTURE(written);
        const std::string bytes = wire(written);
        CHECK(why_not(bytes) == "no error");
        for (std::size_t size = 0; size < bytes.size(); ++size)
            CHECK(why_not(first(bytes, size)) ==
                  shown({errc::missing, size < 2 ? field::remaining_length : field::payload, size}));
    }
}

TEST_CASE("every prefix of a body, with a length of its own, is missing a field, unless the packet may end there") {
    for (const std::string_view written : valid) {
        const std::string bytes = wire(written);
        const auto first_byte = static_cast<unsigned char>(bytes[0]);
        const std::string_view body = rest(bytes, 2);
        for (std::size_t size = 0; size < body.size(); ++size) {
            CAPTURE(written);
            CAPTURE(size);
            const alone cut{framed(first_byte, first(body, size))};
            const auto read = mqtt::decode(cut.view());
            CHECK(read.why().column <= cut.view().size());
            if (read) {
                CHECK(has_open_end(mqtt::type_of(first_byte)));
            } else if (read.why().field == field::protocol) {
                CHECK(read.why().code == errc::unknown_word);  // the name is read as a whole
            } else {
                CHECK(read.why().code == errc::missing);
            }
        }
    }
}

TEST_CASE("every packet with one more byte in its body is surplus, unless its end is open") {
    for (const std::string_view written : valid) {
        CAPTURE(written);
        const std::string bytes = wire(written);
        const auto first_byte = static_cast<unsigned char>(bytes[0]);
        const std::string longer = framed(first_byte, bytes.substr(2) + '\0');
        const auto type = mqtt::type_of(first_byte);
        if (!has_open_end(type))
            CHECK(why_not(longer) == shown({errc::surplus, {}, bytes.size()}));
        else if (type == packet_type::publish || type == packet_type::suback)
            CHECK(why_not(longer) == "no error");
        else
            CHECK(why_not(longer) == shown({errc::missing, field::filter, bytes.size()}));
        CHECK(why_not(bytes + '\0') == shown({errc::surplus, {}, bytes.size()}));
    }
}

TEST_CASE("every body of up to two bytes, and every change of one byte, ends in a packet or in an error inside it") {
    std::size_t outside = 0;
    const auto look = [&outside](std::string_view bytes) {
        const alone copy{bytes};
        const auto read = mqtt::decode(copy.view());
        if (read.why().column > bytes.size()) ++outside;
        if (!read && text_of(read.why().code).empty()) ++outside;
    };
    for (unsigned first_byte = 0; first_byte < 256; ++first_byte) {
        const auto byte = static_cast<unsigned char>(first_byte);
        look(framed(byte, ""));
        for (unsigned one = 0; one < 256; ++one) {
            look(framed(byte, std::string(1, static_cast<char>(one))));
            for (const unsigned two : {0U, 1U, 2U, 10U, 128U, 255U})
                look(framed(byte, std::string{static_cast<char>(one), static_cast<char>(two)}));
        }
    }
    for (const std::string_view written : valid) {
        std::string bytes = wire(written);
        for (char& byte : bytes) {
            const char kept = byte;
            for (unsigned value = 0; value < 256; ++value) {
                byte = static_cast<char>(value);
                look(bytes);
            }
            byte = kept;
        }
    }
    CHECK(outside == 0);
}

// --- what must not be encoded ---

namespace {

/// What an encoder must refuse, in any room: with too little of it for this reason or for `no_space`.
template <class Packet>
void check_not_encoded(const Packet& m, errc code, param where) {
    const std::string expected = told({code, where, 0});
    constexpr std::size_t enough = 400'000;
    std::vector<char> out(enough);
    CHECK(told(mqtt::encode(m, {out.data(), out.size()}).why()) == expected);
    CHECK(told(mqtt::encode(mqtt::packet{m}, {out.data(), out.size()}).why()) == expected);
    for (std::size_t size = 0; size < 64; ++size) {
        std::memset(out.data(), '\x55', 128);
        const auto done = mqtt::encode(m, {out.data(), size});
        const bool is_refused = told(done.why()) == expected || done.why().code == errc::no_space;
        CHECK(is_refused);
        bool is_kept = true;
        for (std::size_t at = size; at < 128; ++at) is_kept = is_kept && out[at] == '\x55';
        CHECK(is_kept);
    }
}

mqtt::connect plain_connect() {
    mqtt::connect made;
    made.id = "m";
    return made;
}
template <class Change>
mqtt::connect changed(Change change) {
    mqtt::connect made = plain_connect();
    change(made);
    return made;
}
mqtt::publish said(std::string_view topic, packet_id id = 0, qos level = qos::at_most_once, bool dup = false) {
    return {topic, "hi", id, dup, level, false};
}
void give_will(mqtt::connect& m, std::string_view topic, std::string_view content) {
    m.has_will = true;
    m.will_topic = topic;
    m.will_message = content;
}

constexpr qos no_qos = static_cast<qos>(3);

}  // namespace

TEST_CASE("BI-44: a string of 65536 bytes is too long, wherever it stands, and one of 65535 is not") {
    const std::string longest(65'535, 'a');
    const std::string longer(65'536, 'a');
    const auto check = [&](param where, auto set) {
        CAPTURE(mqtt::name_of(where));
        const auto fits = changed([&](mqtt::connect& m) { set(m, longest); });
        std::vector<char> out(400'000);
        CHECK(shown(mqtt::encode(fits, {out.data(), out.size()}).why()) == "no error");
        check_not_encoded(changed([&](mqtt::connect& m) { set(m, longer); }), errc::too_long, where);
    };
    check(field::client_id, [](mqtt::connect& m, const std::string& text) { m.id = text; });
    check(field::will_topic, [](mqtt::connect& m, const std::string& text) { give_will(m, text, ""); });
    check(field::will_message, [](mqtt::connect& m, const std::string& text) { give_will(m, "w", text); });
    check(field::user, [](mqtt::connect& m, const std::string& text) {
        m.has_user = true;
        m.user = text;
    });
    check(field::passwd, [](mqtt::connect& m, const std::string& text) {
        m.has_user = m.has_passwd = true;
        m.passwd = text;
    });
    check_not_encoded(said(longer), errc::too_long, field::topic);
    check_not_encoded(mqtt::subscribe{10, longer}, errc::too_long, field::filter);
    check_not_encoded(mqtt::unsubscribe{10, longer}, errc::too_long, field::filter);
    std::vector<char> out(70'000);
    for (const mqtt::packet& m : {mqtt::packet{said(longest)}, mqtt::packet{mqtt::subscribe{10, longest}},
                                  mqtt::packet{mqtt::unsubscribe{10, longest}}}) {
        const auto done = mqtt::encode(m, {out.data(), out.size()});
        REQUIRE(done);
        check_reads(mqtt::decode(*done), m);
    }
}

TEST_CASE("BI-44: QoS 3, identifier 0, DUP at QoS 0 and reserved codes are not encoded") {
    check_not_encoded(said("t", 10, no_qos), errc::out_of_range, field::qos);
    check_not_encoded(said("t", 0, no_qos), errc::out_of_range, field::qos);
    check_not_encoded(said("t", 0, qos::at_least_once), errc::out_of_range, field::packet_id);
    check_not_encoded(said("t", 0, qos::exactly_once), errc::out_of_range, field::packet_id);
    check_not_encoded(said("t", 0, qos::at_most_once, true), errc::inconsistent, field::flags);
    check_not_encoded(said("t", 10, qos::at_most_once, true), errc::inconsistent, field::flags);
    check_not_encoded(mqtt::puback{}, errc::out_of_range, field::packet_id);
    check_not_encoded(mqtt::pubrec{}, errc::out_of_range, field::packet_id);
    check_not_encoded(mqtt::pubrel{}, errc::out_of_range, field::packet_id);
    check_not_encoded(mqtt::pubcomp{}, errc::out_of_range, field::packet_id);
    check_not_encoded(mqtt::unsuback{}, errc::out_of_range, field::packet_id);
    check_not_encoded(mqtt::subscribe{0, "a"}, errc::out_of_range, field::packet_id);
    check_not_encoded(mqtt::subscribe{10, "a", no_qos}, errc::out_of_range, field::qos);
    check_not_encoded(mqtt::unsubscribe{0, "a"}, errc::out_of_range, field::packet_id);
    check_not_encoded(mqtt::suback{0, "\1"}, errc::out_of_range, field::packet_id);
    check_not_encoded(mqtt::suback{10, {}}, errc::missing, field::return_code);
    check_not_encoded(mqtt::suback{10, "\3"}, errc::out_of_range, field::return_code);
    check_not_encoded(mqtt::suback{10, "\1\x7F"}, errc::out_of_range, field::return_code);
    check_not_encoded(mqtt::connack{false, static_cast<connect_code>(6)}, errc::out_of_range, field::return_code);
    check_not_encoded(mqtt::connack{true, connect_code::bad_id}, errc::inconsistent, field::return_code);
}

TEST_CASE("BI-44: a topic that is none, and text that is no UTF-8, are not encoded") {
    for (const std::string_view topic : {"", "#", "+", "a/#", "a+"}) {
        CAPTURE(std::string(topic));
        check_not_encoded(said(topic), errc::not_a_topic, field::topic);
        check_not_encoded(changed([&](mqtt::connect& m) { give_will(m, topic, ""); }), errc::not_a_topic,
                          field::will_topic);
    }
    for (const std::string_view filter : {"", "a+", "#/a", "a#", "++"}) {
        CAPTURE(std::string(filter));
        check_not_encoded(mqtt::subscribe{10, filter}, errc::not_a_topic, field::filter);
        check_not_encoded(mqtt::unsubscribe{10, filter}, errc::not_a_topic, field::filter);
    }
    for (const std::string_view text : {std::string_view{"\0", 1}, std::string_view{"\xFF"}, std::string_view{"a\xC3"},
                                        std::string_view{"\xED\xA0\x80"}, std::string_view{"\xC0\x80"}}) {
        check_not_encoded(said(text), errc::not_utf8, field::topic);
        check_not_encoded(mqtt::subscribe{10, text}, errc::not_utf8, field::filter);
        check_not_encoded(mqtt::unsubscribe{10, text}, errc::not_utf8, field::filter);
        check_not_encoded(changed([&](mqtt::connect& m) { m.id = text; }), errc::not_utf8, field::client_id);
        check_not_encoded(changed([&](mqtt::connect& m) { give_will(m, text, ""); }), errc::not_utf8,
                          field::will_topic);
        check_not_encoded(changed([&](mqtt::connect& m) {
                              m.has_user = true;
                              m.user = text;
                          }),
                          errc::not_utf8, field::user);
    }
}

TEST_CASE("BI-44: further filters that are none are not encoded") {
    for (const std::string_view more : {std::string_view{"\0", 1}, std::string_view{"\0\1b", 3}}) {
        check_not_encoded(mqtt::subscribe{10, "a", qos::at_most_once, more}, errc::missing, field::filter);
    }
    check_not_encoded(mqtt::subscribe{10, "a", qos::at_most_once, {"\0\1b\3", 4}}, errc::out_of_range, field::filter);
    check_not_encoded(mqtt::subscribe{10, "a", qos::at_most_once, {"\0\0\1", 3}}, errc::not_a_topic, field::filter);
    check_not_encoded(mqtt::subscribe{10, "a", qos::at_most_once, {"\0\1\xFF\1", 4}}, errc::not_utf8, field::filter);
    check_not_encoded(mqtt::unsubscribe{10, "a", {"\0\2b", 3}}, errc::missing, field::filter);
    check_not_encoded(mqtt::unsubscribe{10, "a", {"\0\2b#", 4}}, errc::not_a_topic, field::filter);
}

TEST_CASE("BI-44: a CONNECT that contradicts itself is not encoded") {
    check_not_encoded(changed([](mqtt::connect& m) { m.will_retain = true; }), errc::inconsistent, field::flags);
    check_not_encoded(changed([](mqtt::connect& m) { m.will_qos = qos::at_least_once; }), errc::inconsistent,
                      field::flags);
    check_not_encoded(changed([](mqtt::connect& m) { m.has_passwd = true; }), errc::inconsistent, field::flags);
    check_not_encoded(changed([](mqtt::connect& m) {
                          give_will(m, "w", "");
                          m.will_qos = no_qos;
                      }),
                      errc::out_of_range, field::qos);
    check_not_encoded(changed([](mqtt::connect& m) {
                          m.id = {};
                          m.clean = false;
                      }),
                      errc::inconsistent, field::client_id);
    check_not_encoded(changed([](mqtt::connect& m) {
                          m.id = {};
                          m.protocol = protocol_level::v3_1;
                      }),
                      errc::inconsistent, field::client_id);
    check_not_encoded(changed([](mqtt::connect& m) {
                          m.id = "abcdefghijklmnopqrstuvwx";
                          m.protocol = protocol_level::v3_1;
                      }),
                      errc::inconsistent, field::client_id);
}

TEST_CASE("an encoder tells at which column of the packet the field would have stood") {
    char out[64];
    const auto column_of = [&out](const mqtt::packet& m) { return mqtt::encode(m, out).why().column; };
    CHECK(column_of(mqtt::puback{0}) == 2);
    CHECK(column_of(said("#")) == 2);
    CHECK(column_of(said("t", 0, qos::at_least_once)) == 5);
    CHECK(column_of(mqtt::subscribe{10, "a#"}) == 4);
    CHECK(column_of(mqtt::subscribe{10, "a", no_qos}) == 7);
    CHECK(column_of(mqtt::suback{10, "\3"}) == 4);
    CHECK(column_of(changed([](mqtt::connect& m) { m.id = "\xFF"; })) == 12);
}
