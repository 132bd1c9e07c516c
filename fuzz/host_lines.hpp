// Commands that a host may send, drawn from the fuzzer's bytes: all of them, well-formed or nearly.
// SPDX-License-Identifier: MIT
#pragma once

#include "oracles.hpp"
#include "uart_witness.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace oracle {

/// Draws commands without their CR. `fits`: bytes of a topic that just fit somewhere.
class host_lines {
public:
    explicit host_lines(std::size_t fits) : fits_(fits) {}

    std::string draw(source& from) const {
        const std::uint8_t which = from.byte() % 40;
        switch (which) {
            case 0:
            case 1: return draw_configuration(from);
            case 2:
            case 3: return draw_open(from);
            case 4:
            case 5: return draw_subscription(from, "AT+MQTTSUB=") + "," + digit(from.byte() % 4);
            case 6: return draw_subscription(from, "AT+MQTTUNSUB=");
            case 7:
            case 8: return draw_message(from);
            case 9: return "AT+MQTTTO=" + std::to_string(from.pair());
            default: return std::string{fixed[static_cast<std::size_t>(which - 10)]};
        }
    }
    /// AT+MQTTPUB= up to its length.
    std::string draw_counted(source& from) const {
        const unsigned how = from.byte();
        return "AT+MQTTPUB=\"" + draw_topic(from) + "\"," + digit(how % 4) + "," + digit(how >> 2 & 1) + ",0,";
    }
    /// One that opens, with one that configures before it: 1883, an identifier, and no will.
    static std::string configuration(unsigned keep_alive, bool is_clean) {
        return "AT+MQTTCFG=\"h\",1883,\"me\"," + std::to_string(keep_alive) + ",\"u\",\"" + std::string{password} +
               "\"," + (is_clean ? "1" : "0");
    }
    static constexpr std::string_view opening = "AT+MQTTOPEN=1,1,0,0,0,\"\",\"\"";

private:
    static constexpr std::string_view fixed[] = {"AT+MQTTCFG?",
                                                 "AT+MQTTSTAT?",
                                                 "AT+MQTTSUB?",
                                                 "AT+MQTTPING?",
                                                 "AT+MQTTREC?",
                                                 "AT+MQTTTO?",
                                                 "AT+MQTTDISC",
                                                 "AT+MQTTDEL",
                                                 "AT+MQTTPING=0",
                                                 "AT+MQTTPING=1",
                                                 "AT+MQTTREC=0",
                                                 "AT+MQTTREC=1",
                                                 "AT+MQTTTO=1",
                                                 "AT",
                                                 "ATE0",
                                                 "ATE1",
                                                 "ATI",
                                                 "AT+CMEE=0",
                                                 "AT+CMEE=1",
                                                 "AT+CMEE=2",
                                                 "AT+CMEE?",
                                                 "AT+MQTTCFG=1",
                                                 "AT+MQTTDISC=1",
                                                 "AT+MQTTSUB",
                                                 "AT+FOO",
                                                 "at+ mqttstat?",
                                                 "AT+MQTTSTAT?;+MQTTREC?",
                                                 "AT+MQTTPING=2",
                                                 "AT+MQTTTO=0",
                                                 "ATZ"};

    static std::string digit(unsigned value) { return std::to_string(value); }

    std::string draw_configuration(source& from) const {
        constexpr std::string_view ids[] = {"me", "", "twenty-four bytes of id..", "a \\\"quoted\\\" id"};
        constexpr unsigned times[] = {0, 1, 2, 60, 600, 65535, 65536, 10};
        const unsigned how = from.byte();
        const std::string host = (how & 1) != 0 ? std::string(fits_ % 140, 'h') : "h";
        const std::string user = (how & 2) != 0 ? std::string{from.take(from.byte() % 8U)} : "u";
        const std::string tail = (how & 4) == 0 ? "" : (how & 8) != 0 ? ",\"v\",1" : ",\"\",0";
        return "AT+MQTTCFG=\"" + host + "\"," + ((how & 16) != 0 ? "1" : "1883") + ",\"" +
               std::string{ids[how >> 5 & 3]} + "\"," + digit(times[from.byte() % 8]) + ",\"" + user + "\",\"" +
               std::string{password} + "\"," + digit(how >> 7) + tail;
    }
    std::string draw_open(source& from) const {
        const unsigned how = from.byte();
        const bool has_will = (how & 4) != 0;
        const std::string will = has_will ? draw_topic(from) : std::string{};
        const std::string words = has_will && (how & 64) != 0 ? std::string(fits_ % 513, 'w') : "say \\\"bye\\\"";
        return "AT+MQTTOPEN=" + digit(how & 1) + "," + digit(how >> 1 & 1) + "," + digit(how >> 2 & 1) + "," +
               digit(how >> 3 & 1) + "," + digit(how >> 4 & 3) + ",\"" + will + "\",\"" + words + "\"";
    }
    std::string draw_subscription(source& from, std::string_view head) const {
        return std::string{head} + "\"" + draw_topic(from) + "\"";
    }
    std::string draw_message(source& from) const {
        constexpr std::string_view words[] = {"", "abc", "say \\\"hi\\\"", "1,2"};
        const unsigned how = from.byte();
        const std::string message = (how & 64) != 0    ? std::string{from.take(from.byte() % 64U)}
                                    : (how & 128) != 0 ? std::string(fits_, 'm')
                                                       : std::string{words[how >> 4 & 3]};
        return "AT+MQTTPUB=\"" + draw_topic(from) + "\"," + digit(how % 4) + "," + digit(how >> 2 & 1) + "," +
               digit(how >> 3 & 1) + ",\"" + message + "\"";
    }
    std::string draw_topic(source& from) const {
        constexpr std::string_view topics[] = {"t",   "dev/gsm/u", "#",    "a/+/c",     "",  "OK",
                                               "a,1", "a/#/b",     "\xC3", "+MQTTDISC", "b", "ERROR"};
        const std::uint8_t which = from.byte() % 16;
        if (which < 12) return std::string{topics[which]};
        const std::uint8_t size = from.byte();
        if (which < 14) return std::string{from.take(size % 32U)};
        return std::string((which == 14 ? fits_ : 509) + size % 4U, 'y');
    }

    std::size_t fits_;
};

}  // namespace oracle
