// The dialogue, both ends side by side: what the host does on the left, what the module does on the right.
// SPDX-License-Identifier: MIT
#pragma once

#include <atmqtt/core/buffer.hpp>
#include <atmqtt/core/time.hpp>

#include <cstdio>
#include <string>
#include <string_view>

namespace demo {

class screen {
public:
    explicit screen(bool is_coloured) : is_coloured_(is_coloured) {
        std::printf("%9s  %-*s  %s\n", "time", width, "HOST", "MODULE");
    }
    void title(const std::string& what) const {
        std::printf("\n%s== %s%s\n", colour("\033[1m"), what.c_str(), colour("\033[0m"));
    }
    void host(atmqtt::instant now, const std::string& what) const { row(now, what, {}); }
    void module(atmqtt::instant now, const std::string& what) const { row(now, {}, what); }

private:
    static constexpr int width = 60;

    // What is too long goes on below.
    void row(atmqtt::instant now, std::string left, std::string right) const {
        std::printf("%9.3f  ", now.ticks / 1000.0);
        for (bool is_first = true; is_first || !left.empty() || !right.empty(); is_first = false) {
            if (!is_first) std::printf("%11s", "");
            std::printf("%s%-*s%s  %s\n", colour("\033[36m"), width, cut(left).c_str(), colour("\033[0m"),
                        cut(right).c_str());
        }
    }
    static std::string cut(std::string& text) {
        std::string part = text.substr(0, width);
        text = text.size() > width ? "      " + text.substr(width) : std::string();
        const std::size_t end = part.find_last_not_of(' ');
        return end == std::string::npos ? std::string() : part.substr(0, end + 1);
    }
    const char* colour(const char* code) const { return is_coloured_ ? code : ""; }

    bool is_coloured_;
};

/// Any bytes in quotes, as C writes them.
inline std::string quoted(std::string_view bytes) {
    static const char digits[] = "0123456789ABCDEF";
    std::string shown = "\"";
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        if (byte == '\r')
            shown += "\\r";
        else if (byte == '\n')
            shown += "\\n";
        else if (byte == '"' || byte == '\\')
            shown += {'\\', byte};
        else if (value >= ' ' && value < 0x7F)
            shown += byte;
        else
            shown += std::string("\\x") + digits[value >> 4] + digits[value & 15];
    }
    return shown + "\"";
}

}  // namespace demo
