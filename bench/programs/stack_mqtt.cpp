// The same for MQTT: its codec, the session and the link.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

namespace {

namespace mqtt = atmqtt::mqtt;

using text_result = atmqtt::result<std::string_view>;

}  // namespace

extern "C" {

[[gnu::noinline]] text_result stack_mqtt_encode_connect(const mqtt::connect& m) { return mqtt::encode(m, sent); }
[[gnu::noinline]] text_result stack_mqtt_encode_publish(const mqtt::publish& m) { return mqtt::encode(m, sent); }
[[gnu::noinline]] auto stack_mqtt_decode_publish(std::uint8_t first, std::string_view body) {
    return mqtt::decode<mqtt::publish>(first, body);
}
[[gnu::noinline]] auto stack_mqtt_decode_any_packet(std::string_view bytes) { return mqtt::decode(bytes); }

[[gnu::noinline]] auto stack_packet_reader_receive(std::string_view& input) {
    return lent<atmqtt::packet_reader>().receive(input);
}
[[gnu::noinline]] auto stack_session_greet(const mqtt::connect& m, atmqtt::instant now) {
    return lent<atmqtt::session>().greet(m, now);
}
[[gnu::noinline]] auto stack_session_publish(const mqtt::publish& m, atmqtt::instant now) {
    return lent<atmqtt::session>().publish(m, now);
}
[[gnu::noinline]] auto stack_session_subscribe(std::string_view filter, atmqtt::qos asked, atmqtt::instant now) {
    return lent<atmqtt::session>().subscribe(filter, asked, now);
}
[[gnu::noinline]] auto stack_session_receive(std::string_view& input, atmqtt::instant now) {
    return lent<atmqtt::session>().receive(input, now);
}
[[gnu::noinline]] void stack_session_transmitted(std::size_t count, atmqtt::instant now) {
    lent<atmqtt::session>().transmitted(count, now);
}
[[gnu::noinline]] auto stack_session_tick(atmqtt::instant now) { return lent<atmqtt::session>().tick(now); }
[[gnu::noinline]] auto stack_session_wait(atmqtt::instant now) { return lent<atmqtt::session>().wait(now); }
[[gnu::noinline]] void stack_session_lost(atmqtt::instant now) { lent<atmqtt::session>().lost(now); }
[[gnu::noinline]] auto stack_link_step(atmqtt::link_event what, atmqtt::instant now) {
    return lent<atmqtt::link>().step(what, now);
}
[[gnu::noinline]] auto stack_link_tick(atmqtt::instant now) { return lent<atmqtt::link>().tick(now); }
}

void program() {}
