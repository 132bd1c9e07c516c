// The library's entry points as a program calls them, each behind one function: rows 1-9 of the tables.
// SPDX-License-Identifier: MIT
#pragma once

#include "samples.hpp"

#include <atmqtt.hpp>

#include <optional>
#include <variant>

namespace bench::library {

inline void take(const atmqtt::message& m) {
    got.dup = m.dup;
    got.qos = static_cast<unsigned>(m.level);
    got.retained = m.retained;
    got.packet_id = m.id;
    got.topic = m.topic.raw();
    got.length = m.length;
    got.bytes = m.payload;
}

inline void take(const atmqtt::suback& m) {
    got.packet_id = m.id;
    got.code = m.code;
    got.topic = m.topic.raw();
}

/// The one copy of `parse_line` that rows 1 and 7 share, as in a program.
[[gnu::noinline]] inline atmqtt::result<atmqtt::line> parse_line(std::string_view input) {
    return atmqtt::parse_line(input);
}

/// Row 1.
inline void parse_publish(std::string_view input) {
    const auto line = parse_line(input);
    if (!line) return;
    if (const auto* m = std::get_if<atmqtt::message>(&*line)) take(*m);
}

/// Rows 2 and 3.
inline void stream(std::string_view input, std::size_t chunk) {
    atmqtt::line_reader reader{rx};
    while (!input.empty()) {
        std::string_view piece = atmqtt::first(input, chunk);
        input = atmqtt::rest(input, chunk);
        while (const auto event = reader.receive(piece, atmqtt::instant{})) {
            if (const auto* m = std::get_if<atmqtt::from_modem::message>(&*event)) take(m->what);
        }
    }
}
inline void stream_64(std::string_view input) { stream(input, 64); }
inline void stream_1(std::string_view input) { stream(input, 1); }

static_assert(sizeof tx >= atmqtt::max_size<atmqtt::publish>());

/// Row 4.
inline void format_literal(std::string_view message) {
    const auto line =
        atmqtt::format(atmqtt::publish{"dev/gsm/u", atmqtt::qos::at_least_once, false, false, message}, tx);
    if (line) got.bytes = *line;
}

/// Row 5.
inline void format_counted(std::string_view message) {
    const auto size = static_cast<std::uint32_t>(message.size());
    const auto line =
        atmqtt::format(atmqtt::publish_counted{"dev/gsm/u", atmqtt::qos::at_least_once, false, false, size}, tx);
    if (line) got.bytes = *line;
}

/// Row 6: the message is a view of the command, escapes and all.
inline atmqtt::text viewed;

inline void view_command(std::string_view input) {
    const auto command = atmqtt::parse_command(input);
    if (!command) return;
    const auto* m = std::get_if<atmqtt::publish>(&*command);
    if (m == nullptr) return;
    got.topic = m->topic.raw();
    got.qos = static_cast<unsigned>(m->level);
    got.retained = m->retain;
    got.dup = m->dup;
    viewed = m->message;
}
inline bool is_viewed() {
    const auto bytes = viewed.copy_to(tx);
    if (bytes) got.bytes = *bytes;
    return is_dense_command();
}

/// Row 6: and is copied out without them.
inline void copy_command(std::string_view input) {
    view_command(input);
    const auto bytes = viewed.copy_to(tx);
    if (bytes) got.bytes = *bytes;
}

/// Row 7 by `parse_line`.
inline void suback_of_any(std::string_view input) {
    const auto line = parse_line(input);
    if (!line) return;
    if (const auto* m = std::get_if<atmqtt::suback>(&*line)) take(*m);
}

/// Row 7 by `parse` of two lines.
inline void suback_of_two(std::string_view input) {
    const auto line = atmqtt::parse<atmqtt::suback, atmqtt::puback>(input);
    if (!line) return;
    if (const auto* m = std::get_if<atmqtt::suback>(&*line)) take(*m);
}

/// `OK` alone by `parse_line`.
inline void final_of_any(std::string_view input) {
    const auto line = parse_line(input);
    got.ok = line && std::holds_alternative<atmqtt::ok>(*line);
}

inline atmqtt::mqtt::publish outgoing(std::string_view payload) {
    const auto level = static_cast<atmqtt::qos>(published.qos);
    return {published.topic, payload, published.packet_id, published.dup, level, published.retain};
}

/// Row 8.
inline void encode_publish(std::string_view payload) {
    const auto bytes = atmqtt::mqtt::encode(outgoing(payload), tx);
    if (bytes) got.bytes = *bytes;
}

/// Row 8: all but the payload.
inline void encode_publish_head(std::string_view payload) {
    const auto bytes = atmqtt::mqtt::encode_head(outgoing(payload), tx);
    if (bytes) got.bytes = *bytes;
}

/// The one copy of it that row 9 shares.
[[gnu::noinline]] inline atmqtt::result<atmqtt::mqtt::publish> decode(std::uint8_t first, std::string_view body) {
    return atmqtt::mqtt::decode<atmqtt::mqtt::publish>(first, body);
}

inline void take_packet(std::uint8_t first, std::string_view body) {
    const auto m = decode(first, body);
    if (!m) return;
    got.dup = m->dup;
    got.qos = static_cast<unsigned>(m->level);
    got.retained = m->retain;
    got.packet_id = m->id;
    got.topic = m->topic;
    got.length = m->payload.size();
    got.bytes = m->payload;
}

/// Row 9: the fixed header was read before.
inline void decode_body(std::string_view body) { take_packet(static_cast<std::uint8_t>(packet.data[0]), body); }

/// Row 9: from all the bytes of the packet.
inline void decode_bytes(std::string_view bytes) {
    using state = atmqtt::mqtt::length_reader::state;
    atmqtt::mqtt::length_reader length;
    std::size_t at = 1;
    auto came = state::more;
    for (; came == state::more && at < bytes.size(); ++at) came = length.take(static_cast<std::uint8_t>(bytes[at]));
    const std::string_view body = atmqtt::rest(bytes, at);
    if (came == state::done && body.size() == length.value()) take_packet(static_cast<std::uint8_t>(bytes[0]), body);
}

/// Row 9: from a stream that brings the packet in one piece.
inline void decode_stream(std::string_view input) {
    atmqtt::packet_reader reader{rx};
    while (const auto event = reader.receive(input)) {
        if (const auto* m = std::get_if<atmqtt::from_broker::packet>(&*event)) take_packet(m->first, m->body);
    }
}

/// Row 13: objects, and what to lend.
template <class Show>
void each_size(Show show) {
    show("sizeof", "text", sizeof(atmqtt::text));
    show("sizeof", "line", sizeof(atmqtt::result<atmqtt::line>));
    show("sizeof", "command", sizeof(atmqtt::result<atmqtt::command>));
    show("sizeof", "line_reader", sizeof(atmqtt::line_reader));
    show("sizeof", "command_reader", sizeof(atmqtt::command_reader));
    show("sizeof", "packet_reader", sizeof(atmqtt::packet_reader));
    show("sizeof", "session", sizeof(atmqtt::session));
    show("sizeof", "in_flight", sizeof(atmqtt::in_flight));
    show("sizeof", "link", sizeof(atmqtt::link));
    show("sizeof", "chat", sizeof(atmqtt::chat));
    show("sizeof", "host", sizeof(atmqtt::host));
    show("sizeof", "host_event", sizeof(std::optional<atmqtt::host::event>));
    show("sizeof", "modem", sizeof(atmqtt::modem));
    show("sizeof", "modem_event", sizeof(std::optional<atmqtt::modem::event>));
    show("sizeof", "subscription", sizeof(atmqtt::subscription));
    show("sizeof", "packet", sizeof(atmqtt::result<atmqtt::mqtt::packet>));
    show("sizeof", "line_reader_event", sizeof(std::optional<atmqtt::line_reader::event>));
    show("sizeof", "command_reader_event", sizeof(std::optional<atmqtt::command_reader::event>));
    show("sizeof", "packet_reader_event", sizeof(std::optional<atmqtt::packet_reader::event>));
    show("sizeof", "session_event", sizeof(std::optional<atmqtt::session::event>));
    show("sizeof", "chat_event", sizeof(std::optional<atmqtt::chat::event>));
    show("sizeof", "settings", sizeof(atmqtt::settings));
    show("sizeof", "modem_memory", sizeof(atmqtt::modem_memory));
    show("lend", "subscribe", atmqtt::max_size<atmqtt::subscribe>());
    show("lend", "any_command", atmqtt::max_size<atmqtt::command>());
    show("lend", "any_line", atmqtt::max_size<atmqtt::line>());
    show("lend", "session_tx", atmqtt::session::overhead + atmqtt::limits::topic);
    show("lend", "in_flight_record", sizeof(atmqtt::in_flight));
    show("lend", "command_line", atmqtt::limits::line);
    show("lend", "modem_least_lines", atmqtt::modem::least_lines);
    show("lend", "modem_profile", atmqtt::profile::most);
    show("lend", "modem_subscription", atmqtt::subscription_list::overhead);
}

}  // namespace bench::library
