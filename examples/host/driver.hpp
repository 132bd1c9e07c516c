// The host machine with its memory, a serial line and a clock.
// SPDX-License-Identifier: MIT
#pragma once

#include "machine_clock.hpp"
#include "options.hpp"
#include "trace.hpp"
#include "uart.hpp"

#include <atmqtt/host/host.hpp>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace host_tool {

/// Prints one line on standard error.
void complain(const std::string& what);
/// An error code of the module.
std::string in_words(atmqtt::cme code);
/// Why a command was not done.
std::string in_words(const atmqtt::from_chat::done& ended);

class driver {
public:
    using event = atmqtt::host::event;

    static constexpr std::chrono::seconds patience_to_end{4};

    driver(asio::io_context& io, const options& chosen);

    /// Opens, and subscribes to the topics if `subscribes`. Events that are for every task are handled here; all go to `on_event`.
    /// `on_free` is called whenever there may be room for a command, a time too many too.
    void start(bool subscribes, std::function<void(const event&)> on_event, std::function<void()> on_free = {});
    /// Publishes; a `done` event follows. The payload stays where it is until then. False if it cannot be: for now, where the host is
    /// busy, or not open; or ever, and then it was said why, and the program ends.
    bool publish(const std::string& topic, std::string_view payload);
    /// Disconnects, and ends the program with `code`. A module that has never answered is not waited for; any other no longer than
    /// that.
    void end(int code, std::chrono::seconds patience = patience_to_end);
    /// Says what is wrong, and does the same.
    void fail(int code, const std::string& what, std::chrono::seconds patience = patience_to_end);
    /// What has not been reached yet, behind a colon; nothing once it was connected.
    std::string lacking() const;
    bool is_ending() const { return is_ending_; }
    int code() const { return code_; }
    asio::io_context& io() { return io_; }

private:
    struct memory {
        char rx[256 * 1024];
        char tx[2048];
    };

    atmqtt::instant now() const { return clock_.now(); }
    void take(std::string_view bytes);
    void pump();
    void handle(const event& found);
    void handle_running(const event& found);
    void handle_ending(const event& found);
    void be_open();
    void be_reconnecting(unsigned tries);
    void handle_step(const atmqtt::from_chat::done& ended);
    void handle_failed_step(const atmqtt::from_chat::done& ended);
    void handle_unopened(const atmqtt::from_chat::done& ended);
    void handle_refused_subscription(atmqtt::cme code);
    void handle_closed(atmqtt::on::cause why);
    void lose_device(const std::string& why);
    void await_first_answer();
    void set_timer();
    atmqtt::settings settings(bool subscribes);

    asio::io_context& io_;
    options chosen_;
    uart uart_;
    std::optional<trace> trace_;
    std::unique_ptr<memory> memory_ = std::make_unique<memory>();
    atmqtt::host host_;
    atmqtt::settings settings_;
    std::vector<atmqtt::subscribe> subscriptions_;
    asio::steady_timer timer_;
    asio::steady_timer patience_;
    machine_clock clock_;
    std::function<void(const event&)> on_event_;
    std::function<void()> on_free_;
    bool has_answered_ = false;
    bool has_opened_ = false;
    unsigned tries_ = 0;  // of the module to reconnect, as told
    std::size_t subscriptions_refused_ = 0;
    bool is_ending_ = false;
    bool is_pumping_ = false;
    int code_ = done;
};

}  // namespace host_tool
