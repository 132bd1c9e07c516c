// What stands at the far ends of the measured machines: a module's answers for a host, and a broker for a modem, as small as
// they can be, for what they cost is counted too.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace bench::script {

inline constexpr std::string_view ok = "\r\nOK\r\n";

inline bool begins_with(std::string_view bytes, std::string_view with) {
    return bytes.size() >= with.size() && std::memcmp(bytes.data(), with.data(), with.size()) == 0;
}

/// What a module says to a command of a host that brings it up and publishes.
inline std::string_view answer_to(std::string_view command) {
    if (begins_with(command, "AT+MQTTOPEN=")) return "\r\n+MQTTOPEN: OK\r\n\r\nOK\r\n";
    if (begins_with(command, "AT+MQTTSUB=")) return "\r\n+MQTTSUBACK: 1,1,dev/gsm/u\r\n\r\nOK\r\n";
    if (begins_with(command, "AT+MQTTPUB=")) return "\r\n+MQTTPUBACK: 0,2\r\n\r\nOK\r\n";
    if (begins_with(command, "AT+MQTTDISC")) return "\r\nERROR\r\n";
    return ok;
}

/// Answers the packets of one modem, without looking at more of them than it must.
class broker {
public:
    /// PUBLISH packets that have come, and those whose acknowledgement of ours was answered.
    std::size_t published() const { return published_; }
    std::size_t acknowledged() const { return acknowledged_; }

    /// Takes what the modem hands to its socket: whole packets, or a PUBLISH up to its payload and then that.
    void take(std::string_view bytes) {
        while (!bytes.empty()) {
            if (left_ == 0) begin(bytes);
            const std::size_t some = left_ < bytes.size() ? left_ : bytes.size();
            left_ -= some;
            bytes.remove_prefix(some);
        }
    }
    /// What it says, until it was `said`: its first `count` bytes.
    std::string_view says() const { return {said_, size_}; }
    void said(std::size_t count) {
        std::memmove(said_, said_ + count, size_ - count);
        size_ -= count;
    }

private:
    static unsigned byte(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

    void begin(std::string_view bytes) {
        std::size_t at = 1;
        std::size_t length = 0;
        for (unsigned shift = 0;; shift += 7) {
            const unsigned next = byte(bytes, at++);
            length |= std::size_t{next & 0x7F} << shift;
            if (next < 0x80) break;
        }
        left_ = at + length;
        answer(byte(bytes, 0), bytes.substr(at), length);
    }
    void answer(unsigned first, std::string_view body, std::size_t length) {
        switch (first >> 4) {
            case 1: return say(0x20, 0, 0);
            case 3:
                ++published_;
                if ((first & 6) == 0) return;
                return say_id((first & 6) == 2 ? 0x40 : 0x50, body, 2 + (byte(body, 0) << 8 | byte(body, 1)));
            case 4:
            case 7: ++acknowledged_; return;
            case 5: return say_id(0x62, body, 0);
            case 6: return say_id(0x70, body, 0);
            case 8: say_id(0x90, body, 0); return grant(body[length - 1]);
            case 10: return say_id(0xB0, body, 0);
            case 12:
                said_[size_++] = '\xD0';
                said_[size_++] = 0;
                return;
            default: return;
        }
    }
    void say(unsigned first, unsigned high, unsigned low) {
        said_[size_++] = static_cast<char>(first);
        said_[size_++] = 2;
        said_[size_++] = static_cast<char>(high);
        said_[size_++] = static_cast<char>(low);
    }
    void say_id(unsigned first, std::string_view body, std::size_t at) {
        say(first, byte(body, at), byte(body, at + 1));
    }
    void grant(char level) {
        said_[size_ - 3] = 3;
        said_[size_++] = level;
    }

    std::size_t left_ = 0;  // bytes of the packet that are still to come
    std::size_t published_ = 0;
    std::size_t acknowledged_ = 0;
    std::size_t size_ = 0;
    char said_[16];
};

}  // namespace bench::script
