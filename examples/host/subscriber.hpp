// atmqtt sub: prints the messages that come.
// SPDX-License-Identifier: MIT
#pragma once

#include "driver.hpp"
#include "options.hpp"

#include <asio/steady_timer.hpp>

#include <cstdint>
#include <string>

namespace host_tool {

class subscriber {
public:
    subscriber(driver& through, const options& chosen);
    void start();
    /// How it ended, once it has: says what was not printed.
    int result() const;

private:
    void hear(const driver::event& found);
    void hear_step(const atmqtt::from_chat::done& ended);
    void hear_alarm(const atmqtt::line& m) const;
    bool is_wanted(const atmqtt::message& m);
    std::string shown(const atmqtt::message& m) const;
    void print(const atmqtt::message& m);
    void fail_to_write();

    driver& through_;
    options chosen_;
    asio::steady_timer limit_;
    bool is_own_ =
        false;  // the connection: until then messages are those of a program before, which has left the module connected
    std::uint64_t printed_ = 0;
    std::uint64_t dropped_ = 0;  // came behind the last that was wanted
};

}  // namespace host_tool
