// Bytes in JSON, for the programs.
// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>

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
