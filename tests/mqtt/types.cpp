// mqtt/types.hpp: the numbers behind the words of MQTT that the AT commands share.
// SPDX-License-Identifier: MIT
#include <atmqtt/mqtt/types.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

using namespace atmqtt;

TEST_CASE("the levels of QoS are 0, 1 and 2, as MQTT 4.3 numbers them") {
    CHECK(static_cast<int>(qos::at_most_once) == 0);
    CHECK(static_cast<int>(qos::at_least_once) == 1);
    CHECK(static_cast<int>(qos::exactly_once) == 2);
}

TEST_CASE("the protocol levels are 3 for MQTT 3.1 and 4 for 3.1.1") {
    CHECK(static_cast<int>(protocol_level::v3_1) == 3);
    CHECK(static_cast<int>(protocol_level::v3_1_1) == 4);
}

TEST_CASE("a packet identifier has exactly 16 bits, a string at most 65535 bytes, and SUBACK refuses by 128") {
    CHECK(std::numeric_limits<packet_id>::min() == 0);
    CHECK(std::numeric_limits<packet_id>::max() == 65535);
    CHECK(limits::mqtt_string == 65535);
    CHECK(suback_refused == 128);
}

TEST_CASE("another try would end alike after CONNACK 4 and 5, and only then") {
    for (int code = 0; code != 256; ++code) {
        const auto one = static_cast<connect_code>(code);
        CHECK(is_about_credentials(one) == (code == 4 || code == 5));
    }
}
