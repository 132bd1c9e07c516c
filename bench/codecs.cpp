// What rows 1-9 leave out of parsing, formatting and reading: commands and lines of the other end, the small packets of MQTT,
// topics, and words for logs.
// SPDX-License-Identifier: MIT
#include "harness.hpp"
#include "samples.hpp"

#include <atmqtt.hpp>

#include <variant>

namespace bench {
namespace {

namespace mqtt = atmqtt::mqtt;

constexpr std::string_view subscribe_line = "AT+MQTTSUB=\"dev/gsm/u\",2\r";
constexpr std::string_view suback_line = "\r\n+MQTTSUBACK: 2,2,dev/gsm/u\r\n";
constexpr std::string_view suback_packet{"\x90\x03\0\x02\x02", 5};
constexpr std::string_view puback_packet{"\x40\x02\0\x02", 4};
constexpr std::string_view connack_packet{"\x20\x02\0\0", 4};
constexpr std::string_view subscribe_packet{"\x82\x0E\0\x02\0\x09"
                                            "dev/gsm/u\x02",
                                            16};
constexpr std::string_view connect_packet{"\x10\x20\0\x04MQTT\x04\xC2\0\x3C\0\x06"
                                          "card-7"
                                          "\0\x04user\0\x06secret",
                                          34};

// Variables, so that no compiler knows their values.
std::string_view names = topic;
atmqtt::qos level = atmqtt::qos::exactly_once;
atmqtt::packet_id id = 2;

void take(const atmqtt::result<std::string_view>& written) {
    if (written) got.bytes = *written;
}

// --- commands ---

bool is_subscribe_line() { return got.bytes == subscribe_line; }
bool is_subscribe() { return got.topic == topic && got.qos == 2; }

void format_subscribe(std::string_view) { take(atmqtt::format(atmqtt::subscribe{names, level}, tx)); }
void format_any_command(std::string_view) {
    take(atmqtt::format(atmqtt::command{atmqtt::subscribe{names, level}}, tx));
}

void take_command(std::string_view line) {
    const auto command = atmqtt::parse_command(line);
    if (!command) return;
    const auto* const m = std::get_if<atmqtt::subscribe>(&*command);
    if (m == nullptr) return;
    got.topic = m->topic.raw();
    got.qos = static_cast<unsigned>(m->level);
}

void read_commands(std::string_view input, std::size_t chunk) {
    atmqtt::command_reader reader{rx};
    while (!input.empty()) {
        std::string_view piece = atmqtt::first(input, chunk);
        input = atmqtt::rest(input, chunk);
        while (const auto event = reader.receive(piece, atmqtt::instant{})) {
            if (const auto* c = std::get_if<atmqtt::from_host::command>(&*event)) got.bytes = c->text;
        }
    }
}
void read_command(std::string_view input) { read_commands(input, input.size()); }
void read_command_by_byte(std::string_view input) { read_commands(input, 1); }
bool is_command_text() { return got.bytes == subscribe_line.substr(0, subscribe_line.size() - 1); }

void read_counted_data(std::string_view input) {
    atmqtt::command_reader reader{rx};
    if (!reader.expect_data(static_cast<std::uint32_t>(input.size()))) return;
    const auto event = reader.receive(input, atmqtt::instant{});
    if (!event) return;
    if (const auto* d = std::get_if<atmqtt::from_host::data>(&*event)) got.bytes = d->bytes;
}
bool is_data_128() { return got.bytes == payload_of<128>(urc_128); }

// --- lines ---

bool is_suback_line() { return got.bytes == suback_line; }
bool is_urc_128() {
    return got.bytes.size() == urc_128.size + 2 && got.bytes.substr(2) == urc_128.view() && got.bytes[0] == '\r';
}

void format_suback(std::string_view) { take(atmqtt::format(atmqtt::suback{id, 2, names}, tx)); }
void format_any_line(std::string_view) { take(atmqtt::format(atmqtt::line{atmqtt::suback{id, 2, names}}, tx)); }
atmqtt::message outgoing(std::string_view payload) {
    const auto size = static_cast<std::uint32_t>(payload.size());
    return {false, atmqtt::qos::at_least_once, false, 1, names, size, payload};
}
void format_message(std::string_view payload) { take(atmqtt::format(outgoing(payload), tx)); }
void parse_item(std::string_view text) {
    const auto item = atmqtt::parse_subscription(text);
    got.topic = item.topic.raw();
    got.qos = static_cast<unsigned>(item.level);
}

bool says_subscribe() { return got.bytes.find("dev/gsm/u") != got.bytes.npos; }
void describe_command(std::string_view) {
    got.bytes = atmqtt::describe(atmqtt::command{atmqtt::subscribe{names, level}}, tx);
}
void describe_line(std::string_view) { got.bytes = atmqtt::describe(atmqtt::line{atmqtt::suback{id, 2, names}}, tx); }

// --- MQTT ---

bool is_connect_packet() { return got.bytes == connect_packet; }
bool is_subscribe_packet() { return got.bytes == subscribe_packet; }
bool is_puback_packet() { return got.bytes == puback_packet; }

void encode_connect(std::string_view) {
    mqtt::connect m;
    m.keep_alive = 60;
    m.id = "card-7";
    m.has_user = m.has_passwd = true;
    m.user = "user";
    m.passwd = "secret";
    take(mqtt::encode(m, tx));
}
void encode_subscribe(std::string_view) { take(mqtt::encode(mqtt::subscribe{id, names, level}, tx)); }
void encode_puback(std::string_view) { take(mqtt::encode_acknowledgement(atmqtt::packet_type::puback, id, tx)); }
void encode_any(std::string_view) { take(mqtt::encode(mqtt::packet{mqtt::puback{id}}, tx)); }
void size_of_publish(std::string_view payload) {
    got.length = mqtt::encoded_size(mqtt::publish{names, payload, 1, false, atmqtt::qos::at_least_once, false});
}
bool is_size_of_publish() { return got.length == 2 + 1 + 2 + 9 + 2 + 128; }

void decode_connack(std::string_view bytes) {
    const auto m = mqtt::decode<mqtt::connack>(static_cast<std::uint8_t>(bytes[0]), bytes.substr(2));
    got.ok = m && m->code == atmqtt::connect_code::accepted;
}
void decode_suback(std::string_view bytes) {
    const auto m = mqtt::decode<mqtt::suback>(static_cast<std::uint8_t>(bytes[0]), bytes.substr(2));
    got.ok = m && m->id == 2;
}
void decode_puback(std::string_view bytes) {
    const auto m = mqtt::decode_acknowledgement(static_cast<std::uint8_t>(bytes[0]), bytes.substr(2));
    got.ok = m && m->id == 2;
}
void decode_any(std::string_view bytes) {
    const auto m = mqtt::decode(bytes);
    if (!m) return;
    const auto* const one = std::get_if<mqtt::puback>(&*m);
    got.ok = one != nullptr && one->id == 2;
}

void match_topic(std::string_view name) { got.ok = atmqtt::topic_matches("dev/+/u", name); }
void check_filter(std::string_view filter) { got.ok = atmqtt::is_topic_filter(filter); }
void check_name(std::string_view name) { got.ok = atmqtt::is_topic_name(name); }

}  // namespace
}  // namespace bench

void program() {
    using namespace bench;
    prepare();
    begin();
    const std::string_view payload = payload_of<128>(urc_128);

    measure("format_subscribe/alone", format_subscribe, {}, is_subscribe_line);
    measure("format_subscribe/any_command", format_any_command, {}, is_subscribe_line);
    measure("parse_subscribe/any_command", take_command, subscribe_line, is_subscribe);
    measure("command_reader/one_piece", read_command, subscribe_line, is_command_text);
    measure("command_reader/by_byte", read_command_by_byte, subscribe_line, is_command_text);
    measure("command_reader/data_128", read_counted_data, payload, is_data_128);

    measure("format_suback/alone", format_suback, {}, is_suback_line);
    measure("format_suback/any_line", format_any_line, {}, is_suback_line);
    measure("format_message/128", format_message, payload, is_urc_128);
    measure("parse_subscription/item", parse_item, "\"dev/gsm/u\",2", is_subscribe);
    measure("describe/command", describe_command, {}, says_subscribe);
    measure("describe/line", describe_line, {}, says_subscribe);

    measure("encode_connect/user", encode_connect, {}, is_connect_packet);
    measure("encode_subscribe/one", encode_subscribe, {}, is_subscribe_packet);
    measure("encode_puback/alone", encode_puback, {}, is_puback_packet);
    measure("encode_puback/any_packet", encode_any, {}, is_puback_packet);
    measure("encoded_size/publish_128", size_of_publish, payload, is_size_of_publish);
    measure("decode_connack/alone", decode_connack, connack_packet, is_ok);
    measure("decode_suback/alone", decode_suback, suback_packet, is_ok);
    measure("decode_puback/alone", decode_puback, puback_packet, is_ok);
    measure("decode_puback/any_packet", decode_any, puback_packet, is_ok);

    measure("topic_matches/wildcard", match_topic, topic, is_ok);
    measure("is_topic_filter/plain", check_filter, topic, is_ok);
    measure("is_topic_name/plain", check_name, topic, is_ok);
}
