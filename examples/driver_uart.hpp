// What stands in for a board in driver.cpp: a clock, and a UART with a module at its other end, in memory.
// SPDX-License-Identifier: MIT
#pragma once

#include "demo/broker.hpp"

#include <atmqtt.hpp>

#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

/// The module, the broker that it speaks to, and the time that both need.
class board {
public:
    atmqtt::instant now{0xFFFFFF00};  // soon to wrap

    std::string_view read() {
        run();
        given_ = std::move(to_host_);
        to_host_.clear();
        return given_;
    }
    std::size_t write(std::string_view bytes) {
        const std::string_view some = atmqtt::first(bytes, 16);  // as much as its buffer takes
        to_module_ += some;
        has_sent_ = has_sent_ || !some.empty();
        return some.size();
    }
    /// False where neither side has anything to wait for.
    bool sleep(std::optional<atmqtt::millis> most) {
        run();
        if (std::exchange(has_sent_, false) || !to_host_.empty()) return true;  // there is room again, or input
        const auto wait = modem_.wait(now);
        if (!most && !wait) return false;
        now = now + (!most || (wait && *wait < *most) ? *wait : *most);
        return true;
    }

private:
    void run() {
        while (turn()) {}
    }
    bool turn() {
        std::string_view input = to_module_;
        auto found = modem_.receive(input, now);
        const bool has_read = input.size() != to_module_.size();
        to_module_ = std::string(input);
        if (!found) found = modem_.tick(now);
        if (found && std::holds_alternative<atmqtt::from_card::connect>(*found)) modem_.connected();
        return write_all() || found || has_read;
    }
    bool write_all() {
        const std::string line(modem_.transmit());
        to_host_ += line;
        modem_.transmitted(line.size(), now);
        const std::string packets(modem_.transmit_to_broker());
        modem_.transmitted_to_broker(packets.size(), now);
        from_broker_ += broker_.take(packets);
        std::string_view input = from_broker_;
        (void)modem_.receive_from_broker(input, now);
        const bool has_moved = input.size() != from_broker_.size() || !line.empty() || !packets.empty();
        from_broker_ = std::string(input);
        return has_moved;
    }

    char command_[1300] = {}, lines_[2048] = {}, profile_[atmqtt::profile::most] = {}, subscriptions_[600] = {};
    char rx_[700] = {}, tx_[600] = {};
    atmqtt::in_flight records_[8];
    atmqtt::modem modem_{{command_, lines_, profile_, subscriptions_, rx_, tx_, records_, 8}};
    demo::broker broker_;
    bool has_sent_ = false;
    std::string to_module_, to_host_, given_, from_broker_;
};

inline board& the_board() {
    static board one;
    return one;
}

inline atmqtt::instant now() { return the_board().now; }
inline std::string_view uart_read() { return the_board().read(); }
inline std::size_t uart_write(std::string_view bytes) { return the_board().write(bytes); }
inline bool sleep_at_most(std::optional<atmqtt::millis> span) { return the_board().sleep(span); }
inline void led(bool is_on) { std::puts(is_on ? "led on" : "led off"); }
