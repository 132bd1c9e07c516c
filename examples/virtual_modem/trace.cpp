// SPDX-License-Identifier: MIT
#include "trace.hpp"

#include <atmqtt/at/codec.hpp>
#include <atmqtt/at/describe.hpp>
#include <atmqtt/core/match.hpp>
#include <atmqtt/mqtt/codec.hpp>
#include <atmqtt/mqtt/packets.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

namespace virtual_modem {

namespace {

namespace mqtt = atmqtt::mqtt;

void print(const char* way, const std::string& what) { std::fprintf(stderr, "%s %s\n", way, what.c_str()); }

std::string quoted(std::string_view bytes) {
    static const char digits[] = "0123456789ABCDEF";
    std::string shown = "\"";
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        const bool is_plain = value >= ' ' && value < 0x7F && byte != '"' && byte != '\\';
        if (is_plain)
            shown += byte;
        else
            shown += std::string("\\x") + digits[value >> 4] + digits[value & 15];
    }
    return shown + "\"";
}
std::string number(std::size_t value) { return std::to_string(value); }
std::string level_of(atmqtt::qos level) { return " qos=" + number(static_cast<std::size_t>(level)); }

// One overload for each kind of packet: what is behind its name.
std::string rest_of(const mqtt::connect& m) {
    std::string shown = " level=" + number(static_cast<std::size_t>(m.protocol)) + " id=" + quoted(m.id) +
                        " keepAlive=" + number(m.keep_alive) + (m.clean ? " clean" : "");
    if (m.has_will) shown += " will=" + quoted(m.will_topic) + level_of(m.will_qos);
    if (m.has_user) shown += " user=" + quoted(m.user);
    return shown + (m.has_passwd ? " passwd=***" : "");
}
std::string rest_of(const mqtt::connack& m) {
    return " code=" + number(static_cast<std::size_t>(m.code)) + (m.session_present ? " session present" : "");
}
std::string rest_of(const mqtt::publish& m) {
    std::string shown = level_of(m.level) + (m.dup ? " dup" : "") + (m.retain ? " retain" : "");
    if (m.id != 0) shown += " id=" + number(m.id);
    return shown + " topic=" + quoted(m.topic) + " payload=" + quoted(m.payload);
}
std::string rest_of(const mqtt::subscribe& m) {
    return " id=" + number(m.id) + " filter=" + quoted(m.filter) + level_of(m.level);
}
std::string rest_of(const mqtt::suback& m) {
    std::string shown = " id=" + number(m.id) + " codes=";
    for (const char code : m.codes) shown += number(static_cast<unsigned char>(code)) + " ";
    return shown.substr(0, shown.size() - 1);
}
std::string rest_of(const mqtt::unsubscribe& m) { return " id=" + number(m.id) + " filter=" + quoted(m.filter); }
template <atmqtt::packet_type Type>
std::string rest_of(const mqtt::acknowledgement<Type>& m) {
    return " id=" + number(m.id);
}
template <atmqtt::packet_type Type>
std::string rest_of(const mqtt::signal<Type>&) {
    return "";
}

std::string words_of(std::string_view bytes) {
    const auto m = mqtt::decode(bytes);
    const auto type = mqtt::type_of(static_cast<std::uint8_t>(bytes[0]));
    if (!m)
        return std::string(name_of(type)) + ": " + std::string(text_of(m.why().code)) + " at byte " +
               number(m.why().column);
    return std::string(name_of(type)) + atmqtt::match(*m, [](const auto& one) { return rest_of(one); });
}

// Bytes of the first packet, if it is whole, or cannot be one; else 0.
std::size_t size_of_first(std::string_view held) {
    mqtt::length_reader length;
    for (std::size_t at = 1; at < held.size(); ++at) {
        const auto state = length.take(static_cast<std::uint8_t>(held[at]));
        if (state == mqtt::length_reader::state::malformed) return held.size();
        const std::size_t size = at + 1 + length.value();
        if (state == mqtt::length_reader::state::done) return size <= held.size() ? size : 0;
    }
    return 0;
}

template <class Message>
std::string described(const Message& m) {
    std::string shown(8 * 1024, ' ');
    return std::string(describe(m, atmqtt::buffer{shown.data(), shown.size()}));
}

// A line that is none of MQTT, or not understood.
std::string as_text(std::string_view line) {
    const auto secret = atmqtt::secret_in(line);
    if (secret.size == 0) return quoted(line);
    return quoted(line.substr(0, secret.at)) + " ***";
}

// A command that is not understood: as far as it is, for what is behind may be an AT+MQTTCFG that has lost bytes.
std::string as_command(std::string_view line, const atmqtt::error& why) {
    const bool has_name = why.code != atmqtt::errc::unknown_head;
    const std::size_t known = has_name ? why.column : line.find_first_of("\",");
    const std::size_t shown = std::min({known, atmqtt::secret_in(line).at, line.size()});
    const std::string text = quoted(line.substr(0, shown)) + (shown == line.size() ? "" : " ***");
    return has_name ? text + ": " + std::string(text_of(why.code)) + " at byte " + number(why.column) : text;
}

// As the module reads it: or a password would be shown where BACKSPACE or LF is in the name of its command.
std::string edited(std::string_view bytes) {
    std::string line;
    for (const char byte : bytes) {
        if (byte == '\b' && !line.empty()) line.pop_back();
        if (byte != '\b' && byte != '\n' && byte != '\r') line += byte;
    }
    return line;
}

std::string_view without_line_ends(std::string_view line) {
    while (!line.empty() && (line.front() == '\r' || line.front() == '\n')) line.remove_prefix(1);
    if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
}

}  // namespace

void trace::command(std::string_view bytes) {
    const std::string line = edited(bytes);
    if (line.empty()) return;
    const auto m = atmqtt::parse_command(line);
    print("host   ->", m ? described(*m) : as_command(line, m.why()));
}
void trace::data(std::string_view bytes) { print("host   ->", quoted(bytes)); }
void trace::answer(std::string_view bytes) {
    const std::string_view line = without_line_ends(bytes);
    if (line.empty()) return;
    const auto m = atmqtt::parse_line(line);
    print("host   <-", m ? described(*m) : as_text(line));
}

void trace::connected() {
    from_broker_.clear();
    to_broker_.clear();
}
void trace::take(std::string& held, std::string_view bytes, const char* way) {
    held += bytes;
    for (std::size_t size = size_of_first(held); size != 0; size = size_of_first(held)) {
        print(way, words_of(std::string_view(held).substr(0, size)));
        held.erase(0, size);
    }
}

}  // namespace virtual_modem
