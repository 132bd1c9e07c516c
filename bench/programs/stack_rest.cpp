// The same for what the other three leave out: words, topics, small packets, and the calls of the machines that are seldom made.
// SPDX-License-Identifier: MIT
#include "../port.hpp"

#include <atmqtt.hpp>

namespace {

namespace mqtt = atmqtt::mqtt;

}  // namespace

extern "C" {

[[gnu::noinline]] auto stack_describe_any_command(const atmqtt::command& m) { return atmqtt::describe(m, sent); }
[[gnu::noinline]] auto stack_describe_any_line(const atmqtt::line& m) { return atmqtt::describe(m, sent); }
[[gnu::noinline]] auto stack_format_subscription(const atmqtt::subscription& m) { return atmqtt::format(m, sent); }
[[gnu::noinline]] auto stack_parse_subscription(std::string_view text) { return atmqtt::parse_subscription(text); }
[[gnu::noinline]] auto stack_text_copy_to(const atmqtt::text& from) { return from.copy_to(sent); }
[[gnu::noinline]] auto stack_is_topic_name(std::string_view text) { return atmqtt::is_topic_name(text); }
[[gnu::noinline]] auto stack_is_topic_filter(std::string_view text) { return atmqtt::is_topic_filter(text); }
[[gnu::noinline]] auto stack_topic_matches(std::string_view filter, std::string_view name) {
    return atmqtt::topic_matches(filter, name);
}

[[gnu::noinline]] auto stack_mqtt_encode_any_packet(const mqtt::packet& m) { return mqtt::encode(m, sent); }
[[gnu::noinline]] auto stack_mqtt_encode_subscribe(const mqtt::subscribe& m) { return mqtt::encode(m, sent); }
[[gnu::noinline]] auto stack_mqtt_encode_acknowledgement(atmqtt::packet_type type, atmqtt::packet_id id) {
    return mqtt::encode_acknowledgement(type, id, sent);
}
[[gnu::noinline]] auto stack_mqtt_encoded_size(const mqtt::publish& m) { return mqtt::encoded_size(m); }
[[gnu::noinline]] auto stack_mqtt_decode_suback(std::uint8_t first, std::string_view body) {
    return mqtt::decode<mqtt::suback>(first, body);
}
[[gnu::noinline]] auto stack_mqtt_decode_acknowledgement(std::uint8_t first, std::string_view body) {
    return mqtt::decode_acknowledgement(first, body);
}

[[gnu::noinline]] auto stack_line_reader_tick(atmqtt::instant now) { return lent<atmqtt::line_reader>().tick(now); }
[[gnu::noinline]] auto stack_command_reader_tick(atmqtt::instant now) {
    return lent<atmqtt::command_reader>().tick(now);
}
[[gnu::noinline]] auto stack_session_unsubscribe(std::string_view filter, atmqtt::instant now) {
    return lent<atmqtt::session>().unsubscribe(filter, now);
}
[[gnu::noinline]] auto stack_session_leave(atmqtt::instant now) { return lent<atmqtt::session>().leave(now); }

[[gnu::noinline]] auto stack_chat_send_message(const atmqtt::publish& m, std::string_view payload) {
    return lent<atmqtt::chat>().send_message(m, payload);
}
[[gnu::noinline]] auto stack_chat_send_raw(const atmqtt::raw_command& m) { return lent<atmqtt::chat>().send(m); }
[[gnu::noinline]] void stack_chat_lost(atmqtt::instant now) { lent<atmqtt::chat>().lost(now); }
[[gnu::noinline]] void stack_chat_restarted(atmqtt::instant now) { lent<atmqtt::chat>().restarted(now); }

[[gnu::noinline]] auto stack_host_subscribe(std::string_view topic) {
    return lent<atmqtt::host>().subscribe(topic, atmqtt::qos::exactly_once);
}
[[gnu::noinline]] auto stack_host_unsubscribe(std::string_view topic) {
    return lent<atmqtt::host>().unsubscribe(topic);
}
[[gnu::noinline]] auto stack_host_send_raw(const atmqtt::raw_command& m) { return lent<atmqtt::host>().send(m); }
[[gnu::noinline]] void stack_host_transmitted(std::size_t count, atmqtt::instant now) {
    lent<atmqtt::host>().transmitted(count, now);
}
[[gnu::noinline]] void stack_host_close(atmqtt::instant now) { lent<atmqtt::host>().close(now); }
[[gnu::noinline]] void stack_host_lost(atmqtt::instant now) { lent<atmqtt::host>().lost(now); }
[[gnu::noinline]] void stack_host_restarted(atmqtt::instant now) { lent<atmqtt::host>().restarted(now); }
[[gnu::noinline]] void stack_host_network_ready(atmqtt::instant now) { lent<atmqtt::host>().network_ready(now); }

[[gnu::noinline]] auto stack_modem_next_line(atmqtt::instant now) { return lent<atmqtt::modem>().next_line(now); }
[[gnu::noinline]] void stack_modem_data(std::string_view piece, atmqtt::instant now) {
    lent<atmqtt::modem>().data(piece, now);
}
[[gnu::noinline]] void stack_modem_transmitted(std::size_t count, atmqtt::instant now) {
    lent<atmqtt::modem>().transmitted(count, now);
}
[[gnu::noinline]] void stack_modem_transmitted_to_broker(std::size_t count, atmqtt::instant now) {
    lent<atmqtt::modem>().transmitted_to_broker(count, now);
}
[[gnu::noinline]] void stack_modem_leave(atmqtt::instant now) { lent<atmqtt::modem>().leave(now); }
}

void program() {}
