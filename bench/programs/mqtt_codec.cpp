// Encodes what a client of MQTT sends, and decodes what a broker sends to it.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

namespace {

namespace mqtt = atmqtt::mqtt;

void send(const atmqtt::result<std::string_view>& packet) {
    if (packet) uart_write(packet->data(), packet->size());
}

template <class Packet>
void encode() {
    send(mqtt::encode(lent<Packet>(), sent));
}

template <class Packet>
void decode() {
    show(mqtt::decode<Packet>(lent<std::uint8_t>(), {received, uart_read()}));
}

}  // namespace

void program() {
    encode<mqtt::connect>();
    encode<mqtt::publish>();
    send(mqtt::encode_acknowledgement(lent<atmqtt::packet_type>(), lent<atmqtt::packet_id>(), sent));
    encode<mqtt::subscribe>();
    encode<mqtt::unsubscribe>();
    encode<mqtt::pingreq>();
    encode<mqtt::disconnect>();

    decode<mqtt::connack>();
    decode<mqtt::publish>();
    show(mqtt::decode_acknowledgement(lent<std::uint8_t>(), {received, uart_read()}));
    decode<mqtt::suback>();
    decode<mqtt::pingresp>();
}
