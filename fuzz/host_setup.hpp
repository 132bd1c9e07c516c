// What a host is like, is lent, and is to open, in one run.
// SPDX-License-Identifier: MIT
#pragma once

#include "oracles.hpp"
#include "script.hpp"
#include "uart_witness.hpp"

#include <atmqtt/host/host.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace oracle {

/// What a host is like and is lent, in one run.
struct host_setup {
    host_options options;
    spelling how = spelling::manual;
    bool serves = false;
    bool echoes = false;
    bool is_held = false;  ///< the UART takes nothing but what the script says
    std::size_t rx = 0;
    std::size_t tx = 0;
    std::size_t sip = 0;  ///< bytes that the UART takes at once
    unsigned wanted = 0;  ///< how the settings are
    std::uint32_t clock = 0;
    std::uint32_t seed = 0;
    std::string_view script;
};

/// The first 8 bytes of an input; the others are the script.
inline host_setup draw_host_setup(source& from) {
    constexpr std::uint8_t failures[] = {10, 0, 1, 3};
    host_setup drawn;
    const unsigned flags = from.byte();
    if ((flags & 1) != 0) drawn.how = spelling::sdk;
    drawn.serves = (flags & 2) != 0;
    drawn.echoes = (flags & 4) != 0;
    drawn.is_held = (flags & 8) != 0;
    drawn.options.talk.reading.pieces = (flags & 16) != 0;
    if ((flags & 32) != 0) drawn.options.talk.reading.policy = length_policy::line_end;
    if ((flags & 64) != 0) drawn.options.talk.reading.may = tolerances::all();
    drawn.options.talk.reading.any_prompt = (flags & 128) != 0;
    drawn.rx = draw_buffer_size(from);
    drawn.tx = draw_buffer_size(from);
    drawn.wanted = from.byte();
    const unsigned how = from.byte();
    drawn.options.failures = failures[how & 3];
    if ((how & 4) != 0) drawn.options.check = millis{0};
    if ((how & 8) != 0) drawn.options.boot_line = "RDY";
    if ((how & 16) != 0) drawn.options.talk.most_counted = 8;
    if ((how & 32) != 0) drawn.options.longest_wait = millis{1'500};
    drawn.options.seed = how >> 6;
    drawn.sip = from.byte() % 8U;
    drawn.clock = draw_clock(from);
    drawn.seed = from.byte();
    drawn.script = from.rest();
    return drawn;
}

/// Settings, with their strings.
class wanted_settings {
public:
    explicit wanted_settings(unsigned how) {
        wanted_.server = {host_.view(), 1883, id_.view(), 60, "u", passwd_.view(), (how & 1) == 0, true, {}, false};
        if ((how & 2) != 0) wanted_.server.keep_alive = 5;
        wanted_.greeting.usr_flag = wanted_.greeting.pwd_flag = true;
        wanted_.greeting.will_flag = (how & 4) != 0;
        if ((how & 4) != 0) wanted_.greeting.will_topic = topic_.view();
        if ((how & 4) != 0) wanted_.greeting.will_mesg = will_.view();
        wanted_.subscriptions = subscriptions_;
        wanted_.subscription_count = how >> 3 & 3;
        if ((how & 32) != 0) wanted_.timeout = (how & 64) != 0 ? 65535 : 0;
        wanted_.recon = (how & 64) == 0;
        wanted_.rsp_echo = (how & 128) == 0;
        if ((how & 192) == 192) wanted_.server.host = {"not\rsent"};
    }
    const settings& view() const { return wanted_; }

private:
    memory host_{std::string_view{"h"}};
    memory id_{std::string_view{"me"}};
    memory passwd_{password};
    memory topic_{std::string_view{"will"}};
    memory will_{std::string_view{"words of the will, so many that one vendor build sends no such CONNECT: " +
                                  std::string(200, 'w')}};
    subscribe subscriptions_[3] = {{"t", qos::at_least_once}, {"a/#", qos::exactly_once}, {"OK", qos::at_most_once}};
    settings wanted_;
};

}  // namespace oracle
