// atmqtt at: a console for AT commands, with answers and alarms in words.
// SPDX-License-Identifier: MIT
#pragma once

#include "line_input.hpp"
#include "machine_clock.hpp"
#include "options.hpp"
#include "trace.hpp"
#include "uart.hpp"

#include <atmqtt/host/chat.hpp>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace host_tool {

class console {
public:
    console(asio::io_context& io, const options& chosen);
    ~console();
    console(const console&) = delete;
    console& operator=(const console&) = delete;

    void start();
    int code() const { return code_; }

private:
    using clock = std::chrono::steady_clock;

    struct memory {
        char rx[256 * 1024];
        char tx[2048];
    };

    atmqtt::instant now() const { return clock_.now(); }
    void read_terminal();
    /// A line was typed; nothing: the end of the input.
    void take(const std::optional<std::string>& line);
    void go_on();
    std::string taken_line();
    void finish();
    void send(const std::string& line);
    atmqtt::result<atmqtt::nothing> send_known(const atmqtt::command& m);
    /// The payload of the command before was typed.
    void send_payload(const std::string& payload);
    void hear(const atmqtt::chat::event& found);
    void be_silent();
    void await_answer();
    /// Ends the program, which has failed.
    void fail(const std::string& what);
    void say(const std::string& what);
    void warn(const std::string& what);
    void pump();
    void set_timer();

    asio::io_context& io_;
    options chosen_;
    uart uart_;
    std::optional<trace> trace_;
    std::unique_ptr<memory> memory_ = std::make_unique<memory>();
    atmqtt::chat chat_;
    line_input input_;
    asio::posix::stream_descriptor terminal_;
    asio::steady_timer timer_;
    asio::steady_timer patience_;
    machine_clock clock_;
    clock::time_point sent_ = clock::now();  // the command before
    std::deque<std::string> typed_;
    std::string counted_;  // a command whose payload is to be typed
    std::string payload_;
    bool is_terminal_;
    bool has_ended_ = false;
    bool has_heard_ = false;  // anything of the module
    bool is_silent_ = false;  // it is asked until it answers
    int code_ = done;
    bool is_pumping_ = false;
};

}  // namespace host_tool
