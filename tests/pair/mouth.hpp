// How a module speaks: line by line, sometimes late, sometimes with something else between two lines.
// SPDX-License-Identifier: MIT
#pragma once

#include "dice.hpp"
#include "ledger.hpp"
#include "wire.hpp"

#include <atmqtt/core/buffer.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace atmqtt::pair {

class mouth {
public:
    mouth(std::uint64_t seed, wire& to, counts& count) : chance_(seed), to_host_(to), count_(count) {}

    unsigned late_ok = 0;  ///< percent of OKs that come late
    unsigned alarms = 0;   ///< percent of lines behind which an alarm comes

    /// What the module has taken last.
    void note_command(std::string_view line) { is_mqtt_ = line.find("AT+MQTT") != std::string_view::npos; }
    /// A line of `modem::next_line`, or a part of a message.
    void say(const std::string& line, moment now) {
        if (line == "\r\nOK\r\n" && in_message_ == 0 && is_mqtt_ && chance_.percent(late_ok)) hold_ok(now);
        to_host_.send(line, now);
        if (is_end_of_line(line) && chance_.percent(alarms)) say_alarm(now);
    }
    void be_silent() { in_message_ = 0; }
    /// What it says from now on comes late.
    void slow_down(moment now, moment span) {
        if (in_message_ == 0) to_host_.hold_next(now, span);
    }

private:
    // A message is a header, its payload, and its end.
    bool is_end_of_line(std::string_view line) {
        if (in_message_ != 0) return --in_message_ == 0;
        if (!begins_with(line, "\r\n") || line.size() < 5) return false;
        if (ends_with(line, "\r\n")) return true;
        if (begins_with(line, "\r\n+MQTTPUBLISH")) in_message_ = 2;
        return false;
    }
    // The end of a command of MQTT comes late; what is behind it then comes with it. A module that answers AT itself this late could
    // not be told from one that answers what was asked later.
    void hold_ok(moment now) {
        const bool is_long = chance_.percent(20) && now >= held_until_;
        if (is_long) held_until_ = now + 60'000;
        ++count_[is_long ? "OK comes too late" : "OK comes late"];
        to_host_.hold_next(now, is_long ? chance_.between(2'000, 15'000) : chance_.between(20, 1'900));
    }
    void say_alarm(moment now) {
        static constexpr std::string_view lines[] = {
            "+MQTTTO:5",   "+MQTTTO: 5", "+MQTTPINGRSP: OK",    "+CME ERROR: 609", "+CME ERROR: 619",
            "+CSQ: 21,99", "RING",       "+MQTTPUBREL: 0,60001"};
        ++count_["alarm between lines"];
        to_host_.send("\r\n" + std::string(chance_.pick(lines)) + "\r\n", now);
    }

    dice chance_;
    wire& to_host_;
    counts& count_;
    bool is_mqtt_ = false;  // the last command was
    moment held_until_ = 0;
    int in_message_ = 0;
};

}  // namespace atmqtt::pair
