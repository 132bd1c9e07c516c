// The words of MQTT: those that the AT commands share, and those of its packets.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt {

/// Quality of service (MQTT 4.3).
enum class qos : std::uint8_t {
    at_most_once = 0,
    at_least_once = 1,
    exactly_once = 2,
};

/// A packet identifier. MQTT forbids 0 (2.3.1); AT lines of real modules show it.
using packet_id = std::uint16_t;

/// The protocol level of CONNECT (MQTT 3.1.2.2).
enum class protocol_level : std::uint8_t {
    v3_1 = 3,    ///< "MQIsdp"
    v3_1_1 = 4,  ///< "MQTT"
};

/// The return code of SUBACK for a filter that was refused (MQTT 3.9.3); also <code> 128 of `suback` [2.3.4].
inline constexpr std::uint8_t suback_refused = 0x80;

/// The type of a packet, as its first four bits number it (MQTT 2.2.1).
enum class packet_type : std::uint8_t {
    connect = 1,
    connack,
    publish,
    puback,
    pubrec,
    pubrel,
    pubcomp,
    subscribe,
    suback,
    unsubscribe,
    unsuback,
    pingreq,
    pingresp,
    disconnect,
};

/// The name of a packet, as MQTT writes it; empty for a type that MQTT 3.1.1 does not have.
constexpr std::string_view name_of(packet_type type) {
    switch (type) {
        case packet_type::connect: return "CONNECT";
        case packet_type::connack: return "CONNACK";
        case packet_type::publish: return "PUBLISH";
        case packet_type::puback: return "PUBACK";
        case packet_type::pubrec: return "PUBREC";
        case packet_type::pubrel: return "PUBREL";
        case packet_type::pubcomp: return "PUBCOMP";
        case packet_type::subscribe: return "SUBSCRIBE";
        case packet_type::suback: return "SUBACK";
        case packet_type::unsubscribe: return "UNSUBSCRIBE";
        case packet_type::unsuback: return "UNSUBACK";
        case packet_type::pingreq: return "PINGREQ";
        case packet_type::pingresp: return "PINGRESP";
        case packet_type::disconnect: return "DISCONNECT";
    }
    return "";
}

/// The return code of CONNACK (MQTT 3.2.2.3).
enum class connect_code : std::uint8_t {
    accepted = 0,
    bad_protocol = 1,     ///< the broker does not speak this protocol level
    bad_id = 2,           ///< the client identifier is refused
    unavailable = 3,      ///< the broker has no service at the moment
    bad_credentials = 4,  ///< user name or password are wrong
    not_authorized = 5,
};

/// Whether another try with the same user name and password would end alike: `link_event::bad_credentials`.          [2.2]
constexpr bool is_about_credentials(connect_code code) {
    return code == connect_code::bad_credentials || code == connect_code::not_authorized;
}

/// Which code points a string may hold beside those that MQTT forbids (MQTT 1.5.3).
enum class code_points : std::uint8_t {
    any,         ///< ours, the default: a stranger's topic must not be able to end the connection
    no_control,  ///< neither U+0001..1F and 7F..9F nor noncharacters, which MQTT advises against
};

namespace limits {
inline constexpr std::size_t mqtt_string = 65535;   ///< bytes of any MQTT string (MQTT 1.5.3)
inline constexpr std::size_t packet = 268'435'455;  ///< the largest remaining length (MQTT 2.2.3)
inline constexpr std::size_t fixed_header = 5;      ///< bytes, at most, of a packet in front of its body
inline constexpr std::size_t v3_1_id = 23;          ///< bytes of a client identifier at level 3
}  // namespace limits

namespace mqtt {

/// What the `field` of an error of a packet names.
namespace field {
inline constexpr param type{1};
inline constexpr param flags{2};
inline constexpr param remaining_length{3};
inline constexpr param protocol{4};
inline constexpr param keep_alive{5};
inline constexpr param client_id{6};
inline constexpr param will_topic{7};
inline constexpr param will_message{8};
inline constexpr param user{9};
inline constexpr param passwd{10};
inline constexpr param session_present{11};
inline constexpr param return_code{12};
inline constexpr param qos{13};
inline constexpr param topic{14};
inline constexpr param packet_id{15};
inline constexpr param payload{16};
inline constexpr param filter{17};
}  // namespace field

/// The words for such a field; empty for none.
constexpr std::string_view name_of(param name) {
    switch (static_cast<std::uint8_t>(name)) {
        case 1: return "packet type";
        case 2: return "flags";
        case 3: return "remaining length";
        case 4: return "protocol";
        case 5: return "keep alive";
        case 6: return "client identifier";
        case 7: return "will topic";
        case 8: return "will message";
        case 9: return "user name";
        case 10: return "password";
        case 11: return "session present";
        case 12: return "return code";
        case 13: return "QoS";
        case 14: return "topic";
        case 15: return "packet identifier";
        case 16: return "payload";
        case 17: return "topic filter";
        default: return "";
    }
}

}  // namespace mqtt

}  // namespace atmqtt
