// atmqtt pub: messages from an argument, a file or standard input, one after another.
// SPDX-License-Identifier: MIT
#pragma once

#include "driver.hpp"
#include "options.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>

namespace host_tool {

class publisher {
public:
    publisher(driver& through, const options& chosen);
    void start();

private:
    void read_lines();
    void add(std::string message);
    void finish_input();
    void hear(const driver::event& found);
    void hear_done(const atmqtt::from_chat::done& ended);
    void go_on();
    void show_progress(bool is_last) const;

    driver& through_;
    options chosen_;
    std::deque<std::string> waiting_;  // the first is under way, if any is
    bool is_under_way_ = false;
    bool has_all_ = false;
    bool shows_progress_;
    std::size_t published_ = 0;
    std::size_t doubtful_ = 0;
    unsigned refusals_ = 0;  // of the message under way
    std::mutex mutex_;
    std::condition_variable has_room_;
    std::size_t held_ = 0;  // lines that were read and not published yet
};

}  // namespace host_tool
