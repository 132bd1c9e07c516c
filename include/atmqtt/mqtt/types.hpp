// The words of MQTT that the AT commands share.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

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
enum class level : std::uint8_t {
    v3_1 = 3,    ///< "MQIsdp"
    v3_1_1 = 4,  ///< "MQTT"
};

/// The return code of SUBACK for a filter that was refused (MQTT 3.9.3); also <code> 128 of `suback` [2.3.4].
inline constexpr std::uint8_t suback_refused = 0x80;

namespace limits {
inline constexpr std::size_t mqtt_string = 65535;  ///< bytes of any MQTT string (MQTT 1.5.3)
}

}  // namespace atmqtt
