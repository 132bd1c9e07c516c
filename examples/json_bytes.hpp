// Bytes in JSON, for the programs.
// SPDX-License-Identifier: MIT
#pragma once

#include "words.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
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

/// JSON in which what a terminal may obey, DEL and U+0080..U+009F, is escaped as other control characters are.
inline std::string without_controls(std::string_view text) {
    std::string made;
    for (std::size_t at = 0; at != text.size(); ++at) {
        if (!words::is_control_at(text, at)) {
            made += text[at];
            continue;
        }
        if (text[at] == '\xC2') ++at;  // the code point is what follows
        made += "\\u00" + to_hex(text.substr(at, 1));
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
