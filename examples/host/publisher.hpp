// atmqtt pub: messages from an argument, a file or standard input, one after another.
// SPDX-License-Identifier: MIT
#pragma once

#include "driver.hpp"
#include "options.hpp"

#include <asio/steady_timer.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

namespace host_tool {

class publisher {
public:
    publisher(driver& through, const options& chosen);
    ~publisher();
    publisher(const publisher&) = delete;
    publisher& operator=(const publisher&) = delete;

    /// Throws std::runtime_error, which says what is wrong, where the message cannot be read, or is too long.
    void start();
    /// How it ended, once it has: says what was not published.
    int result();

private:
    /// What the thread that reads lines shares with it. That ends with the program, perhaps in a read that does not return: later than
    /// the publisher, which it does not touch once that `is_over`.
    struct desk {
        std::mutex mutex;
        std::condition_variable changed;
        std::size_t held = 0;  // lines that were read and not published yet
        bool is_over = false;
    };

    static void read_lines(publisher& to, desk& desk);
    /// False where there is nobody any more who would take it.
    static bool hand_over(publisher& to, desk& desk, std::string line);
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
    asio::steady_timer pause_;
    bool is_under_way_ = false;
    bool is_pausing_ = false;
    bool has_all_ = false;
    bool has_lost_input_ = false;
    bool shows_progress_;
    std::size_t published_ = 0;
    std::size_t doubtful_ = 0;
    unsigned refusals_ = 0;  // of the message under way
    std::shared_ptr<desk> desk_ = std::make_shared<desk>();
};

}  // namespace host_tool
