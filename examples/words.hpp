// What goes over the AT wire, in words for people; passwords masked. For the programs.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/at/codec.hpp>
#include <atmqtt/at/describe.hpp>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>

namespace words {

/// A byte as \xHH.
inline std::string escaped(char byte) {
    static const char digits[] = "0123456789ABCDEF";
    const auto value = static_cast<unsigned char>(byte);
    return std::string("\\x") + digits[value >> 4] + digits[value & 15];
}

/// Any bytes in quotes: printable ASCII as it is, the rest as \xHH.
inline std::string quoted(std::string_view bytes) {
    std::string shown = "\"";
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        const bool is_plain = value >= ' ' && value < 0x7F && byte != '"' && byte != '\\';
        if (is_plain)
            shown += byte;
        else
            shown += escaped(byte);
    }
    return shown + "\"";
}

/// Whether a terminal may obey what `text` goes on with: a control character, DEL, or U+0080..U+009F in UTF-8.
inline bool is_control_at(std::string_view text, std::size_t at) {
    const auto byte = [text](std::size_t place) { return place < text.size() ? text[place] & 0xFF : 0; };
    return byte(at) < ' ' || byte(at) == 0x7F || (byte(at) == 0xC2 && byte(at + 1) >= 0x80 && byte(at + 1) < 0xA0);
}
/// Text for a terminal: as it is, but for what that may obey, as \xHH.
inline std::string harmless(std::string_view text) {
    std::string shown;
    for (std::size_t at = 0; at != text.size(); ++at) {
        if (!is_control_at(text, at)) {
            shown += text[at];
            continue;
        }
        shown += escaped(text[at]);
        if (text[at] == '\xC2') shown += escaped(text[++at]);
    }
    return shown;
}

/// A command or line by the names of its parameters.
template <class Message>
std::string described(const Message& m) {
    std::string shown(64 * 1024, ' ');
    return std::string(describe(m, atmqtt::buffer{shown.data(), shown.size()}));
}

/// The same of the first `shown` bytes; what is hidden is told.
inline std::string quoted(std::string_view bytes, std::size_t shown) {
    return quoted(bytes.substr(0, shown)) + (shown < bytes.size() ? " ***" : "");
}

/// Whether a line begins as commands and answers do.
inline bool has_name(std::string_view line) {
    const auto is = [line](std::size_t at, char byte) {
        return at < line.size() && std::toupper(static_cast<unsigned char>(line[at])) == byte;
    };
    return is(0, '+') || (is(0, 'A') && is(1, 'T'));
}
/// How many bytes may be shown of a line whose name is not known, which may be an AT+MQTTCFG that has lost bytes. ours: it is taken for
/// one if it has five commas or more, or a second text in quotes, or no name.
inline std::size_t shown_of_unknown(std::string_view line) {
    const std::size_t most = std::min(line.find_first_of("\","), line.size());
    if (!has_name(line)) return most;
    const std::size_t quote = line.find('"');
    if (quote == std::string_view::npos) return std::count(line.begin(), line.end(), ',') < 5 ? line.size() : most;
    const std::size_t end = line.find('"', quote + 1);
    const bool is_text = std::string_view("=:, ").find(line[quote - 1]) != std::string_view::npos;
    if (!is_text || end == std::string_view::npos) return most;
    return line.find('"', end + 1) == std::string_view::npos ? line.size() : end + 1;
}

/// How many bytes may be shown of a command that is not understood: as far as it is.
inline std::size_t shown_of_command(std::string_view line, const atmqtt::error& why) {
    const bool is_known = why.code != atmqtt::errc::unknown_head;
    return std::min({is_known ? why.column : shown_of_unknown(line), atmqtt::secret_in(line).at, line.size()});
}

/// Whether a line of a module that is not understood may be the echo of a command: no more is shown of it than of that.
inline bool may_be_command(std::string_view line) {
    return line.find('"') != std::string_view::npos || atmqtt::secret_in(line).size != 0;
}

/// Where the first AT+ stands from there on, or the end.
inline std::size_t command_in(std::string_view bytes, std::size_t from) {
    constexpr std::string_view start = "AT+";
    const auto is_same = [](char one, char other) { return std::toupper(static_cast<unsigned char>(one)) == other; };
    const auto* const found = std::search(bytes.begin() + from, bytes.end(), start.begin(), start.end(), is_same);
    return static_cast<std::size_t>(found - bytes.begin());
}

/// How many bytes may be shown of counted data: those before a password, and of a command in it no more than of one that is not
/// understood. A module that has refused the command takes them for lines.
inline std::size_t shown_of_data(std::string_view bytes) {
    const bool is_secret = atmqtt::detail::behind_configuration(bytes) != 0;
    const std::size_t most = is_secret ? atmqtt::secret_in(bytes).at : bytes.size();
    std::size_t end = 0;
    for (std::size_t at = command_in(bytes, 0); at < most; at = command_in(bytes, end)) {
        end = std::min(bytes.find_first_of("\r\n", at), bytes.size());
        const std::string_view line = bytes.substr(at, end - at);
        const auto m = atmqtt::parse_command(line);
        const std::size_t shown = m ? line.size() : shown_of_command(line, m.why());
        if (shown != line.size()) return std::min(most, at + shown);
    }
    return most;
}

/// A command of a host, as the module reads it.
inline std::string of_command(std::string_view line) {
    const auto m = atmqtt::parse_command(line);
    if (m) return described(*m);
    const auto why = m.why();
    const std::string text = quoted(line, shown_of_command(line, why));
    if (why.code == atmqtt::errc::unknown_head) return text;
    return text + ": " + std::string(text_of(why.code)) + " at byte " + std::to_string(why.column);
}

/// Counted data of a host.
inline std::string of_data(std::string_view bytes) { return quoted(bytes, shown_of_data(bytes)); }

/// A message of a module. Where its length is wrong, what is taken for its payload may be other lines.
inline std::string of_message(const atmqtt::message& m, bool mismatch) {
    if (!mismatch) return described(m);
    atmqtt::message shown = m;
    shown.payload = m.payload.substr(0, shown_of_data(m.payload));
    return described(shown) + " (declared and printed length disagree)";
}

/// A line of a module.
inline std::string of_line(std::string_view line) {
    const auto m = atmqtt::parse_line(line);
    if (m) return described(*m);
    return may_be_command(line) ? of_command(line) : quoted(line);
}

}  // namespace words
