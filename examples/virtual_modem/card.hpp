// The module: a modem with its memory, a socket to a broker, a clock, and a host at a port.
// SPDX-License-Identifier: MIT
#pragma once

#include "../module_lines.hpp"
#include "broker_socket.hpp"
#include "options.hpp"
#include "port.hpp"
#include "trace.hpp"
#include "uart_out.hpp"

#include <atmqtt/modem/modem.hpp>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace virtual_modem {

class card {
public:
    /// `ended` is called once all is said after `leave`, or after the end of the host's input; `lost`, with the reason, where nothing
    /// can be said to any host any more.
    card(asio::io_context& io, const options& chosen, port& host, std::function<void()> ended,
         std::function<void(const std::string&)> lost);

    void start();
    /// Disconnects.
    void leave();

private:
    using clock = std::chrono::steady_clock;

    /// What a modem works in; far more than a module has.
    struct memory {
        char command[8 * 1024];
        char lines[72 * 1024];
        char profile[atmqtt::profile::most];
        char subscriptions[32 * 1024];
        char rx[64 * 1024];
        char tx[4 * 1024];
        atmqtt::in_flight records[65534];  // mosquitto has no limit at QoS 2
    };
    enum class ending : std::uint8_t { none, finishing, leaving, left };

    atmqtt::modem made_modem();
    atmqtt::instant now() const;
    bool is_ready() const { return from_host_.size() < 64 * 1024; }

    void take_from_host(std::string_view bytes);
    void write_to_host(std::string_view bytes);
    void take_from_broker(std::string_view bytes);

    // Each does what there is to do, and tells whether there was anything.
    bool advance();
    bool feed_modem();
    bool feed_broker_bytes();
    bool drain_lines();
    bool is_prompt_early() const;
    void put_ok(std::string_view line);
    bool drain_packets();
    bool tick();

    std::size_t size_of_line() const;
    void adapt_line(std::string& line) const;
    void note_taken(std::string_view bytes, bool is_data);
    void note_data(std::string_view bytes) const;
    void note_line(std::string_view bytes);
    void handle(const atmqtt::modem::event& found);
    void pump();
    void set_timer();
    void finish();
    void end_input();
    /// Whether the connection is closed, and the host has all that was said.
    bool is_over() const;
    void end_if_done();

    void connect(const atmqtt::from_card::connect& wanted);
    void drop_socket();
    void plan_faults();
    void plan(milliseconds after, std::function<void()> what);
    void restart();

    asio::io_context& io_;
    options chosen_;
    port& host_;
    uart_out out_;
    trace trace_;
    clock::time_point begin_ = clock::now();
    clock::time_point line_came_ = begin_;  // the last of the host
    std::unique_ptr<memory> memory_ = std::make_unique<memory>();
    atmqtt::modem modem_;
    asio::steady_timer timer_;
    asio::steady_timer plans_[3];
    std::size_t planned_ = 0;

    std::string from_host_;
    std::string line_;  // of the host, so far: for the trace
    module_lines said_{{memory_->rx, sizeof memory_->rx}};
    std::shared_ptr<broker_socket> socket_;
    std::string from_broker_;
    std::size_t being_written_ = 0;  // bytes of transmit_to_broker
    bool is_read_ = false;           // the socket was asked for more
    bool is_connected_ = false;
    bool is_blackholed_ = false;
    bool has_planned_ = false;
    bool is_pumping_ = false;
    bool has_cr_ = false;  // what the host has sent ends with one
    ending ending_ = ending::none;
    bool has_cut_data_ = false;  // what the input has ended in
    std::function<void()> ended_;
    std::function<void(const std::string&)> lost_;
};

}  // namespace virtual_modem
