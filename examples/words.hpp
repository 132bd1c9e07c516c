// What goes over the AT wire, in words for people; passwords masked. For the programs.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/at/codec.hpp>
#include <atmqtt/at/describe.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace words {

/// Any bytes in quotes: printable ASCII as it is, the rest as \xHH.
inline std::string quoted(std::string_view bytes) {
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

/// A command or line by the names of its parameters.
template <class Message>
std::string described(const Message& m) {
    std::string shown(64 * 1024, ' ');
    return std::string(describe(m, atmqtt::buffer{shown.data(), shown.size()}));
}

/// A command of a host, as the module reads it. One that is not understood is shown as far as it is: what is behind may be an
/// AT+MQTTCFG that has lost bytes.
inline std::string of_command(std::string_view line) {
    const auto m = atmqtt::parse_command(line);
    if (m) return described(*m);
    const auto why = m.why();
    const bool has_name = why.code != atmqtt::errc::unknown_head;
    const std::size_t known = has_name ? why.column : line.find_first_of("\",");
    const std::size_t shown = std::min({known, atmqtt::secret_in(line).at, line.size()});
    const std::string text = quoted(line.substr(0, shown)) + (shown == line.size() ? "" : " ***");
    if (!has_name) return text;
    return text + ": " + std::string(text_of(why.code)) + " at byte " + std::to_string(why.column);
}

/// A line of a module. One that is not understood may be an echo: of that no more is shown than of a command.
inline std::string of_line(std::string_view line) {
    const auto m = atmqtt::parse_line(line);
    if (m) return described(*m);
    const bool may_be_secret = line.find('"') != std::string_view::npos || atmqtt::secret_in(line).size != 0;
    return may_be_secret ? of_command(line) : quoted(line);
}

}  // namespace words
