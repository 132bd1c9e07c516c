// How the bytes of a packet lie: what reader, meter and writer share.                                 (MQTT 2.2)
// SPDX-License-Identifier: MIT
#pragma once

#include "types.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt::mqtt::detail {

/// The name of a protocol as CONNECT begins with it, its length and level included (MQTT 3.1.2.1).
constexpr std::string_view greeting_of(protocol_level of) {
    return of == protocol_level::v3_1 ? std::string_view{"\0\6MQIsdp\3", 9} : std::string_view{"\0\4MQTT\4", 7};
}

/// The first byte of a packet; of PUBLISH without its flags (MQTT 2.2.2).
[[gnu::always_inline]] constexpr std::uint8_t first_byte_of(packet_type type) {
    const auto number = static_cast<unsigned>(type);
    constexpr unsigned with_flag = 1U << static_cast<unsigned>(packet_type::pubrel) |
                                   1U << static_cast<unsigned>(packet_type::subscribe) |
                                   1U << static_cast<unsigned>(packet_type::unsubscribe);
    return static_cast<std::uint8_t>(number << 4 | (with_flag >> number & 1) << 1);
}

/// Bytes of the fixed header in front of `length` bytes (MQTT 2.2.3).
constexpr std::size_t header_size(std::size_t length) {
    std::size_t size = 2;
    for (; length > 127; length >>= 7) ++size;
    return size;
}

constexpr bool is_suback_code(char code) {
    return static_cast<unsigned char>(code) <= 2 || static_cast<unsigned char>(code) == suback_refused;
}

}  // namespace atmqtt::mqtt::detail
