// A module as it should be: it reads what a host sends and knows what to say to that, a line at a time.
// SPDX-License-Identifier: MIT
#pragma once

#include "oracles.hpp"
#include "uart_witness.hpp"

#include <atmqtt/at/codec.hpp>
#include <atmqtt/modem/plain_commands.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace oracle {

/// Answers every command well. What it says stays here until it is fetched.
class true_module {
public:
    explicit true_module(spelling how) : how_(how) {}

    bool echoes = true;

    bool has_words() const { return !words_.empty(); }
    /// The next line, with its line ends; an echo; or a prompt. Empty if there is none.
    std::string next() {
        if (words_.empty()) return {};
        std::string said = std::move(words_.front());
        words_.pop_front();
        return said;
    }
    /// Everything at once.
    std::string all() {
        std::string said;
        while (has_words()) said += next();
        return said;
    }
    /// Instead of the rest of what it was to say.
    void forget() { words_.clear(); }
    /// It has started anew.
    void restart() {
        forget();
        line_.clear();
        counted_ = 0;
        echoes = true;
        is_configured_ = is_open_ = false;
    }
    void lose() { is_open_ = false; }

    void read(std::string_view bytes) {
        for (const char byte : bytes) {
            if (counted_ != 0) {
                if (--counted_ == 0) publish_at(level_);
                continue;
            }
            if (byte != '\r') {
                line_ += byte;
                continue;
            }
            if (echoes) words_.push_back(line_ + "\r");
            obey(std::exchange(line_, {}));
        }
    }

private:
    template <class Line>
    void say(const Line& m) {
        char out[2048];
        const auto said = format(m, out, how_);
        if (said) words_.emplace_back(*said);
    }
    template <class Line>
    void done(const Line& m) {
        if (how_ == spelling::sdk) say(ok{});
        say(m);
        if (how_ == spelling::manual) say(ok{});
    }
    void obey(const std::string& line) {
        const auto asked = parse_command(line);
        if (asked) return match(*asked, [this](const auto& m) { obey_one(m); });
        if (detail::parse_plain(line) == detail::plain_command::echo_off) echoes = false;
        say(ok{});
    }
    void refuse(cme code) { say(cme_error{error_form::number, code, {}}); }

    void obey_one(const configure&) {
        is_configured_ = true;
        say(ok{});
    }
    void obey_one(const open&) {
        is_open_ = true;
        done(open_is{});
    }
    void obey_one(const disconnect&) {
        if (std::exchange(is_open_, false)) return done(disc_is{});
        refuse(cme::already_closed);
    }
    void obey_one(const delete_configuration&) {
        is_configured_ = false;
        say(ok{});
    }
    void obey_one(const query_configuration&) {
        if (is_configured_) return done(configuration_is{"h", 1, "me", 60, "u", true, false, "v", false});
        done(no_configuration{});
    }
    void obey_one(const query_state&) { done(state_is{is_open_ ? connection_state::open : connection_state::closed}); }
    void obey_one(const query_subscriptions&) {
        say(subscriptions_are{});
        words_.emplace_back("\r\nt,1\r\n");
        say(ok{});
    }
    void obey_one(const query_ping_echo&) { done(ping_echo_is{}); }
    void obey_one(const query_reconnect&) { done(reconnect_is{}); }
    void obey_one(const query_timeout&) { done(timeout_is{}); }
    void obey_one(const subscribe& m) { done(suback{++id_, static_cast<std::uint8_t>(m.level), m.topic}); }
    void obey_one(const unsubscribe& m) { done(unsuback{++id_, m.topic}); }
    void obey_one(const publish& m) { publish_at(m.level); }
    void obey_one(const publish_counted& m) {
        level_ = m.level;
        counted_ = m.length;
        if (counted_ == 0) return publish_at(level_);
        words_.emplace_back(prompt);
    }
    template <class Setting>
    void obey_one(const Setting&) {
        say(ok{});
    }
    void publish_at(qos level) {
        ++id_;
        if (level == qos::at_most_once) return say(ok{});
        if (level == qos::at_least_once) return done(puback{false, id_});
        say(pubrec{false, id_});
        done(pubcomp{false, id_});
    }

    spelling how_;
    std::deque<std::string> words_;
    std::string line_;
    std::uint32_t counted_ = 0;
    qos level_ = qos::at_most_once;
    packet_id id_ = 0;
    bool is_configured_ = false;
    bool is_open_ = false;
};

}  // namespace oracle
