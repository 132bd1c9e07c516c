// atmqtt pub: messages from an argument, a file or standard input, one after another.
// SPDX-License-Identifier: MIT
#pragma once

#include "driver.hpp"
#include "line_input.hpp"
#include "options.hpp"

#include <asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

namespace host_tool {

class publisher {
public:
    publisher(driver& through, const options& chosen);

    /// Throws std::runtime_error, which says what is wrong, where the message cannot be read, or is too long.
    void start();
    /// How it ended, once it has: says what was not published.
    int result();

private:
    void add(std::string message);
    /// `problem`: why no more can be read; empty: there is no more.
    void finish_input(const std::string& problem);
    void hear(const driver::event& found);
    void hear_done(const atmqtt::from_chat::done& ended);
    /// Whether a message that was not sent waits on.
    bool is_kept(const atmqtt::from_chat::done& ended);
    bool is_sent_again(const atmqtt::from_chat::done& ended);
    /// Waits before the message is published once more.
    void pause();
    void go_on();
    /// Whether messages were not published; says how many.
    bool tell_left();
    void show_progress(bool is_last) const;

    driver& through_;
    options chosen_;
    std::deque<std::string> waiting_;  // the first is under way, if any is
    std::uint64_t again_;              // so many times the first is published once it has been
    line_input input_;
    asio::steady_timer pause_;
    bool is_under_way_ = false;
    bool is_pausing_ = false;
    bool has_all_ = false;
    bool has_lost_input_ = false;
    bool shows_progress_;
    std::size_t published_ = 0;
    std::size_t doubtful_ = 0;
    unsigned refusals_ = 0;  // of the message under way, since it was open
};

}  // namespace host_tool
