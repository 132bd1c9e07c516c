// The head of a command or line, up to its `=`, `?`, `:` or end, packed into one number.
// SPDX-License-Identifier: MIT
#pragma once

#include "../core/buffer.hpp"
#include "tolerances.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace atmqtt::detail {

/// Which words a head begins with.
enum class head_kind : std::uint8_t {
    word,         ///< OK
    plus,         ///< +CME
    line,         ///< +MQTT
    at_command,   ///< AT+MQTT
};

/// A head as it was found. Equal keys mean equal heads: it holds every letter.
struct head {
    std::uint64_t key = 0;  ///< 0: no head of the manual is like this
    std::size_t end = 0;    ///< where its `=`, `?` or `:` stands, or the end of the line
};

constexpr char upper(char byte) { return byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 'a' + 'A') : byte; }

/// Where `words` end in `text` if it begins with them, blanks and case aside; else 0.
constexpr std::size_t behind(std::string_view text, std::string_view words) {
    std::size_t at = 0;
    for (const char byte : words) {
        while (at < text.size() && text[at] == ' ') ++at;
        if (at == text.size() || upper(text[at]) != byte) return 0;
        ++at;
    }
    return at;
}

/// Packs what makes a head: up to 8 letters of 5 bits, its kind, and its form.
constexpr head pack_head(std::string_view text, std::size_t at, head_kind kind, bool blanks) {
    const char any_case = kind == head_kind::at_command ? 0x20 : 0;  // modems write theirs in upper case only
    std::uint64_t key = 0;
    for (; at < text.size(); ++at) {
        const auto letter = static_cast<unsigned>((text[at] & ~any_case) - 'A');
        if (letter < 26) {
            if (key >> 35 != 0) return {};
            key = key << 5 | (letter + 1);
        } else if (!blanks || text[at] != ' ') {
            break;
        }
    }
    while (at < text.size() && text[at] == ' ') ++at;
    const char end = at < text.size() ? text[at] : ';';
    const unsigned form = end == ';' ? 0 : end == ':' ? 1 : end == '=' ? 2 : end == '?' ? 3 : 4;
    return {key << 8 | static_cast<unsigned>(kind) << 4 | form, at};
}

/// `+MQTT PINGRSP OK`: the head of +MQTTPINGRSP:, with the blank before its status for a colon.
constexpr head ping_heading(std::string_view text) {
    const std::size_t at = behind(text, "+MQTTPINGRSP");
    const bool blank = at != 0 && at < text.size() && text[at] == ' ';
    return blank ? head{pack_head("+MQTTPINGRSP:", 5, head_kind::line, false).key, at} : head{};
}

/// The head of a line that a modem sends.
constexpr head line_head(std::string_view text, const tolerances& may) {
    if (begins_with(text, "+MQTT")) {
        const head found = pack_head(text, 5, head_kind::line, may.head_blanks);
        return found.key == 0 && may.ping_heading ? ping_heading(text) : found;
    }
    if (const auto at = may.head_blanks ? behind(text, "+MQTT") : 0; at != 0) return pack_head(text, at, head_kind::line, true);
    const bool plus = begins_with(text, "+");
    return pack_head(text, plus ? 1 : 0, plus ? head_kind::plus : head_kind::word, plus);
}

/// The head of a command that a host sends; key 0 for one that is not of MQTT.
constexpr head command_head(std::string_view text, const tolerances& may) {
    const auto at = behind(text, "AT+MQTT");
    const bool allowed = at == 7 || may.head_blanks;
    return at == 0 || !allowed ? head{} : pack_head(text, at, head_kind::at_command, may.head_blanks);
}

/// The key without its form: `AT+MQTTSUB=` and `AT+MQTTSUB?` share it.
constexpr std::uint64_t name_of_key(std::uint64_t key) { return key & ~std::uint64_t{0xF}; }

}  // namespace atmqtt::detail
