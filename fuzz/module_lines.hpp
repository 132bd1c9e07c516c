// Lines that a module may say, drawn from the fuzzer's bytes: all of them, in its spelling.
// SPDX-License-Identifier: MIT
#pragma once

#include "oracles.hpp"

#include <atmqtt/at/codec.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace oracle {

/// Draws lines with their line ends. `rx`: bytes that its host can hold.
class module_lines {
public:
    module_lines(spelling how, std::size_t rx) : how_(how), rx_(rx) {}

    std::string draw(source& from) const {
        const unsigned how = from.byte();
        const unsigned value = from.byte();
        const auto code = static_cast<cme>(600 + value % 24);
        const auto state = static_cast<connection_state>(value % 6);
        const auto level = static_cast<std::uint8_t>(value % 4 == 3 ? 128 : value % 4);
        const std::string_view topic = value < 64 ? "t" : value < 128 ? "a/#" : "OK";
        const auto id = static_cast<packet_id>(value);
        switch (how % 26) {
            case 0: return said(ok{});
            case 1: return said(plain_error{});
            case 2: return said(cme_error{error_form::number, code, {}});
            case 3: return said(cme_error{error_form::words, {}, "something"});
            case 4: return said(cme_error{error_form::nothing, {}, {}});
            case 5: return said(open_is{value % 2 == 0 ? status::ok : status::fail});
            case 6: return said(no_configuration{});
            case 7: return said(configuration_is{"h", 1, "me", 60, "u", true, true, {}, false});
            case 8: return said(state_is{state});
            case 9: return said(suback{id, level, topic});
            case 10: return said(subscriptions_are{}) + "\r\nt,1\r\n";
            case 11: return said(unsuback{id, topic});
            case 12: return said(puback{false, id});
            case 13: return said(pubrec{false, id});
            case 14: return said(pubcomp{false, id});
            case 15: return said(disc_is{value % 8 != 7 ? status::ok : status::fail});
            case 16: return said(ping_echo_is{});
            case 17: return said(reconnect_is{true, id});
            case 18: return said(reconnect_alarm{id});
            case 19: return said(timeout_is{id});
            case 20: return said(timeout_alarm{static_cast<timeout_kind>(value % 8)});
            case 21: return said(pubrel{false, id});
            case 22: return said(pingrsp{});
            case 23: return "\r\nRDY\r\n";
            case 24: return "\r\nCONNECT\r\n";
            default: return "\r\nt,1\r\n";
        }
    }
    /// A message; its length may be wrong, or its end be missing.
    std::string draw_message(source& from) const {
        constexpr std::string_view payloads[] = {"abc", "\r\nOK\r\n", "", "\r\n> "};
        const unsigned how = from.byte();
        std::string payload{payloads[how >> 2 & 3]};
        if ((how & 16) != 0) payload.assign(rx_ + from.byte() % 16U - std::min<std::size_t>(rx_, 8), 'f');
        const auto length = static_cast<std::uint32_t>(payload.size() + ((how & 32) != 0 ? 2 : 0));
        const message_header header{false, static_cast<qos>(how % 3), (how & 64) != 0, 7, "t", length};
        return said(header) + payload + ((how & 128) != 0 ? "" : "\r\n");
    }
    template <class Line>
    std::string said(const Line& m) const {
        char out[1024];
        const auto done = format(m, out, how_);
        return done ? std::string{*done} : std::string{};
    }

private:
    spelling how_;
    std::size_t rx_;
};

}  // namespace oracle
