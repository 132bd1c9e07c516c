// SPDX-License-Identifier: MIT
#include "trace.hpp"

#include "../words.hpp"

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
using words::quoted;

void print(const char* way, const std::string& what) { std::fprintf(stderr, "%s %s\n", way, what.c_str()); }

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

constexpr std::size_t longest_shown = 64 * 1024;  // bytes of a packet

std::string words_of_large(char first, std::size_t size) {
    return std::string(name_of(mqtt::type_of(static_cast<std::uint8_t>(first)))) + " of " + number(size) + " bytes";
}

// Bytes of the first packet, whether it is whole or not, or of what cannot be one; 0 where that is not known yet.
std::size_t size_of_first(std::string_view held) {
    mqtt::length_reader length;
    for (std::size_t at = 1; at < held.size(); ++at) {
        const auto state = length.take(static_cast<std::uint8_t>(held[at]));
        if (state == mqtt::length_reader::state::malformed) return held.size();
        if (state == mqtt::length_reader::state::done) return at + 1 + length.value();
    }
    return 0;
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
    print("host   ->", words::of_command(line));
}
void trace::data(std::string_view bytes) { print("host   ->", words::of_data(bytes)); }
void trace::answer(std::string_view bytes) {
    const std::string_view line = without_line_ends(bytes);
    if (line.empty()) return;
    print("host   <-", words::of_line(line));
}

void trace::connected() { from_broker_ = to_broker_ = {}; }
void trace::take(way& of, std::string_view bytes, const char* arrow) {
    const std::size_t skipped = std::min(of.to_skip, bytes.size());
    of.to_skip -= skipped;
    of.held += bytes.substr(skipped);
    for (std::size_t size = size_of_first(of.held); size != 0; size = size_of_first(of.held)) {
        const bool is_whole = size <= of.held.size();
        if (!is_whole && size <= longest_shown) return;
        const std::string_view packet = std::string_view(of.held).substr(0, size);
        print(arrow, is_whole ? words_of(packet) : words_of_large(packet[0], size));
        of.to_skip = size - packet.size();
        of.held.erase(0, size);
    }
}

}  // namespace virtual_modem
