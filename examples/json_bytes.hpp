// Bytes in JSON, for the programs.
// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

/// Bytes as lowercase hexadecimal digits, two each; or others instead of those.
inline std::string to_hex(std::string_view bytes, std::string_view digits = "0123456789abcdef") {
    std::string hex;
    for (const char byte : bytes) {
        hex += digits[static_cast<unsigned char>(byte) >> 4];
        hex += digits[static_cast<unsigned char>(byte) & 15];
    }
    return hex;
}

/// JSON in which DEL and U+0080..U+009F, which a terminal may obey, are escaped as other control characters are.
inline std::string without_controls(std::string_view text) {
    std::string made;
    for (std::size_t at = 0; at != text.size(); ++at) {
        const bool is_pair = text[at] == '\xC2' && static_cast<unsigned char>(text[at + 1]) < 0xA0;
        if (!is_pair && text[at] != '\x7F') {
            made += text[at];
            continue;
        }
        at += is_pair ? 1 : 0;
        char escaped[8];
        std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(text[at])));
        made += escaped;
    }
    return made;
}

/// Bytes as JSON: a string when they are UTF-8, else {"hex": ...}.
inline nlohmann::ordered_json to_json(std::string_view bytes) {
    nlohmann::ordered_json as_string = std::string(bytes);
    try {
        (void)as_string.dump();
        return as_string;
    } catch (const nlohmann::ordered_json::type_error&) {
        return {{"hex", to_hex(bytes)}};
    }
}
